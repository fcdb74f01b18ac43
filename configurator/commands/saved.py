"""What publishing would do to what is saved, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import get_currency_precision

from catalog.model import Characteristic
from catalog.nodes import Answer
from catalog.wording import title
from configurator.drafts.carrying import Kind
from configurator.publication.impact import MOST, Impact, Touch
from orders.specifications import said

WORDS: dict[Kind, str] = {"changed": "no longer possible", "dropped": "no longer asked", "replaced": "its successor",
                          "asked": "asked anew", "renamed": "called otherwise"}


def lines(impact: Impact, currency: str) -> Iterator[str]:
    """Nothing if nothing is saved."""
    if impact.specifications or impact.drafts:
        yield (f"Saved: {_saved(impact.specifications, impact.drafts)}. Different: "
               f"{_saved(impact.touched, impact.touched_drafts)}, of {_counted(len(impact.customers), 'customer')}.")
    for touch in impact.touches:
        yield f"  {WORDS[touch.kind]}: {_what(touch)}: {_saved(touch.specifications, touch.drafts)}{_which(touch)}"
    if impact.most:
        most = Decimal(impact.most).scaleb(-get_currency_precision(currency))
        yield (f"  price: higher in {impact.dearer:,}, lower in {impact.cheaper:,} specifications; "
               f"at most {most:+,} {currency} a piece")
    if impact.undecided:
        yield f"  too hard to tell: {', '.join(impact.undecided[:MOST])}{_more(len(impact.undecided))}"
    if impact.left:
        yield f"  there was no time to look at {impact.left:,} more"


def _saved(specifications: int, drafts: int) -> str:
    return f"{_counted(specifications, 'specification')}, {_counted(drafts, 'draft')}"


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' * (count != 1)}"


def _what(touch: Touch) -> str:
    """Frame: Steel -> Carbon."""
    titles = dict.fromkeys(title(c) for c in (touch.old, touch.new) if c is not None)
    answers = [_said(touch.old, touch.was), _said(touch.new, touch.now)]
    return " -> ".join(titles) + (f": {' -> '.join(filter(None, answers))}" if any(answers) else "")


def _said(characteristic: Characteristic | None, answer: Answer | None) -> str:
    return "" if characteristic is None or answer is None else said(characteristic, answer)


def _which(touch: Touch) -> str:
    """The specifications that lose something, by number."""
    if touch.kind not in ("changed", "dropped") or not touch.numbers:
        return ""
    return f" ({', '.join(touch.numbers)}{_more(touch.specifications)})"


def _more(count: int) -> str:
    return f" and {count - MOST:,} more" if count > MOST else ""
