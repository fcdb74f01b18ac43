"""What the formats of others share: names, pages, sentences, and the promise that nothing is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import zip_longest

from catalog.checking import check
from catalog.formats.errors import FormatError, together
from catalog.model import Characteristic, Group, ProductModel, Rule
from catalog.nodes import And, Condition, Implies, Is, Not, Or
from catalog.occurrences import Path
from catalog.problems import CatalogueError, Problem

Place = tuple[int, int | None]
"""Line and column (1-based); None: the line says enough."""
PAGE = 25
"""Questions in one group: a foreign file has no pages, and nobody reads hundreds of questions on one."""
LONGEST_SENTENCE = 300


def product_name(text: str) -> str:
    """A product name, [a-z][a-z0-9_]*, made of the name that a file gives."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60]
    return name if name[:1].isalpha() else f"product_{name}".rstrip("_")


def family(title: str, groups: tuple[Group, ...], characteristics: tuple[Characteristic, ...],
           rules: tuple[Rule, ...], places: Mapping[Path, Place]) -> ProductModel:
    """The product whose file calls it `title`, checked; raises FormatError with the places of what is wrong.

    `places` are those of characteristics and rules by their paths, ("rules", 3).
    """
    name = product_name(title)
    model = ProductModel(name=name, title="" if title == name else title, groups=groups,
                         characteristics=characteristics, rules=rules)
    try:
        check(model)
    except CatalogueError as error:
        raise together([_placed(problem, places) for problem in error.problems]) from None
    return model


def _placed(problem: Problem, places: Mapping[Path, Place]) -> FormatError:
    return FormatError(problem.message, *places.get(problem.path[:2], (1, None)))


def called(model: ProductModel) -> str:
    """What a file calls the product: the inverse of `family`."""
    return model.title or model.name


def paged(characteristics: Sequence[Characteristic]) -> tuple[tuple[Group, ...], tuple[Characteristic, ...]]:
    """The characteristics in groups of PAGE, in their order."""
    groups: list[Group] = []
    placed: list[Characteristic] = []
    for start in range(0, len(characteristics), PAGE):
        page = characteristics[start:start + PAGE]
        group = Group(name=f"group_{len(groups) + 1}", title=f"Variables {start + 1}-{start + len(page)}")
        groups.append(group)
        placed += [replace(characteristic, group=group.name) for characteristic in page]
    return tuple(groups), tuple(placed)


def sentence(condition: Condition) -> str:
    """A sentence for a condition on yes/no characteristics, which its file does not have."""
    match condition:
        case Or((_, _, _, *_)):
            text = f"Required: {_phrase(condition)}."
        case Or((Is(a, (False,)), Is(b, (True,)))) | Or((Is(b, (True,)), Is(a, (False,)))) | Implies(
                Is(a, (True,)), Is(b, (True,))):
            text = f"{a} needs {b}."
        case Or((Is(a, (False,)), Is(b, (False,)))) | Implies(Is(a, (True,)), Is(b, (False,))):
            text = f"{a} and {b} exclude each other."
        case Or((Is(a, (True,)),)) | Is(a, (True,)):
            text = f"{a} is always there."
        case Or((Is(a, (False,)),)) | Is(a, (False,)):
            text = f"{a} cannot be had."
        case Or(()):
            text = "Nothing fulfils this."
        case Implies(when, then):
            text = f"{_phrase(when)} needs {_phrase(then)}."
        case _:
            text = f"Required: {_phrase(condition)}."
    return text if len(text) <= LONGEST_SENTENCE else text[:LONGEST_SENTENCE - 3] + "..."


def _phrase(condition: Condition) -> str:
    match condition:
        case Is():
            return _inner(condition)
        case Not(operand):
            return f"not ({_phrase(operand)})"
        case And((Implies(a, b), Implies(c, d))) if a == d and b == c:
            return f"{_inner(a)} exactly when {_inner(b)}"
        case And(operands):
            return " and ".join(map(_inner, operands))
        case Or(operands):
            return " or ".join(map(_inner, operands))
        case Implies(when, then):
            return f"{_inner(then)} if {_inner(when)}"
        case _:
            raise TypeError(f"no words for {condition!r}")


def _inner(condition: Condition) -> str:
    if isinstance(condition, Is):  # by far most often
        return condition.name if True in condition.values else f"no {condition.name}"
    return _phrase(condition) if isinstance(condition, Not) else f"({_phrase(condition)})"


def lossless(model: ProductModel, text: str, load_text: Callable[[str, str], ProductModel], format_: str) -> str:
    """The text, if reading it gives the model; raises ValueError naming what the format cannot express."""
    try:
        again = load_text(text, model.name)
    except FormatError as error:
        raise ValueError(f"{format_} cannot express the names of this product: {error.message}") from None
    for field in fields(ProductModel):
        ours, theirs = getattr(model, field.name), getattr(again, field.name)
        if ours != theirs:
            raise ValueError(f"{format_} cannot express the {field.name} of this product: "
                             f"{_first_difference(ours, theirs)}")
    return text


def _first_difference(ours: object, theirs: object) -> str:
    if not isinstance(ours, tuple) or not isinstance(theirs, tuple):
        return f"{ours!r} would become {theirs!r}"
    for mine, other in zip_longest(ours, theirs):
        if mine != other:
            return f"{getattr(mine, 'name', mine)!r} would become {getattr(other, 'name', other)!r}"
    return ""
