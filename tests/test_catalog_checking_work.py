"""What a model may say of its parts, its steps and its picture: what could not be told, made or drawn is refused."""

from __future__ import annotations

from typing import Any

import pytest
from factories import bench
from shelf import refused, shelf

from catalog.checking import check
from catalog.formats import from_document, load
from catalog.model import Item, Part, ProductModel, Shown, Template
from catalog.nodes import Const
from catalog.problems import CatalogueError


def made(step: dict[str, Any]) -> ProductModel:
    return from_document({
        "lot_one": 1, "name": "shelf", "parts": [{"number": "B-1"}], "work_centres": [{"name": "saw"}],
        "characteristics": [{"name": "bays", "kind": "number", "least": 0, "most": 4},
                            {"name": "board", "kind": "choice", "values": [{"name": "oak", "part": "B-1"}]},
                            {"name": "hooks", "kind": "several", "values": [{"name": "left", "part": "B-1"}]}],
        "picture": {"view": [0, 0, 9, 9], "layers": [{"name": "plank", "shapes": []}]},
        "operations": [{"name": "cut", "work_centre": "saw", "minutes": 1, "steps": [{"do": "Cut", **step}]}]})


@pytest.mark.parametrize(("step", "message"), [
    ({"part": "B-2"}, 'there is no part "B-2"'), ({"part": "{hooks.part}"}, "expected the number of a part"),
    ({"part": "{board}"}, "expected the number of a part"), ({"part": "{bord.part}"}, "did you mean board?"),
    ({"part": "{board.part}-L"}, "expected the number of a part"), ({"picture": ["plan"]}, "did you mean plank?"),
    ({"check": {"name": "Width", "nominal": "9 / bays"}}, "operations[0].steps[0].check.nominal: "),
    ({"check": {"name": "Width", "nominal": 9, "plus": "1 / bays"}}, "could divide by 0"),
])
def test_a_step_that_cannot_be_told_is_refused(step, message):
    with pytest.raises(CatalogueError) as refused:
        check(made(step))
    assert message in str(refused.value)


def test_a_step_has_a_part_as_written_or_that_of_what_is_chosen():
    check(made({"part": "B-1", "picture": ["plank"], "check": {"name": "Bays", "nominal": "bays", "minus": 1}}))
    check(made({"part": "{board.part}", "when": "bays > 0", "check": {"name": "Bay", "nominal": "900 / bays"}}))


def drawn(layer: dict[str, Any], *patterns: dict[str, Any]) -> ProductModel:
    tiles = [{"name": "grain", "width": 9, "height": 9, "shapes": [], **pattern} for pattern in patterns]
    return from_document({
        "lot_one": 1, "name": "shelf",
        "picture": {"view": [0, 0, 9, 9], "patterns": tiles, "layers": [{"name": "l", **layer}]},
        "characteristics": [{"name": "bays", "kind": "number", "least": 0, "most": 4}]})


@pytest.mark.parametrize(("layer", "message"), [
    ({"shapes": [{"script": {}}]}, "there is no element"), ({"shapes": [{"image": {}}]}, "there is no element"),
    ({"shapes": [{"rect": {"onload": "x"}}]}, "there is no attribute"),
    ({"shapes": [{"rect": {"style": "x"}}]}, "there is no attribute"),
    ({"shapes": [{"rect": {"href": "x"}}]}, "there is no attribute"),
    ({"shapes": [{"rect": {}, "says": "x"}]}, "only text says something"),
    ({"shapes": [{"rect": {"x": "{1 / bays}"}}]}, "could divide by 0"),
    ({"shapes": [], "repeat": {"i": "10000 * bays"}}, "at most 1,000 turns"),
    ({"shapes": [], "repeat": {"bays": 3}}, "has a meaning already"),
    ({"shapes": [], "repeat": {"i": "1 / bays"}}, "could divide by 0"),
])
def test_a_picture_that_could_do_harm_is_refused(layer, message):
    assert message in refused(drawn(layer))


@pytest.mark.parametrize(("fill", "message"), [
    ({"fill": "grian"}, "or a pattern; did you mean grain?"), ({"fill": "red"}, "{name.swatch}, or a pattern"),
    ({"fill": "url(#grain)"}, "expected a colour"), ({"fill": "url(https://example.com/#grain)"}, "expected a colour"),
    ({"fill": "grain {bays}"}, "expected a colour"), ({"fill": ""}, "expected a colour"),
    ({"stroke": "grain"}, "expected a colour")])
