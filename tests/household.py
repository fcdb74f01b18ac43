"""Fixtures: the house of `factories` in the application's database, and a browser of each who lives there."""

from __future__ import annotations

import pytest
import remembering
from factories import House, bench, browser, checked, house, member, ordered, published
from flask import Flask
from flask.testing import FlaskClient
from halls import HALL, sized
from sqlalchemy import Engine
from visiting import Server

from configurator.transaction import transaction
from orders import subjects
from orders.records import Customer

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is refused before a database is asked is tried on one of them."""
pages_on_sqlite = pytest.mark.pages_on_sqlite
"""And so are the pages of a whole file; what it asks of a database without them is still tried on both."""
last_years_house = pytest.mark.last_years_house
"""Who is remembered told everything last year: what is said now counts against it."""
Ours = tuple[FlaskClient, str]
"""A browser, and where Ada's people and places are on it: the fixture `ours`."""
on_sale = pytest.mark.usefixtures("bench_on_sale")
"""The shop sells the bench."""


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's database."""
    return app.extensions["engine"]


@pytest.fixture
def bench_on_sale(engine: Engine) -> None:
    with transaction(engine) as session:
        published(session)


@pytest.fixture
def shop(server: Server) -> Server:
    """The bench is on sale, as it is served to browsers."""
    with transaction(server.database) as session:
        published(session)
    return server


@pytest.fixture
def hall(server: Server) -> Server:
    """A shop with the bench as wide as one likes, and Ada with two places; the newest has a plan."""
    with transaction(server.database) as session:
        published(session, bench(**sized()))
        account = member(session)
        account.email = "ada@example.com"
        subjects.add(session, account.customer, "place", "Attic")
        subjects.add(session, account.customer, "place", "Hall").plan = HALL.plain()
    return server


@pytest.fixture
def people(request: pytest.FixtureRequest, engine: Engine) -> House:
    """The house; where `last_years_house` is said of a file, that one."""
    last_year = request.node.get_closest_marker("last_years_house")
    with transaction(engine) as session:
        return remembering.house(session) if last_year else house(session)


@pytest.fixture(params=["customer", "rep"])
def ours(request: pytest.FixtureRequest, app: Flask, people: House) -> Ours:
    """Her own, and a rep's."""
    if request.param == "customer":
        return browser(app, people.ada), "/people"
    return browser(app, people.rep), "/desk/clients/1001/people"


@pytest.fixture
def ada(app: Flask, people: House) -> FlaskClient:
    """The customer's browser."""
    return browser(app, people.ada)


@pytest.fixture
def rep(app: Flask, people: House) -> FlaskClient:
    return browser(app, people.rep)


@pytest.fixture
def worker(app: Flask, people: House) -> FlaskClient:
    """The worker's tablet."""
    return browser(app, people.worker)


@pytest.fixture
def manager(app: Flask, people: House, engine: Engine) -> FlaskClient:
    with transaction(engine) as session:
        account = member(session, "manager", "Dan Okafor")
    return browser(app, account)


@pytest.fixture
def measured(engine: Engine, people: House) -> str:
    """The number of an order of Ada's, of two pieces whose first step has a check."""
    with transaction(engine) as session:
        customer = session.get_one(Customer, people.ada.customer_id)
        return ordered(session, customer, published(session, checked()), quantity=2).number
