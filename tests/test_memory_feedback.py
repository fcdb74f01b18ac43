"""Was it right? What is said of a product moves what is proposed: to the one who said it at once, to others in time."""

from datetime import date

import pytest

from catalog.model import Choice, Number, ProductModel, Rule, Several, Value
from catalog.nodes import Implies, Is
from configurator.drafts.proposed import Proposed
from configurator.engine import Engine
from configurator.memory import Memory, Reason, Verdict, judged

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)
RIGHT, SMALL, LARGE, OTHER = (Verdict(said) for said in ("right", "small", "large", "other"))
SHIRT = {"chest": 104, "size": "M", "sleeve": 620, "colour": "blue"}


def shirts() -> Memory:
    return Memory(Engine(ProductModel(name="shirt", characteristics=(
        Number(name="chest", least=80, most=130, about="person"),
        Choice(name="size", values=tuple(Value(name=size) for size in ("S", "M", "L", "XL"))),
        Number(name="sleeve", least=500, most=750, step=5, unit="mm"),
        Choice(name="colour", values=(Value(name="blue"), Value(name="red"))),
        Several(name="extras", values=(Value(name="cuffs"), Value(name="pocket")))))))


def proposed(memory: Memory, customer: object = "ada", **choices: object):
    proposal = memory.propose(memory.engine.start(choices), customer, JUNE)
    return proposal.configuration.values(), proposal.reasons


@pytest.mark.parametrize(("verdicts", "expected"), [
    ({"size": SMALL}, {"size": "L"}), ({"size": LARGE}, {"size": "S"}), ({"size": RIGHT}, {"size": "M"}),
    ({"sleeve": SMALL}, {"sleeve": 625}), ({"sleeve": LARGE}, {"sleeve": 615}),
    ({"sleeve": Verdict("small", 640)}, {"sleeve": 640}), ({"colour": Verdict("other", "red")}, {"colour": "red"}),
    ({"colour": OTHER}, {"colour": "red"}),
    ({"size": Verdict("small", "XL"), "sleeve": SMALL}, {"size": "XL", "sleeve": 625})])
def test_a_verdict_moves_the_next_proposal_however_often_it_was_ordered(verdicts, expected):
    memory = shirts()
    for year in range(2015, 2026):
        memory.remember(SHIRT, "ada", date(year, 5, 4))
    assert proposed(memory)[0] == {**SHIRT, "extras": frozenset()}
    assert memory.judge(SHIRT, verdicts, "ada", MAY) == 0
    assert proposed(memory)[0] == {**SHIRT, "extras": frozenset(), **expected}


def test_rather_another_counts_against_what_was_made_whatever_else_speaks_for_it():
    """The maker suggests it among ten, it was right the year before, and all that goes with it was accepted."""
    makes = tuple(Value(name=f"make {n}") for n in range(10))
    parts = ["frame", *(f"part {n}" for n in range(6))]
    first = {name: Is(name, ("make 3",)) for name in parts}
    memory = Memory(Engine(ProductModel(name="kit", characteristics=tuple(
        Choice(name=name, values=makes, standard="make 3") for name in parts), rules=tuple(
        Rule(name=name, condition=Implies(first[name], first["frame"])) for name in parts[1:]))))
    kit = dict.fromkeys(parts, "make 3")
    for year in 2024, 2025:
        memory.remember(kit, "ada", date(year, 5, 4))
        memory.judge(kit, {"frame": OTHER if year == 2025 else RIGHT}, "ada", date(year, 6, 4))
    values, reasons = proposed(memory)
    assert values["frame"] != "make 3"
    assert reasons["frame"].kind == "fits"


def desks() -> Memory:
    """Whose top most have of wood, for which there is only the plain frame; ada has the curved one."""
    tops = Choice(name="top", values=tuple(Value(name=top) for top in ("glass", "wood", "steel", "stone")))
    frames = Choice(name="frame", values=(Value(name="plain"), Value(name="curved")))
    memory = Memory(Engine(ProductModel(name="desk", characteristics=(tops, frames), rules=(
        Rule(name="straight", condition=Implies(Is("top", ("wood", "stone")), Is("frame", ("plain",)))),))))
    for number in range(12):
        memory.remember({"top": "wood", "frame": "plain"}, number)
    memory.remember({"top": "glass", "frame": "curved"}, "ada", date(2026, 4, 4))
    return memory


def test_what_takes_the_place_of_what_was_wrong_moves_nothing_else_if_it_can():
    memory = desks()
    memory.judge({"top": "glass", "frame": "curved"}, {"top": OTHER}, "ada", MAY)
    values, reasons = proposed(memory)
    assert values == {"top": "steel", "frame": "curved"}
    assert reasons["frame"] == Reason("own", 1, 1, last=True)
    again = memory.starts(memory.engine.start(), "ada", JUNE)["again"]
    assert again.configuration.values() == values


def test_what_has_to_give_way_to_a_verdict_says_what_it_was():
    memory = desks()
    memory.judge({"top": "glass", "frame": "curved"}, {"top": Verdict("other", "stone")}, "ada", MAY)
    values, reasons = proposed(memory)
    assert values == {"top": "stone", "frame": "plain"}
    assert reasons["frame"] == Reason("fits", made="curved")


