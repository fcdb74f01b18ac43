"""The bookcase for an alcove that tests are about, and what people order of it."""

from __future__ import annotations

from typing import Any

from samples import Sample

from catalog.nodes import Answer

SAMPLE = Sample("bookcase")
MODEL, broken, quantity, stages = SAMPLE.model, SAMPLE.broken, SAMPLE.quantity, SAMPLE.stages


def bookcase(**changes: Any) -> dict[str, Answer]:
    """The standard bookcase with some answers changed; the alcove is as wide as it takes unless it is given."""
    standard = SAMPLE.standard
    if "width" in changes:
        changes = {"alcove_width": changes["width"] + 10} | changes
    return standard | changes


WHITE: dict[str, Any] = {"board": "white_19", "edging": "abs", "back": "white", "finish": "none"}
PAINTED: dict[str, Any] = {"board": "birch_18", "edging": "veneer", "back": "matching", "finish": "paint",
                           "colour": "grey_blue"}
OPEN = bookcase(width=600, height=1100, depth=280, bays=1, shelves=2, board="oak_25", edging="veneer", back="none",
                shelf_kind="fixed", finish="lacquer", plinth="none", skirting=0, anchor="none")
DOORS = bookcase(width=2400, height=2300, depth=350, alcove_depth=420, bays=5, doors="lower", handles="knob", **WHITE)
LIBRARY = bookcase(width=3000, alcove_width=3050, fitting="scribed", height=1850, depth=360, alcove_depth=400, bays=4,
                   shelves=3, board="beech_27", load="records", shelf_edge="rail", plinth="high", monogram="M.K")
WORKSHOP = bookcase(width=900, height=2000, bays=1, shelves=5, doors="full", handles="bar", assembly="workshop",
                    shelf_edge="rail", load="paperbacks", packing="collect", **PAINTED)
CASES = {"standard": bookcase(), "open": OPEN, "doors": DOORS, "library": LIBRARY, "workshop": WORKSHOP}
