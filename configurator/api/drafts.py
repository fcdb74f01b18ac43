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

from catalog.model import Number, Text, to_plain
from catalog.store import catalogue, current, model_of
from configurator.api import sent
from configurator.api.state import state, traced
from configurator.drafts import sessions, steps
from configurator.drafts.progress import limits_of, progress_of
from configurator.drafts.switching import switched
from configurator.engine import Impossible, OverLimit, trace
from configurator.fitting import plan_of
from configurator.limits import COST, READY, cost
from configurator.records import Draft
from configurator.transaction import SAFE, session, write_late
from configurator.web.access import access, current_customer, found
from configurator.web.memory import whom
from configurator.web.shop.configuring import open_draft, opener
from configurator.web.shop.limiting import LARGEST
from configurator.web.shop.reasons import Reasons
from configurator.web.shop.traces import MOST_RULES
from orders.places.standing import Standing
from orders.subjects import Whom

api = Blueprint("api", __name__, url_prefix="/api")

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
    ours = whom.chosen(current_customer(), sent.for_whom(sent.body() if request.get_data() else {}))
    draft = sessions.open_draft(session, found(current(session, slug)), **opener(ours))
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
    ours = whom.chosen(customer, sent.for_whom(sent.body()))
    now = switched(session, opened, Whom(customer, ours.get("person", opened.person), ours.get("place", opened.place)))
    return jsonify(state(now)), 201


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
    name = sent.known(progress.model, request.args.get("name"))
    value, whole = sent.value(progress, name, request.args.get("value", ""))
    configuration, reasons = progress.configuration, Reasons(progress)
    found = configuration.explain(name, value)
    rules = [trace(configuration, rule, name, value)
             for rule in found.rules[:MOST_RULES] if rule not in (COST, READY)]
    ways = reasons.closely(name, value, whole).changes if found.choices else ()
    return jsonify(
        name=name, value=to_plain({name: value})[name], choices=found.choices, rules=found.rules, minimal=found.minimal,
        sentences=reasons.sentences(found) if found.rules else (),
        traces=[traced(rule, configuration.engine.model) for rule in rules],
        repairs=[{"set": json.loads(way.packed)["set"], "says": way.words, "difference": way.effect.difference,
                  "also": way.effect.also} for way in ways])


@api.get("/drafts/<draft>/trace")
@access("public")
def trace_rule(draft: str) -> Response:
    """What the rule in `?rule=...` has to do with the choices now."""
    progress = progress_of(session, open_draft(draft))
    try:
        return jsonify(traced(trace(progress.configuration, request.args.get("rule", "")), progress.model))
    except ValueError as error:
        abort(422, f"{error}.")


@api.get("/drafts/<draft>/ranges")
@access("public")
def ranges(draft: str) -> Response:
    """What the whole can cost with each value of the characteristics named by `?name=...`, as far as found in time.

    Whatever the limit of the price: it is for comparing with it.
    """
    progress = progress_of(session, open_draft(draft))
    names = [sent.known(progress.model, name) for name in request.args.getlist("name")]
    if any(isinstance(progress.model[name], Number | Text) for name in names):
        abort(422, "Numbers and texts have no values to list.")
    found = progress.any_price.ranges(cost(progress.model), names)
    return jsonify({name: [{"value": value, "least": reach.least, "greatest": reach.greatest}
                           for value, reach in own.items()] for name, own in found.items()})


@api.post("/drafts/<draft>")
@access("public")
def change(draft: str) -> Response:
    """One act: `{"set": {name: value}}`, `{"keep": [names]}`, `{"retract": name}`, `{"limit": ...}`, `{"stand": ...}`,
    `{"start": "again"}` or `{"act": "undo"}`; docs/api.md has all of them.

    If one of several values does not fit, or nothing that was chosen keeps a limit, the answer is 409 and none is set.
    """
    write_late()
    opened = open_draft(draft, lock=True)
    if sessions.ordered(session, opened):
        abort(409, "This draft was ordered.")
    model = model_of(opened.version)
    match sent.body():
        case {"set": dict(values)}:
            if refused := steps.answer(session, opened, sent.answers(model, values)):
                raise Refused(opened, refused)
        case {"keep": list(names)}:
            steps.keep(session, opened, [sent.known(model, name) for name in names])
        case {"retract": str(name)}:
            steps.retract(session, opened, sent.known(model, name))
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
        steps.stand(session, draft, Standing(plan, sent.spot(spot)) if spot is not None else None)
    except ValueError:
        abort(422, "Send x and y in mm, and turned as 0, 90, 180 or 270.")
    except OverLimit as over:
        found = over.explanation
        abort(409, f"No product with these choices stands there: {', '.join((*found.choices, *found.rules))}.")


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
