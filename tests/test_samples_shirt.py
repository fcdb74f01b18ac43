"""The made-to-measure shirt, as somebody relies on it who wears one or sews one."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import Sample

from catalog.model import Characteristic, Number
from catalog.nodes import Answer, Values
from catalog.parts import bill, routing
from catalog.picture import draw
from catalog.pricing import price
from configurator.engine import Impossible

SAMPLE = Sample("shirt")
MODEL, broken, quantity, stages = SAMPLE.model, SAMPLE.broken, SAMPLE.quantity, SAMPLE.stages


def shirt(**changes: Any) -> dict[str, Answer]:
    """The standard shirt with some answers changed."""
    return SAMPLE.standard | changes


FORMAL = shirt(fit="slim", cloth="twill", colour="grey_blue", pattern="pencil_stripe", yoke="split",
               contrast="collar_and_cuffs", collar="cutaway", stays="steel", cuff="french", links="knots", watch="left",
               placket="french", back="darts", buttons="pearl", monogram="A.B",
               monogram_place="waist", monogram_thread="oxide_red", packing="gift")
WORK = shirt(fit="comfort", wear="outside", washing="mild", cloth="flannel", colour="olive", pattern="windowpane",
             collar="button_down", stays="none", sleeve="short", cuff="none", pocket="flaps", buttons="corozo_brown",
             buttonholes="white", back="box_pleat", hem="straight")
LARGE = shirt(height=1960, neck_girth=500, chest_girth=1400, waist_girth=1400, hip_girth=1400, back_width=580,
              back_waist_length=520, arm_length=720, upper_arm_girth=480, wrist_girth=220, fit="comfort", cloth="linen",
              colour="white")
SMALL = shirt(height=1500, neck_girth=310, chest_girth=780, waist_girth=640, hip_girth=860, back_width=350,
              back_waist_length=370, arm_length=510, upper_arm_girth=230, wrist_girth=140, fit="slim", collar="band",
              collar_height=30, stays="none")
SHIRTS = {"standard": shirt(), "formal": FORMAL, "work": WORK, "large": LARGE, "small": SMALL}


@pytest.mark.parametrize("name", SHIRTS)
def test_samples_shirt_can_be_made(name: str) -> None:
    assert broken(SHIRTS[name]) == []


def test_samples_shirt_standard_answers_everything() -> None:
    assert shirt().keys() == {c.name for c in MODEL.characteristics}
    assert all(c.admits(c.standard) for c in MODEL.characteristics)


# What it costs, added up by hand from the price list

def test_samples_shirt_price_of_the_standard() -> None:
    """79 for making, 1.636 m of poplin at 32, 5 for the carton."""
    sheet = price(MODEL, shirt())
    assert [(line.rule, line.amount) for line in sheet.lines] == [
        ("making", 7900), ("cloth", 5235), ("packing=carton", 500)]
    assert (sheet.total, sheet.vat) == (13635, 2177)


def test_samples_shirt_price_of_a_formal_one() -> None:
    lines = {line.rule: line.amount for line in price(MODEL, FORMAL).lines}
    # body 851, sleeves 580 / 0.975 + 25 = 620, small parts 160, stripes matched 60: 1.691 m of twill at 44
    assert lines == {"making": 7900, "cloth": 7440, "pattern": 640, "white_poplin": 1920,
                     "contrast=collar_and_cuffs": 1900, "stays=steel": 900, "cuff=french": 1400, "links=knots": 800,
                     "buttons=pearl": 1400, "yoke=split": 800, "monogram": 1600, "packing=gift": 1400}


def test_samples_shirt_with_short_sleeves_costs_less() -> None:
    assert price(MODEL, shirt(sleeve="short", cuff="none")).total < price(MODEL, shirt()).total


# Measures: body, ease, shrinkage, seams

def test_samples_shirt_finished_measures_are_body_and_ease() -> None:
    expected = {"collar_size": 390 + 15, "chest": 1000 + 140, "waist": 860 + 130, "seat": 1000 + 120,
                "back_length": 440 + 350, "sleeve_length": 630 + 25 - 5}
    assert {name: quantity(name, shirt()) for name in expected} == expected


def test_samples_shirt_cut_lengths_allow_for_shrinkage() -> None:
    """Poplin shrinks 20 + 5 per mille in length, 10 + 3 in width, when washed at 40 °C."""
    cut = {(line.part.number, line.note): line for line in bill(MODEL, shirt()) if line.measures}
    front = cut["CT-FRONT", "left and right, a pair"]
    assert front.quantity == 2
    assert front.measures == {"length": 811 + 40, "width": 289 + 75}  # 790 / 0.975, 285 / 0.987
    assert cut["CT-SLEEVE", "left and right, a pair"].measures == {"length": 600 + 25, "width": 426 + 30}  # 585 / 0.975
    cuff = cut["CT-CUFF", "left, Button cuff, rounded"]
    assert cuff.measures == {"length": 223 + 45, "width": 65 + 20}  # 220 / 0.987


def test_samples_shirt_for_the_dryer_is_cut_longer() -> None:
    assert quantity("body_cut", shirt(washing="hot")) - quantity("body_cut", shirt()) == 12  # 790 / 0.96 is 823
    assert quantity("body_cut", shirt(cloth="linen", colour="white")) > quantity("body_cut", shirt())


def test_samples_shirt_watch_widens_one_cuff() -> None:
    assert quantity("cuff_left", FORMAL) - quantity("cuff_right", FORMAL) == 15


def test_samples_shirt_cloth_is_used_by_width_and_pattern() -> None:
    """Beyond the width of the roll the fronts lie below the back: a second length of the body."""
    assert quantity("cloth_length", shirt()) == 851 + 625 + 160
    assert quantity("cloth_length", shirt(pattern="gingham")) - quantity("cloth_length", shirt()) == 150
    assert quantity("body_rows", LARGE) == 2
    assert quantity("cloth_length", LARGE) > quantity("cloth_length", shirt()) + 850


def test_samples_shirt_buttons_are_counted() -> None:
    """On the band, 6 on the front, 2 on each sleeve, 2 spare; a button-down has 2 more, French cuffs have links."""
    def buttons(values: Values) -> list[float]:
        return [float(line.quantity) for line in bill(MODEL, values) if line.part.number.startswith("BU-")]

    assert buttons(shirt()) == [1 + 6 + 4 + 2]
    assert buttons(shirt(collar="button_down", stays="none")) == [15]
    assert buttons(FORMAL) == [1 + 6 + 2 + 2]
    assert buttons(WORK) == [1 + 5 + 2 + 2]
    assert len(re.findall(r'<circle [^>]*cx="0"', draw(MODEL, shirt()))) == 1 + 6


# Rules: each has a shirt that it alone refuses

REFUSED: dict[str, dict[str, Any]] = {
    "neck_and_chest": {"neck_girth": 510},
    "waist_and_chest": {"chest_girth": 1000, "waist_girth": 655, "hip_girth": 950},
    "hip_and_waist": {"waist_girth": 700, "hip_girth": 1110},
    "hip_and_chest": {"hip_girth": 1305, "waist_girth": 1000},
    "shoulders_and_chest": {"back_width": 560},
    "arm_and_height": {"arm_length": 740},
    "back_and_height": {"back_waist_length": 540},
    "arm_and_chest": {"upper_arm_girth": 195 + 305 + 5},
    "wrist_and_arm": {"wrist_girth": 230, "upper_arm_girth": 260},
    "slim_waist": {"fit": "slim", "waist_girth": 1010},
    "darts_slim": {"back": "darts"},
    "darts_waist": {"fit": "slim", "back": "darts", "waist_girth": 930},
    "comfort_pleats": {"fit": "comfort", "back": "plain"},
    "tucked_hem": {"hem": "straight"},
    "delicate_cloth": {"cloth": "linen", "washing": "hot"},
    "pearl_washing": {"buttons": "pearl", "washing": "hot"},
    "woven": {"cloth": "oxford", "pattern": "gingham"},
    "white_pattern": {"colour": "white", "pattern": "gingham"},
    "dyed_linen": {"cloth": "linen", "colour": "black"},
    "dyed_flannel": {"cloth": "flannel", "colour": "white"},
    "dyed_chambray": {"cloth": "chambray", "colour": "black"},
    "dyed_oxford": {"cloth": "oxford", "colour": "black"},
    "contrast_colour": {"contrast": "collar", "colour": "white"},
    "contrast_cloth": {"contrast": "collar", "cloth": "oxford"},
    "contrast_cuffs": {"contrast": "collar_and_cuffs", "sleeve": "short", "cuff": "none"},
    "contrast_collar": {"contrast": "collar", "collar": "button_down", "stays": "none"},
    "stripe_yoke": {"pattern": "butcher_stripe"},
    "bold_slim": {"cloth": "flannel", "colour": "grey", "pattern": "windowpane", "fit": "slim", "back": "darts"},
    "stays_points": {"collar": "button_down"},
    "cutaway_stays": {"collar": "cutaway", "stays": "none"},
    "band_height": {"collar": "band", "stays": "none"},
    "leaf_height": {"collar": "cutaway", "collar_height": 35},
    "button_down_height": {"collar": "button_down", "stays": "none", "collar_height": 45},
    "short_cuff": {"sleeve": "short"},
    "long_cuff": {"cuff": "none"},
    "french_links": {"cuff": "french"},
    "button_links": {"links": "own"},
    "watch_cuff": {"watch": "left", "sleeve": "short", "cuff": "none"},
    "french_cloth": {"cuff": "french", "links": "own", "cloth": "oxford"},
    "fly_cloth": {"placket": "fly", "cloth": "flannel", "colour": "grey"},
    "fly_thread": {"placket": "fly", "buttonholes": "white"},
    "flaps_width": {"pocket": "flaps", "back_width": 400},
    "flaps_formal": {"pocket": "flaps", "cuff": "french", "links": "own"},
    "monogram_where": {"monogram": "AB", "monogram_thread": "white"},
    "monogram_what": {"monogram_place": "cuff"},
    "monogram_how": {"monogram": "AB", "monogram_place": "cuff"},
    "thread_what": {"monogram_thread": "white"},
    "monogram_cuff": {"monogram": "AB", "monogram_thread": "white", "monogram_place": "cuff", "sleeve": "short",
                      "cuff": "none"},
    "monogram_pocket": {"monogram": "AB", "monogram_thread": "white", "monogram_place": "pocket"},
    "monogram_chest": {"monogram": "AB", "monogram_thread": "white", "monogram_place": "chest", "pocket": "chest"},
    "monogram_seen": {"monogram": "AB", "monogram_thread": "white", "monogram_place": "cuff", "colour": "white"},
}


@pytest.mark.parametrize("rule", [rule.name for rule in MODEL.rules])
def test_samples_shirt_every_rule_refuses_something(rule: str) -> None:
    assert broken(shirt(**REFUSED[rule])) == [rule]


def test_samples_shirt_rules_are_sentences_for_customers() -> None:
    for rule in MODEL.rules:
        assert rule.sentence.endswith("."), rule.name
        assert not re.search(r"[a-z]_[a-z]|[=<>]|\b(ease|weft|warp)\b", rule.sentence), rule.name


# Everything offered can be chosen

def test_samples_shirt_no_value_is_dead_and_every_measure_can_be_sewn() -> None:
    assert SAMPLE.dead() == []


def test_samples_shirt_what_follows_from_french_cuffs() -> None:
    c = SAMPLE.engine.start().choose("cuff", "french")
    assert c.forced()["sleeve"] == "long"
    assert "none" not in c.domain("links")
    assert set(c.domain("cloth")) == {"poplin", "twill", "chambray", "linen"}
    with pytest.raises(Impossible) as refused:
        c.choose("sleeve", "short")
    assert refused.value.explanation.rules == ("short_cuff",)


def test_samples_shirt_monogram_asks_for_place_and_thread_only_with_letters() -> None:
    without = SAMPLE.engine.start().choose("monogram", "")
    assert (without.forced()["monogram_place"], without.forced()["monogram_thread"]) == ("none", "none")
    c = SAMPLE.engine.start().choose("monogram", "MK")
    assert "none" not in c.domain("monogram_place")
    assert "none" not in c.domain("monogram_thread")
    for text in ("ABCDE", "ab", "<b>", "=1+1"):
        with pytest.raises(ValueError, match="monogram"):
            SAMPLE.engine.start().choose("monogram", text)


# The workshop

def test_samples_shirt_routing_follows_the_shirt() -> None:
    assert list(stages(shirt())) == ["cut", "fuse", "collar", "cuffs", "assemble", "buttons", "finish", "pack"]
    assert "cuffs" not in stages(WORK)
    embroidery = stages(FORMAL)["monogram"]
    assert (embroidery.work_centre, embroidery.minutes) == ("Embroidery machine", 12)
    assert [task.value for task in embroidery.tasks][1] == "A.B"
    assert all(stages(FORMAL)[name].minutes > stages(shirt())[name].minutes for name in ("cut", "collar", "cuffs"))


def test_samples_shirt_steps_say_what_to_measure() -> None:
    values = [task.value for task in stages(shirt())["cut"].tasks]
    assert values[:3] == ["1636 mm", "851 x 364 mm", "791 x 648 mm"]
    assert "410.3 mm" in [task.value for task in stages(shirt())["collar"].tasks]  # 405 / 0.987


@pytest.mark.parametrize("name", SHIRTS)
def test_samples_shirt_every_part_is_used_in_a_stage(name: str) -> None:
    values = SHIRTS[name]
    assert all(line.operation in stages(values) for line in bill(MODEL, values))
    assert all(measure > 0 for line in bill(MODEL, values) for measure in line.measures.values())


# The drawing

def test_samples_shirt_drawing_shows_every_visible_choice() -> None:
    hidden = {"cloth", "washing", "stays", "watch", "packing"}  # of a watch only the width of a cuff is seen
    words = shirt(monogram="AB", monogram_place="cuff", monogram_thread="oxide_red", buttonholes="white",
                  cuff="convertible", pocket="chest")
    for characteristic in MODEL.characteristics:
        if characteristic.name not in hidden and characteristic.options:
            pictures = {draw(MODEL, words | {characteristic.name: value.name}) for value in characteristic.options}
            alike = characteristic.name in {"links", "monogram_place"}  # links of whomever; pocket and chest
            assert len(pictures) == len(characteristic.options) - alike, characteristic.name


def test_samples_shirt_drawing_is_to_scale() -> None:
    svg = draw(MODEL, shirt())
    assert "L-232.5 45" in svg  # half of a shoulder width of 465
    assert ">2 × 56<" in svg
    assert ">114<" in svg
    assert draw(MODEL, shirt(chest_girth=1005)) != svg


def test_samples_shirt_stripes_are_to_scale_and_lie_along_the_sleeve() -> None:
    tiles = ElementTree.fromstring(draw(MODEL, shirt(pattern="pencil_stripe", yoke="split"))).findall("defs/pattern")
    assert [tile.attrib.get("patternTransform") for tile in tiles] == [None, "rotate(90)", "rotate(-30)"]
    assert {tile.attrib["width"] for tile in tiles} == {"12"}
    assert tiles[0].find("line").attrib["stroke-width"] == "1.5"


def test_samples_shirt_drawing_escapes_the_monogram() -> None:
    svg = draw(MODEL, shirt(monogram="A&B", monogram_place="waist", monogram_thread="olive"))
    assert "A&amp;B" in svg
    ElementTree.fromstring(svg)


def answers(characteristic: Characteristic) -> st.SearchStrategy[Answer]:
    """Answers that the characteristic admits, rules left aside."""
    if isinstance(characteristic, Number):
        return st.sampled_from(characteristic.range)
    return st.sampled_from([value.name for value in characteristic.options] or ["AB"])


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_samples_shirt_drawing_and_papers_hold_for_every_body(data: st.DataObject) -> None:
    """Also for measures that no rule would let pass: nothing divides by nothing or draws backwards."""
    values = {c.name: data.draw(answers(c), label=c.name) for c in MODEL.characteristics}
    ElementTree.fromstring(draw(MODEL, values))
    assert all(stage.minutes > 0 for stage in routing(MODEL, values))
    assert price(MODEL, values).total > 5000