def test_a_verdict_is_the_reason_with_what_was_made_and_when():
    memory = shirts()
    memory.remember(SHIRT, "ada", date(2026, 4, 4))
    memory.judge(SHIRT, {"sleeve": SMALL, "size": RIGHT}, "ada", MAY, source="order 12")
    _, reasons = proposed(memory)
    assert reasons["sleeve"] == Reason("feedback", source="order 12", made=620, on=MAY)
    assert reasons["size"] == Reason("feedback", source="order 12", made="M", on=MAY)
    assert reasons["colour"] == Reason("own", 1, 1, last=True)
    kept = Proposed.of(memory.propose(memory.engine.start(), "ada"))
    assert Proposed.from_plain(kept.plain()) == kept


def test_what_was_right_of_an_older_order_does_not_take_back_what_was_ordered_since():
    memory = shirts()
    memory.remember(SHIRT, "ada", date(2024, 4, 4))
    memory.remember({**SHIRT, "colour": "red"}, "ada", date(2026, 4, 4), chosen=["colour"])
    memory.judge(SHIRT, {**dict.fromkeys(SHIRT, RIGHT), "sleeve": SMALL}, "ada", MAY, ordered=date(2024, 4, 4))
    values, reasons = proposed(memory)
    assert (values["colour"], values["sleeve"]) == ("red", 625)
    assert reasons["colour"] == Reason("own", 1, 2, last=True)


def test_orders_that_were_not_right_are_counted_among_their_orders():
    memory = shirts()
    for year, colour in (2023, "red"), (2024, "red"), (2025, "blue"):
        memory.remember({**SHIRT, "colour": colour}, "ada", date(year, 4, 4))
    memory.judge(SHIRT, {"colour": OTHER}, "ada", MAY)
    assert proposed(memory)[1]["colour"] == Reason("own", 2, 3)


def test_whoever_orders_it_again_all_the_same_is_believed():
    memory = shirts()
    memory.remember(SHIRT, "ada", date(2026, 4, 4))
    memory.judge(SHIRT, {"size": SMALL}, "ada", MAY)
    memory.remember(SHIRT, "ada", date(2026, 5, 20))
    assert proposed(memory)[0]["size"] == "M"


def test_without_dates_what_was_said_last_counts():
    memory = shirts()
    memory.remember(SHIRT, "ada")
    memory.judge(SHIRT, {"size": SMALL}, "ada")
    assert proposed(memory)[0]["size"] == "L"
    memory.remember(SHIRT, "ada")
    assert proposed(memory)[0]["size"] == "M"


def test_a_dated_verdict_speaks_of_an_order_without_a_date():
    memory = shirts()
    memory.remember(SHIRT, "ada")
    memory.judge(SHIRT, {"size": SMALL}, "ada", MAY)
    assert proposed(memory)[0]["size"] == "L"


def test_what_most_found_too_small_is_larger_for_others_like_them():
    memory = shirts()
    for number in range(12):
        memory.remember({**SHIRT, "chest": 103 + number % 3}, number)
        memory.remember({**SHIRT, "chest": 92}, f"slim {number}")
    assert proposed(memory, chest=104)[0]["size"] == "M"
    for number in range(12):
        memory.judge({**SHIRT, "chest": 103 + number % 3}, {"size": SMALL if number < 8 else RIGHT}, number)
        memory.judge({**SHIRT, "chest": 92}, {"size": RIGHT}, f"slim {number}")
    values, reasons = proposed(memory, chest=104)
    assert values["size"] == "L"
    assert (reasons["size"].kind, reasons["size"].made) == ("judged", "M")
    assert proposed(memory, chest=92)[0]["size"] == "M"


def test_of_very_many_those_who_said_it_last_are_asked(monkeypatch):
    monkeypatch.setattr(judged, "NEWEST", 12)
    memory = shirts()
    for number in range(30):
        memory.remember(SHIRT, number)
        memory.judge(SHIRT, {"size": SMALL if number < 18 else RIGHT}, number, date(2026, 5, 1 + number))
    assert proposed(memory, "new")[0]["size"] == "M"
    for number in range(12):  # who say it again count as newest
        memory.judge(SHIRT, {"size": SMALL}, number, JUNE)
    reason = proposed(memory, "new")[1]["size"]
    assert (reason.kind, reason.count, reason.total) == ("judged", 12, 12)
    memory.forget(3)
    reason = proposed(memory, "new")[1]["size"]
    assert (reason.kind, reason.count, reason.total) == ("judged", 11, 12)


def test_a_few_verdicts_tell_others_nothing():
    memory = shirts()
    for number in range(12):
        memory.remember(SHIRT, number)
    before = memory.rank(memory.engine.start(), "size", "new")
    for _ in range(3):
        for number in range(4):
            memory.judge(SHIRT, {"size": SMALL}, number)
    assert memory.rank(memory.engine.start(), "size", "new") == before


def test_a_verdict_about_what_the_product_does_not_have_is_left_out_and_counted():
    memory = shirts()
    assert memory.judge({**SHIRT, "hat": "red"}, {"hat": SMALL, "extras": RIGHT, "size": LARGE}, "ada") == 2
    assert memory.left_out == 2
    assert proposed(memory)[0]["size"] == "S"


@pytest.mark.parametrize(("said", "instead"), [("tiny", None), ("right", "L")])
def test_a_verdict_that_makes_no_sense_is_refused(said, instead):
    with pytest.raises(ValueError, match=r"expected one of|cannot have been better"):
        Verdict(said, instead)


def test_what_the_customer_set_counts_more_than_what_they_only_accepted():
    memory = shirts()
    memory.remember({"colour": "blue"}, "ada", date(2026, 4, 1), chosen=["colour"])
    memory.remember({"colour": "red"}, "ada", date(2026, 4, 1), chosen=[])
    assert proposed(memory)[0]["colour"] == "blue"
