"""What became of something older in a newer catalogue, as JSON data."""

from __future__ import annotations

from typing import Any

from catalog.model import to_plain
from catalog.nodes import Answer
from catalog.pricing import PriceSheet
from catalog.records import Version
from configurator.drafts.carrying import Carried, Field
from configurator.engine import Engine, Undecided
from configurator.engines import engine_of


def plain(then: Version, today: Version, carried: Carried) -> dict[str, Any]:
    """All that is not as it was, answer by answer, with the names of what is; prices are of one piece."""
    was, now = carried.prices
    return {
        "made_with": then.number, "version": today.number,
        "kept": [field.name for field in carried.fields if field.kind == "kept"],
        "changes": [_change(carried, change, engine_of(today)) for change in carried.changes],
        "price": {"was": _total(was), "now": _total(now), "parts": [
            {"name": part.name, "was": part.was, "now": part.now} for part in carried.moved]}}


def _change(carried: Carried, change: Field, engine: Engine) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": change.kind, "old": change.old, "new": change.new, "was": _answer(change.was),
                             "now": _answer(change.now)}
    if change.kind == "changed":
        try:
            why = carried.why(engine, change)
            found |= {"rules": why.rules if why else (), "nearest": change.near}
        except Undecided:
            found |= {"rules": None, "nearest": change.near}
    return found


def _answer(answer: Answer | None) -> Any:
    return None if answer is None else to_plain({"": answer})[""]


def _total(sheet: PriceSheet) -> dict[str, Any]:
    return {"total": sheet.total, "currency": sheet.currency}
