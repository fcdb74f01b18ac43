"""Was it right? What is kept of the answer, who is asked, and what else it changes."""

from datetime import UTC, datetime, timedelta

import pytest
from factories import HOSTILE, TODAY, a_customer, bench, bench_values, ordered, published, shipped, staff
from household import on_sqlite
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from catalog.database import writing
from configurator.transaction import open_session, transaction
from orders.memory import facts, feedback
from orders.memory.feedback import Verdict
from orders.memory.remembered import Evidence, Rereading
from orders.memory.verdict import TooLong
from orders.records import Order
from orders.subjects import add


def received(session, customer, **changes):
    """An order that the customer has."""
    return shipped(session, ordered(session, customer, **changes))


def day(number):
    """A morning in the month of TODAY."""
    return datetime(TODAY.year, TODAY.month, number, 9, tzinfo=UTC)


def known(session, subject, trait):
    return facts.of(session, subject)[trait].answer["value"]


def test_what_was_said_is_read_back_as_it_was_said(session):
    ada, rep = a_customer(session), staff(session)
    order = received(session, ada)
    verdicts = {"height": Verdict("right"), "width": Verdict("small", 1240, "A crate\r\nwould not fit"),
                "wood": Verdict("other", "pine"), "lamp": Verdict("other", True),
                "hooks": Verdict("other", frozenset({"left", "right"})), "engraving": Verdict("other", why="Misspelt")}
    piece = feedback.give(session, order, verdicts, " Thank you ", rep)
    session.expire_all()
    assert feedback.answer(session, order) is piece
    assert feedback.verdicts_of(piece) == verdicts
    assert (piece.kind, piece.note, piece.stated_by, piece.source) == ("verdict", "Thank you", rep.id, "order 2001")
    assert (piece.customer_id, piece.person_id, piece.place_id) == (ada.id, order.person_id, order.place_id)
    assert piece.values == order.values


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_of_two_answers_at_once_the_second_sees_the_first(database):
    with transaction(database) as session:
        id_ = received(session, a_customer(session)).id
    with open_session(writing(database)) as one, open_session(writing(database)) as other:
        orders = [opened.get(Order, id_) for opened in (one, other)]
        feedback.give(one, orders[0], {"wood": Verdict("right")})
        one.commit()
        with pytest.raises(OperationalError, match="could not serialize"):
            feedback.give(other, orders[1], {"wood": Verdict("other", "pine")})


@given(st.data())
def test_every_verdict_that_can_be_said_is_read_back(data):
    """Without a database: what is stored is plain JSON, and says the same."""
    model, made = bench(), bench_values()
    for characteristic in model.characteristics:
        said = data.draw(st.sampled_from(feedback.words_for(characteristic)))
        verdict = Verdict(said, None, data.draw(st.text("abc äöü.", max_size=20)))
        piece = Evidence(verdicts=feedback.plain({characteristic.name: verdict}))
        assert feedback.verdicts_of(piece) == {characteristic.name: verdict}
        assert characteristic.name in made


@on_sqlite
@pytest.mark.parametrize(("name", "verdict"), [
    ("length", Verdict("right")), ("width", Verdict("other")), ("wood", Verdict("small")),
    ("wood", Verdict("other", "tin")), ("wood", Verdict("other", "oak")), ("width", Verdict("small", 1100)),
    ("width", Verdict("large", 1300)), ("width", Verdict("small", 9999)), ("engraving", Verdict("other", "Else"))])
def test_what_cannot_be_said_is_not_kept(session, name, verdict):
    order = received(session, a_customer(session))
    with pytest.raises(ValueError, match=name if verdict.rather not in (1100, 1300) else "cannot have been better"):
        feedback.give(session, order, {name: verdict})
    assert feedback.answer(session, order) is None


def test_a_verdict_makes_sense_by_itself():
    for said, rather in ("fine", None), ("right", 3):
        with pytest.raises(ValueError, match="right"):
            Verdict(said, rather)
    for why in "x" * 301, "a\x00b":
        with pytest.raises(TooLong):
            Verdict("right", None, why)


