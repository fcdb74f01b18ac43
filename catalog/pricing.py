"""Exact money: what a configuration costs, line by line, and which entry of the catalogue made each line.

Amounts are computed exactly in major units and rounded once, line by line, to the minor unit of the currency, halves
away from zero; the total is the sum of the rounded lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from threading import Lock
from typing import NamedTuple

from babel.numbers import get_currency_precision
from cachetools import LRUCache, cached

from catalog.bounds import bounds, narrowed, whole
from catalog.expressions import Whole, meaning, names
from catalog.model import Boolean, Number, ProductModel, Text
from catalog.nodes import TRUE, Arithmetic, Choose, Compare, Condition, Const, Expression, Is, Values
from catalog.wording import rounded, title


@dataclass(frozen=True)
class Line:
    """One line of a price: `rule` is the price's name, or `characteristic` or `characteristic=value`."""

    rule: str
    title: str
    amount: int  # minor units


@dataclass(frozen=True)
class PriceSheet:
    """The price of one piece, in minor units; `vat` is the share that the total includes."""

    lines: tuple[Line, ...]
    total: int
    vat: int
    currency: str


def price(model: ProductModel, values: Values) -> PriceSheet:
    """The price of whole values. Lines of nothing are left out."""
    values = Whole.of(values)
    lines = tuple(Line(entry.rule, entry.title, entry.amount(values)) for entry in _sheet(model).entries
                  if entry.applies(values))
    total = sum(line.amount for line in lines)
    return PriceSheet(tuple(line for line in lines if line.amount), total,
                      rounded(Fraction(total * model.vat) / (100 + model.vat), 0), model.currency)


def difference(model: ProductModel, before: Values, after: Values, changed: Iterable[str]) -> int:
    """By how much one piece costs more than before, in minor units, where only what is `changed` differs."""
    before, after, readers = Whole.of(before), Whole.of(after), _sheet(model).readers
    entries = {entry for name in changed for entry in readers.get(name, ())}
    return sum([entry.cost(after) - entry.cost(before) for entry in entries])


def has_prices(model: ProductModel) -> bool:
    """Whether anything in the model has a price."""
    return bool(_sheet(model).entries)


def total(model: ProductModel) -> Expression:
    """The total in minor units as an expression, so that rules can speak of it: what `price` gives for any values."""
    return Arithmetic("+", (Const(0), *(_amount(model, amount, when) for _, _, amount, when in _lines(model))))


class _Entry(NamedTuple):
    """A line that a price can have, in minor units, as functions of whole values."""

    rule: str
    title: str
    amount: Callable[[Values], int]
    applies: Callable[[Values], bool]
    reads: frozenset[str]

    def cost(self, values: Values) -> int:
        """What the line adds to the price."""
        return self.amount(values) if self.applies(values) else 0


class _Sheet(NamedTuple):
    """Every line that the prices of a model can have, and those that read each characteristic."""

    model: ProductModel
    entries: tuple[_Entry, ...]
    readers: Mapping[str, list[_Entry]]


@cached(LRUCache(64), key=id, lock=Lock())  # what is kept holds the model: its id is not given again
def _sheet(model: ProductModel) -> _Sheet:
    entries, readers = tuple(_entries(model)), defaultdict[str, list[_Entry]](list)
    for entry in entries:
        for name in entry.reads:
            readers[name].append(entry)
    return _Sheet(model, entries, readers)


def _entries(model: ProductModel) -> Iterator[_Entry]:
    for rule, text, amount, when in _lines(model):
        applies = when or TRUE
        yield _Entry(rule, text, _rounded(model, amount), meaning(applies, model),
                     names(amount, model) | names(applies, model))


def _rounded(model: ProductModel, amount: Expression) -> Callable[[Values], int]:
    places, exact = get_currency_precision(model.currency), meaning(amount, model)
    if isinstance(amount, Const):
        line = rounded(amount.value, places)
        return lambda values: line
    return lambda values: rounded(exact(values), places)


def _lines(model: ProductModel) -> Iterator[tuple[str, str, Expression, Condition | None]]:
    """Every line that a price can have: what makes it, its title, its amount in major units, and when it applies."""
    for entry in model.prices:
        yield entry.name, title(entry), entry.amount, entry.when
    for characteristic in model.characteristics:
        name, text = characteristic.name, title(characteristic)
        if isinstance(characteristic, Number | Text):
            if characteristic.price is not None:
                yield name, text, characteristic.price, None
        elif isinstance(characteristic, Boolean):
            if characteristic.yes.price is not None:
                yield f"{name}={characteristic.yes.name}", text, characteristic.yes.price, Is(name, (True,))
        else:
            for value in characteristic.options:
                if value.price is not None:
                    yield f"{name}={value.name}", f"{text}: {title(value)}", value.price, Is(name, (value.name,))


def _amount(model: ProductModel, amount: Expression, when: Condition | None) -> Expression:
    """A line in minor units, 0 where it does not apply."""
    places = get_currency_precision(model.currency)
    if isinstance(amount, Const):
        line: Expression = Const(rounded(amount.value, places))
    else:
        box = whole(model) if when is None else narrowed(when, whole(model), model, True)
        if box is None:  # it never applies
            return Const(0)
        low, high = bounds(amount, box, model)
        minor, half = Arithmetic("*", (Const(10**places), amount)), Const(Fraction(1, 2))
        up = Arithmetic("floor", (Arithmetic("+", (minor, half)),))
        down = Arithmetic("ceil", (Arithmetic("-", (minor, half)),))
        line = up if low >= 0 else down if high <= 0 else Choose(Compare(">=", amount, Const(0)), up, down)
    return line if when is None else Choose(when, line, Const(0))
