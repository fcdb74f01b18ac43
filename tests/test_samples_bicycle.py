"""The touring bicycle as somebody relies on it who buys one or builds one: figures, build sheet, drawing."""

from __future__ import annotations

from math import cos, pi, sqrt

import pytest
from bicycles import LIGHT, MODEL, NAMED, STANDARD, WORLD, bicycle, quantity, stages

from catalog.model import Number
from catalog.nodes import Values
from catalog.parts import bill
from catalog.picture import draw
from catalog.pricing import price

# Figures

@pytest.mark.parametrize(("values", "euros"), [
    (STANDARD, 1690 - 15 + 30 + 15 + 10 + 6 + 169 + 30 + 39 + 195 + 30 + 45 + 130 + 5 + 89 + 79 + 25 + 49 + 109 + 25
     + 18 + 18 + 49),
    (LIGHT, 1690 - 15 + 1680 + 210 + 30 + 6 + 190 + 95 + 20 + 59 + 195 + 30 + 45 + 130 + 49 + 39 + 19 + 18 + 24 + 49),
    (WORLD, 1690 - 15 - 20 + 30 + 35 + 26 + 12 + 169 + 1080 + 110 + 35 + 40 + 39 + 195 + 40 + 20 + 20 + 5 + 89 + 79
     + 25 + 52 + 109 + 95 + 49 + 12 + 18 + 49),
])
def test_prices_are_those_of_the_list(values: Values, euros: int) -> None:
    sheet = price(MODEL, values)
    assert (sheet.total, sheet.currency) == (euros * 100, "EUR")
    assert sheet.vat == round(euros * 100 * 19 / 119)


def test_the_frame_is_about_0_66_of_the_inside_leg() -> None:
    assert quantity("ideal_size", STANDARD) == pytest.approx(541.2)  # 0.66 * 820: the 55 cm frame
    assert quantity("saddle_height", STANDARD) == pytest.approx(724.06)  # 0.883 * 820


def test_the_wheel_base_closes_the_triangle_of_fork_and_frame() -> None:
    """The drawn chain stays are 455 mm and the fork is 395 mm from axle to crown, within a millimetre."""
    for values in NAMED.values():
        stay = sqrt(quantity("bb_x", values) ** 2 + (quantity("axle_y", values) - quantity("bb_y", values)) ** 2)
        fork = sqrt((quantity("front_x", values) - quantity("crown_x", values)) ** 2
                    + (quantity("axle_y", values) - quantity("crown_y", values)) ** 2)
        assert stay == pytest.approx(455, abs=1)
        assert fork == pytest.approx(395, abs=2)


def spoke(circle: float, offset: float, rim: float, crossings: int, spokes: int) -> float:
    """The length of a spoke by the cosine rule, half its 2.6 mm hole off (J. Brandt, The Bicycle Wheel)."""
    angle = 2 * pi * crossings / (spokes / 2)
    return sqrt(offset**2 + (circle / 2) ** 2 + (rim / 2) ** 2 - circle / 2 * rim * cos(angle)) - 1.3


@pytest.mark.parametrize(("values", "name", "expected"), [
    (STANDARD, "front_left", spoke(58, 24, 600, 3, 32)),
    (STANDARD, "front_right", spoke(58, 29, 600, 3, 32)),
    (STANDARD, "rear_left", spoke(49, 34, 600, 3, 32)),
    (STANDARD, "rear_right", spoke(49, 21, 600, 3, 32)),
    (WORLD, "front_left", spoke(58, 24, 560, 3, 36)),
    (WORLD, "rear_left", spoke(100, 29, 560, 2, 36)),
    (bicycle(spokes=28, luggage=0), "rear_right", spoke(49, 21, 600, 3, 28)),
])
def test_spokes_are_as_long_as_the_cosine_rule_says(values: Values, name: str, expected: float) -> None:
    assert quantity(f"spoke_{name}", values) == pytest.approx(expected, abs=0.6)  # cut to whole millimetres


def test_the_spokes_of_two_wheels_are_on_the_parts_list() -> None:
    lines = [line for line in bill(MODEL, WORLD) if line.part.number == "SP-20"]
    assert [(line.quantity, line.note) for line in lines] == [
        (18, "front left"), (18, "front right"), (18, "rear left"), (18, "rear right")]
    nipples = next(line for line in bill(MODEL, WORLD) if line.part.number == "SP-NIP")
    assert nipples.quantity == 72