def test_what_fills_a_shape_is_a_colour_or_a_pattern_that_is_there(fill, message):
    check(drawn({"shapes": [{"rect": {"fill": "grain"}}]}, {}))
    assert message in refused(drawn({"shapes": [{"rect": fill}]}, {}))


@pytest.mark.parametrize(("pattern", "message"), [
    ({"width": 0}, "patterns[0].width: expected 1 mm or more, found down to 0"),
    ({"height": "bays - 1"}, "patterns[0].height: expected 1 mm or more, found down to -1"),
    ({"height": "0.4"}, "expected 1 mm or more"), ({"width": "9 / bays"}, "could divide by 0"),
    ({"transform": "rotate({9 / bays})"}, "patterns[0].transform: "),
    ({"shapes": [{"image": {}}]}, "there is no element"),
    ({"shapes": [{"rect": {"href": "x"}}]}, "there is no attribute"),
    ({"shapes": [{"rect": {"x": "{1 / bays}"}}]}, "could divide by 0"),
    ({"shapes": [{"rect": {"fill": "grain"}}]}, "expected a colour")])
def test_a_pattern_that_could_do_harm_is_refused(pattern, message):
    assert message in refused(drawn({"shapes": []}, pattern))


def test_patterns_have_names_of_their_own():
    assert "grain" in refused(drawn({"shapes": []}, {}, {}))
    check(drawn({"shapes": []}, {}, {"name": "l"}))


def test_shapes_of_patterns_count_as_well():
    shapes = [{"rect": {}}] * 9_998
    check(drawn({"shapes": [{"rect": {}}] * 2}, {"shapes": shapes}))
    with_none = [{"name": f"p{n}"} for n in range(10_001)]
    assert "at most 10,000 shapes" in refused(drawn({"shapes": []}, *with_none)), "each counts once at least"
    assert "at most 10,000 shapes" in refused(drawn({"shapes": [{"rect": {}}] * 3}, {"shapes": shapes}))


def test_a_layer_is_drawn_only_while_it_is_shown():
    check(drawn({"when": "bays > 0", "repeat": {"i": "bays"}, "shapes": [{"rect": {"x": "{i / bays}"}}]}))


def test_what_is_shown_must_be_there():
    note = Template(pieces=(Shown(name="bord"),))
    model = shelf(parts=(Part(number="P"),), items=(Item(part="P", quantity=Const(1), note=note),))
    assert "did you mean board?" in refused(model)


@pytest.mark.parametrize(("changes", "where", "told"), [
    ({"lead_days": 10**9}, ("lead_days",), "at most 1,000 working days, found up to 1,000,000,000"),
    ({"lead_days": "width * 1000"}, ("lead_days",), "found up to 2,400,000"),
    ({"parts": [{"number": number, "lead_days": 10**12 if number == "SCREW" else 0}
                for number in ("W-OAK", "W-PINE", "L-1", "SCREW")]}, ("parts", 3, "lead_days"), "0 to 1,000"),
    ({"operations": [{"name": "saw", "work_centre": "bench_saw", "minutes": 99_000},
                     {"name": "fit", "work_centre": "bench_saw", "minutes": "width * width"}]},
     ("operations", 1, "minutes"), "at most 100,000 minutes"),
    ({"parts": [{"number": number, "lead_days": 4 * (number == "L-1"), "made_here": number == "L-1"}
                for number in ("W-OAK", "W-PINE", "L-1", "SCREW")]}, ("parts", 2, "lead_days"), "of a part made here"),
    ({"parts": [{"number": number, "cost": "-0.01" if number == "L-1" else "0.01"}
                for number in ("W-OAK", "W-PINE", "L-1", "SCREW")]}, ("parts", 2, "cost"), "0 or more, found")])
def test_what_takes_longer_than_can_be_promised_or_cannot_be_of_a_part_is_refused(changes, where, told):
    """Else a date would be asked for that no calendar has, or a gain be made of what is cut up."""
    with pytest.raises(CatalogueError, match=told) as error:
        check(bench(**changes))
    assert [problem.path for problem in error.value.problems] == [where]


def test_an_operation_that_never_is_takes_no_time_whatever_it_computes():
    text = """
lot_one: 1
name: bench
characteristics:
- {name: wood, kind: choice, values: [oak, pine]}
- {name: boards, kind: number, least: 0, most: 5}
work_centres:
- {name: saw}
operations:
- {name: cut, work_centre: saw, minutes: 60 / boards, when: boards > 5}
"""
    assert load(text)["boards"].least == 0
