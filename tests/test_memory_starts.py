"""Whole products to start from: the same again, as we know you, what most choose."""

from datetime import date

from factories import bench

from configurator.engine import Engine
from configurator.memory import Memory, Verdict

SMALL = {"height": 1690, "width": 900, "wood": "pine", "lamp": False, "hooks": frozenset({"left"}), "engraving": "Ada"}
WIDE = {"height": 1690, "width": 1800, "wood": "oak", "lamp": True, "hooks": frozenset({"right"}), "engraving": "Us"}


def values(memory: Memory, customer: object = None, **choices: object):
    starts = memory.starts(memory.engine.start(choices), customer, date(2026, 8, 1))
    return {kind: proposal.configuration.values() for kind, proposal in starts.items()}


def test_somebody_unknown_starts_from_what_most_choose():
    memory = Memory(Engine(bench()))
    for _ in range(9):
        memory.remember(WIDE)
    starts = values(memory)
    assert list(starts) == ["known"]
    assert starts["known"]["wood"] == "oak"


def test_a_customer_starts_from_their_order_or_from_what_most_choose():
    memory = Memory(Engine(bench()))
    for number in range(9):
        memory.remember(WIDE, number)
    memory.remember(SMALL, "ada", date(2026, 5, 4))
    starts = values(memory, "ada")
    assert list(starts) == ["again", "most"]  # as we know her, it would be the same again
    assert starts["again"] == SMALL
    assert (starts["most"]["wood"], starts["most"]["lamp"], starts["most"]["engraving"]) == ("oak", True, "")


def test_the_same_again_is_one_whole_order_where_value_by_value_would_mix_two():
    memory = Memory(Engine(bench()))
    memory.remember(SMALL, "ada", date(2026, 5, 4))
    memory.remember(WIDE, "ada", date(2026, 5, 5))
    memory.know("ada", [({"width": 1750}, date(2026, 6, 1), "the alcove")])
    starts = values(memory, "ada")
    assert starts["again"] == WIDE
    assert starts["known"] == {**WIDE, "width": 1750}


def test_facts_and_what_was_told_of_other_families_are_no_whole_thing_to_have_again():
    memory = Memory(Engine(bench()))
    memory.know("ada", [({"width": 1750}, date(2026, 6, 1), "the alcove")],
                hints=[({"wood": "oak", "engraving": "Ada"}, date(2026, 6, 2), "a shelf")])
    assert "again" not in values(memory, "ada")
    memory.know("ada", [(SMALL, date(2026, 6, 3), "a specification")])
    assert values(memory, "ada")["again"] == SMALL


def test_the_same_again_keeps_the_choices_and_is_brought_to_todays_catalogue():
    memory = Memory(Engine(bench()))
    memory.remember({**SMALL, "lamp": True}, "ada")  # the lamp is made for oak only
    again = values(memory, "ada", width=1000)["again"]
    assert again["width"] == 1000
    assert (again["lamp"], again["wood"]) in [(True, "oak"), (False, "pine")]
    assert again["engraving"] == "Ada"


def test_the_same_again_leaves_out_what_was_wrong():
    memory = Memory(Engine(bench()))
    memory.remember(SMALL, "ada", date(2026, 5, 4))
    memory.judge(SMALL, {"width": Verdict("small", 1100), "wood": Verdict("other", "oak")}, "ada", date(2026, 6, 1))
    again = next(iter(values(memory, "ada").values()))
    assert (again["width"], again["wood"], again["engraving"]) == (1100, "oak", "Ada")