@pytest.mark.parametrize(("ring", "sprocket", "teeth"), [(39, 20, 113), (46, 20, 118), (46, 22, 118), (50, 22, 120)])
def test_belts_reach_round_within_the_slide_of_the_dropouts(ring: int, sprocket: int, teeth: int) -> None:
    """The belt that is fitted needs chain stays of 455 to 468 mm; the dropouts slide 15 mm."""
    values = bicycle(transmission="belt", chainring=f"belt_{ring}", cassette=f"belt_{sprocket}", gears="hub14",
                     freehub="none")
    belt = next(line for line in bill(MODEL, values) if line.part.number == "CH-BELT")
    assert belt.measures["length"] == 11 * teeth
    shortest = 2 * 455 / 11 + (ring + sprocket) / 2 + (11 * (ring - sprocket) / (2 * pi)) ** 2 / 455 / 11
    assert 0 <= (teeth - shortest) * 11 / 2 <= 13


def test_the_chain_goes_round_both_largest_sprockets() -> None:
    inches = 2 * 455 / 25.4 + 46 / 4 + 34 / 4 + 1
    assert quantity("chain_links", STANDARD) == 114 >= 2 * inches


def test_gears_are_in_metres_a_turn() -> None:
    circumference = 2 * pi * 0.35
    assert quantity("easiest_gear", STANDARD) == pytest.approx(30 / 34 * circumference, rel=0.01)
    assert quantity("hardest_gear", STANDARD) == pytest.approx(46 / 11 * circumference, rel=0.01)
    assert quantity("hardest_gear", WORLD) == pytest.approx(46 / 20 * 1.467 * 2 * pi * 0.339, rel=0.01)


def test_a_touring_bicycle_weighs_what_touring_bicycles_weigh() -> None:
    assert 13_500 < quantity("mass", STANDARD) < 16_000
    assert 9_000 < quantity("mass", LIGHT) < 11_000


# Workshop

@pytest.mark.parametrize("name", NAMED)
def test_every_part_is_taken_by_an_operation_that_happens(name: str) -> None:
    happening = stages(NAMED[name])
    assert {line.operation for line in bill(MODEL, NAMED[name])} <= set(happening)
    assert all(4 <= len(stage.tasks) <= 16 and stage.minutes > 0 for stage in happening.values())


def test_the_build_sheet_says_lengths_and_torques() -> None:
    says = {task.text: task.value for stage in stages(STANDARD).values() for task in stage.tasks}
    assert says["Cut the steerer square"] == "237 mm"  # head tube 155 and 82 for headset, spacers and stem
    assert says["Cut the rear line"] == "1842 mm"
    assert says["Shorten the chain"] == "114 links"
    assert says["Set the saddle height, bottom bracket to saddle top"] == "724 mm"
    assert says["Fit the calipers, Flat mount"] == "7 Nm"


def test_titanium_is_brushed_and_steel_is_painted() -> None:
    assert "brushing" in stages(LIGHT)
    assert "paint" not in stages(LIGHT)
    powder = next(line for line in stages(STANDARD)["paint"].lines if line.part.number == "PW-RAL")
    assert (powder.quantity, powder.part.unit, powder.note) == (227, "g", "Grey blue, RAL 5008")


# Picture

VISIBLE = ("inside_leg", "frame", "shape", "size", "colour", "fork", "mount", "axles", "bottom_bracket", "wheel", "rim",
           "tyre", "spokes", "front_hub", "gears", "transmission", "cassette", "chainring", "crank", "pedals",
           "brakes", "rotor", "bar", "levers", "stem", "saddle", "front_light", "rear_light", "mudguards",
           "rear_rack", "front_rack", "kickstand", "lock", "bell")


@pytest.mark.parametrize("name", VISIBLE)
def test_the_drawing_follows_each_choice(name: str) -> None:
    characteristic = MODEL[name]
    answers = (characteristic.range[:: max(1, len(characteristic.range) // 8)]
               if isinstance(characteristic, Number) else [value.name for value in characteristic.options])
    drawings = {draw(MODEL, bicycle(**{name: answer})) for answer in answers}
    assert len(drawings) == len(answers) - (name == "brakes")  # of rim brakes without their studs nothing is drawn


@pytest.mark.parametrize("extra", [value.name for value in MODEL["extras"].options])
def test_the_drawing_shows_each_extra(extra: str) -> None:
    assert draw(MODEL, bicycle(extras={extra})) != draw(MODEL, bicycle(extras=set()))


def test_the_drawing_carries_the_paint_and_the_engraving_as_text() -> None:
    drawn = draw(MODEL, bicycle(colour="orange", engraving="B & C/D"))
    assert 'color="#be4e20"' in drawn
    assert "B &amp; C/D" in drawn
    assert "style=" not in drawn
