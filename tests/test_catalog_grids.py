"""Grids: price lists by width and drop are read, refused with the place of what is wrong, written, and looked up."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expressions import holds, number
from catalog.formats import FormatError, dump, load
from catalog.model import Axis, Grid, Number, ProductModel
from catalog.nodes import Read
from catalog.pricing import price

BLIND = """\
lot_one: 1
name: blind
characteristics:
  - {name: width, kind: number, least: 300, most: 1200, unit: mm}
  - {name: drop, kind: number, least: 300, most: 2400, unit: mm}
  - {name: fabric, kind: choice, values: [plain, dense]}
quantities:
  - name: plain_price
    title: Plain fabric
    unit: EUR
    grid:
      across: {of: width, up_to: [600, 900, 1200]}
      down: {of: drop, up_to: [1000, 1500, 2000]}
      amounts:
        - [49, 59.5, 72]
        - [59, 71, 1/3]
        - [72, none, 99]
  - {name: brackets, grid: {across: {of: "width / 10 + 20", up_to: [100]}, amounts: [[2]]}}
rules:
  - {id: sizes, when: fabric = plain, within: plain_price}
  - {id: narrow, within: brackets}
prices:
  - {name: plain, title: Fabric, amount: plain_price, when: fabric = plain}
"""


def cost(**values: int) -> int:
    return price(load(BLIND), {"fabric": "plain", **values}).total


@pytest.mark.parametrize(("width", "drop", "costs"), [
    (300, 300, 4900), (600, 1000, 4900), (601, 1000, 5950), (600, 1001, 5900), (900, 1000, 5950), (901, 1500, 33),
    (1200, 2000, 9900)])
def test_a_step_is_for_what_is_at_most_as_large(width, drop, costs):
    assert cost(width=width, drop=drop) == costs


def test_what_has_no_amount_counts_as_the_step_before():
    assert cost(width=700, drop=1700) == 7200
    assert cost(width=300, drop=2001) == 7200


@pytest.mark.parametrize(("width", "drop", "fabric", "made"), [
    (1200, 2000, "plain", True), (1200, 2001, "plain", False), (601, 1501, "plain", False), (600, 1501, "plain", True),
    (901, 1501, "plain", True), (700, 1700, "dense", True), (1200, 2400, "dense", True)])
def test_a_rule_says_where_there_is_an_amount(width, drop, fabric, made):
    model = load(BLIND)
    values = {"width": width, "drop": drop, "fabric": fabric}
    assert holds(model.rule("sizes").condition, values, model) == made


def test_a_grid_is_written_as_it_was_read():
    model = load(BLIND)
    assert load(dump(model)) == model
    assert "- [59, 71, 1/3]\n    - [72, none, 99]\n" in dump(model)
    assert "when: fabric = plain, within: plain_price}\n- {id: narrow, within: brackets}\n" in dump(model)
    assert " if " not in dump(model)
    assert model.quantity("plain_price").grid.amounts[1][2] == Fraction(1, 3)


def test_a_rule_names_its_own_grid_though_another_has_the_same_sizes():
    """Else a change of the other would one day change this one."""
    _, plain = BLIND.split("  - name: plain_price\n")
    dense = plain.split("  - name: brackets")[0].split("  - {name: brackets")[0]
    model = load(BLIND.replace("rules:\n", f"  - name: dense_price\n{dense}rules:\n"
                               "  - {id: dense, when: fabric = dense, within: dense_price}\n"))
    assert "when: fabric = plain, within: plain_price}" in dump(model)
    assert "when: fabric = dense, within: dense_price}" in dump(model)
    assert load(dump(model)) == model


@pytest.mark.parametrize(("right", "wrong", "line", "column", "message"), [
    ("[600, 900, 1200]", "[600, 600, 1200]", 12, 40, "expected steps that rise: more than 600"),
    ("[1000, 1500, 2000]", "[1000, 2000, 1500]", 13, 44, "expected steps that rise: more than 2000"),
    ("[600, 900, 1200]", "[600, 900]", 15, 11, "expected 2 amounts, one for each step across, found 3"),
    ("[49, 59.5, 72]", "[49, 59.5]", 15, 11, "expected 3 amounts, one for each step across, found 2"),
    ("[1000, 1500, 2000]", "[1000, 1500]", 15, 9, "expected 2 rows, one for each step down, found 3"),
    ("      down: {of: drop, up_to: [1000, 1500, 2000]}\n", "", 14, 9,
     "expected a single row where no key says what goes down, found 3"),
    ("up_to: [100]", "up_to: []", 18, 68, "expected at least one step"),
    ("59.5", "59.-", 15, 16, 'expected a number, found "59.-"'),
    ("[72, none, 99]", "[72, -, 99]", 17, 16, 'expected a number, found "-"; none stands where there is no amount'),
    ("up_to: [600", "up_to: [wide", 12, 35, 'expected a number, found "wide"'),
    ("of: drop", "of: dorp", 13, 18, 'unknown name "dorp"; did you mean drop?'),
    ("of: width,", "of: fabric,", 12, 20, "expected a number, but fabric is one of several values"),
    ("of: drop", "of: 1 / (drop - 400)", 12, 7, "could divide by 0"),
    ("across: {of: width,", "across: {off: width,", 12, 16, 'unknown key "off"; did you mean of?'),
    ("      across: {of: width, up_to: [600, 900, 1200]}\n", "", 12, 7, "expected the key across (What the columns"),
    ("    grid:\n", "    is: 3\n    grid:\n", 8, 5, "expected one of is; grid"),
    ("of: drop", "of: plain_price", 12, 7, "plain_price is computed from itself"),
    ("within: brackets", "within: bracket", 21, 26, 'expected a quantity with a grid, found "bracket"; did you mean'),
    ("within: brackets", "within: width", 21, 26, 'expected a quantity with a grid, found "width"'),
    ("within: brackets", "within: brackets, require: true", 21, 5,
     "expected one of when and then; require; exclude; any; table; within")])
def test_what_is_wrong_with_a_grid_is_told_with_its_place(right, wrong, line, column, message):
    with pytest.raises(FormatError) as refused:
        load(BLIND.replace(right, wrong, 1))
    assert (refused.value.line, refused.value.column) == (line, column)
    assert message in refused.value.message


def test_all_that_is_wrong_with_a_grid_is_told_at_once():
    with pytest.raises(FormatError) as refused:
        load(BLIND.replace("[600, 900", "[900, 600").replace("[49, 59.5, 72]", "[49]").replace("99]", "99, 1]"))
    assert [error.line for error in (refused.value, *refused.value.also)] == [12, 15, 17]


def test_besides_what_is_wrong_with_a_grid_all_else_is_told_and_nothing_that_follows_from_it():
    with pytest.raises(FormatError) as refused:
        load(BLIND.replace("[600, 900", "[900, 600").replace("within: brackets", "within: brakets"))
    assert [error.line for error in (refused.value, *refused.value.also)] == [12, 21]


steps = st.lists(st.integers(-3, 9) | st.fractions(-3, 9, max_denominator=3), min_size=1, max_size=5, unique=True)
numbers = st.none() | st.integers(-5, 20)


@settings(max_examples=30)
@given(steps.map(sorted), st.none() | steps.map(sorted), st.data())
def test_a_grid_is_looked_up_as_a_person_does(across, down, data):
    rows = [data.draw(st.tuples(*(numbers for _ in across))) for _ in down or [None]]
    grid = Grid(across=Axis(of=Read("x"), up_to=tuple(across)), amounts=tuple(rows),
                down=Axis(of=Read("y"), up_to=tuple(down)) if down else None)
    model = ProductModel(name="m", characteristics=(Number(name="x", least=-4, most=10),
                                                    Number(name="y", least=-4, most=10)))
    for x in range(-4, 11):
        for y in range(-4, 11):
            column = next((i for i, step in enumerate(across) if x <= step), None)
            row = next((i for i, step in enumerate(down) if y <= step), None) if down else 0
            amount = None if row is None or column is None else rows[row][column]
            assert holds(grid.listed, values := {"x": x, "y": y}, model) == (amount is not None)
            if amount is not None:
                assert number(grid.expression, values, model) == amount


def test_a_grid_as_large_as_a_price_list_is_read_at_once_and_a_hostile_one_refused():
    def file(size: int) -> str:
        def row(first: int) -> str:
            return str(list(range(first, first + size)))

        grid = f"{{across: {{of: width, up_to: {row(1)}}}, down: {{of: drop, up_to: {row(1)}}}, amounts: ["
        return BLIND.split("quantities:")[0] + (
            f"quantities:\n  - {{name: q, grid: {grid}{', '.join(map(row, range(size)))}]}}}}\n")

    start = time.process_time()
    assert load(file(100)).quantity("q").grid
    with pytest.raises(FormatError, match="expected at most 10,000 amounts, found 40,000"):
        load(file(200))
    assert time.process_time() - start < 10


def test_what_a_grid_does_not_have_is_kept_once_however_many_rules_say_so():
    steps = list(range(1, 41))
    cells = ", ".join(["[" + ", ".join("none" if (i + j) % 2 else "7" for i in steps) + "]" for j in steps])
    rules = "".join(f"  - {{id: r{n}, when: width < {n + 400}, within: q}}\n" for n in range(9))
    model = load(BLIND.split("quantities:")[0] + f"quantities:\n  - {{name: q, grid: {{across: {{of: width, up_to: "
                 f"{steps}}}, down: {{of: drop, up_to: {steps}}}, amounts: [{cells}]}}}}\nrules:\n{rules}")
    assert len({id(rule.condition.then) for rule in model.rules}) == 1


def test_what_follows_one_another_without_an_amount_is_one_condition():
    row = (None, None, 3, None, None, None)
    listed = Grid(across=Axis(of=Read("x"), up_to=(1, 2, 3, 4, 5, 6)), amounts=(row,)).listed
    assert len(listed.operands) == 3, "the last step, and two gaps"
