"""What a quote says: drawn up from its lines as they stand today, compared, and turned into orders.

A document is plain JSON: money in minor units, dates as ISO 8601, rates as `Vat.plain` gives them. A revision keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from catalog.model import from_plain
from catalog.records import Version
from catalog.store import current, model_of
from catalog.wording import title
from orders import placing
from orders.lots import Lot
from orders.places.rooms import Plan
from orders.places.standing import Spot, Standing
from orders.placing import Agreed, Change, Entered, Quoted
from orders.promises import Offer, offered
from orders.quotation import vat
from orders.quotation.discounts import Discount
from orders.quotation.quoted import Quote, QuoteLine, QuoteRevision
from orders.quotation.totals import Priced, Sum, Totals, reckon
from orders.records import Account, Customer, Order, Revision, Subject
from orders.specifications import Difference, Say, differences, said
from orders.subjects import Whom
from orders.supplies import foreseen
from orders.supplies.snapshot import supply

Document = dict[str, Any]
FACTS = ("for", "quantity", "version", "piece", "granted", "share", "gross", "vat")
"""Of a line, what is compared besides its answers,"""
WHOLE = ("valid_until", "ready_days", "discount", "net", "tax", "gross", "words", "delivery", "terms")
"""and of the whole."""


@dataclass(frozen=True)
class Moved:
    """A fact that two documents state otherwise."""

    what: str
    was: Any
    now: Any


@dataclass(frozen=True)
class LineChange:
    """A line that was added or removed, or says something else: `line` is as it is now, or was last."""

    kind: str  # added, removed, changed
    line: Document
    moved: tuple[Moved, ...] = ()
    answers: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Changes:
    """All that differs between two documents of a quote."""

    lines: tuple[LineChange, ...]
    moved: tuple[Moved, ...]

    def __bool__(self) -> bool:
        return bool(self.lines or self.moved)


def draw_up(session: Session, quote: Quote, today: date, account: Account | None = None) -> Document:
    """The document that the quote would be, made out today."""
    offers, totals = _reckoned(session, quote, today)
    now = supply(session, today)
    needed = max((now.until(offer.promised_on) for offer in offers), default=0)
    ready = max(needed, quote.ready_days or 0)
    rows = [_line(line, offer, sums) for line, offer, sums in zip(quote.lines, offers, totals.lines, strict=True)]
    return {
        "quote": quote.number, "revision": len(quote.revisions) + 1, "customer": _customer(quote.customer),
        "rep": account.name if account else quote.rep.name if quote.rep else "",
        "issued_on": today.isoformat(), "valid_until": (today + timedelta(days=quote.valid_days)).isoformat(),
        "currency": offers[0].price.currency if offers else "", "needed_days": needed, "ready_days": ready,
        "ready_on": now.after(ready).isoformat(), "lines": rows,
        "discount": {"kind": quote.discount_kind, "value": quote.discount},
        "totals": {**_sum(totals.whole), "after_lines": totals.whole.listed - totals.whole.discount},
        "taxes": [{**tax.vat.plain(), "gross": tax.gross, "net": tax.net, "tax": tax.tax} for tax in totals.taxes],
        "words": quote.words, "delivery": quote.delivery, "terms": quote.terms,
    }


def parts(session: Session, quote: Quote, today: date) -> list[Fraction]:
    """Of each line, the exact part of its price that the discounts take."""
    return [line.part for line in _reckoned(session, quote, today)[1].lines]


def stale(session: Session, quote: Quote, revision: QuoteRevision, today: date) -> tuple[Change, ...]:
    """Why a revision no longer holds: it is over, or of an older catalogue, or its price or its day has moved."""
    changes = [Change("validity", revision.valid_until, today)] if revision.valid_until < today else []
    for line in quote.lines:
        newest = current(session, line.version.product.slug)
        if newest is not None and newest.id != line.version_id:
            changes.append(Change("version", line.version.number, newest.number))
    anew, ready = draw_up(session, quote, today), revision.document["ready_days"]
    if anew["totals"]["gross"] != revision.total:
        changes.append(Change("total", revision.total, anew["totals"]["gross"]))
    elif _charged(anew) != _charged(revision.document):  # owed by somebody else, or free of it for another reason
        changes.append(Change("tax", revision.document["totals"]["tax"], anew["totals"]["tax"]))
    if anew["needed_days"] > ready:
        now = supply(session, today)
        changes.append(Change("promise", now.after(ready), now.after(anew["needed_days"])))
    return tuple(changes)


def changes(session: Session, old: Document, new: Document, say: Say = said) -> Changes:
    """What a document says otherwise than an older one of the same quote."""
    was = {line["id"]: line for line in old["lines"]}
    now = {line["id"]: line for line in new["lines"]}
    changed = [_changed(session, was[id_], now[id_], say) for id_ in now if id_ in was]
    return Changes(
        (*(LineChange("added", line) for id_, line in now.items() if id_ not in was),
         *(change for change in changed if change.moved or change.answers),
         *(LineChange("removed", line) for id_, line in was.items() if id_ not in now)),
        tuple(_moved({**old["totals"], **old}, {**new["totals"], **new}, WHOLE)))


def convert(session: Session, revision: QuoteRevision, today: date, account: Account | None, free_for: timedelta
            ) -> list[Order]:
    """An order for each line, all or none; raises placing.Changed if what was quoted is no longer offered."""
    promised_on = supply(session, today).after(revision.document["ready_days"])
    return [_order(session, revision, line, promised_on, today, account, free_for)
            for line in revision.document["lines"]]


def _order(session: Session, revision: QuoteRevision, line: Document, promised_on: date, today: date,
           account: Account | None, free_for: timedelta) -> Order:
    version = session.get_one(Version, line["version_id"])
    lot = Lot(version, model_of(version), from_plain(line["values"]), line["quantity"],
              revision=session.get(Revision, line["revision_id"]) if line["revision_id"] else None,
              standing=standing(line["standing"]))
    quoted = Quoted(revision.id, f"{revision.document['quote']} rev. {revision.number}", line["listed"], line["tax"])
    return placing.place(
        session, whom(session, revision.quote.customer, line), lot, Agreed(line["gross"], promised_on, quoted),
        entered(line), key=f"{revision.document['quote']} line {line['id']}", today=today, placed_by=account,
        free_for=free_for)


def whom(session: Session, customer: Customer, line: Document) -> Whom:
    """For whom and for where a line of a document is."""
    person, place = (session.get(Subject, line[kind]) if line[kind] else None for kind in ("person_id", "place_id"))
    return Whom(customer, person, place)


def entered(line: Document) -> Entered:
    """What was entered for a line of a document."""
    corrected = None if line["corrected"] is None else from_plain(line["corrected"])
    return Entered(line["inputs"], told=from_plain(line["choices"]), corrected=corrected, seconds=line["seconds"],
                   guessed=line["guessed"])


def standing(plain: Document | None) -> Standing | None:
    """Where in its room a piece goes; the inverse of `Standing.plain`."""
    return Standing(Plan.from_plain(plain["plan"]), Spot(*plain["spot"])) if plain else None


def _reckoned(session: Session, quote: Quote, today: date) -> tuple[list[Offer], Totals]:
    """What is offered to the customer, line after line: those before it have taken what they need."""
    left, offers = supply(session, today), []
    for line in quote.lines:
        model, values = model_of(line.version), from_plain(line.values)
        charged = vat.of(session, quote.customer, model.vat, today)
        offers.append(offered(model, values, left, line.quantity).charged(charged))
        left = foreseen.after(left, model, values, line.quantity)
    priced = [Priced(offer.price.total, line.quantity, _discount(line), offer.vat)
              for line, offer in zip(quote.lines, offers, strict=True)]
    return offers, reckon(priced, _discount(quote))


def _discount(thing: Quote | QuoteLine) -> Discount:
    return Discount(thing.discount, "amount" if thing.discount_kind == "amount" else "percent")


def _charged(document: Document) -> list[Document]:
    return [line["vat"] for line in document["lines"]]


def _customer(customer: Customer) -> Document:
    return {"number": customer.number, "name": customer.name, "company": customer.company, "country": customer.country,
            "kind": customer.kind, "vat_id": customer.vat_id}


def _line(line: QuoteLine, offer: Offer, sums: Sum) -> Document:
    model, values = model_of(line.version), from_plain(line.values)
    revision = line.revision
    return {
        "id": line.id, "product": line.version.product.slug, "title": title(model), "version_id": line.version_id,
        "version": line.version.number, "quantity": line.quantity,
        "for": [subject.name for subject in (line.person, line.place) if subject and not subject.themself],
        "person_id": line.person_id, "place_id": line.place_id, "revision_id": line.revision_id,
        "specification": f"{revision.specification.number} {revision.letter}" if revision else "",
        "choices": line.choices, "values": line.values, "standing": line.standing, "inputs": line.inputs,
        "seconds": line.seconds, "corrected": line.corrected, "guessed": line.guessed,
        "said": [[title(c), said(c, values[c.name])] for c in model.characteristics],
        "piece": offer.price.total, "price": [[part.title, part.amount] for part in offer.price.lines],
        "granted": {"kind": line.discount_kind, "value": line.discount}, **_sum(sums), "vat": offer.vat.plain(),
    }


def _sum(sums: Sum) -> dict[str, int]:
    return {"listed": sums.listed, "discount": sums.discount, "share": sums.share, "gross": sums.gross,
            "net": sums.net, "tax": sums.tax}


def _changed(session: Session, old: Document, new: Document, say: Say) -> LineChange:
    before, after = (session.get_one(Version, line["version_id"]) for line in (old, new))
    answers = differences(model_of(before), from_plain(old["values"]), model_of(after), from_plain(new["values"]), say)
    return LineChange("changed", new, tuple(_moved(old, new, FACTS)), answers)


def _moved(old: Document, new: Document, names: Sequence[str]) -> Iterator[Moved]:
    yield from (Moved(name, old[name], new[name]) for name in names if old[name] != new[name])
