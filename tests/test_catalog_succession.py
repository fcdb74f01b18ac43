"""What was said in an older version of a catalogue, as a newer one reads it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models import choices, products

from catalog.checking import check
from catalog.formats import from_document
from catalog.model import ProductModel
from catalog.problems import CatalogueError
from catalog.store import publish, succession
from catalog.succession import Inherited, Succession


def model(*characteristics: dict) -> ProductModel:
    found = from_document({"lot_one": 1, "name": "thing", "characteristics": list(characteristics)})
    check(found)
    return found


def choice(name: str, *values: str | dict, **more: object) -> dict:
    return {"name": name, "kind": "choice", "values": list(values), **more}


def number(name: str = "width", least: int = 0, most: int = 1000, **more: object) -> dict:
    return {"name": name, "kind": "number", "least": least, "most": most} | more


def across(*versions: ProductModel, **values: object) -> dict[str, tuple[object, str]]:
    """What becomes of values of the first version in the last: answers, and how."""
    found = Succession(versions).inherited(values)
    return {name: (inherited.answer, inherited.how) for name, inherited in found.items()}


def test_the_same_name_is_the_same_thing():
    old = model(choice("wood", "oak", "pine"), number())
    assert across(old, old, wood="pine", width=800) == {"wood": ("pine", "kept"), "width": (800, "kept")}


def test_a_new_name_and_a_successor_are_told_apart():
    old = model(choice("wood", "oak", "pine"))
    new = model(choice("timber", {"name": "oak_oiled", "was": ["oak"]}, {"name": "larch", "replaces": ["pine"]},
                       was=["wood"]))
    assert across(old, new, wood="oak") == {"timber": ("oak_oiled", "renamed")}
    assert across(old, new, wood="pine") == {"timber": ("larch", "replaced")}


def test_another_title_is_another_name_to_whoever_reads_it():
    old, new = model(choice("wood", "oak", "pine")), model(choice("wood", {"name": "oak", "title": "Oak"}, "pine"))
    assert across(old, new, wood="oak") == {"wood": ("oak", "renamed")}
    assert across(old, new, wood="pine") == {"wood": ("pine", "kept")}


def test_what_is_gone_is_gone_and_what_is_asked_anew_has_no_answer():
    old, new = model(choice("wood", "oak"), choice("oil", "yes")), model(choice("wood", "pine"), number())
    assert across(old, new, wood="oak", oil="yes") == {"wood": (None, "gone")}
    assert [c.name for c in Succession([old, new]).dropped()] == ["oil"]


def test_versions_are_walked_one_after_the_other():
    first = model(choice("wood", "oak", "pine"))
    second = model(choice("timber", {"name": "oak2", "was": ["oak"]}, "pine", was=["wood"]))
    third = model(choice("board", {"name": "oak3", "was": ["oak2"]}, "pine", was=["timber"]))
    assert across(first, second, third, wood="oak") == {"board": ("oak3", "renamed")}
    assert across(first, third, wood="oak") == {}, "without the one between nobody knows"


def test_a_name_that_means_something_else_now_is_not_taken_for_what_it_was():
    first = model(choice("frame", "steel"))
    second = model(choice("frame", {"name": "iron", "was": ["steel"]}))
    third = model(choice("frame", "iron", "steel"))
    assert across(first, second, third, frame="steel") == {"frame": ("iron", "renamed")}


def test_what_one_version_left_out_waits_for_a_later_one():
    first, second = model(choice("wood", "oak", "pine"), number()), model(choice("wood", "oak"))
    assert across(first, second, first, wood="pine", width=7) == {"wood": ("pine", "kept"), "width": (7, "kept")}


@pytest.mark.parametrize(("old", "new", "answer", "found"), [
    (number(unit="mm"), number(unit="cm"), 850, (85, "kept")),
    (number(unit="mm"), number(unit="cm"), 854, (85, "nearest")),
    (number(unit="cm"), number(unit="mm"), 85, (850, "kept")),
    (number(unit="m"), number(unit="mm"), 3, (1000, "nearest")),
    (number(unit="mm"), number(unit="kg"), 85, (None, "gone")),
    (number(), number(unit="mm"), 85, (None, "gone")),
    (number(), number(least=5, step=10), 810, (805, "nearest")),
    (number(), number(least=900), 85, (900, "nearest")),
    (number(), choice("width", "85"), 85, (None, "gone")),
    (number(kind="text"), number(kind="text", most=2), "Ada", (None, "gone")),
    (number(kind="text"), number(kind="text", most=3), "Ada", ("Ada", "kept")),
])
def test_a_measure_is_carried_into_the_new_unit_and_to_the_nearest_step(old, new, answer, found):
    assert across(model(old), model(new), width=answer) == {"width": found}


YES_NO = {"name": "lamp", "kind": "boolean"}
LAMPS = choice("lamp", {"name": "none", "was": ["no"]}, {"name": "small", "replaces": ["yes"]}, "large")


def test_a_yes_or_no_becomes_a_choice_and_back():
    assert across(model(YES_NO), model(LAMPS), lamp=True) == {"lamp": ("small", "replaced")}
    assert across(model(YES_NO), model(LAMPS), lamp=False) == {"lamp": ("none", "renamed")}
    back = model({**YES_NO, "yes_value": {"was": ["small"], "replaces": ["large"]}})
    for answer, found in ("small", True), ("large", True), ("none", False):
        assert across(model(LAMPS), back, lamp=answer)["lamp"][0] is found
    assert across(model(YES_NO), model(LAMPS), back, lamp=False)["lamp"][0] is False


def several(*values: str | dict, **more: object) -> dict:
    return {"name": "extras", "kind": "several", "values": list(values), **more}


@pytest.mark.parametrize(("new", "answer", "found"), [
    (several("a", "b"), {"a", "b"}, (frozenset("ab"), "kept")),
    (several("a", "b"), set(), (frozenset(), "kept")),
    (several("a", "d"), {"a", "b"}, (frozenset("a"), "nearest")),
    (several({"name": "d", "was": ["a"]}, "b"), {"a", "b"}, (frozenset("db"), "renamed")),
    (several({"name": "d", "replaces": ["a", "b"]}), {"a", "b"}, (frozenset("d"), "replaced")),
    (several("a", "b", most=1), {"a", "b"}, (frozenset("a"), "nearest")),
    (several("d", least=1), {"a"}, (None, "gone")),
    (choice("extras", "a", "b"), {"a"}, ("a", "kept")),
    (choice("extras", "a", "b"), {"a", "b"}, (None, "gone")),
])
def test_of_several_those_stay_that_are_there(new, answer, found):
    assert across(model(several("a", "b", "c")), model(new), extras=frozenset(answer)) == {"extras": found}


def test_a_yes_or_no_becomes_one_of_several():
    new = model({**several({"name": "light", "replaces": ["yes"]}, "hooks"), "replaces": ["lamp"]})
    assert across(model(YES_NO), new, lamp=True) == {"extras": (frozenset(["light"]), "replaced")}
    assert across(model(YES_NO), new, lamp=False) == {"extras": (frozenset(), "replaced")}


def test_one_question_may_tell_two():
    old = model(choice("paint", "red_gloss", "red_matt"))
    new = model(choice("colour", {"name": "red", "replaces": ["red_gloss", "red_matt"]}, "blue", replaces=["paint"]),
                choice("finish", {"name": "gloss", "replaces": ["red_gloss"]},
                       {"name": "matt", "replaces": ["red_matt"]}, replaces=["paint"]))
    assert Succession([old, new]).answers({"paint": "red_matt"}) == {"colour": "red", "finish": "matt"}


def test_of_two_questions_that_became_one_that_which_kept_its_name_tells():
    old, new = model(number("a"), number("b")), model(number("b", was=["a"]))
    assert Succession([old, new]).inherited({"a": 1, "b": 2}) == {"b": Inherited("b", 2, "kept")}
    assert [c.name for c in Succession([old, new]).dropped()] == ["a"]


@pytest.mark.parametrize(("characteristics", "where", "message"), [
    ([choice("wood", "oak", was=["wood"])], "was[0]", '"wood" is still in use'),
    ([choice("wood", {"name": "oak", "replaces": ["ash"]}, "ash")], "values[0].replaces[0]", '"ash" is still in use'),
    ([choice("wood", {"name": "oak", "was": ["ash"]}, {"name": "pine", "replaces": ["ash"]})],
     "values[1].replaces[0]", '"ash" is taken over already'),
    ([number("a", was=["c"]), number("b", was=["c"])], "characteristics[1].was[0]", "taken over already"),
    ([number("a", was=["c"]), number("b", replaces=["c"])], "characteristics[1].replaces[0]", "taken over already"),
    ([number("a", was=["c", "c"])], "was[1]", "taken over already"),
    ([{**YES_NO, "yes_value": {"was": ["no"]}}], "yes_value.was[0]", '"no" is still in use'),
    ([number("a", was=["c\u200b"])], "was[0]", "visible characters"),
])
def test_a_former_name_is_given_up_and_taken_over_once(characteristics, where, message):
    with pytest.raises(CatalogueError, match=message.replace("(", r"\(")) as error:
        model(*characteristics)
    assert where in str(error.value).split(":")[0]


def test_between_published_versions(session):
    one, two, three = (publish(session, model(choice(*names))) for names in (
        ("wood", "oak"), ("wood", {"name": "oak2", "was": ["oak"]}), ("wood", {"name": "oak3", "was": ["oak2"]})))
    assert succession(session, one, three).answers({"wood": "oak"}) == {"wood": "oak3"}
    assert succession(session, one, three) is succession(session, one, three)
    assert succession(session, two, two).answers({"wood": "oak2"}) == {"wood": "oak2"}
    assert succession(session, three, one).answers({"wood": "oak3"}) == {}


@settings(max_examples=16)
@given(products(), products(), st.data())
def test_what_is_carried_is_always_an_answer_of_the_newer_model(old, new, data):
    values = {c.name: data.draw(choices(c)) for c in old.characteristics}
    for name, answer in Succession([old, new]).answers(values).items():
        assert new[name].admits(answer)


@settings(max_examples=12)
@given(products(), st.data())
def test_in_the_same_model_everything_is_kept(same, data):
    values = {c.name: data.draw(choices(c)) for c in same.characteristics}
    found = Succession([same, same])
    assert found.dropped() == ()
    for name, inherited in found.inherited(values).items():
        if same[name].admits(values[name]):
            assert inherited == Inherited(name, values[name], "kept")
