"""The bookcase for an alcove, as somebody relies on it who loads one or builds one."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from bookcases import CASES, DOORS, LIBRARY, MODEL, PAINTED, SAMPLE, WHITE, WORKSHOP, bookcase, quantity, stages
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Characteristic, Number
from catalog.nodes import Answer
from catalog.parts import bill, routing
from catalog.picture import draw
from catalog.pricing import price


def test_samples_bookcase_standard_answers_everything() -> None:
    assert bookcase().keys() == {c.name for c in MODEL.characteristics}
    assert all(c.admits(c.standard) for c in MODEL.characteristics)


# What it carries

def sag_by_hand(kg: float, span: float, depth: float, thickness: float, modulus: float, density: float,
                rail: float = 0) -> float:
    """5 q L^4 / (384 E I) in SI units, with the shelf's own weight; `rail`: what a rail adds to E I, in N m2."""
    load = 9.81 * (kg + density * depth * thickness)
    return 1000 * 5 * load * span**4 / (384 * (modulus * depth * thickness**3 / 12 + rail))


def test_samples_bookcase_sag_of_a_shelf() -> None:
    expected = sag_by_hand(30, 0.5685, 0.286, 0.021, 9.9e9, 680)
    assert quantity("sag", bookcase()) == pytest.approx(expected)
    assert quantity("lasting_sag", bookcase()) == pytest.approx(1.8 * expected)
    wide = bookcase(width=1642, bays=2, **WHITE)  # two bays of 792.5 mm
    assert quantity("sag", wide) == pytest.approx(sag_by_hand(30, 0.7925, 0.286, 0.019, 1.6e9, 650))


def test_samples_bookcase_rail_stiffens_by_its_own_section() -> None:
    values = bookcase(width=1000, bays=1, shelf_edge="rail")
    rail = 12e9 * 0.020 * 0.040**3 / 12
    assert quantity("sag", values) == pytest.approx(sag_by_hand(30.56, 0.958, 0.286, 0.021, 9.9e9, 680, rail))


# By hand: the widest span, in mm, with 5 q L^4 / (384 E I) times 1 + kdef at most 1/200 of it
@pytest.mark.parametrize(("changes", "widest"), [
    ({"board": "birch_18"}, 966), ({"board": "white_19"}, 454), ({"board": "oak_25"}, 644),
    ({"load": "records", "depth": 330}, 933),
])
def test_samples_bookcase_widest_bay_that_does_not_sag(changes: dict[str, Any], widest: int) -> None:
    def sags(span: int) -> bool:
        values = bookcase(bays=1, **changes)
        values["width"] = span + 2 * int(MODEL["board"].attribute(values["board"], "thickness"))
        return not holds(MODEL.rule("sag").condition, values, MODEL)

    assert not sags(widest)
    assert sags(widest + 1)


def test_samples_bookcase_offers_ways_out_of_sagging() -> None:
    c = SAMPLE.engine.start()
    for name in ("load", "board", "bays", "shelf_edge"):
        c = c.choose(name, bookcase(board="white_25")[name])
    c = c.choose("depth", 300)
    assert list(c.domain("width")) == list(range(515, 1234))  # bays of 220 to 579 mm
    ways = {repair.retract for repair in c.repairs("width", 1300, limit=5)}
    assert ("bays",) in ways
    assert ("board",) in ways


# What it weighs and costs

@pytest.mark.parametrize("name", ["standard", "open", "doors", "workshop"])
def test_samples_bookcase_board_is_what_the_cut_list_says(name: str) -> None:
    values = CASES[name]
    cut = [line for line in bill(MODEL, values) if line.measures and line.part.number not in
           {"PN-BACK", "PN-RAIL", "PN-FILLER"}]
    area = sum(line.quantity * line.measures["length"] * line.measures["width"] for line in cut) / 1_000_000
    rails = quantity("rail_length", values) * 0.02  # the rail stands where 20 mm of the shelf were
    assert quantity("board_area", values) == pytest.approx(float(area) + rails)
    weight = quantity("board_area", values) * MODEL["board"].attribute(values["board"], "thickness") * MODEL[
        "board"].attribute(values["board"], "density") / 1000
    assert weight < quantity("mass", values) < weight + 35


def test_samples_bookcase_price_of_the_standard() -> None:
    """By hand: 2 x 2.2 x 0.3 + 2 x 1.158 x 0.3 + 2.078 x 0.291 + 12 x 0.566 x 0.287 + 2 x 1.158 x 0.08 = 4.754 m2."""
    lines = {line.rule: line.amount for line in price(MODEL, bookcase()).lines}
    assert lines["board"] == round(4.7540820 * 1.15 * 66 * 100) == 36083
    assert lines["edges"] == round((2 * 2.2 + 2 * 1.158 + 2.078 + 12 * 0.566) * 2.2 * 100) == 3429
    assert lines["back"] == round(1.174 * 2.094 * 34 * 100) == 8358
    assert lines["finish"] == round(2 * 4.7540820 * 11 * 100) == 10459
    assert lines["drawing"] == 12000
    assert lines["anchor=plugs"] == 800
    assert lines["packing=carrier"] == 24000
    assert price(MODEL, bookcase()).total == sum(lines.values()) == 120623


