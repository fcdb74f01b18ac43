"""What a reckoned number is refuted by holds of every product within the bounds that are given, and these are wide."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.expressions import calculate, compare
from catalog.model import Number, ProductModel
from catalog.nodes import Read
from configurator.engine.nodes import Node, Point
from configurator.engine.widening import widest

NAMES = ("width", "height", "depth")
MODEL = ProductModel(name="box", characteristics=tuple(Number(name=name, least=-50, most=50) for name in NAMES))
STEPS = {"+": 3, "-": 2, "*": 2, "/": 2, "min": 3, "max": 3, "neg": 1, "abs": 1, "floor": 1, "ceil": 1}

ranges = st.lists(st.integers(-50, 50), min_size=3, max_size=3).map(sorted)  # least, at the point, most
shares = st.lists(st.fractions(0, 1, max_denominator=7), min_size=3, max_size=3)


@given(st.sampled_from(sorted(STEPS)), st.lists(ranges, min_size=3, max_size=3),
       st.sampled_from(("<", "<=", ">", ">=")), st.fractions(-3_000, 3_000, max_denominator=9),
       st.lists(shares, max_size=8))
def test_within_the_bounds_a_step_never_compares_so(name, spans, operator, bound, elsewhere):
    below = [Node(Read(part), (), (low, high)) for part, (low, _, high) in zip(NAMES, spans, strict=True)][:STEPS[name]]
    at = Point({part: value for part, (_, value, _) in zip(NAMES, spans, strict=True)}, MODEL)
    values = [at.value(part) for part in below]
    assume(name != "/" or values[1])
    assume(not compare(operator, calculate(name, values), bound))

    sides = widest(name, below, operator, bound, at)

    for part in below:
        low, high = sides[part]
        assert part.bounds[0] <= low <= at.value(part) <= high <= part.bounds[1]
    for way in elsewhere:
        inside = [low + (high - low) * share for (low, high), share in zip(map(sides.get, below), way, strict=False)]
        assert (name == "/" and not inside[1]) or not compare(operator, calculate(name, inside), bound)


def test_what_is_not_needed_is_left_free():
    every = ((0, 10), (0, Fraction(2, 3)), (-50, 50))
    below = [Node(Read(part), (), bounds) for part, bounds in zip(NAMES, every, strict=True)]
    sides = widest("+", below, "<=", 10, Point({"width": 9, "height": 0, "depth": 50}, MODEL))
    assert (sides[below[0]], sides[below[1]], sides[below[2]][1]) == ((0, 10), (0, Fraction(2, 3)), 50)
    assert 10 < sides[below[2]][0] < 50
