"""The memory: values ranked, whole products proposed, each with its reason, and nobody's secrets told to others."""

from datetime import UTC, date, datetime, timedelta
from time import thread_time

import pytest
from factories import bench, bench_values

from catalog.formats import to_document
from catalog.model import Choice, Number, ProductModel, Value
from configurator.engine import Engine
from configurator.memory import Memory, Reason
from configurator.memory.habit import Habit

BENCH = {"height": 1800, "width": 1300, "wood": "pine", "lamp": False, "hooks": frozenset({"left"}), "engraving": "Ada"}
JACK = {"height": 1690, "width": 900, "wood": "oak", "lamp": True, "hooks": frozenset({"right"}), "engraving": "Jack"}


def memory() -> Memory:
    return Memory(Engine(bench()))


# what is proposed


def test_with_nobody_known_the_makers_suggestion_is_proposed_and_measures_are_asked():
    proposal = memory().propose(memory().engine.start())
    values = proposal.configuration.values()
    assert (values["wood"], values["height"], values["engraving"], values["lamp"]) == ("oak", 1750, "", False)
    assert proposal.reasons["wood"] == Reason("standard")
    assert {"height", "width"} <= set(proposal.questions)
    assert "wood" not in proposal.questions


def test_what_has_the_most_answers_is_asked_first_however_many():
    sizes = {"few": 20, "many": 900, "most": 3000}
    measures = tuple(Number(name=name, least=1, most=most, standard=10, about="place") for name, most in sizes.items())
    remembered = Memory(Engine(ProductModel(name="stairs", characteristics=measures)))
    assert remembered.propose(remembered.engine.start()).questions == ("most", "many", "few")


@pytest.mark.parametrize("about", ["product", "person", "place"])
@pytest.mark.parametrize("size", [2, 3, 4, 5, 12])
def test_the_makers_suggestion_leads_however_few_values_there_are(about, size):
    walls = tuple(Value(name=f"wall{number}") for number in range(size))
    wall = Choice(name="wall", values=walls, standard=walls[-1].name, about=about)
    remembered = Memory(Engine(ProductModel(name="shelf", characteristics=(wall,))))
    start = remembered.engine.start()
    ranked = remembered.rank(start, "wall")
    assert ranked[0][0] == walls[-1].name
    assert ranked[0][1] > 1 / size
    assert remembered.propose(start).configuration.values()["wall"] == walls[-1].name


def test_what_has_to_give_way_is_the_next_best_and_the_same_whenever_it_is_asked():
    rules = [{"id": "deep", "says": "", "require": "width <= height - 800"},
             {"id": "red", "says": "", "when": "lamp", "then": "wood != oak"}]
    woods = [{"name": name} for name in ("ash", "oak", "pine")]
    questions = [{**c, "values": woods} if c["name"] == "wood" else c for c in to_document(bench())["characteristics"]]
    remembered = Memory(Engine(bench(rules=rules, items=None, characteristics=questions, picture=None)))
    remembered.remember(BENCH)
    start = remembered.engine.start({"height": 1750, "lamp": True})
    proposed = []
    for _ in range(5):
        proposed.append(remembered.propose(start).configuration.values())
        start.domains()
    assert proposed == [proposed[0]] * 5
    assert (proposed[0]["width"], proposed[0]["wood"]) == (950, "pine")


def test_a_second_order_proposes_the_first():
    remembered = memory()
    assert remembered.remember(BENCH, customer=1, when=date(2026, 5, 4)) == 0
    proposal = remembered.propose(remembered.engine.start(), customer=1, when=datetime(2026, 8, 1, tzinfo=UTC))
    assert proposal.configuration.values() == BENCH
    assert proposal.reasons["wood"] == Reason("own", 1, 1, last=True)
    assert all(reason.kind == "own" for reason in proposal.reasons.values())
    assert proposal.questions == ()


def test_the_last_of_two_orders_is_proposed_until_a_choice_points_to_the_other():
    remembered = memory()
    remembered.remember(BENCH, customer=1)
    remembered.remember(JACK, customer=1)
    start = remembered.engine.start()
    assert remembered.propose(start, customer=1).configuration.values() == JACK
    other = remembered.propose(start.choose("engraving", "Ada").choose("width", 1300), customer=1)
    assert other.configuration.values() == BENCH
    assert other.reasons["wood"] == Reason("own", 1, 2, last=False)


def test_orders_are_told_apart_by_their_dates_not_by_when_they_are_remembered():
    remembered = memory()
    remembered.remember(JACK, customer=1, when=date(2026, 8, 1))
    remembered.remember(BENCH, customer=1, when=date(2024, 8, 1))
    assert remembered.propose(remembered.engine.start(), customer=1).configuration.values() == JACK


