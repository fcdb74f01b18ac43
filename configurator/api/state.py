"""A draft as the API tells it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from catalog.model import ProductModel, to_plain
from catalog.pricing import price
from configurator.api.carried import plain
from configurator.drafts import renewal
from configurator.drafts.progress import progress_of
from configurator.engine import Domain, NumberDomain, SeveralDomain, TextDomain, Trace
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.shop.because import remembered
from orders.promises import promise
from orders.records import Subject
from orders.supplies.supply import NO_DAY


def state(draft: Draft) -> dict[str, Any]:
    """A draft as it stands, and what became of what it was opened with."""
    older = renewal.of_draft(session, draft)
    progress = progress_of(session, draft)
    model, values = progress.model, progress.values
    sheet = price(model, values)
    proposed = [name for name in values if name not in progress.configuration.choices]
    ready = promise(model, values, progress.supply)
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
        "ready_on": None if ready == NO_DAY else ready.isoformat(), "self": url_for(".show", draft=draft.id),
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


def traced(found: Trace, model: ProductModel) -> dict[str, Any]:
    """What a rule has to do with a draft."""
    return {"rule": found.rule, "sentence": model.rule(found.rule).sentence, "satisfied": found.satisfied,
            "decided": to_plain(found.decided), "through": found.through,
            "alone": {read: _domain(domain) for read, domain in found.alone.items()},
            "together": {read: _domain(domain) for read, domain in found.together.items()}}
