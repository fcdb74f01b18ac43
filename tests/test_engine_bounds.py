"""A rule set as hard as they come makes nobody wait, and what could not be decided is not called impossible."""

from itertools import pairwise
from threading import Thread
from time import monotonic, sleep

import pytest
from pigeons import pigeonhole, spending

from catalog.model import Boolean, ProductModel, Rule
from catalog.nodes import Implies, Is
from configurator.engine import Engine, Undecided, effort, hardness, within
from configurator.memory import Memory


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(effort, "SECONDS", 0.2)


def flocks(count: int) -> ProductModel:
    """Each with a hole too few when it is on."""
    every = [pigeonhole(11, f" of {n}") for n in range(count)]
    return ProductModel(name="flocks", characteristics=tuple(c for flock in every for c in flock.characteristics),
                        rules=tuple(rule for flock in every for rule in flock.rules))


def test_what_could_not_be_checked_stays_in_the_domain_and_is_told(short):
    c = Engine(pigeonhole(11)).start()
    assert list(c.domain("on")) == [False, True]
    assert c.unchecked() == {"on": [True]}
    assert "on" not in c.forced()
    assert c.choose("painted", True).choose("on", False).unchecked() == {}


def test_one_thing_that_is_too_hard_leaves_time_for_all_others():
    """Four flocks with a hole too few: what has nothing to do with that is known all the same."""
    assert Engine(flocks(4)).start().unchecked() == {f"on of {n}": [True] for n in range(4)}


def test_choosing_what_could_not_be_checked_says_so(short):
    c = Engine(pigeonhole(11)).start()
    with pytest.raises(Undecided):
        c.choose("on", True)
    with pytest.raises(Undecided):
        c.explain("on", True)
    assert c.repairs("on", True) == []
    assert c.complete({("on", True): 5.0, ("painted", True): 1.0}).values()["painted"] is True


def test_what_is_wished_and_too_hard_leaves_a_product_that_is_known(short):
    """A search that was led to what is too hard does not find back by itself."""
    c = Engine(flocks(4)).start()
    hard = {(f"on of {n}", True): 1.0 for n in range(4)}
    c.domains()
    for wishes in (hard, {}, {**hard, ("painted of 1", True): 1.0}):
        found = c.complete(wishes)
        assert found.is_complete
        assert found.gap + sum(found.values()[name] == value for name, value in wishes) >= len(hard) * bool(wishes)


def test_a_proposal_takes_no_longer_than_an_act_whatever_was_ordered_once(short, monkeypatch):
    remembered = Memory(Engine(flocks(4)))
    for customer in range(6):
        remembered.remember({f"on of {n}": True for n in range(4)}, customer)
    start = remembered.engine.start()
    for customer in (1, "new"):
        spent = spending(monkeypatch)
        proposal = remembered.propose(start.choose("painted of 2", True), customer)
        values = proposal.configuration.values()
        assert start.restored(values).is_complete
        assert values["painted of 2"] is True
        assert sum(spent) < 0.5, "each of some ten acts by itself takes so long"


def test_an_explanation_that_ran_out_of_time_is_one_still(monkeypatch):
    with_time_left = Engine(pigeonhole(6)).start().explain("on", True)
    assert with_time_left.minimal
    in_a_hurry = Engine(pigeonhole(6)).start()
    assert list(in_a_hurry.domain("on")) == [False]
    monkeypatch.setattr(effort, "SECONDS", 0.02)
    found = in_a_hurry.explain("on", True)
    assert not found.minimal
    assert set(found.rules) >= set(with_time_left.rules)


def test_what_was_too_hard_is_not_tried_again_for_a_while(short, monkeypatch):
    spent = spending(monkeypatch)
    engine = Engine(pigeonhole(11))
    assert engine.start().unchecked() == {"on": [True]}
    assert sum(spent) > 0.05
    for _ in range(2):  # an explanation is tried whatever is known of the domain, but once
        spent.clear()
        with pytest.raises(Undecided):
            engine.start().explain("on", True)
    assert engine.start().unchecked() == {"on": [True]}
    assert engine.start({"painted": True}).unchecked() == {"on": [True]}
    assert sum(spent) < 0.02
    spent.clear()
    monkeypatch.setattr(hardness, "monotonic", lambda: monotonic() + effort.AWHILE)
    assert engine.start({"painted": False}).unchecked() == {"on": [True]}
    assert sum(spent) > 0.05


def test_what_came_too_late_is_tried_by_the_next_request(short, monkeypatch):
    spent = spending(monkeypatch)
    engine = Engine(pigeonhole(11))
    with within(0):
        assert engine.start().unchecked() == {"on": [True]}
    assert not sum(spent) > 0.01
    assert engine.start().unchecked() == {"on": [True]}
    assert sum(spent) > 0.05


def test_all_acts_of_a_request_share_one_budget(monkeypatch):
    spent = spending(monkeypatch)
    engines = [Engine(pigeonhole(holes)) for holes in (11, 12, 13)]
    with within(0.3):
        for engine in engines:
            engine.start().domains()
            engine.start({"painted": True}).domains()
        assert 0.1 < sum(spent) < 0.6
        with within(None):
            before = sum(spent)
            Engine(pigeonhole(14)).start().domains()
            assert sum(spent) > before + 0.5, "outside of it each act has its own again"


def test_many_easy_questions_end_too(monkeypatch):
    """A domino chain is no riddle, but each of its stones is in the reason why the last one falls."""
    stones = [f"stone{i}" for i in range(400)]
    chain = ProductModel(name="chain", characteristics=tuple(Boolean(name=stone) for stone in stones), rules=tuple(
        Rule(name=f"{a} fells {b}", condition=Implies(Is(a, (True,)), Is(b, (True,)))) for a, b in pairwise(stones)))
    c = Engine(chain).start({"stone0": True})
    monkeypatch.setattr(effort, "SECONDS", 0.005)
    found = c.explain("stone399", False)
    assert not found.minimal
    assert found.choices == ("stone0",)
    monkeypatch.undo()
    assert len(Engine(chain).start({"stone0": True}).explain("stone399", False).rules) == 399


def test_other_threads_go_on_while_one_searches(short):
    ticks = []

    def tick():
        while thread.is_alive():
            ticks.append(monotonic())
            sleep(0.002)

    engine = Engine(pigeonhole(11))
    thread = Thread(target=engine.start().domains)
    thread.start()
    tick()
    assert len(ticks) > 20
    assert max(after - before for before, after in pairwise(ticks)) < 0.15


def test_another_product_answers_while_one_searches(short):
    easy = Engine(pigeonhole(2)).start()
    thread = Thread(target=Engine(pigeonhole(11)).start().domains)
    thread.start()
    assert list(easy.domain("on")) == [False]
    assert thread.is_alive()
    thread.join()
