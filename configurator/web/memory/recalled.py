"""What is remembered, in a reader's words: what holds, where it came from, what it is used for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from catalog.model import Boolean, Characteristic, Number, Several, Text
from catalog.nodes import Answer
from catalog.store import model_of
from catalog.wording import title
from configurator.memory.verdicts import wanted
from configurator.web.formatting import measure
from configurator.web.shop.answers import bounds, say, typed
from orders.memory.piece import Piece, Place, Statement
from orders.memory.remembered import Forgotten
from orders.records import Subject

SOURCE = re.compile(r"(?:what you said of )?(order|specification) (\S+?)(?: rev\. ([A-Z]+))?")
"""How evidence names where it was stated, if that is still there to be looked at."""
HERE, BY_TELEPHONE = "this page", "on the telephone"
"""The sources of what is told on the page itself."""


@dataclass(frozen=True)
class Origin:
    """Where something was said."""

    text: str
    address: str | None
    at: datetime


@dataclass(frozen=True)
class Field:
    """What a piece is corrected with, as the product asks for it."""

    characteristic: Characteristic
    kind: str  # choice, several, number or text
    options: tuple[tuple[str, str, bool], ...]  # value, title, marked
    typed: tuple[str, ...]
    unit: str
    expected: str
    most: int


@dataclass(frozen=True)
class Shown:
    """A piece on the page."""

    id: str
    address: str  # that names it in a query
    title: str
    said: str
    from_orders: tuple[int, int] | None  # how many of how many of the last orders
    origin: Origin
    taken_by: str
    used_for: tuple[str, ...]
    last_used: Origin | None
    judged: str  # what they said of it when it was made last, and what is proposed for that
    times: tuple[tuple[str, Origin], ...]  # every time, newest first
    until: datetime | None  # forgotten: how long that can be undone
    forgotten: datetime | None


@dataclass(frozen=True)
class Family:
    """The pieces that one product alone asks for; those that several share, and facts, are under no title."""

    title: str
    pieces: tuple[Shown, ...]


@dataclass(frozen=True)
class Drawn:
    """The plan of a place."""

    plan: Mapping[str, Any]
    until: datetime | None  # as of a piece
    forgotten: datetime | None


@dataclass(frozen=True)
class About:
    """A person or a place with what is remembered of them; of neither: what the customer likes."""

    subject: Subject | None
    families: tuple[Family, ...]
    plan: Drawn | None
    untold: tuple[tuple[str, str], ...]  # the address and the title of what they could tell

    @property
    def count(self) -> int:
        return sum(len(family.pieces) for family in self.families) + (self.plan is not None)


def about(subject: Subject | None, pieces: Iterable[Piece], untold: Iterable[Piece], undo: timedelta,
          gone: Forgotten | None = None) -> About:
    """What is remembered about one of the customer's; pieces as `orders.memory.pieces.of` sorts them; `gone`: the plan
    that was forgotten.
    """
    families = groupby(pieces, key=lambda piece: piece.product)
    return About(subject, tuple(Family(name, tuple(shown(piece, undo) for piece in those)) for name, those in families),
                 _drawn(subject, gone, undo), tuple((address(piece.place), heading(piece)) for piece in untold))


def _drawn(subject: Subject | None, gone: Forgotten | None, undo: timedelta) -> Drawn | None:
    if subject and subject.plan:
        return Drawn(subject.plan, None, None)
    return Drawn(gone.plan, gone.at + undo, gone.at) if gone and gone.plan else None


def shown(piece: Piece, undo: timedelta) -> Shown:
    """A piece that something was said about."""
    holds = piece.holds
    assert holds
    lately = piece.lately if holds.kind in ("order", "past", "specification") else ()
    alike = sum(statement.answer == holds.answer for statement in lately)
    ordered = next((s for s in piece.statements if s.kind == "order"), None)
    several = len({s.product for s in piece.statements} - {""}) > 1
    return Shown(
        identity(piece.place), address(piece.place), heading(piece), said(holds),
        (alike, len(lately)) if alike else None, origin(holds), holds.taken_by, tuple(_uses(piece)),
        origin(ordered) if ordered else None,
        moved(piece) or next((told(statement) for statement in piece.telling
                              if statement.verdict and holds.answer in (statement.made, statement.answer)), ""),
        tuple((_of_product(statement) if several else told(statement), origin(statement))
              for statement in piece.statements),
        piece.forgotten + undo if piece.forgotten else None, piece.forgotten)


def field(piece: Piece, entered: Sequence[str] | None = None) -> Field:
    """What to correct it with, filled with what was `entered` before, else with what holds."""
    holds = piece.holds
    characteristic = (piece.asked(holds.answer) if holds else None) or piece.uses[0].characteristic
    answer = holds.answer if holds and characteristic.admits(holds.answer) else None
    texts = tuple(entered if entered is not None else typed(characteristic, answer) if answer is not None else ())
    expected = ""
    if isinstance(characteristic, Number):
        expected = bounds(characteristic, characteristic.range[0], characteristic.range[-1])
    return Field(characteristic, _kind(characteristic), tuple(_options(characteristic, texts)), texts,
                 (characteristic.shown or characteristic.unit) if isinstance(characteristic, Number) else "",
                 expected, characteristic.most if isinstance(characteristic, Text) else 40)


def heading(piece: Piece) -> str:
    """What a piece is called: as the trait is, or the question."""
    for use in piece.uses:
        trait = next((t for t in model_of(use.version).traits if t.name == use.characteristic.trait), None)
        return (trait.title if trait else "") or title(use.characteristic)
    named = next((s.characteristic for s in piece.statements if s.characteristic), None)
    return title(named) if named else piece.key


def told(statement: Statement) -> str:
    """What was said this time; of what was made, whether it was right."""
    verdict, characteristic = statement.verdict, statement.characteristic
    if verdict is None or characteristic is None or statement.made is None:
        return said(statement)
    words = {"right": _("right"), "small": _("too small"), "large": _("too large"), "other": _("not as wished")}
    empty = statement.made in ("", frozenset())
    return "; ".join(filter(None, (
        _("leaving it empty was %(said)s", said=words[verdict.said]) if empty else
        _("%(value)s was %(said)s", value=say(characteristic, statement.made), said=words[verdict.said]),
        _("rather %(value)s", value=said(statement)) if verdict.rather is not None else "", verdict.why)))


def _of_product(statement: Statement) -> str:
    return _("%(said)s (%(product)s)", said=told(statement), product=statement.product) if statement.product else told(
        statement)


def moved(piece: Piece) -> str:
    """What was said of it since it was told, and did not say what it should have been: so what is proposed next."""
    newest = piece.telling[0]
    verdict, characteristic, made = newest.verdict, newest.characteristic, newest.made
    if newest is piece.holds or verdict is None or characteristic is None or made is None or verdict.said == "right":
        return ""
    better = wanted(characteristic, made, verdict)
    return told(newest) if better is None else _("%(said)s; next time %(value)s", said=told(newest),
                                                 value=say(characteristic, better))


def said(statement: Statement) -> str:
    """The answer as the product would say it; bare if no product asks for it any more."""
    if statement.characteristic:
        return say(statement.characteristic, statement.answer)
    if isinstance(statement.answer, int) and not isinstance(statement.answer, bool):
        return measure(statement.answer, statement.unit)
    return _bare(statement.answer)


def origin(statement: Statement) -> Origin:
    """Where it was said, with a link if it can be looked at."""
    found = SOURCE.fullmatch(statement.source)
    if found and found[1] == "order":
        return Origin(_("order %(number)s", number=found[2]), url_for("orders.order", number=found[2]), statement.at)
    if found:
        target = url_for("orders.specification", number=found[2], rev=found[3])
        return Origin(_("specification %(number)s", number=found[2]), target, statement.at)
    words = {HERE: _("the page “What we remember”"), BY_TELEPHONE: _("the telephone")}
    text = words.get(statement.source) or (
        _("earlier orders, read in from %(file)s", file=statement.source) if statement.kind == "past"
        else statement.source)
    return Origin(text, None, statement.at)


def address(place: Place) -> str:
    """A piece in a form or a query."""
    return json.dumps(place)


def place(text: str) -> Place:
    """The inverse of `address`; raises ValueError for anything else."""
    try:
        subject, key = json.loads(text[:1000])
    except (TypeError, RecursionError) as error:
        raise ValueError(text[:80]) from error
    if not isinstance(key, str) or not (subject is None or type(subject) is int):
        raise ValueError(text[:80])
    return subject, key


def identity(place: Place) -> str:
    """An id on the page: keys may have any signs."""
    return f"piece-{hashlib.sha256(address(place).encode()).hexdigest()[:10]}"


def _uses(piece: Piece) -> Iterator[str]:
    """By product, the questions that it answers; with the answer, where a product has one of its own."""
    held = piece.holds
    for product, uses in groupby(piece.uses, key=lambda use: use.version.title):
        there = piece.within(product)
        questions = ", ".join(title(use.characteristic) for use in uses
                              if there or not held or _answers(use.characteristic, held))
        if there:
            yield _("%(product)s: %(questions)s (there: %(answer)s)", product=product, questions=questions,
                    answer=said(there))
        elif questions:
            yield _("%(product)s: %(questions)s", product=product, questions=questions)


def _answers(characteristic: Characteristic, held: Statement) -> bool:
    """Whether what holds answers a question; of a number, the nearest step does."""
    return isinstance(characteristic, Number) or characteristic.admits(held.answer)


def _kind(characteristic: Characteristic) -> str:
    match characteristic:
        case Number():
            return "number"
        case Text():
            return "text"
        case Several():
            return "several"
    return "choice"


def _options(characteristic: Characteristic, marked: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    if isinstance(characteristic, Boolean):
        words = {"yes": characteristic.yes.title or _("Yes"), "no": _("No")}
        yield from ((text, words[text], text in marked) for text in words)
    yield from ((value.name, title(value), value.name in marked) for value in characteristic.options)


def _bare(answer: Answer) -> str:
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    return ", ".join(sorted(answer)) if isinstance(answer, frozenset) else str(answer)
