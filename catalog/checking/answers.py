"""What a characteristic can be, and the answers that the maker gives himself: standards and cases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel.numbers import get_currency_precision

from catalog.checking.names import misnamed, unknown
from catalog.language import LARGEST, nearest, quoted
from catalog.model import Characteristic, Choice, Number, ProductModel, Several, Text
from catalog.nodes import Answer
from catalog.occurrences import Path, valued
from catalog.problems import Problem

MOST_NUMBERS = 100_000
"""Numbers that one characteristic can be."""
LONGEST_ANSWER = 1_000
"""Characters of a customer's text."""
LONGEST_SAID = 120
"""Characters of what is quoted in a message."""


def characteristics(model: ProductModel) -> Iterator[Problem]:
    """What each can be, what its values are, and its standard."""
    for index, characteristic in enumerate(model.characteristics):
        path = "characteristics", index
        wrong = [Problem((*path, key), message) for key, message in _limits(characteristic)]
        yield from wrong
        if characteristic.standard is not None and not wrong:
            yield from _answer((*path, "standard"), characteristic, characteristic.standard)
        for at, value in valued(characteristic):
            if value.swatch is not None and not re.fullmatch("#[0-9a-fA-F]{6}", value.swatch):
                yield Problem((*path, *at, "swatch"), f"expected a colour, #rrggbb, found {quoted(value.swatch)}")
            for name, amount in value.attributes.items():
                yield from misnamed((*path, *at, "attributes", name), name, key=True)
                if not -LARGEST <= amount <= LARGEST:
                    yield Problem((*path, *at, "attributes", name), f"expected a number up to {LARGEST:,}")


def _limits(characteristic: Characteristic) -> Iterator[tuple[str, str]]:
    """The keys of a characteristic that say what it cannot be, and why."""
    match characteristic:
        case Choice(values=()) | Several(values=()):
            yield "values", "expected at least one value"
        case Several() as several if not 0 <= several.least <= several.limit <= len(several.values):
            yield "least", f"expected 0 <= least <= most <= {len(several.values)}, the number of values"
        case Number() as number if number.step < 1:
            yield "step", "expected a step of 1 or more"
        case Number() as number if not -LARGEST <= number.least <= number.most <= LARGEST:
            yield "least", f"expected least <= most, both within {LARGEST:,}"
        case Number() as number if len(number.range) > MOST_NUMBERS:
            yield "step", f"expected at most {MOST_NUMBERS:,} numbers, found {len(number.range):,}"
        case Text() as text if not 0 <= text.least <= text.most <= LONGEST_ANSWER:
            yield "most", f"expected 0 <= least <= most <= {LONGEST_ANSWER:,}"
        case Text() as text if any(first > last for first, last in re.findall("(.)-(.)", text.allowed, re.DOTALL)):
            yield "allowed", "expected ranges from the lower to the higher character, as in A-Z"


def _answer(path: Path, characteristic: Characteristic, answer: Answer) -> Iterator[Problem]:
    if characteristic.admits(answer):
        return
    if isinstance(characteristic, Number):
        yield Problem(path, f"{answer} is none of {characteristic.least}, {characteristic.least + characteristic.step} "
                      f"... {characteristic.range[-1]}")
        return
    given = sorted(answer) if isinstance(answer, frozenset) else [answer]
    known = [value.name for value in characteristic.options]
    odd = [name for name in given if name not in known]
    near = nearest(str(odd[0]), known) if odd else None
    said = ", ".join(map(str, given))[:LONGEST_SAID] or "empty"
    yield Problem(path, f"{characteristic.name} cannot be {said}: expected {_expected(characteristic)}"
                  + (f"; did you mean {near}?" if near else ""))


def _expected(characteristic: Characteristic) -> str:
    """What an answer that is no number can be."""
    known = ", ".join(value.name for value in characteristic.options)
    known = known if len(known) <= LONGEST_SAID else known[:LONGEST_SAID].rpartition(",")[0] + ", ..."
    match characteristic:
        case Text() as text:
            return f"a text of {text.least} to {text.most} characters" + (f" of {text.allowed}" if text.allowed else "")
        case Several() as several:
            return f"{several.least} to {several.limit} of {known}"
        case Choice():
            return f"one of {known}"
    return "true or false"


def cases(model: ProductModel) -> Iterator[Problem]:
    """Choices that can be made, and what they may cost."""
    for index, case in enumerate(model.cases):
        for name, answer in case.choices.items():
            path = "cases", index, "choose", name
            if name not in model:
                yield from unknown(path, name, [c.name for c in model.characteristics], "characteristic", key=True)
            else:
                yield from _answer(path, model[name], answer)
        places = get_currency_precision(model.currency)
        if case.costs is not None and not case.possible:
            yield Problem(("cases", index, "costs"), "what is not possible costs nothing: expected no costs")
        elif case.costs is not None and (case.costs * 10**places).denominator != 1:
            yield Problem(("cases", index, "costs"), f"expected at most {places} decimals, as {model.currency} has")
