"""Products and drafts as JSON. What is wrong is answered as a problem (RFC 9457).

A request that changes something must be JSON and must not come from another site: a foreign form can send neither.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request, url_for
from werkzeug.exceptions import Conflict

from catalog.checking.names import LONGEST_NAME
from catalog.expressions import Answer
from catalog.language import nearest, quoted
from catalog.model import Number, ProductModel, Several, Text, from_plain, to_plain
from catalog.pricing import price
from catalog.store import catalogue, current, model_of
from configurator import renewal, sessions, steps
from configurator.api.carried import plain
from configurator.engine import (
    Domain,
    Impossible,
    NumberDomain,
    OverLimit,
    SeveralDomain,
    TextDomain,
    Trace,
    trace,
)
from configurator.fitting import plan_of
from configurator.limits import COST, READY, cost, today
from configurator.progress import Progress, limits_of, progress_of
from configurator.records import Draft
from configurator.switching import switched
from configurator.transaction import SAFE, session, write_late
from configurator.web import whom
from configurator.web.access import access, current_customer, found
from configurator.web.limiting import LARGEST
from configurator.web.reasons import Reasons, remembered
from configurator.web.shop import open_draft, opener
from configurator.web.traces import MOST_RULES
from orders.quotes import promise
from orders.records import Subject
from orders.rooms import LARGEST as LARGEST_ROOM
from orders.standing import Spot, Standing
from orders.subjects import Whom

api = Blueprint("api", __name__, url_prefix="/api")

LONGEST_VALUE = 10_000
"""Characters of a value in an address."""
ACTS = {"undo": steps.undo, "redo": steps.redo, "start_over": steps.start_over}


@api.before_request
def from_here() -> None:
    """Refuses changes that are not JSON (415) or come from another site (403)."""
    if request.method in SAFE:
        return
    if not request.is_json:
        abort(415, "Send application/json.")
    origin = request.headers.get("Origin")
    if (origin is not None and urlsplit(origin).netloc != request.host) or request.headers.get(
            "Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403, "Changes are accepted from this site only.")


@api.get("/products")
@access("public")
def products() -> Response:
    """The newest version of every product."""
    return jsonify([
        {"slug": version.product.slug, "title": version.title, "version": version.number,
         "currency": model_of(version).currency, "drafts": url_for(".open_product", slug=version.product.slug)}
        for version in catalogue(session)])


@api.post("/products/<slug>/drafts")
@access("public")
def open_product(slug: str) -> tuple[Response, int]:
    """Opens a draft of whoever asks; `{"person": id, "place": id}`, either of which may be left out, says for whom."""
    write_late()
    ours = whom.chosen(current_customer(), _whom(_body() if request.get_data() else {}))
    draft = sessions.open_draft(session, found(current(session, slug)), **opener(), **ours)
    return jsonify(state(draft)), 201


@api.get("/people")
@access("public")
def people() -> Response:
    """The people and places of whoever asks; none of a guest."""
    customer = current_customer()
    return jsonify([{"id": subject.id, "kind": subject.kind, "name": subject.name, "themself": subject.themself}
                    for subject in (customer.subjects if customer else ())])


@api.post("/drafts/<draft>/for")
@access("public")
def switch(draft: str) -> tuple[Response, int]:
    """Goes on for `{"person": id}` or `{"place": id}`, in a draft of its own."""
    write_late()
    opened = open_draft(draft, lock=True)
    if sessions.ordered(session, opened):
        abort(409, "This draft was ordered.")
    customer = found(opened.customer)
    ours = whom.chosen(customer, _whom(_body()))
    now = switched(session, opened, Whom(customer, ours.get("person", opened.person), ours.get("place", opened.place)))
    return jsonify(state(now)), 201


def _whom(body: object) -> dict[str, str]:
    """The ids of a person and a place; 422 for anything else."""
    if not isinstance(body, dict) or body.keys() - {"person", "place"} or not all(
            type(id_) is int for id_ in body.values()):
        abort(422, "Send the ids of a person, a place or both.")
    return {kind: str(id_) for kind, id_ in body.items()}


@api.get("/drafts/<draft>")
@access("public")
def show(draft: str) -> Response:
    """A draft as it stands."""
    return jsonify(state(open_draft(draft)))


@api.get("/drafts/<draft>/why")
@access("public")
def why(draft: str) -> Response:
    """Why the value in `?name=...&value=...` (as JSON) does not fit, what its rules do now, and what frees it."""
    progress = progress_of(session, open_draft(draft))
    name = _known(progress.model, request.args.get("name"))
    value, whole = _value(progress, name, request.args.get("value", ""))
    configuration, reasons = progress.configuration, Reasons(progress)
    found = configuration.explain(name, value)
    rules = [trace(configuration, rule, name, value)
             for rule in found.rules[:MOST_RULES] if rule not in (COST, READY)]
    ways = reasons.closely(name, value, whole).changes if found.choices else ()
    return jsonify(
        name=name, value=to_plain({name: value})[name], choices=found.choices, rules=found.rules, minimal=found.minimal,
        sentences=reasons.sentences(found) if found.rules else (),
        traces=[_traced(rule, progress.model) for rule in rules],
        repairs=[{"set": json.loads(way.packed)["set"], "says": way.words, "difference": way.effect.difference,
                  "also": way.effect.also} for way in ways])


@api.get("/drafts/<draft>/trace")
@access("public")
def trace_rule(draft: str) -> Response:
    """What the rule in `?rule=...` has to do with the choices now."""
    progress = progress_of(session, open_draft(draft))
    try:
        return jsonify(_traced(trace(progress.configuration, request.args.get("rule", "")), progress.model))
    except ValueError as error:
        abort(422, f"{error}.")


def _traced(found: Trace, model: ProductModel) -> dict[str, Any]:
    return {"rule": found.rule, "sentence": model.rule(found.rule).sentence, "satisfied": found.satisfied,
            "decided": to_plain(found.decided), "through": found.through,
            "alone": {read: _domain(domain) for read, domain in found.alone.items()},
            "together": {read: _domain(domain) for read, domain in found.together.items()}}


def _value(progress: Progress, name: str, text: str) -> tuple[Answer, Answer]:
    """A value, or a member of a several-of, and the whole answer that would be set; 422 if it can be none."""
    try:
        plain = json.loads(text[:LONGEST_VALUE])
    except (ValueError, RecursionError):
        abort(422, "Send the value as JSON.")
    characteristic, now = progress.model[name], progress.values[name]
    if isinstance(characteristic, Several) and plain in [value.name for value in characteristic.values]:
        return str(plain), now | {str(plain)} if isinstance(now, frozenset) else now
    answer = _answers(progress.model, {name: plain})[name]
    return answer, answer


@api.get("/drafts/<draft>/ranges")
@access("public")
def ranges(draft: str) -> Response:
    """What the whole can cost with each value of the characteristics named by `?name=...`, as far as found in time.

    Whatever the limit of the price: it is for comparing with it.
    """
    progress = progress_of(session, open_draft(draft))
    names = [_known(progress.model, name) for name in request.args.getlist("name")]
    if any(isinstance(progress.model[name], Number | Text) for name in names):
        abort(422, "Numbers and texts have no values to list.")
    found = progress.any_price.ranges(cost(progress.model), names)
    return jsonify({name: [{"value": value, "least": reach.least, "greatest": reach.greatest}
                           for value, reach in own.items()] for name, own in found.items()})


@api.post("/drafts/<draft>")
@access("public")
def change(draft: str) -> Response:
    """One act: `{"set": {name: value}}`, `{"keep": [names]}`, `{"retract": name}`, `{"limit": ...}`,
    `{"start": "again"}` or `{"act": "undo"}`.

    The acts are undo, redo, start_over, propose_anew, cheapest and quickest. If one of several values does not fit, or
    nothing that was chosen keeps a limit, the answer is 409 and none is set.
    """
    write_late()
    opened = open_draft(draft, lock=True)
    if sessions.ordered(session, opened):
        abort(409, "This draft was ordered.")
    model = model_of(opened.version)
    match _body():
        case {"set": dict(values)}:
            if refused := steps.answer(session, opened, _answers(model, values)):
                raise Refused(opened, refused)
        case {"keep": list(names)}:
            steps.keep(session, opened, [_known(model, name) for name in names])
        case {"retract": str(name)}:
            steps.retract(session, opened, _known(model, name))
        case {"act": "propose_anew"}:
            steps.propose_anew(session, opened)
        case {"start": "again" | "known" | "most" as start}:
            steps.propose_anew(session, opened, start)
        case {"act": "cheapest" | "quickest" as kind}:
            steps.least(session, opened, kind)
        case {"limit": dict(limits)}:
            _limit(opened, limits)
        case {"stand": dict() | None as spot}:
            _stand(opened, spot)
        case {"act": str(act)} if act in ACTS:
            ACTS[act](opened)
        case _:
            abort(422, "Send set, keep, retract, start, limit, stand or act.")
    return jsonify(state(opened))


def _limit(draft: Draft, limits: dict[str, Any]) -> None:
    """Sets `{"most": minor units, "by": "2026-12-24"}`, either of which may be left out; 422 for anything else."""
    most, by = limits.get("most"), limits.get("by")
    if limits.keys() - {"most", "by"} or not (most is None or (type(most) is int and 0 <= most <= LARGEST)):
        abort(422, "Send most as a whole number of minor units, and by as a day.")
    try:
        day = None if by is None else date.fromisoformat(by)
        steps.limit(session, draft, replace(limits_of(draft), most=most, by=day))
    except (TypeError, ValueError):
        abort(422, "Send by as a day, such as 2026-12-24.")
    except OverLimit as over:
        found = over.explanation
        abort(409, f"No product with these choices keeps the limit: {', '.join((*found.choices, *found.rules))}.")


def _stand(draft: Draft, spot: dict[str, Any] | None) -> None:
    """Places the piece at `{"x": mm, "y": mm, "turned": degrees}` of the plan, or takes it out; 422 without a plan."""
    plan = plan_of(progress_of(session, draft))
    if plan is None:
        abort(422, "This product and place have no plan to stand in.")
    try:
        steps.stand(session, draft, Standing(plan, _spot(spot)) if spot is not None else None)
    except ValueError:
        abort(422, "Send x and y in mm, and turned as 0, 90, 180 or 270.")
    except OverLimit as over:
        found = over.explanation
        abort(409, f"No product with these choices stands there: {', '.join((*found.choices, *found.rules))}.")


def _spot(spot: dict[str, Any]) -> Spot:
    """Raises ValueError for what is none."""
    if spot.keys() != {"x", "y", "turned"} or any(type(given) is not int or abs(given) > LARGEST_ROOM
                                                  for given in spot.values()):
        raise ValueError(spot)
    return Spot(**spot)


def _body() -> object:
    """What was sent; 400 with the place where it is no JSON."""
    try:
        return json.loads(request.get_data())
    except json.JSONDecodeError as error:
        abort(400, f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.")
    except RecursionError:
        abort(400, "This nests too deep.")
    except ValueError as error:  # bytes that are no text, a number of thousands of digits
        abort(400, f"This is not JSON: {error}.")


def _known(model: ProductModel, name: object) -> str:
    """The name of a characteristic; 422 if the product has none of this name."""
    if not isinstance(name, str):
        abort(422, "Send names as texts.")
    if name not in model:
        near = nearest(name[:LONGEST_NAME], (c.name for c in model.characteristics))
        abort(422, f"The product has no {quoted(name)}" + (f"; did you mean {near}?" if near else "."))
    return name


class Refused(Conflict):
    """Values that cannot be; the transaction is taken back, those that could be with it."""

    def __init__(self, draft: Draft, refused: dict[str, Impossible]) -> None:
        reasons = Reasons(progress_of(session, draft))
        self.refused = [
            {"name": name, "value": to_plain({name: impossible.value})[name],
             "choices": impossible.explanation.choices, "rules": impossible.explanation.rules,
             "minimal": impossible.explanation.minimal,
             "sentences": reasons.sentences(impossible.explanation)} for name, impossible in refused.items()]
        super().__init__("These values do not fit.")


@api.errorhandler(Refused)
def refuse(error: Refused) -> Response:
    """The problem, with what was refused and why."""
    answer = jsonify(type="about:blank", title=error.name, status=error.code, detail=error.description,
                     refused=error.refused)
    answer.status_code, answer.mimetype = Conflict.code, "application/problem+json"
    return answer


def _answers(model: ProductModel, values: dict[str, Any]) -> dict[str, Answer]:
    try:
        answers = from_plain({_known(model, name): value for name, value in values.items()})
    except ValueError as error:
        abort(422, f"{error}.")
    for name, answer in answers.items():
        if not model[name].admits(answer):
            abort(422, f"{quoted(name)} cannot be {quoted(str(to_plain({name: answer})[name]))}.")
    return answers


def state(draft: Draft) -> dict[str, Any]:
    """A draft as it stands, and what became of what it was opened with."""
    older = renewal.of_draft(session, draft)
    progress = progress_of(session, draft)
    model, values = progress.model, progress.values
    sheet = price(model, values)
    proposed = [name for name in values if name not in progress.configuration.choices]
    return {
        "id": draft.id, "product": model.name, "version": draft.version.number, "inputs": draft.inputs,
        "person": _subject(draft.person), "place": _subject(draft.place),
        "choices": to_plain(progress.configuration.choices), "values": to_plain(values),
        "states": {name: progress.state(name) for name in values}, "questions": progress.questions,
        "reasons": {name: remembered(reason, model, name, values[name]) for name in proposed
                    if (reason := progress.reason(name))},
        "confidence": {name: sure for name in proposed if (sure := progress.confidence(name)) is not None},
        "domains": {name: _domain(domain) for name, domain in progress.configuration.domains().items()},
        "unchecked": progress.configuration.unchecked(),
        "carried": plain(older[0], draft.version, older[1]) if older else None,
        "limits": {**progress.limits.plain(), "kept": progress.within},
        "price": {"total": sheet.total, "vat": sheet.vat, "currency": sheet.currency,
                  "lines": [{"title": line.title, "amount": line.amount} for line in sheet.lines]},
        "ready_on": promise(model, values, today()).isoformat(), "self": url_for(".show", draft=draft.id),
        "page": url_for("shop.configure", draft=draft.id)}


def _subject(subject: Subject | None) -> dict[str, Any] | None:
    return {"id": subject.id, "name": subject.name} if subject else None


def _domain(domain: Domain) -> Any:
    match domain:
        case NumberDomain():
            return {"intervals": domain.intervals, "step": domain.step}
        case SeveralDomain():
            return {"members": list(domain), "required": sorted(domain.required)}
        case TextDomain():
            return {"sizes": sorted(domain.sizes)}
    return list(domain)
