"""The touring bicycle, as somebody relies on it who buys one or builds one."""

from __future__ import annotations

import re
from math import cos, pi, sqrt
from typing import Any

import pytest
from samples import Sample

from catalog.model import Number
from catalog.nodes import Answer, Values
from catalog.parts import bill
from catalog.picture import draw
from catalog.pricing import price
from configurator.engine import Impossible

SAMPLE = Sample("touring_bicycle")
MODEL, broken, quantity, stages = SAMPLE.model, SAMPLE.broken, SAMPLE.quantity, SAMPLE.stages


def bicycle(**changes: Any) -> dict[str, Answer]:
    """The standard bicycle with some answers changed; sets become the frozensets of a several-of."""
    standard = SAMPLE.standard
    return standard | {name: frozenset(answer) if isinstance(answer, set) else answer
                       for name, answer in changes.items()}


STANDARD = bicycle()
SMALL = bicycle(inside_leg=690, height=1560, sit_bones=140, style="upright", luggage=15, size="s46", shape="trapeze",
                colour="pale_green", wheel="w584", tyre="t47", rim="r25", crank=160, bar="swept", stem=80,
                levers="flat_hydraulic", bell="classic", mudguards="g60", saddle="wide", gears="hub8",
                transmission="belt", cassette="belt_22", freehub="none", chainring="belt_46", axles="qr", mount="is",
                rear_light="guard", lock="frame_lock", extras={"cage_down", "mirror"}, engraving="A. B.")
TALL = bicycle(inside_leg=970, height=2050, size="s64", colour="orange", frame="aluminium", fork="aluminium",
               bar="flat", levers="flat_hydraulic", stem=110, gears="hub14", cassette="cog_16", freehub="none",
               chainring="ring_42", crank=180, rotor="r180", mount="post", brakes="disc_four", spokes=36, rim="r19",
               tyre="t37", front_rack="platform", kickstand="twin",
               extras={"cage_down", "cage_seat", "cage_under", "pump"})
LIGHT = bicycle(inside_leg=880, height=1860, luggage=0, style="sporty", size="s58", frame="titanium", colour="brushed",
                fork="carbon", gears="d1x12", cassette="xd_10_50", freehub="xd", chainring="ring_42", pedals="click",
                saddle="race", seatpost="p300", stem=100, mudguards="none", tyre="t32", rim="r19", rear_rack="none",
                front_light="battery", rear_light="battery", front_hub="plain", kickstand="none", extras=set(),
                engraving="Nordkap")
WORLD = bicycle(luggage=40, mount="is", wheel="w584", rim="r25", tyre="t50", spokes=36, gears="hub14", rotor="r180",
                transmission="belt", cassette="belt_20", freehub="none", chainring="belt_46", bar="loop",
                levers="flat_hydraulic", mudguards="g60", front_rack="lowrider", kickstand="twin", bell="classic")
NAMED = {"standard": STANDARD, "small": SMALL, "tall": TALL, "light": LIGHT, "world": WORLD}

