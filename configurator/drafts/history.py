"""What a draft stores: its steps, of each what changed since the one before, and the proposals that they name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import JSON, TypeDecorator

ANSWERS = ("choices", "shown", "limits")
"""The fields of a step that are stored so: a list of what went and a mapping of what came, or all of it as it is."""

LATELY = 64
"""Texts that are kept as they were read."""

Step = Mapping[str, Any]


class Steps(TypeDecorator[list[Any]]):
    """Steps as JSON; whoever reads or writes them has whole ones."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | None:
        return None if value is None else list(changes(value))

    def process_result_value(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | None:
        return None if value is None else list(whole(value))


class Kept(TypeDecorator[dict[str, Any]]):
    """JSON that stays the same from click to click: what was read lately is not read again, so nobody may change it."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return read if super().result_processor(dialect, coltype) else None  # PostgreSQL's driver has read it already


@lru_cache(LATELY)
def read(text: str) -> Any:
    """JSON that nobody changes."""
    return json.loads(text)


class _Read(dict[str, Any]):
    """A step that nobody changes, as it was `stored` after the one `before`: written again, it is not compared anew."""

    __slots__ = ("before", "stored")
    before: _Read | None
    stored: Step


def changes(steps: Iterable[Step]) -> Iterator[Step]:
    """Each step as what changed since the one before; the inverse of `whole`."""
    before: Step | None = None
    for step in steps:
        yield step.stored if isinstance(step, _Read) and step.before is before else {
            **step, **{field: _changed(before[field], step[field])
                       for field in ANSWERS if before and field in before and field in step}}
        before = step


def whole(steps: Iterable[Step]) -> Iterator[Step]:
    """Steps as they were before `changes`; those that were stored whole stay as they are."""
    before: _Read | None = None
    for stored in steps:
        step = _Read(stored)
        step.before, step.stored = before, stored
        step.update((field, _applied(before[field], stored[field]))
                    for field in ANSWERS if before and isinstance(stored.get(field), list))
        yield (before := step)


def _changed(before: Step, after: Step) -> Step | Sequence[Any]:
    if before is after:
        return [[], {}]
    kept = {name: answer for name, answer in before.items() if name in after and _same(after[name], answer)}
    gone = [name for name in before if name not in kept]
    new = {name: answer for name, answer in after.items() if name not in kept}
    in_order = [*kept, *new] == list(after)  # what was chosen first stays first
    return [gone, new] if in_order and len(gone) + len(new) < len(after) else after


def _applied(before: Step, change: Sequence[Any]) -> Step:
    gone, new = change
    kept = {name: answer for name, answer in before.items() if name not in gone} if gone else before
    return {**kept, **new} if new else kept


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other
