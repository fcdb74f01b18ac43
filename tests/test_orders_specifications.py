"""Specifications: named, kept in revisions, compared."""

import pytest
from factories import a_customer, bench, bench_values, ordered, published, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from catalog.model import from_plain
from orders.memory import facts
from orders.records import Revision
from orders.specifications import Configured, changes, copy, differences, of, rename, save
from orders.subjects import Whom

values = st.fixed_dictionaries({
    "height": st.sampled_from(range(1200, 2201, 10)), "width": st.integers(600, 2400),
    "wood": st.sampled_from(["oak", "pine"]), "lamp": st.booleans(),
    "hooks": st.frozensets(st.sampled_from(["left", "right"])), "engraving": st.text(max_size=5)})


def test_each_save_is_a_revision_that_never_changes(session):
    customer, version, rep = a_customer(session), published(session), staff(session)
    first = save(session, Whom(customer), "Terrace", Configured(version, bench_values(), {"wood": "oak"}))
    second = save(session, Whom(customer), "Terrace, west", Configured(version, bench_values(width=900)), rep,
                  first.specification)
    assert [(r.letter, r.author) for r in first.specification.revisions] == [("A", None), ("B", rep)]
    assert (first.specification.number, first.specification.name) == ("S-0001", "Terrace, west")
    assert from_plain(first.values) == bench_values()
    assert [(d.name, d.was, d.now) for d in changes(first, second)] == [("width", "1200 mm", "900 mm")]
    second.values = {}
    with pytest.raises(DatabaseError):
        session.flush()


def test_a_save_tells_what_the_customer_chose_alone(session):
    customer = a_customer(session)
    save(session, Whom(customer), "Terrace",
         Configured(published(session), bench_values(height=1820), {"height": 1820}))
    assert {trait: fact.source for trait, fact in facts.of(session, *customer.subjects).items()} == {
        "height": "specification S-0001 rev. A"}


def test_specifications_belong_to_their_customer_and_product(session):
    customer, other, version = a_customer(session), a_customer(session, "Mira Albers"), published(session)
    revision = save(session, Whom(customer), "Terrace", Configured(version, bench_values()))
    stool = published(session, bench(name="stool"))
    for who, what in (other, version), (customer, stool):
        with pytest.raises(ValueError, match="not this customer's"):
            save(session, Whom(who), "Terrace", Configured(what, bench_values()), None, revision.specification)
    assert of(session, other) == []


def test_the_one_saved_last_comes_first(session):
    customer, version = a_customer(session), published(session)
    first, second = (save(session, Whom(customer), name, Configured(version, bench_values()))
                     for name in ("One", "Two"))
    assert of(session, customer) == [second.specification, first.specification]
    save(session, Whom(customer), "One", Configured(version, bench_values()), None, first.specification)
    assert of(session, customer) == [first.specification, second.specification]


def test_a_copy_is_a_specification_of_its_own(session):
    customer = a_customer(session)
    revision = save(session, Whom(customer), "Terrace", Configured(published(session), bench_values(), {"wood": "oak"}))
    copied = copy(session, revision, "For the neighbour", None)
    assert (copied.specification.number, copied.letter) == ("S-0002", "A")
    assert (copied.choices, copied.values) == (revision.choices, revision.values)
    rename(copied.specification, "  For   Mira ")
    assert copied.specification.name == "For Mira"
    assert revision.specification.name == "Terrace"


def test_a_name_that_is_none_is_refused(session):
    customer, version = a_customer(session), published(session)
    for name in "", " \n ", "x" * 121, "tab\x00":
        with pytest.raises(ValueError, match="a name has"):
            save(session, Whom(customer), name, Configured(version, bench_values()))


def test_differences_across_versions_use_each_ones_own_words():
    renamed = bench(characteristics=[
        {"name": "wood", "kind": "choice", "title": "Timber", "values": [
            {"name": "oak", "title": "European oak"}, {"name": "ash", "title": "Ash"}]},
        {"name": "width", "kind": "number", "title": "Width", "least": 60, "most": 2400, "unit": "cm"},
        {"name": "feet", "kind": "boolean", "title": "Feet"}],
        quantities=[], rules=[], prices=[], items=[], operations=[], picture=None)
    after = {"wood": "oak", "width": 1200, "feet": True}
    found = {d.name: (d.title, d.was, d.now) for d in differences(bench(), bench_values(), renamed, after)}
    assert found == {
        "width": ("Width", "1200 mm", "1200 cm"), "feet": ("Feet", None, "yes"),
        "height": ("Your height", "1750 mm", None), "lamp": ("Lamp", "no", None), "hooks": ("Hooks", "Left", None),
        "engraving": ("Engraving", "\N{EN DASH}", None)}


@given(values, values)
def test_differences_are_the_answers_that_differ(a, b):
    model = bench()
    assert {d.name for d in differences(model, a, model, b)} == {name for name in a if a[name] != b[name]}
    assert [(d.name, d.now, d.was) for d in differences(model, b, model, a)] == [
        (d.name, d.was, d.now) for d in differences(model, a, model, b)]


@given(st.integers(1, 20_000))
def test_letters_count_like_the_columns_of_a_sheet(number):
    value = 0
    for letter in Revision(number=number).letter:
        value = value * 26 + ord(letter) - ord("A") + 1
    assert value == number


def test_an_order_remembers_the_revision_it_was_made_from(session):
    customer, version = a_customer(session), published(session)
    revision = save(session, Whom(customer), "Terrace", Configured(version, bench_values()))
    order = ordered(session, customer, version, revision=revision)
    assert order.sheet["specification"] == {"number": "S-0001", "name": "Terrace", "revision": "A"}