def test_of_one_day_the_later_order_is_the_newer_one_whichever_is_remembered_first():
    for hours in ((9, 17), (17, 9)):
        remembered = memory()
        for hour in hours:
            remembered.remember(JACK if hour == 17 else BENCH, 1, datetime(2026, 5, 4, hour, tzinfo=UTC))
        proposal = remembered.propose(remembered.engine.start(), 1, date(2026, 5, 5))
        assert proposal.configuration.values()["wood"] == "oak", hours


def test_many_orders_of_one_customer_are_looked_through_once():
    taken = []
    for count in (100, 1000):
        remembered = memory()
        for day in range(count):
            remembered.remember({**BENCH, "width": 400 + day}, 1, date(2020, 1, 1) + timedelta(day))
        remembered.propose(remembered.engine.start(), 1)
        started = thread_time()
        for wood in ("oak", "pine"):
            remembered.propose(remembered.engine.start({"wood": wood}), 1)
        taken.append(thread_time() - started)
    assert taken[1] < 15 * taken[0], "each with each takes a hundred times as long"


def test_a_new_measure_outweighs_all_old_ones():
    remembered = memory()
    for year in range(2015, 2025):
        remembered.remember(BENCH, customer=1, when=date(year, 5, 4))
    remembered.know(1, [({"height": 1690}, date(2026, 1, 1), "order 2017")])
    proposal = remembered.propose(remembered.engine.start(), customer=1)
    assert proposal.configuration.values() == {**BENCH, "height": 1690}
    assert proposal.reasons["height"] == Reason("fact", source="order 2017")
    remembered.know(1, [])
    assert remembered.propose(remembered.engine.start(), customer=1).configuration.values() == BENCH


def test_a_measure_that_was_told_again_is_surer_and_what_was_told_before_it_is_changed_nothing():
    def sure(*heights: int) -> float:
        remembered, years = memory(), range(2025, 2020, -1)
        remembered.know(1, [({"height": height}, date(year, 5, 4), f"the telephone in {year}")
                            for height, year in zip(heights, years, strict=False)])
        proposal = remembered.propose(remembered.engine.start(), customer=1, when=date(2026, 11, 23))
        assert proposal.configuration.values()["height"] == heights[0]
        return proposal.confidence["height"]
    assert sure(1690) == sure(1690, 1750) == sure(1690, 1750, 1750)
    assert sure(1690) < sure(1690, 1750, 1690) < sure(1690, 1690)


def test_what_was_chosen_of_another_family_counts_after_this_ones_orders():
    remembered = memory()
    hint = [({"wood": "pine"}, date(2026, 1, 1), "order 2017")]
    remembered.know(1, [], hint)
    assert remembered.propose(remembered.engine.start(), customer=1).configuration.values()["wood"] == "pine"
    remembered.remember(JACK, customer=1, when=date(2020, 1, 1))
    assert remembered.propose(remembered.engine.start(), customer=1).configuration.values()["wood"] == "oak"


def test_a_customer_who_repeats_the_most_frequent_is_learnt_from():
    """Whether the last order or the usual one is wanted again is a habit; here it is the usual one."""
    remembered = memory()
    for customer in range(40):
        for wood in "pine", "pine", "oak", "pine", "oak", "pine":
            remembered.remember({"wood": wood}, customer=customer)
        remembered.remember({"wood": "pine"}, customer=customer)
    for wood in "pine", "pine", "pine", "oak":
        remembered.remember({"wood": wood}, customer="new")
    assert remembered.rank(remembered.engine.start(), "wood", customer="new")[0][0] == "pine"


def test_others_like_these_choices_are_followed():
    remembered = memory()
    for _ in range(8):
        remembered.remember({"wood": "pine", "lamp": False, "hooks": frozenset()})
        remembered.remember({"wood": "oak", "lamp": True, "hooks": frozenset({"right"})})
    start = remembered.engine.start()
    assert remembered.propose(start.choose("hooks", {"right"})).configuration.values()["wood"] == "oak"
    assert remembered.propose(start.choose("wood", "pine")).configuration.values()["hooks"] == frozenset()
    assert remembered.propose(start.choose("lamp", True)).reasons["wood"] == Reason("follows")


