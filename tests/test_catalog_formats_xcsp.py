"""XCSP 2.1 files: domains, relations and constraints become choices and tables."""

import pathlib
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.formats.errors import FormatError
from catalog.formats.foreign import PAGE
from catalog.formats.xcsp import dump_text, load_text
from catalog.model import Boolean, Choice, ProductModel, Value
from catalog.nodes import Table

DATA = pathlib.Path(__file__).parents[2] / "shared/data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the public car models are not at {DATA}")

CAR = """<?xml version="1.0" encoding="ISO-8859-1"?>
<instance>
<presentation name="Car 1" format="XCSP 2.1" type="CSP">A car.</presentation>
<domains><domain name="D0" nbValues="4">1..3 7</domain><domain name="D1" optional="-1">0 -1</domain></domains>
<variables nbVariables="2"><variable name="engine" domain="D0"/><variable name="roof" domain="D1"/></variables>
<relations><relation name="R" arity="2" nbTuples="3" semantics="{semantics}">1 0|2 -1|9 0</relation></relations>
<constraints><constraint name="fit" arity="2" scope="{scope}" reference="{reference}"/></constraints>
</instance>
"""


def car(semantics: str = "supports", scope: str = "engine roof", reference: str = "R") -> str:
    return CAR.format(semantics=semantics, scope=scope, reference=reference)


def test_variables_become_choices_and_relations_tables():
    model = load_text(car(), "constraints")
    assert (model.name, model.title) == ("car_1", "Car 1")
    assert [[value.name for value in c.options] for c in model.characteristics] == [["1", "2", "3", "7"], ["0", "-1"]]
    (rule,) = model.rules
    assert rule.name == "fit"
    # 9 is no engine: the row says nothing
    assert rule.condition == Table(("engine", "roof"), (("1", "0"), ("2", "-1")), True)
    assert rule.sentence == "engine and roof fit together in certain combinations only."
    assert load_text(car("conflicts"), "x").rules[0].condition.allowed is False


@pytest.mark.parametrize(("text", "line", "expected"), [
    ("", 1, "expected XML"),
    ("<instance><domains></instance>", 1, "expected XML"),
    ("<domain/>", 1, "within one <instance>"),
    ("<!DOCTYPE instance [<!ENTITY a 'b'>]><instance/>", 1, "document type"),
    (car(reference="S"), 7, 'unknown name "S"'),
    (car(scope="engine rof"), 7, "did you mean roof"),
    (car(scope="engine"), 7, "2 different variables"),
    (car("soft"), 6, 'unknown name "soft"'),
    (car().replace("1 0|", "1 0 0|"), 6, "2 numbers in each row"),
    (car().replace("1..3", "1..999999999999"), 4, "at most"),
    (car().replace("1..3", "one"), 4, "expected a number"),
    (car().replace('name="roof"', 'name="engine"'), 5, "name of its own"),
    (car().replace("<relations>", "<predicates/><relations>"), 6, "<predicates> is not supported"),
    (car().replace('name="D1" ', ""), 4, "expected the attribute name"),
    (car().replace("1..3", "1..٣"), 4, "expected a number"),
    (car().replace('name="roof"', 'name="ro&#x202e;of"'), 5, r"found U\+202E"),
    (car().replace('name="roof"', f'name="{"x" * 251}"').replace("engine roof", f"engine {'x' * 251}"), 5, "1 to 250"),
])
def test_a_wrong_file_is_refused_with_its_line(text: str, line: int, expected: str):
    with pytest.raises(FormatError, match=expected) as caught:
        load_text(text, "wrong")
    assert caught.value.line == line


def test_deep_nesting_does_not_exhaust_the_stack():
    with pytest.raises(FormatError):
        load_text("<instance>" + "<domain>" * 100_000, "deep")


@st.composite
def texts(draw) -> str:
    """XCSP text of random choices and random tables."""
    names = draw(st.lists(st.text("abcé<&\"'", min_size=1, max_size=4), min_size=1, max_size=30, unique=True))
    number = st.integers(-3, 9)
    domains, variables, relations, constraints = [], [], [], []
    for i, name in enumerate(names):
        domains.append(f'<domain name="D{i}">{" ".join(map(str, draw(st.sets(number, min_size=1))))}</domain>')
        variables.append(f'<variable name={quoteattr(name)} domain="D{i}"/>')
    for i in range(draw(st.integers(0, 5))):
        scope = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        rows = draw(st.lists(st.lists(number, min_size=len(scope), max_size=len(scope)), max_size=6))
        tuples = "|".join(" ".join(map(str, row)) for row in rows)
        semantics = draw(st.sampled_from(["supports", "conflicts"]))
        relations.append(f'<relation name="R{i}" arity="{len(scope)}" semantics="{semantics}">{tuples}</relation>')
        constraints.append(f'<constraint name="c{i}" scope={quoteattr(" ".join(scope))} reference="R{i}"/>')
    return "\n".join(["<instance>", "<domains>", *domains, "</domains><variables>", *variables,
                      "</variables><relations>", *relations, "</relations><constraints>", *constraints,
                      "</constraints></instance>"])


@settings(max_examples=60, deadline=None)
@given(texts())
def test_what_is_written_reads_the_same(text: str):
    model = load_text(text, "Any car")
    assert len(model.characteristics) == text.count("<variable ")
    assert len(model.rules) == text.count("<constraint ")
    assert load_text(dump_text(model), "another") == model


def test_what_xcsp_cannot_express_is_refused_by_name():
    with pytest.raises(ValueError, match="bell: it is no choice"):
        dump_text(ProductModel(name="p", characteristics=(Boolean(name="bell"),)))
    with pytest.raises(ValueError, match="XCSP cannot express the characteristics"):
        dump_text(ProductModel(name="p", characteristics=(Choice(name="c", values=(Value(name="1", title="One"),)),)))


@needs_data
@pytest.mark.parametrize(("folder", "variables", "constraints"), [("renault-small", 139, 147),
                                                                  ("renault-medium", 148, 174)])
def test_real_cars_are_read_whole(folder: str, variables: int, constraints: int):
    model = load_text((DATA / folder / "constraints.xml").read_text(), "constraints")
    assert (len(model.characteristics), len(model.rules)) == (variables, constraints)
    assert max(sum(c.group == group.name for c in model.characteristics) for group in model.groups) <= PAGE
    assert load_text(dump_text(model), "again") == model
