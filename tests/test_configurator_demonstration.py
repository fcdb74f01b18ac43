"""The demonstration: a shop that could be real, always the same, and never among real data."""

from collections import defaultdict
from datetime import UTC, datetime
from random import Random

import pytest
from click.testing import CliRunner
from factories import published
from sqlalchemy import func, select

from catalog.database import connect
from catalog.model import from_plain
from catalog.store import catalogue, model_of
from configurator.cli import main
from configurator.demonstration import regulars
from configurator.demonstration import shop as demonstration
from configurator.transaction import transaction
from orders.accounts import authenticate
from orders.buildable import check
from orders.places.rooms import Plan
from orders.places.standing import stretches
from orders.quotation.quoted import QuoteLine
from orders.records import Account, Customer, Order, Subject
from orders.relation.attention import Pause

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)


def filled(engine, orders=12):
    with transaction(engine) as session:
        return list(demonstration.fill(session, AT, seed=7, orders=orders))


@pytest.fixture(scope="module")
def shop(sqlite_template, tmp_path_factory):
    """A filled shop that every test only reads, and what was said on the way."""
    engine = connect(sqlite_template(tmp_path_factory.mktemp("shop")))
    yield engine, filled(engine)
    engine.dispose()


def test_it_sells_three_families_and_every_order_can_be_built(shop):
    with transaction(shop[0]) as session:
        assert [version.product.slug for version in catalogue(session)] == ["bookcase", "shirt", "touring_bicycle"]
        orders = session.scalars(select(Order)).all()
        assert len(orders) == 13, "and one that came of a quote"
        for order in orders:
            check(model_of(order.version), from_plain(order.values))
            assert order.placed_at < AT
            assert order.promised_on > order.placed_at.date()
            assert all(event.at <= AT for event in order.events), "nothing has happened that is still to come"
            assert all(signed.at <= AT for signed in order.sign_offs)
        assert all(customer.made_up for customer in session.scalars(select(Customer)))


def test_everybody_can_sign_in_and_a_second_time_changes_nothing(shop):
    engine, before = shop
    counted = [select(func.count()).select_from(record) for record in (Account, Customer, Order)]
    with transaction(engine) as session:
        made = [session.scalar(count) for count in counted]
    assert len(filled(engine)) < len(before)
    with transaction(engine) as session:
        assert [session.scalar(count) for count in counted] == made
        for role, (_, email, password) in demonstration.ACCOUNTS.items():
            assert authenticate(session, email, password, "127.0.0.1").role == role


def test_the_same_seed_makes_the_same_shop(shop, sqlite):
    assert filled(sqlite) == shop[1]


def test_it_is_refused_outside_demonstration_mode(sqlite, monkeypatch):
    monkeypatch.setenv("LOTONE_DATABASE_URL", str(sqlite.url))
    refused = CliRunner().invoke(main, ["demo"])
    assert refused.exit_code == 1
    assert "LOTONE_DEMO=yes" in refused.output
    monkeypatch.setenv("LOTONE_DEMO", "yes")
    made = CliRunner().invoke(main, ["demo", "--orders", "1"])
    assert made.exit_code == 0, made.output
    assert all(password in made.output for _, _, password in demonstration.ACCOUNTS.values())
    with transaction(sqlite) as session:
        assert session.scalar(select(func.count()).select_from(Order).where(Order.quote_revision_id.is_(None))) == 1


def test_its_passwords_open_nothing_outside_demonstration_mode(app_with):
    for demo in True, False:
        app = app_with(demo=demo)
        with transaction(app.extensions["engine"]) as session:
            published(session)
            list(demonstration.fill(session, AT))
        _, email, password = demonstration.ACCOUNTS["admin"]
        answer = app.test_client().post("/account/login", data={"email": email, "password": password})
        assert (answer.status_code == 303) == demo


def test_the_first_customer_has_a_family_and_a_room_where_the_standard_bookcase_is_too_wide(shop):
    with transaction(shop[0]) as session:
        bookcase = model_of(next(v for v in catalogue(session) if v.product.slug == "bookcase"))
        room = session.scalars(select(Subject).where(Subject.name == "Living room")).one()
        assert {s.name for s in room.customer.subjects} >= {"Ada Winter", "Tom Winter", "Mila Winter", "Living room"}
        standard = {c.name: c.standard for c in bookcase.characteristics}
        best = stretches(Plan.from_plain(room.plan), bookcase, standard)[0]
        assert (best.length, best.left.name, best.right.name) == (940, "Door", "Window")
        firm = session.scalars(select(Customer).where(Customer.name == "Lindenhof Cafés")).one()
        assert [s.kind for s in firm.subjects] == ["person", "place", "place"]


def test_a_quote_of_what_was_only_proposed_says_what_nobody_measured(shop):
    with transaction(shop[0]) as session:
        lines = {line.quote.number: line for line in session.scalars(select(QuoteLine))}
        firm = session.scalars(select(Customer).where(Customer.name == "Lindenhof Cafés")).one()
        alcove = {c.name for c in model_of(lines["Q-0001"].version).characteristics if c.about == "place"}
        assert [set(line.guessed) for line in lines.values() if line.quote.customer is firm] == [alcove, alcove]


def test_there_are_customers_enough_to_be_forecast_and_each_comes_by_their_own_pause():
    visits = regulars.crowd(Random(1), 205, 1000, demonstration.NAMES)
    ages = defaultdict(list)
    for age, regular in visits:
        ages[regular.name].append(age)
    assert len(visits) == 205
    assert len(ages) > 100
    assert not set(ages) & set(demonstration.NAMES)
    assert all(22 <= age <= 1000 for age, _ in visits)
    pauses = [Pause(1, (theirs[0] - theirs[-1]) / (len(theirs) - 1), theirs[-1]) for theirs in ages.values()
              if len(theirs) > 2]
    assert len(regulars.crowd(Random(1), 5000, 1000, demonstration.NAMES)) == 5000  # there are names enough
    assert {pause.kind for pause in pauses} == {"due", "quiet", None}
