"""A shop with many products: pages of them, found by their titles, none of which makes a visitor wait for all."""

import re

import pytest
from factories import bench, member, ordered, published, sign_in
from household import pages_on_sqlite

from catalog.store import current
from configurator import engines
from configurator.transaction import transaction
from configurator.web.shop import cards
from orders.memory import consents

pytestmark = pages_on_sqlite
MANY = 2 * cards.PAGE + 2


@pytest.fixture
def many(database):
    with transaction(database) as session:
        for number in range(MANY):
            published(session, bench(name=f"bench{number:02}", title=f"Bench {number:02}"))


def titles(page):
    return re.findall(r'<h2><a href="[^"]*">([^<]*)</a>', page)


def test_every_product_is_on_one_page(client, many):
    pages = [client.get(f"/?page={number}").text for number in (1, 2, 3)]
    assert [title for page in pages for title in titles(page)] == [f"Bench {number:02}" for number in range(MANY)]
    assert [len(titles(page)) for page in pages] == [cards.PAGE, cards.PAGE, 2]
    assert ['rel="prev"' in page for page in pages] == [False, True, True]
    assert ['rel="next"' in page for page in pages] == [True, True, False]
    assert "Page 2 of 3" in pages[1]


@pytest.mark.parametrize(("asked", "first"), [
    ("", 0), ("0", 0), ("-7", 0), ("99", MANY - 2), ("1e3", 0), ("9" * 5000, 0)])
def test_a_page_that_there_is_not_is_the_nearest(client, many, asked, first):
    assert titles(client.get(f"/?page={asked}").text)[0] == f"Bench {first:02}"


def test_a_product_is_found_by_a_part_of_its_title(client, many):
    assert titles(client.get("/?q=NCH 1").text) == [f"Bench {number}" for number in range(10, 10 + cards.PAGE)]
    assert "q=NCH+1" in client.get("/?q=NCH 1").text, "the next page is one of what was sought"
    nothing = client.get("/?q=<b>piano").text
    assert "Nothing that we make is called “&lt;b&gt;piano”" in nothing
    assert titles(nothing) == []


def test_what_a_customer_ordered_comes_first_the_newest_before_all(app, client, many, database):
    with transaction(database) as session:
        known = member(session)
        for number in 17, 4:
            ordered(session, known.customer, version=current(session, f"bench{number:02}"))
    sign_in(client, known)
    assert titles(client.get("/").text)[:3] == ["Bench 04", "Bench 17", "Bench 00"]
    assert titles(app.test_client().get("/").text)[:2] == ["Bench 00", "Bench 01"]
    with transaction(database) as session:
        consents.say(session, session.merge(known.customer), "proposals", False, None)
    assert titles(client.get("/").text)[:2] == ["Bench 00", "Bench 01"], "whoever is not remembered sees what all see"


def test_a_few_products_are_one_page_without_a_search(client, database):
    with transaction(database) as session:
        published(session)
    page = client.get("/").text
    assert titles(page) == ["Garden bench"]
    assert 'type="search"' not in page
    assert "Page 1" not in page


def test_nobody_waits_until_all_products_are_compiled(client, many, monkeypatch):
    """What there was no time for is named and opened all the same; what is compiled has its picture and price."""
    monkeypatch.setattr(cards, "BRISK", 0)
    engines.compiled.cache_clear()
    page = client.get("/").text
    assert (len(titles(page)), page.count("<svg")) == (cards.PAGE, 0)
    assert client.get("/products/bench03").status_code == 200
    assert client.get("/").text.count('<p class="row"><strong>') == 1
