"""What is remembered can be taken back, says nothing of one customer to another, and is the same however it came."""

import random
from datetime import date, timedelta
from itertools import product

import pytest
from factories import bench
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.model import Choice, Number, ProductModel, Value
from configurator.engine import Engine
from configurator.memory import Memory, Verdict

ENGINE = Engine(bench())
VALUES = st.fixed_dictionaries({}, optional={
    "height": st.sampled_from([1500, 1690, 1800]), "width": st.sampled_from([700, 900, 905]),
    "wood": st.sampled_from(["oak", "pine"]), "lamp": st.booleans(),
    "hooks": st.sampled_from([frozenset(), frozenset({"left"}), frozenset({"left", "right"})]),
    "engraving": st.sampled_from(["", "Ada"])})
VERDICTS = st.fixed_dictionaries({}, optional={
    "wood": st.sampled_from([Verdict("right"), Verdict("other")]),
    "width": st.sampled_from([Verdict("small"), Verdict("large", 800)])})
PEOPLE = st.sampled_from(["ada", "ben", "cy", "di", "eve", "fay", None])
TOLD = st.lists(st.tuples(VALUES, PEOPLE, st.integers(1, 3), VERDICTS), max_size=25)
FIRST = date(2026, 1, 1)


def memory(told) -> Memory:
    remembered = Memory(ENGINE)
    for day, (values, customer, count, verdicts) in told:
        remembered.remember(values, customer, FIRST + timedelta(day), count)
        remembered.judge(values, verdicts, customer, FIRST + timedelta(day))
    return remembered


def everything(remembered: Memory, customer: str | None):
    start = ENGINE.start()
    ranked = {(name, value): share for name in ("wood", "lamp", "hooks", "engraving")
              for c in (start, start.choose("width", 900))
              for value, share in remembered.rank(c, name, customer, FIRST + timedelta(99))}
    proposal = remembered.propose(start, customer, FIRST + timedelta(99))
    return ranked, proposal.configuration.values(), proposal.reasons


def assert_same(one: Memory, other: Memory, customer: str | None):
    ranked, *proposed = everything(one, customer)
    ranked_otherwise, *proposed_otherwise = everything(other, customer)
    assert ranked == pytest.approx(ranked_otherwise)
    assert proposed == proposed_otherwise


@settings(max_examples=25, deadline=None)
@given(TOLD, PEOPLE)
def test_forgetting_equals_never_having_known(told, asking):
    told = list(enumerate(told))
    forgotten = memory(told)
    forgotten.propose(ENGINE.start(), asking)
    forgotten.forget("ada")
    never = memory([one for one in told if one[1][1] != "ada"])
    assert_same(forgotten, never, asking)


@settings(max_examples=25, deadline=None)
@given(TOLD.flatmap(lambda told: st.tuples(st.just(list(enumerate(told))), st.permutations(list(enumerate(told))))),
       PEOPLE)
def test_it_does_not_matter_in_which_order_dated_orders_are_remembered(told, asking):
    one, other = told
    assert_same(memory(one), memory(other), asking)


def test_many_different_orders_tell_the_same_in_whatever_order_they_came_and_went():
    chance, told = random.Random(3), []
    for number in range(400):
        colour = chance.choice(("white", "grey", "green"))
        told.append(({"width": chance.randrange(300, 2000), "colour": colour,
                      "handle": "bar" if colour == "white" else chance.choice(("bar", "knob"))}, number % 90))
    kept = [one for one in told if one[1] < 60]
    ranked = []
    for orders in (kept, kept[::-1], told):
        remembered = cabinets()
        for day, (values, customer) in enumerate(orders):
            remembered.remember(values, customer, FIRST + timedelta(day))
        for customer in range(60, 90):
            remembered.forget(customer)
        start = remembered.engine.start({"width": 900})
        ranked.append([dict(remembered.rank(start, name)) for name in ("colour", "handle")])
    assert [*map(pytest.approx, ranked[0])] == ranked[1]
    assert [*map(pytest.approx, ranked[0])] == ranked[2]


def test_of_two_verdicts_of_one_customer_the_later_one_counts_for_others_whichever_came_first():
    ranked = []
    for days in ((1, 2), (2, 1)):
        remembered = cabinets()
        for customer in range(8):
            remembered.remember({"width": 900}, customer, FIRST)
            for day in days:
                verdict = Verdict("small") if day == 2 else Verdict("right")
                remembered.judge({"width": 900}, {"width": verdict}, customer, FIRST + timedelta(day))
        ranked.append(dict(remembered.rank(remembered.engine.start(), "width", "new")))
    assert ranked[0] == pytest.approx(ranked[1])
    assert ranked[0][900] < ranked[0][917], "a width that was too small for all votes for the next one"


