"""What the memory learns from orders by itself: what tells about what, how habits go, what was passed over."""

import random
from datetime import date, timedelta

import numpy as np
import pytest

from catalog.model import Choice, Number, ProductModel, Value
from configurator.engine import Engine
from configurator.memory import Memory
from configurator.memory.experience import Experience
from configurator.memory.habit import Habit, habit
from configurator.memory.relations import Relations


def choice(name: str, *values: str) -> Choice:
    return Choice(name=name, values=tuple(Value(name=value) for value in values))


KITS = ProductModel(name="kit", characteristics=(
    choice("kit", "a", "b", "c"), choice("part", "pa", "pb", "pc"), choice("colour", "red", "green", "blue", "grey")))


def kits(count: int, seed: int = 1) -> list[dict[str, str]]:
    """The part follows the kit, the colour is anybody's."""
    chance = random.Random(seed)
    return [{"kit": kit, "part": f"p{kit}", "colour": chance.choice(("red", "green", "blue", "grey"))}
            for kit in (chance.choice("abc") for _ in range(count))]


def test_what_is_drawn_at_random_is_learnt_to_tell_nothing():
    colours = [choice(f"colour{number}", "red", "green", "blue", "grey") for number in range(6)]
    others, chance = Experience([*KITS.characteristics[:2], *colours]), random.Random(2)
    for order in kits(300):
        others.add({"kit": order["kit"], "part": order["part"],
                    **{colour.name: chance.choice(colour.values).name for colour in colours}}, None, 1)
    by_name = dict(zip(others.column, Relations(others).noise, strict=True))
    assert max(by_name["kit"], by_name["part"]) < 0.1
    assert min(by_name[colour.name] for colour in colours) > 0.3


def test_what_tells_nothing_does_not_disturb_what_does():
    memory = Memory(Engine(KITS))
    for order in kits(300):
        memory.remember(order)
    for colour in "red", "blue":
        c = memory.engine.start({"colour": colour, "kit": "b"})
        assert memory.rank(c, "part")[0][0] == "pb"
        assert memory.rank(c, "part")[0][1] > 0.9


@pytest.mark.parametrize("count", [1, 20, 300])
def test_any_number_of_orders_gives_probabilities(count):
    memory = Memory(Engine(KITS))
    for order in kits(count):
        memory.remember(order)
    for name in ("kit", "part", "colour"):
        shares = [share for _, share in memory.rank(memory.engine.start({"colour": "red"}), name)]
        assert np.isfinite(shares).all()
        assert sum(shares) == pytest.approx(1)


def test_near_numbers_are_alike():
    model = ProductModel(name="desk", characteristics=(Number(name="height", least=600, most=1300),
                                                       choice("seat", "low", "high")))
    memory = Memory(Engine(model))
    for number in range(60):
        high = number % 2
        memory.remember({"height": (1050 if high else 720) + number % 7, "seat": "high" if high else "low"})
    for height, seat in ((725, "low"), (1049, "high")):
        assert memory.rank(memory.engine.start({"height": height}), "seat")[0][0] == seat


def test_whoever_chooses_the_next_question_was_content_with_the_one_before():
    memory = Memory(Engine(KITS))
    for order in [*kits(200), *({"kit": "a", "part": "pa", "colour": "red"} for _ in range(60))]:
        memory.remember(order)
    start = memory.engine.start()
    proposal = memory.propose(start)
    first, *_, last = proposal.questions
    shown = proposal.configuration.values()
    other = next(value for value, _ in memory.rank(start, last) if value != shown[last])
    again = memory.propose(start.choose(last, other))
    assert again.configuration.values()[first] == shown[first]
    assert first not in again.questions
    assert memory.propose(start.choose(last, other)) == again


ROOM = ProductModel(name="room", characteristics=tuple(choice(f"thing{number}", *"abcd") for number in range(9)))


def test_whoever_changes_much_of_their_order_has_not_taken_back_the_rest():
    memory, chance = Memory(Engine(ROOM)), random.Random(3)
    for number in range(60):
        memory.remember({thing.name: chance.choice("aaaabcd") for thing in ROOM.characteristics}, number)
    memory.remember({thing.name: "b" for thing in ROOM.characteristics}, "me")
    changed = {f"thing{number}": "c" for number in range(6)}
    values = memory.propose(memory.engine.start(changed), "me").configuration.values()
    assert values == changed | {"thing6": "b", "thing7": "b", "thing8": "b"}


def test_what_follows_from_a_change_is_left_to_others():
    memory = Memory(Engine(KITS))
    for number, order in enumerate(kits(60)):
        memory.remember(order, number)
    memory.remember({"kit": "a", "part": "pa", "colour": "grey"}, "me")
    values = memory.propose(memory.engine.start({"kit": "b"}), "me").configuration.values()
    assert values == {"kit": "b", "part": "pb", "colour": "grey"}


def test_how_people_repeat_is_learnt():
    """Some want the last again, others the usual one; those whose next order is anybody's guess want what most want."""
    def learnt(draw) -> Habit:
        memory, chance = Memory(Engine(KITS)), random.Random(3)
        for customer in range(60):
            kit, day = chance.choice("abc"), date(2026, 1, 1)
            for _ in range(8):
                kit = draw(chance, customer, kit)
                day += timedelta(30)
                memory.remember({"kit": kit}, customer, day)
        return habit(memory._own, memory._others, KITS)
    stays = learnt(lambda chance, customer, kit: kit if chance.random() < 0.8 else chance.choice("abc"))
    usual = learnt(lambda chance, customer, kit: "abc"[customer % 3] if chance.random() < 0.7 else chance.choice("abc"))
    random_ = learnt(lambda chance, customer, kit: chance.choice("aaabc"))
    assert stays.step < usual.step
    assert random_.worth > max(usual.worth, stays.worth)