# By rule, a change of the standard bicycle that breaks this rule and no other.
BREAKS: dict[str, dict[str, Any]] = {
    "frame_too_small": {"inside_leg": 875},
    "frame_too_tall": {"inside_leg": 750, "shape": "trapeze"},
    "stand_over_room": {"inside_leg": 810},
    "leg_and_height": {"height": 1960},
    "too_stretched": {"height": 1750},
    "too_cramped": {"height": 1950, "style": "sporty"},
    "toes_free": {"inside_leg": 775, "size": "s49"},
    "toes_held": {"inside_leg": 760, "size": "s49", "crank": 175, "pedals": "click"},
    "crank_too_long": {"inside_leg": 750, "size": "s49", "wheel": "w584", "crank": 180},
    "crank_too_short": {"inside_leg": 870, "crank": 150},
    "seatpost_reach": {"inside_leg": 870, "seatpost": "p300"},
    "sprung_post_room": {"inside_leg": 755, "shape": "trapeze", "size": "s52", "seatpost": "sprung"},
    "saddle_too_narrow": {"sit_bones": 145},
    "saddle_too_wide": {"saddle": "wide"},
    "small_frame_small_wheels": {"inside_leg": 730, "height": 1730, "shape": "trapeze", "size": "s46", "crank": 150},
    "low_tube_sizes": {"inside_leg": 930, "height": 1880, "shape": "trapeze", "size": "s64"},
    "titanium_shape": {"frame": "titanium", "shape": "trapeze", "colour": "brushed", "kickstand": "none"},
    "titanium_bare": {"frame": "titanium", "kickstand": "none"},
    "paint_protects": {"colour": "brushed"},
    "frame_mounts": {"frame": "aluminium", "mount": "is"},
    "fork_mounts": {"fork": "carbon", "mount": "is"},
    "mount_axles": {"axles": "qr"},
    "titanium_axles": {"frame": "titanium", "colour": "brushed", "mount": "is", "axles": "qr", "kickstand": "none"},
    "frame_bottom_brackets": {"bottom_bracket": "bb86"},
    "frame_load": {
        "weight": 116, "frame": "titanium", "colour": "brushed", "mount": "is", "spokes": 36, "rotor": "r180",
        "kickstand": "none"},
    "carbon_fork_load": {"weight": 87, "fork": "carbon"},
    "tyre_on_rim": {"tyre": "t32"},
    "narrow_tyres_large_wheels": {"wheel": "w584", "rim": "r19", "tyre": "t32"},
    "frame_room_28": {"tyre": "t47", "mudguards": "g60"},
    "frame_room_27": {
        "frame": "aluminium", "wheel": "w584", "rim": "r25", "tyre": "t57", "gears": "d1x11", "cassette":
        "hg_11_42", "chainring": "ring_38", "mudguards": "none"},
    "fork_room": {"fork": "aluminium", "wheel": "w584", "tyre": "t50", "mudguards": "g65"},
    "mudguard_width": {"mudguards": "g45"},
    "spokes_light": {"spokes": 28},
    "spokes_medium": {"weight": 97, "mount": "is", "rotor": "r180"},
    "hub_gear_spokes": {
        "luggage": 6, "spokes": 28, "gears": "hub14", "cassette": "cog_21", "freehub": "none", "chainring":
        "ring_42"},
    "rim_surface": {
        "mount": "bosses", "axles": "qr", "brakes": "rim_hydraulic", "rotor": "none", "bar": "flat", "levers":
        "flat_hydraulic"},
    "gears_and_sprockets": {"cassette": "hg_11_42"},
    "freehub_and_cassette": {"freehub": "none"},
    "belt_sprocket": {"gears": "d1x11", "transmission": "belt", "cassette": "hg_11_42", "chainring": "belt_50"},
    "chain_sprocket": {"gears": "hub14", "cassette": "belt_22", "freehub": "none", "chainring": "ring_42"},
    "belt_ring": {
        "gears": "hub14", "transmission": "belt", "cassette": "belt_20", "freehub": "none", "chainring":
        "ring_38"},
    "chain_ring": {"gears": "d1x11", "cassette": "hg_11_42", "chainring": "belt_50"},
    "two_rings": {"chainring": "ring_38"},
    "one_ring": {"gears": "d1x11", "cassette": "hg_11_42"},
    "two_rings_tyre": {"wheel": "w584", "rim": "r25", "tyre": "t57", "mudguards": "none"},
    "belt_opens_frame": {
        "frame": "aluminium", "gears": "hub14", "transmission": "belt", "cassette": "belt_20", "freehub":
        "none", "chainring": "belt_39"},
    "belt_straight": {
        "frame": "titanium", "colour": "brushed", "bottom_bracket": "bb86", "gears": "hub14", "transmission":
        "belt", "cassette": "belt_20", "freehub": "none", "chainring": "belt_39", "kickstand": "none"},
    "hub_ratio": {"gears": "hub14", "cassette": "cog_21", "freehub": "none", "chainring": "ring_38"},
    "hub_ratio_heavy": {
        "weight": 101, "luggage": 13, "gears": "hub14", "cassette": "cog_19", "freehub": "none", "chainring":
        "ring_38"},
    "easy_gear": {
        "luggage": 27, "mount": "is", "axles": "qr", "gears": "hub8", "cassette": "cog_21", "freehub": "none",
        "chainring": "ring_42", "bar": "flat", "levers": "flat_hydraulic"},
    "hub8_axle": {
        "gears": "hub8", "cassette": "cog_19", "freehub": "none", "chainring": "ring_38", "bar": "flat",
        "levers": "flat_hydraulic"},
    "hub8_bar": {
        "mount": "is", "axles": "qr", "gears": "hub8", "cassette": "cog_19", "freehub": "none", "chainring":
        "ring_38"},
    "mountain_shifter": {"gears": "d1x12", "cassette": "ms_10_51", "freehub": "micro_spline", "chainring": "ring_38"},
    "rim_brake_bosses": {
        "rim": "r19", "brakes": "rim_hydraulic", "rotor": "none", "bar": "flat", "levers": "flat_hydraulic"},
    "disc_brake_mount": {"mount": "bosses", "axles": "qr"},
    "rotor_needed": {"rotor": "none"},
    "rotor_useless": {
        "mount": "bosses", "axles": "qr", "rim": "r19", "brakes": "rim_hydraulic", "bar": "flat", "levers":
        "flat_hydraulic"},
    "flat_mount_rotor": {"rotor": "r180"},
    "four_pistons_mount": {"brakes": "disc_four", "bar": "flat", "levers": "flat_hydraulic"},
    "brake_load": {"weight": 117, "mount": "is", "spokes": 36, "rotor": "r180"},
    "large_rotors": {"weight": 97, "spokes": 36},
    "drop_levers": {"levers": "flat_hydraulic"},
    "straight_levers": {"bar": "flat"},
    "hydraulic_levers": {"levers": "drop_cable"},
    "cable_levers": {"brakes": "disc_cable"},
    "drop_calipers": {"mount": "is", "brakes": "disc_four"},
    "rim_cable_drop": {
        "mount": "bosses", "axles": "qr", "rim": "r19", "brakes": "rim_cable", "rotor": "none", "levers":
        "drop_cable"},
    "bell_drop": {"bell": "classic"},
    "dynamo_light": {"front_hub": "plain"},
    "dynamo_use": {"front_light": "none", "rear_light": "none"},
    "dynamo_rear": {"rear_light": "none"},
    "battery_rear": {"front_light": "battery", "extras": {"charger"}},
    "front_for_rear": {"front_light": "none", "extras": {"charger"}},
    "rack_light": {"luggage": 0, "rear_rack": "none"},
    "guard_light": {"rear_light": "guard", "mudguards": "none"},
    "charger_power": {"front_hub": "plain", "front_light": "none", "rear_light": "none", "extras": {"charger"}},
    "racks_carry": {"luggage": 33},
    "carbon_fork_racks": {"fork": "carbon", "front_rack": "platform", "kickstand": "none"},
    "low_rack_eyes": {"fork": "aluminium", "front_rack": "lowrider", "kickstand": "none"},
    "bag_and_rack": {"front_rack": "platform", "kickstand": "none", "extras": {"bar_bag"}},
    "bag_and_lamp": {"front_light": "battery", "rear_light": "battery", "extras": {"bar_bag", "charger"}},
    "stand_titanium": {"frame": "titanium", "colour": "brushed"},
    "stand_front_load": {"front_rack": "platform"},
    "stand_wide_tyre": {
        "wheel": "w584", "rim": "r25", "tyre": "t57", "gears": "d1x11", "cassette": "hg_11_42", "chainring":
        "ring_38", "mudguards": "none", "kickstand": "twin"},
    "frame_lock_tyre": {
        "wheel": "w584", "rim": "r25", "tyre": "t57", "gears": "d1x11", "cassette": "hg_11_42", "chainring":
        "ring_38", "mudguards": "none", "lock": "frame_lock"},
    "frame_lock_brakes": {
        "mount": "bosses", "axles": "qr", "rim": "r19", "brakes": "rim_hydraulic", "rotor": "none", "bar":
        "flat", "levers": "flat_hydraulic", "lock": "frame_lock"},
    "lock_or_bottle": {"lock": "folding", "extras": {"cage_seat"}},
    "low_tube_bottle": {"shape": "trapeze", "extras": {"cage_seat"}},
    "mirror_drop": {"extras": {"mirror"}},
    "small_frame_pump": {
        "inside_leg": 730, "height": 1730, "size": "s46", "wheel": "w584", "mudguards": "none", "extras":
        {"pump"}},
}


