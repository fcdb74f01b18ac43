"""Finding customers, as a rep does with somebody on the phone."""

from datetime import UTC, datetime

import pytest
from factories import a_customer, bench, bench_values, ordered, published, staff

from orders import facts
from orders.customers import find, new_customer
from orders.specifications import save
from orders.subjects import Whom


@pytest.fixture
def people(session):
    """Three customers; Jürgen has ordered and kept something."""
    jurgen = a_customer(session, "Jürgen Müller-Çelik", phone="+49 (0)171 555 01-23", email="J.M@Example.org")
    a_customer(session, "Ada Winter", phone="0043 1 234567")
    a_customer(session, "100% Wood_Ltd", phone="")
    version = published(session)
    ordered(session, jurgen, version)
    save(session, jurgen, version, "Terrace", {}, bench_values(), staff(session))
    return jurgen


def test_a_customer_is_found_by_what_people_say(session, people):
    for text in ("Jürgen", "jurgen", "MULLER", "celik jur", "  müller   j ", "j.m@exam", "0171 5550123",
                 "+49171/5550123", "55501-23", "0049 171 5550123", "1001", "2001", "S-0001", "s-0001"):
        assert people in find(session, text), text


def test_nobody_else_is_found(session, people):
    for text in ("", "   ", "nobody", "0171 5550199", "S-0002", "2002", "%", "_", "\0", "' OR 1=1 --"):
        assert people not in find(session, text), text


def test_signs_of_the_database_are_only_signs(session, people):
    assert [customer.name for customer in find(session, "0% w")] == ["100% Wood_Ltd"]
    assert [customer.name for customer in find(session, "_")] == ["100% Wood_Ltd"]


def test_whose_number_it_is_comes_first(session, people):
    a_customer(session, "Aaron 1001")
    assert find(session, "1001")[0] is people


def test_a_changed_name_is_found(session, people):
    people.name, people.phone = "Jürgen Öztürk", "040 999888"
    session.flush()
    assert find(session, "ozturk") == find(session, "40/999 888") == [people]


def test_a_name_that_is_none_is_refused(session):
    for name in "", "   ", "x" * 201, "a\0b", "a\x1bb", "\u202eneB", "a\ud800":
        with pytest.raises(ValueError, match="a name has"):
            new_customer(session, name=name)


def test_numbers_count_from_1001(session):
    assert [a_customer(session).number for _ in range(3)] == ["1001", "1002", "1003"]


def test_the_newest_fact_of_each_trait_counts(session):
    customer = a_customer(session)
    for year, height in (2025, 1750), (2026, 1760), (2027, 1760):
        facts.tell(session, Whom(customer, customer.subjects[0]), bench(), {"height": height, "wood": "oak"},
                   f"said in {year}", datetime(year, 1, 1, tzinfo=UTC))
    told = facts.of(session, customer.subjects[0])
    assert list(told) == ["height"]
    height = told["height"]
    assert (height.answer, height.unit, height.source) == ({"value": 1760}, "mm", "said in 2026")
