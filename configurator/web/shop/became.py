"""What became of something older in a newer catalogue, in words: a table of answers, and what the price was and is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from catalog.model import Characteristic, Number, ProductModel, Text
from catalog.nodes import Answer
from catalog.records import Version
from catalog.wording import title
from configurator.drafts import renewal
from configurator.drafts.carrying import Carried, Field, Kind, Moved
from configurator.engine import Explanation, Undecided
from configurator.engines import Compiled, compiled
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.formatting import amount, difference, money
from configurator.web.shop.answers import say

MARKS: dict[Kind, str] = {"kept": "done", "renamed": "done", "replaced": "proposed", "changed": "warning",
                          "asked": "proposed", "dropped": "follows"}
"""The squares that stand beside what became of an answer."""


@dataclass(frozen=True)
class Row:
    """An answer: its question and what it said, each in the words of its own catalogue; None where it was not asked."""

    kind: Kind
    title: str
    before: str | None  # the question's former title, if it is another
    was: str | None
    now: str | None
    why: tuple[str, ...]

    @property
    def mark(self) -> str:
        return MARKS[self.kind]


@dataclass(frozen=True)
class Part:
    """A part of the price that is not what it was; None where it was, or is, no part of it."""

    title: str
    was: str | None
    now: str | None
    difference: str


@dataclass(frozen=True)
class Became:
    """Everything about something made with version `then` in version `today`."""

    then: int
    today: int
    rows: tuple[Row, ...]
    kept: tuple[str, ...]  # titles of the answers that are what they were
    was: str
    now: str
    difference: str  # "" where the price is the same, or is in another currency
    parts: tuple[Part, ...]

    @property
    def changed(self) -> int:
        """How many answers are no longer what they were; another name is none."""
        return sum(row.kind != "renamed" for row in self.rows)

    @property
    def said(self) -> str:
        """All in a sentence or two."""
        answers = ngettext("One answer changes.", "%(num)d answers change.", self.changed) if self.changed else (
            _("Every answer is kept."))
        if named := sum(row.kind == "renamed" for row in self.rows):
            answers += " " + ngettext("One is only called otherwise.", "%(num)d are only called otherwise.", named)
        price = _("The price of a piece was %(was)s and is %(now)s now.", was=self.was, now=self.now)
        return f"{answers} {price if self.was != self.now else _('The price stays the same.')}"


def of_draft(draft: Draft) -> Became | None:
    """What became of what a draft was opened with, if that was made with another version and not saved in this one."""
    found = renewal.of_draft(session, draft)
    return became(found[0], draft.version, found[1]) if found else None


def became(then: Version, today: Version, carried: Carried) -> Became:
    """What a page is given."""
    before, now = carried.prices
    alike = before.currency == now.currency
    moved = now.total - before.total if alike else 0
    return Became(
        then.number, today.number, tuple(_row(carried, field, compiled(today)) for field in carried.changes),
        tuple(title(carried.succession.new[field.name]) for field in carried.fields if field.kind == "kept"),
        money(before.total, before.currency), money(now.total, now.currency),
        difference(moved, now.currency) if moved else "",
        tuple(_part(carried, part, now.currency) for part in carried.moved) if moved else ())


def _row(carried: Carried, field: Field, kept: Compiled) -> Row:
    old = carried.succession.old[field.old] if field.old else None
    new = carried.succession.new[field.new] if field.new else None
    name, before = title(new or old), title(old) if old else None
    return Row(field.kind, name, before if before != name else None, _said(old, field.was), _said(new, field.now),
               tuple(_why(carried, field, kept)))


def _said(characteristic: Characteristic | None, answer: Answer | None) -> str | None:
    return None if characteristic is None or answer is None else say(characteristic, answer)


def _why(carried: Carried, field: Field, kept: Compiled) -> Iterator[str]:
    """Why an answer is no longer possible: the sentences of the rules, or that there is no such value."""
    if field.kind != "changed":
        return
    try:
        found = _explained(carried, field, kept)
    except Undecided:
        yield _("Why it does not fit takes too long to find out.")
        return
    if found is not None:
        yield from _sentences(carried, found, kept.engine.model)
    elif field.near:
        yield _("It is the nearest that is made now.")
    else:
        match kept.engine.model[field.name]:
            case Number():
                yield _("It is measured otherwise now.")
            case Text():
                yield _("It can no longer be written so.")
            case _:
                yield _("There is no such answer any more.")


def _explained(carried: Carried, field: Field, kept: Compiled) -> Explanation | None:
    """What excludes an answer, as `Carried.why` says: a draft's page asks for the same at every click."""
    if field.wish is None:
        return None
    key = "became", field, *carried.now.values()
    found: Explanation | None = kept.recall(key)
    if found is None:
        found = carried.why(kept.engine, field)
        kept.keep(key, found)
    return found


def _sentences(carried: Carried, found: Explanation, model: ProductModel) -> Iterator[str]:
    said = tuple(dict.fromkeys(sentence for rule in found.rules if (sentence := model.rule(rule).sentence)))
    if said or not found.choices:
        yield from said or (_("No product can have it."),)
        return
    choices = "; ".join(f"{title(model[name])}: {say(model[name], carried.now[name])}" for name in found.choices)
    yield _("It does not go with %(choices)s.", choices=choices)


def _part(carried: Carried, part: Moved, currency: str) -> Part:
    was, now = (None if minor is None else amount(minor, currency) for minor in (part.was, part.now))
    return Part(_titled(carried, part.name), was, now, difference((part.now or 0) - (part.was or 0), currency))


def _titled(carried: Carried, name: str) -> str:
    """What a part of the price is called: today, or if it is none any more, then."""
    for model in carried.succession.new, carried.succession.old:
        entry = next((price for price in model.prices if price.name == name), None)
        if entry or name in model:
            return title(entry or model[name])
    return name
