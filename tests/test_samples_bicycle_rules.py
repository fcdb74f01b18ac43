"""The rules of the touring bicycle: each forbids something, and what it refuses a workshop would refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bicycles import MODEL, NAMED, SAMPLE, STANDARD, bicycle, broken

from catalog.model import Number
from configurator.engine import Impossible

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
