"""What was sent to the API: read, or refused with what to send instead."""

from __future__ import annotations

import json
from typing import Any

from flask import abort, request

from catalog.checking.names import LONGEST_NAME
from catalog.language import nearest, quoted
from catalog.model import ProductModel, Several, from_plain, to_plain
from catalog.nodes import Answer
from configurator.drafts.progress import Progress
from orders.places.rooms import LARGEST as LARGEST_ROOM
from orders.places.standing import Spot

LONGEST_VALUE = 10_000
"""Characters of a value in an address."""


def body() -> object:
    """What was sent; 400 with the place where it is no JSON."""
    try:
        return json.loads(request.get_data())
    except json.JSONDecodeError as error:
        abort(400, f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.")
    except RecursionError:
        abort(400, "This nests too deep.")
    except ValueError as error:  # bytes that are no text, a number of thousands of digits
        abort(400, f"This is not JSON: {error}.")


def known(model: ProductModel, name: object) -> str:
    """The name of a characteristic; 422 if the product has none of this name."""
    if not isinstance(name, str):
        abort(422, "Send names as texts.")
    if name not in model:
        near = nearest(name[:LONGEST_NAME], (c.name for c in model.characteristics))
        abort(422, f"The product has no {quoted(name)}" + (f"; did you mean {near}?" if near else "."))
    return name


def for_whom(body: object) -> dict[str, str]:
    """The ids of a person and a place; 422 for anything else."""
    if not isinstance(body, dict) or body.keys() - {"person", "place"} or not all(
            type(id_) is int for id_ in body.values()):
        abort(422, "Send the ids of a person, a place or both.")
    return {kind: str(id_) for kind, id_ in body.items()}


def answers(model: ProductModel, values: dict[str, Any]) -> dict[str, Answer]:
    """Answers by name; 422 for a name that the product has not, or what it cannot be."""
    try:
        answers = from_plain({known(model, name): value for name, value in values.items()})
    except ValueError as error:
        abort(422, f"{error}.")
    for name, answer in answers.items():
        if not model[name].admits(answer):
            abort(422, f"{quoted(name)} cannot be {quoted(str(to_plain({name: answer})[name]))}.")
    return answers


def value(progress: Progress, name: str, text: str) -> tuple[Answer, Answer]:
    """A value, or a member of a several-of, and the whole answer that would be set; 422 if it can be none."""
    try:
        plain = json.loads(text[:LONGEST_VALUE])
    except (ValueError, RecursionError):
        abort(422, "Send the value as JSON.")
    characteristic, now = progress.model[name], progress.values[name]
    if isinstance(characteristic, Several) and plain in [value.name for value in characteristic.values]:
        return str(plain), now | {str(plain)} if isinstance(now, frozenset) else now
    answer = answers(progress.model, {name: plain})[name]
    return answer, answer


def spot(data: dict[str, Any]) -> Spot:
    """A spot of a plan; raises ValueError for what is none."""
    if data.keys() != {"x", "y", "turned"} or any(type(given) is not int or abs(given) > LARGEST_ROOM
                                                  for given in data.values()):
        raise ValueError(data)
    return Spot(**data)
