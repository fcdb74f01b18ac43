"""Exact money: what a configuration costs, line by line, and which entry of the catalogue made each line.

Amounts are computed exactly in major units and rounded once, line by line, to the minor unit of the currency, halves
away from zero; the total is the sum of the rounded lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from babel.numbers import get_currency_precision

from catalog.bounds import bounds, narrowed, whole
from catalog.expressions import Whole, holds, number
from catalog.model import Boolean, Number, ProductModel, Text
from catalog.nodes import Arithmetic, Choose, Compare, Condition, Const, Expression, Is, Values
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
    places = get_currency_precision(model.currency)
    values = Whole.of(values)
    lines = tuple(Line(rule, text, rounded(number(amount, values, model), places))
                  for rule, text, amount in _entries(model, values))
    total = sum(line.amount for line in lines)
    return PriceSheet(tuple(line for line in lines if line.amount), total,
                      rounded(Fraction(total * model.vat) / (100 + model.vat), 0), model.currency)


def total(model: ProductModel) -> Expression:
    """The total in minor units as an expression, so that rules can speak of it: what `price` gives for any values."""
    return Arithmetic("+", (Const(0), *(_amount(model, amount, when) for amount, when in _conditional(model))))


def _conditional(model: ProductModel) -> Iterator[tuple[Expression, Condition | None]]:
    """Every line that a price can have, and when."""
    for entry in model.prices:
        yield entry.amount, entry.when
    for characteristic in model.characteristics:
        if isinstance(characteristic, Number | Text):
            if characteristic.price is not None:
                yield characteristic.price, None
        elif isinstance(characteristic, Boolean):
            if characteristic.yes.price is not None:
                yield characteristic.yes.price, Is(characteristic.name, (True,))
        else:
            for value in characteristic.options:
                if value.price is not None:
                    yield value.price, Is(characteristic.name, (value.name,))


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


def _entries(model: ProductModel, values: Values) -> Iterator[tuple[str, str, Expression]]:
    for entry in model.prices:
        if entry.when is None or holds(entry.when, values, model):
            yield entry.name, title(entry), entry.amount
    for characteristic in model.characteristics:
        answer = values[characteristic.name]
        if isinstance(characteristic, Number | Text):
            if characteristic.price is not None:
                yield characteristic.name, title(characteristic), characteristic.price
            continue
        for value in characteristic.chosen(answer):
            if value.price is not None:
                words = [title(characteristic), *([title(value)] if characteristic.options else [])]
                yield f"{characteristic.name}={value.name}", ": ".join(words), value.price

