"""Words for people: titles that fall back to names, templates filled in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from catalog.expressions import number
from catalog.model import Boolean, Characteristic, ProductModel, Shown, Template
from catalog.nodes import Answer, Exact, Expression, Values
from catalog.units import written

WORDS = {word: word for word in ("yes", "no", "none", "Build as specified")}
"""The few words of a build sheet that no catalogue says, in the language of the shop; see `configurator.language`."""


def rounded(value: Exact, places: int) -> int:
    """The number in units of its last place, 1234 for 12.345 and 2 places; halves go away from zero."""
    scale: int = 10**places
    if isinstance(value, int):
        return value * scale
    whole, divisor = value.numerator, value.denominator  # on integers: fractions would be reduced at every step
    units = (2 * abs(whole) * scale + divisor) // (2 * divisor)
    return units if whole >= 0 else -units


def plain(value: Exact, places: int = 1) -> str:
    """A number with at most `places` decimals and none that say nothing: 1206, 27.5."""
    if isinstance(value, int):
        return str(int(value))
    text = f"{Decimal(f'{rounded(value, places)}e-{places}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def title(thing: object) -> str:
    """What people call it: its title, else its name."""
    return getattr(thing, "title", "") or str(getattr(thing, "name", thing))


def say(characteristic: Characteristic, answer: Answer, show: Callable[[Exact], str] = plain) -> str:
    """An answer in words: titles of the values chosen, yes as it is titled or no, a number with its unit, the text."""
    if isinstance(characteristic, Boolean):
        return (characteristic.yes.title or WORDS["yes"]) if answer else WORDS["no"]
    if isinstance(answer, int):
        unit = written(getattr(characteristic, "unit", ""))
        return f"{show(answer)} {unit}" if unit else show(answer)
    if characteristic.options:
        return ", ".join(title(value) for value in characteristic.chosen(answer)) or WORDS["none"]
    return str(answer)


def fill(template: Template, values: Values, model: ProductModel, show: Callable[[Exact], str] = plain) -> str:
    """The template's text for whole values; numbers as `show` writes them."""
    return "".join(_piece(piece, values, model, show) for piece in template.pieces)


def _piece(piece: str | Expression | Shown, values: Values, model: ProductModel, show: Callable[[Exact], str]) -> str:
    if isinstance(piece, str):
        return piece
    if not isinstance(piece, Shown):
        return show(number(piece, values, model))
    return shown(piece, values, model, show)


def shown(piece: Shown, values: Values, model: ProductModel, show: Callable[[Exact], str] = plain) -> str:
    """What a template shows of an answer, for whole values."""
    characteristic, answer = model[piece.name], values[piece.name]
    if piece.aspect == "title":
        return say(characteristic, answer, show)
    chosen = characteristic.chosen(answer)
    if piece.aspect == "part":
        return ", ".join(value.part for value in chosen if value.part)
    return next((value.swatch for value in chosen if value.swatch), "none")
