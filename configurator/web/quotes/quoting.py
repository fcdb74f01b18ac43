"""What pages about quotes are given: a document with pictures and words, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from catalog.model import ProductModel, from_plain
from catalog.nodes import Values
from catalog.picture import draw
from catalog.records import Version
from catalog.store import model_of
from catalog.wording import title
from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import no_store
from configurator.web.formatting import amount, dated, day, money, number
from configurator.web.paper import inline, language, picture_style
from configurator.web.shop import present
from configurator.web.shop.answers import say
from orders.placing import Change
from orders.quotation import quotesheet, quoting, vat
from orders.quotation.accepted import acceptance
from orders.quotation.quoted import Quote, QuoteRevision
from orders.quotation.quoting import Document, LineChange, Moved
from orders.sheets.printing import printable
from orders.specifications import Difference

HUNDRED = 100
N_ = str
"""Marks a text for translation where it is only named."""
WORDS = (
    N_("Quote"), N_("revision"), N_("Page"), N_("of"), N_("Customer"), N_("VAT number"), N_("Revision"),
    N_("Valid until"), N_("Ready"), N_("one working day after acceptance"), N_("working days after acceptance"),
    N_("Drawn up by"), N_("What we make"),
    N_("amounts in"), N_("with the VAT that is charged"), N_("for"), N_("Discount"), N_("Sum of the lines"), N_("Net"),
    N_("VAT"), N_("on"), N_("Total"), N_("Delivery"), N_("Terms"), N_("Reverse charge: the recipient owes the VAT"),
    N_("Export, free of VAT"))
"""What the template of the PDF says by itself."""
TITLES = {
    "for": lazy_gettext("For"), "vat": lazy_gettext("VAT"), "quantity": lazy_gettext("Pieces"),
    "version": lazy_gettext("Catalogue version"),
    "piece": lazy_gettext("One piece"),
    "granted": lazy_gettext("Discount"), "share": lazy_gettext("Share of the discount on the whole"),
    "gross": lazy_gettext("Total"), "valid_until": lazy_gettext("Valid until"),
    "ready_days": lazy_gettext("Ready after, in working days"), "discount": lazy_gettext("Discount on the whole"),
    "net": lazy_gettext("Net"), "tax": lazy_gettext("VAT"), "words": lazy_gettext("Letter"),
    "delivery": lazy_gettext("Delivery"), "terms": lazy_gettext("Terms")}


class Fact(NamedTuple):
    """Something that two revisions state otherwise, in words."""

    title: str
    was: str
    now: str


@dataclass(frozen=True)
class Changed:
    """A line that was added, removed or changed, in words."""

    kind: str
    title: str
    facts: tuple[Fact, ...]
    answers: tuple[Difference, ...]


@dataclass(frozen=True)
class Shown:
    """A line of a document with what it looks like; `guessed` are the titles and answers that nobody gave."""

    line: Document
    picture: Markup
    said: tuple[tuple[str, str], ...]
    guessed: tuple[tuple[str, str], ...]


class Different(NamedTuple):
    """What a document says otherwise than another."""

    lines: tuple[Changed, ...]
    facts: tuple[Fact, ...]


def lines(document: Document) -> list[Shown]:
    """The lines of a document as a page shows them."""
    return [_line(line) for line in document["lines"]]


def _line(line: Document) -> Shown:
    model, values = _made(line)
    said = {c.name: (title(c), say(c, values[c.name])) for c in model.characteristics}
    return Shown(line, present.picture(model, values), tuple(said.values()),
                 tuple(said[name] for name in line["guessed"] if name in said))


def _made(line: Document) -> tuple[ProductModel, Values]:
    """What a line is of, and its values."""
    return model_of(session.get_one(Version, line["version_id"])), from_plain(line["values"])


def different(old: QuoteRevision, new: Document) -> Different:
    """What a document says otherwise than a revision, in words."""
    found = quoting.changes(session, old.document, new, say)
    currency = new["currency"] or old.currency
    return Different(tuple(_changed(change, currency) for change in found.lines),
                     tuple(_facts(found.moved, currency)))


def _changed(change: LineChange, currency: str) -> Changed:
    return Changed(change.kind, change.line["title"], tuple(_facts(change.moved, currency)), change.answers)


def _facts(moved: Iterable[Moved], currency: str) -> Iterator[Fact]:
    for one in moved:
        yield Fact(str(TITLES[one.what]), *(_told(one.what, value, currency) for value in (one.was, one.now)))


def _told(what: str, value: Any, currency: str) -> str:
    if what in ("granted", "discount"):
        return discount(value, currency)
    if what == "vat":
        return why_charged(value)
    if isinstance(value, list):
        return ", ".join(value) or _("themselves")
    if what == "valid_until":
        return day(date_of(value))
    if isinstance(value, str):
        return value or _("none")
    return number(value) if what in ("quantity", "version", "ready_days") else money(value, currency)


def discount(granted: dict[str, Any], currency: str) -> str:
    """A discount as it was entered: 5 %, or an amount."""
    if granted["kind"] == "amount":
        return money(granted["value"], currency)
    return f"{number(Fraction(granted['value'], HUNDRED))} %"


def entered(value: int, kind: str, currency: str) -> str:
    """The same for a field to be edited; nothing is left empty."""
    if not value:
        return ""
    return amount(value, currency) if kind == "amount" else number(Fraction(value, HUNDRED), False)


def rate(text: str) -> str:
    """A rate of tax of a document, without its sign."""
    return number(Fraction(text))


def why_charged(charged: dict[str, str]) -> str:
    """The tax of a line of a document: its rate, or why there is none."""
    said = vat.WORDS[charged["treatment"]]
    return _(said) if said else f"{rate(charged['rate'])} %"


def date_of(text: str) -> date:
    """A day of a document."""
    return date.fromisoformat(text)


def why_stale(changes: Iterable[Change], currency: str) -> list[str]:
    """Why a revision no longer holds, in sentences."""
    return list(dict.fromkeys(_why(change, currency) for change in changes))


def _why(change: Change, currency: str) -> str:
    match change.what, change.agreed, change.now:
        case "validity", date() as until, _:
            return _("It was valid until %(day)s.", day=day(until))
        case "total", int() as was, int() as now:
            return _("The price was %(was)s and is %(now)s now.", was=money(was, currency), now=money(now, currency))
        case "tax", _, _:
            return _("The VAT is charged otherwise now.")
        case "promise", date() as was, date() as now:
            return _("It was to be ready on %(was)s and can be ready on %(now)s now.", was=day(was), now=day(now))
    return _("The catalogue has changed: version %(was)s is now version %(now)s.", was=change.agreed, now=change.now)


def stale(quote: Quote, revision: QuoteRevision) -> list[str]:
    """Why the revision that was sent no longer holds, in sentences; none if it does."""
    return why_stale(quoting.stale(session, quote, revision, today()), revision.currency)


def _printed(line: Document) -> str:
    """The picture of a line for paper; "" if its product has none."""
    model, values = _made(line)
    return printable(draw(model, values), picture_style(), *quotesheet.PICTURE)


def _accepted(revision: QuoteRevision) -> str:
    """That a revision was accepted, and what was promised then; "" if it was not."""
    if (found := acceptance(session, revision)) is None:
        return ""
    if found.promised_on is None:
        return _("Accepted by %(name)s, %(at)s.", name=found.name, at=dated(found.at))
    return ngettext("Accepted by %(name)s, %(at)s: order %(orders)s, promised then for %(promised)s.",
                    "Accepted by %(name)s, %(at)s: orders %(orders)s, promised then for %(promised)s.",
                    len(found.orders), name=found.name, at=dated(found.at), orders=", ".join(found.orders),
                    promised=day(found.promised_on))


def printed(revision: QuoteRevision) -> Answer:
    """A revision as a PDF, which nobody but the reader keeps."""
    content = quotesheet.pdf(revision.document, maker=current_app.extensions["settings"].maker,
                             language=language(WORDS), pictures=[_printed(line) for line in revision.document["lines"]],
                             stamp=_accepted(revision))
    return no_store(inline(content, f"{revision.document['quote']}-{revision.number}.pdf"))