def test_what_everybody_taught_is_forgotten_with_the_last_of_them():
    remembered, never, chance = cabinets(), cabinets(), random.Random(1)
    for customer, day in product(range(30), range(6)):  # nobody repeats what they ordered
        remembered.remember({"colour": chance.choice(("white", "grey"))}, customer, FIRST + timedelta(day))
    remembered.propose(remembered.engine.start(), 1)
    for customer in range(30):
        remembered.forget(customer)
    for memory_ in (remembered, never):
        memory_.know("new", [({"colour": "pink"}, FIRST, "their page")])
    assert dict(remembered.rank(remembered.engine.start(), "colour", "new")) == pytest.approx(
        dict(never.rank(never.engine.start(), "colour", "new")))


# nobody else's business


def cabinets() -> Memory:
    return Memory(Engine(ProductModel(name="cabinet", characteristics=(
        Number(name="width", least=300, most=2000, standard=800),
        Choice(name="colour", values=tuple(Value(name=name) for name in ("white", "grey", "green", "pink"))),
        Choice(name="handle", values=tuple(Value(name=name) for name in ("bar", "knob", "none")))))))


def filled(odd: dict[str, object]) -> Memory:
    """A shop of which one customer ordered something odd, again and again."""
    remembered = cabinets()
    for number in range(40):
        remembered.remember({"width": 600 + 200 * (number % 3), "colour": "white" if number % 2 else "grey",
                             "handle": "bar" if number % 3 else "knob"}, f"customer {number}")
    for _ in range(200):
        remembered.remember({"width": 777, "colour": "white", "handle": "bar", **odd}, "odd one")
    return remembered


@pytest.mark.parametrize("odd", [{"colour": "pink"}, {"width": 1234}, {"colour": "green", "handle": "none"}])
def test_what_fewer_than_five_ordered_ranks_like_what_nobody_ordered(odd):
    with_them, without = filled(odd), filled({})
    for name in odd:
        ranked = dict(with_them.rank(with_them.engine.start(), name, "new"))
        nobody = {"colour": "pink" if odd.get("colour") == "green" else "green", "width": 1235, "handle": "none"}[name]
        assert ranked[odd[name]] == pytest.approx(ranked[nobody])
        assert with_them.propose(with_them.engine.start(), "new").configuration.values()[name] != odd[name]
    assert without.propose(without.engine.start(), "new").configuration.values()["width"] != 777


@pytest.mark.parametrize("colour", ["white", "grey"])
def test_whoever_knows_an_odd_value_of_somebody_does_not_learn_the_rest_from_it(colour):
    """The width tells who it is; what is proposed with it must not tell what else they ordered."""
    remembered = filled({"colour": colour})
    c = remembered.engine.start({"width": 777})
    share = dict(remembered.rank(c, "colour", "curious"))
    assert abs(share["white"] - share["grey"]) < 0.5
    assert dict(remembered.rank(c, "colour", "odd one"))[colour] > 0.8


def test_a_text_of_one_is_nobodys_but_theirs_until_they_are_forgotten():
    remembered = Memory(ENGINE)
    for number in range(9):
        remembered.remember({"engraving": "Planted", "height": 1690}, number)
    start = ENGINE.start()
    assert remembered.rank(start, "engraving", "new") == [("", 1.0)]
    assert remembered.propose(start, 3).configuration.values()["engraving"] == "Planted"
    remembered.forget(3)
    assert remembered.propose(start, 3).configuration.values()["engraving"] == ""


def test_five_people_of_one_customer_are_one_voice():
    household, shop = Memory(ENGINE), Memory(ENGINE)
    for number in range(5):
        household.remember({"wood": "pine"}, ("ada", number))
        shop.remember({"wood": "pine"}, (number, "themself"))
    proposed = {name: remembered.propose(ENGINE.start()) for name, remembered in (("ada", household), ("all", shop))}
    assert proposed["ada"].configuration.values()["wood"] == "oak", "the maker's suggestion: one customer tells nothing"
    assert proposed["all"].configuration.values()["wood"] == "pine"
    assert proposed["all"].reasons["wood"].total == 5


def test_what_fewer_than_five_customers_ordered_is_not_told_at_all():
    nobody = Memory(ENGINE).propose(ENGINE.start())
    for others in range(1, 5):
        remembered = Memory(ENGINE)
        for number in range(others):
            remembered.remember({"lamp": False, "wood": "pine", "hooks": frozenset({"right"}), "width": 905}, number)
        found = remembered.propose(ENGINE.start())
        assert (found.reasons, found.questions, found.confidence) == (nobody.reasons, nobody.questions,
                                                                      nobody.confidence), others


def test_one_loud_customer_says_nothing_for_all():
    remembered = Memory(ENGINE)
    for number in range(8):
        remembered.remember({"width": 900}, number)
        remembered.judge({"width": 900}, {"width": Verdict("right")}, number)
    before = remembered.rank(ENGINE.start(), "width")
    for _ in range(30):
        remembered.judge({"width": 900}, {"width": Verdict("small")}, "loud")
    assert dict(remembered.rank(ENGINE.start(), "width")) == pytest.approx(dict(before))