def test_a_guess_does_not_change_what_the_customer_said_themself(monkeypatch):
    """Whoever has x1 mostly has y1: whoever said y2 is not told otherwise because x1 is what they probably want."""
    monkeypatch.setattr("configurator.memory.memory.habit", lambda *_: Habit(worth=3.0))
    x, y = (Choice(name=name, values=tuple(Value(name=f"{name}{n}") for n in (1, 2))) for name in "xy")
    remembered = Memory(Engine(ProductModel(name="pair", characteristics=(x, y))))
    for customer in range(30):
        remembered.remember({name: f"{name}{1 + (customer > 13)}" for name in "xy"}, customer)
    for known in {"x": "x1"}, {"x": "x1"}, {"y": "y2"}:
        remembered.remember(known, "Ada")
    start = remembered.engine.start()
    assert remembered.propose(start, "Ada").configuration.values() == {"x": "x1", "y": "y2"}
    assert remembered.rank(start.choose("x", "x1"), "y", "Ada")[0][0] == "y1"


def test_others_are_quoted_only_if_there_are_enough_of_them():
    remembered = memory()
    for customer in range(4):
        remembered.remember({"wood": "pine"}, customer=customer, count=10)
    start = remembered.engine.start()
    assert remembered.propose(start, customer="new").reasons["wood"] == Reason("standard")
    assert remembered.propose(start, customer="new").configuration.values()["wood"] == "oak"
    remembered.remember({"wood": "pine"}, customer=4)
    assert remembered.propose(start, customer="new").reasons["wood"] == Reason("others", 41, 41)
    assert remembered.propose(start, customer=4).reasons["wood"].kind == "own"


def test_what_can_no_longer_be_built_is_proposed_as_far_as_it_can():
    remembered = memory()
    remembered.remember({**JACK, "wood": "pine"}, customer=1)  # the lamp is made for oak only
    values = remembered.propose(remembered.engine.start(), customer=1).configuration.values()
    assert (values["lamp"], values["wood"]) in [(True, "oak"), (False, "pine")]
    assert {**values, "lamp": True, "wood": "pine"} == {**JACK, "wood": "pine"}


# nobody else's business


def test_texts_and_measures_of_one_customer_never_reach_another():
    remembered = memory()
    for _ in range(50):
        remembered.remember(BENCH, customer=1)
        remembered.remember(BENCH)
    start = remembered.engine.start()
    for c in start, start.choose("width", 1300), start.choose("wood", "pine"), start.choose("height", 1800):
        for customer in None, 2:
            values = remembered.propose(c, customer=customer).configuration.values()
            assert values["engraving"] == ""
            assert values["height"] == c.choices.get("height", 1750)
            assert values["width"] == c.choices.get("width", 1200)
            assert remembered.rank(c, "engraving", customer=customer) == [("", 1.0)]
            if "height" not in c.choices:
                assert dict(remembered.rank(c, "height", customer))[1800] == pytest.approx(
                    dict(remembered.rank(c, "height", customer))[1810])


# ranking


def test_a_ranking_of_many_numbers_covers_them_all():
    remembered = memory()
    start = remembered.engine.start()
    remembered.remember({"width": 777}, customer=1)
    ranked = remembered.rank(start, "width", customer=1)
    assert ranked[0][0] == 777
    assert [value for value, _ in ranked[:2]] == [777, 1200]
    assert {value for value, _ in ranked} == set(range(600, 2401))
    assert sum(p for _, p in ranked) == pytest.approx(1)


def test_what_is_remembered_meanwhile_disturbs_nobody():
    from concurrent.futures import ThreadPoolExecutor
    remembered = memory()

    def act(number: int) -> bool:
        remembered.remember({**BENCH, "width": 600 + number}, customer=number % 3)
        proposal = remembered.propose(remembered.engine.start(), customer=number % 3)
        return proposal.configuration.is_complete
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(act, range(40)))


def test_others_who_share_a_choice_are_quoted_where_it_tells():
    memory = Memory(Engine(bench()))
    for number in range(20):
        memory.remember(bench_values(wood="pine", lamp=False, hooks=frozenset({"right"})), number)
        hooks = frozenset({"left"} if number > 3 else ())
        memory.remember(bench_values(wood="oak", lamp=True, hooks=hooks), -number - 1)
    start = memory.engine.start()
    chosen = memory.propose(start.choose("wood", "oak"), in_order=False).reasons["lamp"]
    assert (chosen.kind, chosen.count, chosen.total, chosen.given, chosen.made) == ("others", 20, 20, "wood", "oak")
    hooks = memory.propose(start.choose("wood", "oak"), in_order=False).reasons["hooks"]
    assert (hooks.count, hooks.total, hooks.given) == (16, 20, "wood")
    assert memory.propose(start).reasons["lamp"].given == ""
    few = Memory(memory.engine)
    for number in range(4):
        few.remember(bench_values(wood="pine", lamp=False), number)
    assert few.propose(few.engine.start({"wood": "pine"})).reasons["lamp"].given == ""
