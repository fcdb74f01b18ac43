"""What others ordered long ago counts less where tastes change; how fast, the orders themselves tell."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from math import exp, inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Choice, ProductModel, Value
from configurator.engine import Engine
from configurator.memory import Memory
from configurator.memory.experience import Experience

COATS = ProductModel(name="coat", characteristics=tuple(
    Choice(name=name, values=tuple(Value(name=value) for value in values))
    for name, values in (("colour", ("red", "green", "blue")), ("lining", ("silk", "wool")))))
FIRST = date(2024, 1, 1)
TODAY = FIRST + timedelta(600)
PEOPLE = st.sampled_from(["ada", "ben", "cy", "di", "eve", "fay", "gus", None])
DAYS = st.one_of(st.none(), st.integers(0, 700).map(lambda day: FIRST + timedelta(day)))
ORDERS = st.lists(st.tuples(st.sampled_from(["red", "green", "blue"]), PEOPLE, st.integers(1, 3), DAYS), max_size=20)


def fashion(dated: bool = True, changes: bool = True) -> Memory:
    """Of 600 customers the first 400 wanted red, the others blue; or the same ones on days drawn at random."""
    memory, chance = Memory(Engine(COATS)), random.Random(5)
    days = list(range(600))
    if not changes:
        chance.shuffle(days)
    for number, day in enumerate(days):
        colour = "red" if number < 400 else "blue"
        colour = colour if chance.random() < 0.7 else "green"
        memory.remember({"colour": colour, "lining": chance.choice(("silk", "wool"))}, number,
                        FIRST + timedelta(day) if dated else None)
    return memory


def best(memory: Memory) -> tuple[str, float]:
    return memory.rank(memory.engine.start(), "colour", "new", TODAY)[0]


def test_what_is_ordered_now_is_proposed_to_whoever_is_new():
    memory = fashion()
    assert best(memory)[0] == "blue"
    proposal = memory.propose(memory.engine.start(), "new", TODAY)
    assert proposal.configuration.values()["colour"] == "blue"
    reason = proposal.reasons["colour"]
    assert (reason.kind, reason.total) == ("others", 600)
    assert reason.count < 200  # of all, however long ago


def test_what_goes_with_a_choice_fades_too():
    memory, chance = Memory(Engine(COATS)), random.Random(5)
    for day in range(600):
        lining = "silk" if day < 400 else "wool"
        memory.remember({"colour": chance.choice(("red", "green")), "lining": lining}, day, FIRST + timedelta(day))
    value, share = memory.rank(memory.engine.start({"colour": "red"}), "lining", "new", TODAY)[0]
    assert value == "wool"
    assert share > 0.95


@pytest.mark.parametrize(("dated", "changes"), [(False, True), (True, False)])
def test_where_nothing_tells_that_tastes_change_all_orders_count(dated, changes):
    memory = fashion(dated, changes)
    assert best(memory)[0] == "red"
    assert memory._relations.half_life == inf


def test_who_orders_the_same_again_and_again_makes_no_fashion():
    """Orders of one customer foretell each other, yet nothing of what others will want."""
    memory, chance = Memory(Engine(COATS)), random.Random(6)
    for customer in range(60):
        colour = chance.choice(("red", "green", "blue"))
        for day in range(20):
            memory.remember({"colour": colour}, customer, FIRST + timedelta(10 * customer + day))
    assert best(memory)[1] < 0.6
    assert memory._relations.half_life == inf


def votes(experience: Experience, customer: str | None, half_life: float) -> dict[str, tuple[float, float]]:
    """By colour, the voices, and what is left of them."""
    voices, left = experience.voices(customer, TODAY, half_life)
    colours = experience.values[0]
    return {colours[int(code)]: (round(voice, 9), round(voice * exp(part), 9))
            for code, voice, part in zip(experience.cells[:, 0], voices, left, strict=True) if voice}


def heard(orders) -> Experience:
    experience = Experience(COATS.characteristics)
    for colour, customer, count, when in orders:
        experience.add({"colour": colour}, customer, count, when)
    return experience


@given(ORDERS, st.randoms(use_true_random=False), st.sampled_from([3.0, 100.0, inf]))
def test_votes_are_the_same_however_orders_came(orders, chance, half_life):
    shuffled = chance.sample(orders, len(orders))
    for customer in ("ada", "stranger"):
        assert votes(heard(shuffled), customer, half_life) == votes(heard(orders), customer, half_life)


@given(ORDERS, st.sampled_from([3.0, 100.0, inf]))
def test_what_is_taken_back_was_never_said(orders, half_life):
    experience = heard(orders)
    for colour, customer, count, when in orders:
        if customer == "ada":
            row = next(row for row, cell in enumerate(experience.cells[:, 0])
                       if cell >= 0 and experience.values[0][cell] == colour)
            experience.withdraw(row, customer, count, when)
    never = [order for order in orders if order[1] != "ada"]
    for customer in ("ada", "ben", "stranger"):
        assert votes(experience, customer, half_life) == votes(heard(never), customer, half_life)
    assert votes(heard(orders), "ada", half_life) == votes(heard(never), "ada", half_life)


@given(ORDERS, st.sampled_from([3.0, 100.0]))
def test_nobody_is_louder_by_ordering_often_and_nothing_undated_fades(orders, half_life):
    found = votes(heard(orders), "stranger", half_life)
    unknown = sum(count for _, customer, count, _ in orders if customer is None)
    assert sum(left for _, left in found.values()) <= len({order[1] for order in orders} - {None}) + unknown + 1e-6
    assert sum(left for _, left in found.values()) <= sum(voice for voice, _ in found.values()) + 1e-6
    undated = Counter[str]()
    for colour, customer, count, when in orders:
        if customer is None and when is None:
            undated[colour] += count
    assert all(found[colour][1] >= count - 1e-6 for colour, count in undated.items())


@given(st.lists(st.tuples(st.sampled_from(["red", "green", "blue"]), st.integers(0, 700)), min_size=5, max_size=20))
def test_the_newest_five_customers_are_equally_new(drawn):
    """Whoever asks for what is ordered now hears at least five, not the last one."""
    orders = [(colour, f"customer {number}", 1, FIRST + timedelta(day)) for number, (colour, day) in enumerate(drawn)]
    newest = defaultdict[str, int](int)
    for colour, _, _, _ in sorted(orders, key=lambda order: order[3], reverse=True)[:5]:
        newest[colour] += 1
    found = votes(heard(orders), "stranger", 1.0)
    assert all(found[colour][1] >= count or isclose(found[colour][1], count) for colour, count in newest.items())
