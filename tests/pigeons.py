"""A rule set as hard as they come, and the time that is spent on it."""

from contextlib import contextmanager
from itertools import combinations
from time import thread_time

from catalog.model import Boolean, Choice, ProductModel, Rule, Value
from catalog.nodes import And, Implies, Is, Not
from configurator.engine import effort


def pigeonhole(holes, flock=""):
    """When `on`, one more pigeon than there are holes: no product, but resolution does not live to see it."""
    birds = [f"p{i}{flock}" for i in range(holes + 1)]
    rules = [Rule(name=f"{a}_{b}_{hole}", condition=Implies(
                 Is(f"on{flock}", (True,)), Not(And((Is(a, (hole,)), Is(b, (hole,)))))))
             for a, b in combinations(birds, 2) for hole in map(str, range(holes))]
    nests = tuple(Value(name=str(hole)) for hole in range(holes))
    return ProductModel(name="pigeons", rules=tuple(rules), characteristics=(
        Boolean(name=f"on{flock}"), Boolean(name=f"painted{flock}"),
        *(Choice(name=bird, values=nests) for bird in birds)))


def spending(monkeypatch):
    """The seconds spent on what is hard from now on: one entry for each time."""
    found, hard = [], effort.Effort.hard

    @contextmanager
    def counted(self):
        started = thread_time()
        try:
            with hard(self):
                yield
        finally:
            found.append(thread_time() - started)
    monkeypatch.setattr(effort.Effort, "hard", counted)
    return found