def test_nobody_can_say_before_they_have_it(session):
    order = ordered(session, a_customer(session))
    with pytest.raises(feedback.NotShipped, match="2001"):
        feedback.give(session, order, {"wood": Verdict("right")})


def test_the_newest_answer_counts_and_the_same_twice_is_one(session):
    order = received(session, a_customer(session))
    first = feedback.give(session, order, {"wood": Verdict("right")})
    assert feedback.give(session, order, {"wood": Verdict("right")}) is first
    assert not list(session.scalars(select(Rereading)))
    second = feedback.give(session, order, {"wood": Verdict("other", "pine")})
    assert feedback.answer(session, order) is second
    assert list(session.scalars(select(Evidence).where(Evidence.kind == "verdict", feedback.stands()))) == [second]
    assert len(list(session.scalars(select(Rereading)))) == 1, "memories forget what was said first"


def test_a_measure_that_was_wrong_is_known_everywhere_until_it_is_taken_back(session):
    ada = a_customer(session)
    order = received(session, ada, height=1750)
    feedback.give(session, order, {"height": Verdict("small", 1800), "width": Verdict("small")}, at=day(9))
    assert known(session, order.person, "height") == 1800
    assert known(session, order.place, "alcove") == 1200, "how much larger was not said"
    feedback.give(session, order, {"height": Verdict("right")}, at=day(10))
    assert known(session, order.person, "height") == 1750
    facts.state(session, order.person, "height", 1770, "mm", "told on the telephone", at=day(11))
    session.flush()
    feedback.give(session, order, {"height": Verdict("right"), "wood": Verdict("right")}, at=day(12))
    assert known(session, order.person, "height") == 1770, "what was told since stays"


def test_asked_first_is_what_has_to_be_tried_on_then_what_was_set():
    model = bench()
    first, rest = feedback.asked(model, {"lamp", "engraving"})
    assert [c.name for c in first] == ["height", "width", "lamp", "engraving"]
    assert [c.name for c in rest] == ["wood", "hooks"]
    many = bench(characteristics=[{"name": f"girth{n}", "kind": "number", "about": "person", "least": 0, "most": 9}
                                  for n in range(20)],
                 **dict.fromkeys(("quantities", "rules", "prices", "items", "operations", "picture")))
    first, rest = feedback.asked(many, set())
    assert (len(first), len(rest)) == (feedback.IN_VIEW, 20 - feedback.IN_VIEW)


def test_what_the_person_ordering_set_is_known_from_the_order(session):
    ada, version = a_customer(session), published(session)
    assert feedback.set_by_hand(session, ordered(session, ada, version)) == frozenset()
    order = ordered(session, ada, version, corrected={"wood": "pine"})
    assert feedback.set_by_hand(session, order) == {"wood"}


def test_only_the_last_one_of_a_product_waits_for_an_answer(session):
    ada, mira = a_customer(session), a_customer(session, "Mira Álbers")
    child = add(session, ada, "person", "Ida")
    old, new = received(session, ada), received(session, ada, today=TODAY + timedelta(9))
    theirs = received(session, ada, person=child)
    ordered(session, ada)
    received(session, mira)
    other = received(session, ada, version=published(session, bench(name="stool", title="Stool")))
    assert feedback.waiting(session, ada) == [other, theirs, new]
    assert feedback.waiting(session, ada, other.version.product_id) == [other]
    feedback.give(session, new, {"wood": Verdict("right")})
    assert feedback.waiting(session, ada) == [other, theirs]
    feedback.give(session, old, {"wood": Verdict("right")})
    assert feedback.waiting(session, mira) != []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_only_text(session, text):
    order = received(session, a_customer(session))
    piece = feedback.give(session, order, {"engraving": Verdict("other", why=text)}, text)
    session.expire_all()
    assert (piece.note, feedback.verdicts_of(piece)["engraving"].why) == (text.strip(), text.strip())
