"""The cheapest sets that hit every contradiction: all of them in order, compared with trying every set."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from configurator.engine.hitting import Contradictions, hitting

ITEMS = "abcdef"
sets = st.frozensets(st.sampled_from(ITEMS), min_size=1, max_size=4)


def every(costs, contradictions):
    """The sets that hit all and hold none that does, cheapest first."""
    subsets = map(frozenset, chain.from_iterable(combinations(ITEMS, size) for size in range(len(ITEMS) + 1)))
    hits = [one for one in subsets if not any(one.isdisjoint(other) for other in contradictions)]
    least = [one for one in hits if not any(other < one for other in hits)]
    return sorted(least, key=lambda one: sum(costs[item] for item in one))


@given(costs=st.fixed_dictionaries({item: st.integers(1, 9) for item in ITEMS}),
       contradictions=st.lists(sets, max_size=8), known=st.integers(0, 8))
def test_all_smallest_sets_come_cheapest_first_whatever_was_known_before(costs, contradictions, known):
    def missed(hit):
        return next((other for other in contradictions if other.isdisjoint(hit)), None)

    found = list(hitting(costs, contradictions[:known], missed, 10_000))
    expected = every(costs, contradictions)
    assert set(found) == set(expected)
    assert len(found) == len(expected)
    price = [sum(costs[item] for item in one) for one in found]
    assert price == sorted(price)


def test_nothing_hits_an_empty_contradiction():
    assert list(hitting({"a": 1}, [()], lambda _: None, 100)) == []
    assert list(hitting({"a": 1}, [], lambda _: (), 100)) == []


def test_after_as_many_sets_as_were_allowed_nothing_more_is_looked_for():
    costs = dict.fromkeys(ITEMS, 1)
    assert [len(list(hitting(costs, [ITEMS], lambda _: None, most))) for most in (1, 3, 7)] == [0, 2, 6]


def test_of_the_contradictions_met_those_are_found_that_hold_here():
    met = Contradictions(3)
    for literals in ({1, -2}, {3}, {-2, 4, 5}):
        met.keep(frozenset(literals))
    assert set(met.among([1, -2, 3, 4])) == {frozenset({1, -2}), frozenset({3})}
    met.keep(frozenset({6}))
    assert met.among([1, -2, 3, 4, 5, 6]) == [frozenset({6})]
