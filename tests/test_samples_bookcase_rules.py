"""The rules of the bookcase: each refuses something, and the engine makes of them what an alcove needs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bookcases import CASES, MODEL, SAMPLE, WHITE, bookcase, broken

from configurator.engine import Impossible

# By rule, a change of the standard bookcase that it alone refuses.
REFUSED: dict[str, dict[str, Any]] = {
    "fills": {"alcove_width": 1300},
    "slides_in": {"alcove_width": 1209},
    "scribed_fill": {"placing": "part", "fitting": "scribed", "alcove_width": 1800},
    "ceiling": {"height": 2440, "alcove_height": 2450, "shelves": 6},
    "alcove_front": {"depth": 331},
    "skirting_low": {"skirting": 110, "height": 1000, "shelves": 2},
    "sheet_height": {"height": 2501, "alcove_height": 2600},
    "sheet_width": {"width": 2545, "bays": 4},
    "side_lifted": {"board": "beech_27", "height": 2800, "alcove_height": 2900, "depth": 480, "alcove_depth": 600,
                    "shelves": 7},
    "top_lifted": {"board": "beech_27", "width": 2900, "depth": 480, "alcove_depth": 600, "bays": 4},
    "sag": {"bays": 1},
    "bay_least": {"bays": 5},
    "bay_most": {"board": "birch_24", "width": 1250, "bays": 1, "shelf_edge": "rail", "load": "ornaments"},
    "room_above": {"shelves": 7},
    "room_behind": {"load": "files", "shelves": 4, "depth": 290},
    "too_open": {"shelves": 2},
    "pins_carry": {"board": "birch_24", "shelf_edge": "rail", "load": "records", "bays": 1, "width": 948, "depth": 330,
                   "shelves": 4},
    "rail_white": {"shelf_edge": "rail", **WHITE},
    "tips": {"anchor": "none"},
    "doors_tip": {"anchor": "none", "height": 1200, "shelves": 3, "doors": "lower", "handles": "push"},
    "square": {"back": "none"},
    "wall_anchor": {"wall": "plasterboard"},
    "plasterboard_load": {"wall": "plasterboard", "anchor": "toggles", "load": "records", "shelves": 4, "depth": 330},
    "edges": {"edging": "abs"},
    "white_finished": {**WHITE, "bays": 3, "finish": "oil"},
    "wood_finished": {"finish": "none"},
    "paint_board": {"board": "oak_25", "edging": "veneer", "finish": "paint", "colour": "olive"},
    "paint_edges": {"finish": "paint", "colour": "olive"},
    "paint_colour": {"finish": "paint", "edging": "veneer"},
    "colour_paint": {"colour": "olive"},
    "doors_plinth": {"doors": "lower", "handles": "knob", "plinth": "none"},
    "doors_lower": {"doors": "lower", "handles": "knob", "height": 1100, "shelves": 2},
    "doors_full": {"doors": "full", "handles": "knob", "height": 2400},
    "doors_back": {"doors": "lower", "handles": "knob", "back": "none", "shelf_kind": "fixed"},
    "doors_thick": {"doors": "lower", "handles": "knob", "board": "beech_27", "alcove_depth": 400},
    "handles_doors": {"handles": "knob"},
    "doors_handles": {"doors": "lower"},
    "tilts": {"assembly": "workshop", "packing": "collect", "width": 900, "height": 2200, "alcove_height": 2236},
    "doorway": {"assembly": "workshop", "packing": "collect", "width": 1950, "bays": 3, "height": 1000, "shelves": 2},
    "carried": {"assembly": "workshop", "packing": "collect"},
    "carton_site": {"assembly": "workshop", "packing": "carton", "width": 900, "height": 2000, "shelves": 5},
    "carton_length": {"packing": "carton"},
    "scribed_by_us": {"fitting": "scribed", "alcove_width": 1250, "packing": "collect"},
}


@pytest.mark.parametrize("name", CASES)
def test_samples_bookcase_can_be_made(name: str) -> None:
    assert broken(CASES[name]) == []


@pytest.mark.parametrize("rule", [rule.name for rule in MODEL.rules])
def test_samples_bookcase_every_rule_refuses_something(rule: str) -> None:
    assert broken(bookcase(**REFUSED[rule])) == [rule]


def test_samples_bookcase_rules_are_sentences_for_customers() -> None:
    for rule in MODEL.rules:
        assert rule.sentence.endswith("."), rule.name
        assert not re.search(r"[a-z]_[a-z]|[=<>]|modulus|deflection|rabbet", rule.sentence), rule.name


def test_samples_bookcase_no_value_is_dead() -> None:
    assert SAMPLE.dead() == []


def test_samples_bookcase_width_follows_from_the_alcove() -> None:
    c = SAMPLE.engine.start().choose("placing", "fill").choose("fitting", "close").choose("alcove_width", 1437)
    assert c.forced()["width"] == 1427
    for width, rule in ((1300, "fills"), (1430, "slides_in")):
        with pytest.raises(Impossible) as refused:
            c.choose("width", width)
        assert refused.value.explanation.rules == (rule,)


def test_samples_bookcase_tall_ones_are_fixed_to_the_wall() -> None:
    c = SAMPLE.engine.start().choose("wall", "plasterboard").choose("height", 2000).choose("depth", 300)
    assert c.forced()["anchor"] == "toggles"
    assert "none" in SAMPLE.engine.start().choose("height", 1200).choose("depth", 300).domain("anchor")
    assert "none" not in SAMPLE.engine.start().choose("height", 1201).choose("depth", 300).domain("anchor")