# Rules

@pytest.mark.parametrize("name", NAMED)
def test_bicycles_that_people_order_can_be_built(name: str) -> None:
    assert all(c.admits(NAMED[name][c.name]) for c in MODEL.characteristics)
    assert broken(NAMED[name]) == []


@pytest.mark.parametrize("rule", [rule.name for rule in MODEL.rules])
def test_every_rule_forbids_something_that_no_other_rule_forbids(rule: str) -> None:
    assert broken(bicycle(**BREAKS[rule])) == [rule]


def test_every_rule_says_why_in_a_sentence() -> None:
    for rule in MODEL.rules:
        assert re.fullmatch(r"[A-Z].{20,}\.", rule.sentence), rule.name


def test_every_inside_leg_from_64_to_100_cm_has_a_frame() -> None:
    legs = MODEL["inside_leg"]
    assert isinstance(legs, Number)
    assert list(SAMPLE.engine.start().domain("inside_leg")) == list(legs.range)


def test_nothing_is_dead_and_nothing_is_decided_before_the_first_answer() -> None:
    assert SAMPLE.dead() == []
    assert SAMPLE.engine.start().forced() == {}


def test_the_standard_bicycle_is_a_whole_one() -> None:
    configuration = SAMPLE.engine.start(STANDARD)
    assert configuration.is_complete
    assert configuration.values() == STANDARD