def test_samples_bookcase_price_follows_material_and_work() -> None:
    white = price(MODEL, bookcase(bays=3, **WHITE)).total
    painted = price(MODEL, bookcase(**PAINTED)).total
    assert white < price(MODEL, bookcase()).total < painted


# What is cut

def test_samples_bookcase_cut_list_of_the_standard() -> None:
    cut = {line.part.number: (line.quantity, *line.measures.values())
           for line in bill(MODEL, bookcase()) if line.measures}
    assert cut == {"PN-SIDE": (2, 2200, 300), "PN-TOP": (2, 1158, 300), "PN-DIVIDER": (1, 2078, 291),
                   "PN-SHELF": (12, 566, 287), "PN-PLINTH": (2, 1158, 80), "PN-BACK": (2, 2094, 587)}


def test_samples_bookcase_parts_add_up_to_the_case() -> None:
    for values in CASES.values():
        thickness = MODEL["board"].attribute(values["board"], "thickness")
        bays, shelves = int(str(values["bays"])), int(str(values["shelves"]))
        assert bays * quantity("span", values) + (bays + 1) * thickness == pytest.approx(values["width"])
        assert ((shelves + 1) * quantity("clear_height", values) + (shelves + 2) * thickness
                + MODEL["plinth"].attribute(values["plinth"], "height")) == pytest.approx(values["height"])


def test_samples_bookcase_fittings_are_counted() -> None:
    taken = {line.part.number: line.quantity for line in bill(MODEL, bookcase()) if not line.measures}
    assert taken["FT-PIN"] == 4 * 12
    assert taken["FT-DOWEL"] == 6 * 4
    assert taken["FT-CONNECT"] == 6 * 2
    assert taken["FT-FOOT"] == 6
    doors = {line.part.number: line.quantity for line in bill(MODEL, DOORS)}
    assert (doors["PN-DOOR"], doors["FT-HINGE"], doors["FT-KNOB"], doors["CO-FELT"]) == (5, 10, 5, 10)
    assert (quantity("leaves", WORKSHOP), quantity("hinges", WORKSHOP)) == (2, 4)


def test_samples_bookcase_steps_name_the_measures() -> None:
    wide = bookcase(width=1206, bays=1)
    values = {stage.name: [task.value for task in stage.tasks] for stage in routing(MODEL, wide)}
    assert "1164 x 300 mm" in values["cut"]
    assert "65 x 25 mm" in values["cut"]  # around the skirting board
    assert values["assemble"][-3:] == ["1206 mm", "2200 mm", "300 mm"]


def test_samples_bookcase_routing_follows_the_case() -> None:
    assert list(stages(bookcase())) == ["cut", "edge", "drill", "finish", "assemble", "pack"]
    assert "finish" not in stages(DOORS)
    assert stages(LIBRARY)["engrave"].tasks[0].value == "M.K"
    for values in CASES.values():
        assert all(line.operation in stages(values) for line in bill(MODEL, values))


# The drawing

def test_samples_bookcase_drawing_shows_every_visible_choice() -> None:
    painted = bookcase(doors="lower", handles="knob", **PAINTED)
    for name, values in {"fitting": bookcase(), "plinth": bookcase(), "shelf_edge": bookcase(), "board": bookcase(),
                         "back": bookcase(), "load": bookcase(shelves=4), "doors": painted, "handles": painted,
                         "colour": painted}.items():
        pictures = {draw(MODEL, values | {name: value.name}) for value in MODEL[name].options}
        # without handles looks like push to open
        assert len(pictures) == len(MODEL[name].options) - (name == "handles"), name


def test_samples_bookcase_drawing_is_to_scale() -> None:
    svg = draw(MODEL, bookcase())
    assert '<rect class="pic-board-0" fill="#e6d0a8" x="5" y="250" width="1200" height="2200">' in svg
    assert svg.count('width="568.5" height="278.86"') == 2 * 14  # the back, and the shade on it
    for figure in ("1200", "2200", "300", "568.5", "278.9"):
        assert f">{figure}<" in svg


def answers(characteristic: Characteristic) -> st.SearchStrategy[Answer]:
    """Answers that the characteristic admits, rules left aside."""
    if isinstance(characteristic, Number):
        return st.sampled_from(characteristic.range)
    return st.sampled_from([value.name for value in characteristic.options] or ["A&B"])


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_samples_bookcase_drawing_and_papers_hold_for_every_place(data: st.DataObject) -> None:
    """Also for measures that no rule would let pass: nothing divides by nothing."""
    values = {c.name: data.draw(answers(c), label=c.name) for c in MODEL.characteristics}
    ElementTree.fromstring(draw(MODEL, values))
    assert len(routing(MODEL, values)) >= 5
    assert price(MODEL, values).total > 0
