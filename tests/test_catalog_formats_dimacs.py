"""DIMACS files: what they say is what the model says, and nothing is lost on the way back."""

import pathlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.solvers import Solver

from catalog.expressions import holds
from catalog.formats.dimacs import dump_text, load_text
from catalog.formats.errors import FormatError
from catalog.formats.foreign import PAGE
from catalog.model import Boolean, Choice, ProductModel, Rule, Value
from catalog.nodes import Is, Or

DATA = pathlib.Path(__file__).parents[2] / "shared/data/feature-models"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the public feature models are not at {DATA}")

BIKE = """c a bicycle
c 1 bike
c 2 rack and bag
p cnf 3 3
1 0
-2
1 0 -2 -3 0
"""


def clauses(model: ProductModel) -> list[list[int]]:
    numbers = {c.name: number for number, c in enumerate(model.characteristics, 1)}
    return [[numbers[literal.name] if literal.values[0] else -numbers[literal.name]
             for literal in rule.condition.operands] for rule in model.rules]


def test_variables_become_yes_no_questions_and_clauses_rules():
    model = load_text(BIKE, "touring")
    assert [c.name for c in model.characteristics] == ["bike", "rack and bag", "3"]
    assert all(isinstance(c, Boolean) for c in model.characteristics)
    assert clauses(model) == [[1], [-2, 1], [-2, -3]]
    assert [rule.name for rule in model.rules] == ["c1", "c2", "c3"]
    assert [rule.sentence for rule in model.rules] == [
        "bike is always there.", "rack and bag needs bike.", "rack and bag and 3 exclude each other."]
    assert holds(model.rules[2].condition, {"bike": True, "rack and bag": True, "3": False}, model)


@pytest.mark.parametrize(("text", "line", "expected"), [
    ("", 1, "header"),
    ("c only a comment\n", 2, "header"),
    ("1 2 0\n", 1, "header"),
    ("p cnf 2 1\n1 x 0\n", 2, "variable number"),
    ("p cnf 2 1\n1 3 0\n", 2, "up to 2"),
    ("p cnf 2 1\n1 2\n", 3, "0 at the end"),
    ("p cnf 2 2\n1 2 0\n", 1, "2 clauses as announced, found 1"),
    ("c 1 a\nc 2 a\np cnf 2 0\n", 2, "name of its own"),
    ("p cnf 999999999 0\n", 1, "at most"),
    ("p cnf 3 0\nc 2 3\n", 2, "name of its own"),
    ("p cnf 0 0\n", 1, "at least one characteristic"),
    ("p cnf ٣ 0\n", 1, "header"),
    ("p cnf 3 1\n٣ 0\n", 2, "variable number"),
    ("p cnf 30 1\n1_0 0\n", 2, "variable number"),
    ("p cnf 3 1\n+1 0\n", 2, "variable number"),
    (f"p cnf 3 1\n{'9' * 5000} 0\n", 2, "variable number"),
    ("c 2 b\u202e\nc 1 a\u00adb\np cnf 2 0\n", 1, r"found U\+202E RIGHT-TO-LEFT OVERRIDE"),
    ("c 2 b\nc 1 a\u00adb\np cnf 2 0\n", 2, r"found U\+00AD SOFT HYPHEN"),
    (f"c 1 {'x' * 251}\np cnf 1 0\n", 1, "1 to 250 characters"),
    (f"c product {'x' * 201}\np cnf 1 0\n", 1, "at most 200 characters"),
    (f"p cnf 1 2\n1 0\n{'1 ' * 60_000}0\n", 3, "computes too much"),
])
def test_a_wrong_file_is_refused_with_its_line(text: str, line: int, expected: str):
    with pytest.raises(FormatError, match=expected) as caught:
        load_text(text, "wrong")
    assert caught.value.line == line


@st.composite
def models(draw) -> ProductModel:
    names = draw(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5),
                          min_size=1, max_size=60, unique=True))
    literal = st.builds(Is, st.sampled_from(names), st.sampled_from([(True,), (False,)]))
    parts = draw(st.lists(st.lists(literal, min_size=1, max_size=4), max_size=8))
    text = "\n".join([*(f"c {i} {name}" for i, name in enumerate(names, 1)), f"p cnf {len(names)} {len(parts)}",
                      *(" ".join(str((names.index(x.name) + 1) * (1 if x.values[0] else -1)) for x in clause) + " 0"
                        for clause in parts)])
    model = load_text(text, draw(st.sampled_from(["bike", "A Bike", "9"])))
    assert [rule.condition for rule in model.rules] == [Or(tuple(clause)) for clause in parts]
    return model


@settings(max_examples=60, deadline=None)
@given(models())
def test_what_is_written_reads_the_same(model: ProductModel):
    assert load_text(dump_text(model), "another") == model


def test_what_dimacs_cannot_express_is_refused_by_name():
    colour = Choice(name="colour", values=(Value(name="red"),))
    with pytest.raises(ValueError, match="colour: it is no yes/no"):
        dump_text(ProductModel(name="p", characteristics=(colour,)))
    bell = Boolean(name="bell", group="group_1")
    with pytest.raises(ValueError, match="price"):
        dump_text(ProductModel(name="p", characteristics=(Boolean(name="bell"),),
                               rules=(Rule(name="price", condition=Is("bell", (True, False))),)))
    with pytest.raises(ValueError, match="groups"):
        dump_text(ProductModel(name="p", characteristics=(bell,)))


@needs_data
@pytest.mark.parametrize(("file", "variables", "count"), [
    ("automotive01", 2513, 10300), ("berkeleydb", 117, 417), ("busybox-1.18", 854, 1163), ("eshop", 173, 289),
    ("financial-services-2017-05", 557, 4992)])
def test_real_models_are_read_whole_and_can_be_built(file: str, variables: int, count: int):
    model = load_text((DATA / f"{file}.dimacs").read_text(), file)
    assert (len(model.characteristics), len(model.rules)) == (variables, count)
    assert max(sum(c.group == group.name for c in model.characteristics) for group in model.groups) <= PAGE
    with Solver(bootstrap_with=clauses(model)) as solver:
        assert solver.solve()
        values = {model.characteristics[abs(number) - 1].name: number > 0 for number in solver.get_model()}
    assert all(holds(rule.condition, values, model) for rule in model.rules)
    assert load_text(dump_text(model), "again") == model


def test_a_hundred_thousand_clauses_take_seconds():
    lines = [f"-{1 + i % 9999} {2 + (i * 7) % 9999} {-(1 + (i * 31) % 9999)} 0" for i in range(100_000)]
    start = time.process_time()
    model = load_text("p cnf 10000 100000\n" + "\n".join(lines), "large")
    assert len(model.rules) == 100_000
    assert time.process_time() - start < 10