@pytest.mark.parametrize(("choices", "name", "value", "rules"), [
    ({"fork": "carbon"}, "front_rack", "lowrider", {"carbon_fork_racks", "low_rack_eyes"}),
    ({"inside_leg": 820}, "size", "s58", {"frame_too_tall"}),
    ({"inside_leg": 680}, "shape", "diamond", {"stand_over_room", "frame_too_tall"}),
    ({"bar": "drop"}, "gears", "hub8", {"hub8_bar"}),
    ({"frame": "aluminium"}, "transmission", "belt", {"belt_opens_frame"}),
    ({"mount": "flat"}, "rotor", "r180", {"flat_mount_rotor"}),
    ({"luggage": 30}, "front_rack", "none", {"racks_carry"}),
    ({"weight": 110, "gears": "hub14"}, "chainring", "belt_46", {"hub_ratio_heavy", "chain_ring", "belt_sprocket"}),
    ({"brakes": "rim_cable"}, "bar", "drop", {"rim_cable_drop"}),
    ({"rim": "r19"}, "tyre", "t57", {"tyre_on_rim"}),
])
def test_a_refusal_is_explained_by_the_rule_that_a_workshop_would_name(
        choices: dict[str, Any], name: str, value: str, rules: set[str]) -> None:
    with pytest.raises(Impossible) as refused:
        SAMPLE.engine.start(choices).choose(name, value)
    assert set(refused.value.explanation.rules) & rules


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
