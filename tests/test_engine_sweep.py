"""Conditions at many points at once say what they say at each, however great the numbers and however few the points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Number, ProductModel
from catalog.nodes import Arithmetic, Compare, Const, Read
from configurator.engine import Engine
from configurator.engine.sweep import Sweep

MODEL = ProductModel(name="panel", characteristics=(Number(name="width", least=0, most=3_000),
                                                    Number(name="height", least=0, most=3_000)))
SLOTS = Engine(MODEL).columns.numbers

factors = st.integers(-10**12, 10**12) | st.fractions(max_denominator=10**6)


def term(factor, name):
    return Arithmetic("*", (Const(factor), Read(name)))


@given(factors, factors, factors, st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)), max_size=5))
def test_many_points_are_compared_as_each_of_them_is(wide, high, limit, points):
    area = Arithmetic("*", (term(wide, "width"), term(high, "height")))
    condition = Compare("<=", Arithmetic("+", (area, term(wide, "height"))), Const(limit))
    at = np.array(points, dtype=np.int64).reshape(-1, 2).T
    swept = Sweep(MODEL, {}, dict(zip(SLOTS, at, strict=True))).holds(condition)
    assert np.broadcast_to(swept, len(points)).tolist() == [
        holds(condition, {"width": width, "height": height}, MODEL) for width, height in points]
