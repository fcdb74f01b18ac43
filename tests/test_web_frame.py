"""The bar marks the place of the page that is shown, and everybody enters a place by the first page open to them."""

from html.parser import HTMLParser

import pytest
from factories import browser, member
from household import on_sale, pages_on_sqlite

from configurator.transaction import transaction


class Marked(HTMLParser):
    """Collects what links of a page are marked as current, by their addresses."""

    def __init__(self):
        super().__init__()
        self.current = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and "aria-current" in given:
            self.current.append((given["href"], given["aria-current"]))


def marked(page):
    parser = Marked()
    parser.feed(page)
    return parser.current


pytestmark = [pages_on_sqlite, on_sale]


@pytest.mark.parametrize(("role", "address", "current"), [
    ("customer", "/", [("/", "page")]), ("customer", "/products/bench", [("/", "true")]),
    ("customer", "/orders", [("/orders", "page")]), ("customer", "/memory", [("/memory", "page")]),
    ("customer", "/erasure", [("/memory", "true")]), ("customer", "/account/", []),
    ("rep", "/desk/", [("/desk/", "page")]), ("rep", "/desk/clients/new", [("/desk/", "true")]),
    ("rep", "/desk/quotes", [("/desk/quotes", "page")]), ("rep", "/desk/today/", [("/desk/today/", "page")]),
    ("rep", "/desk/relation/tiers/", [("/desk/relation/scope", "true"), ("/desk/relation/tiers/", "page")]),
    ("rep", "/floor/board", [("/floor/board", "page"), ("/floor/board", "page")]),
    ("fulfilment", "/floor/centres", [("/floor/", "true"), ("/floor/centres", "page")]),
    ("manager", "/floor/stock", [("/floor/stock", "page"), ("/floor/stock", "page")]),
    ("manager", "/floor/times", [("/floor/stock", "true"), ("/floor/times", "page")]),
    ("manager", "/studio/bench/1", [("/studio/", "true")])])
def test_the_place_of_a_page_is_marked(app, role, address, current):
    with transaction(app.extensions["engine"]) as session:
        account = member(session, role)
    answer = browser(app, account).get(address)
    assert answer.status_code == 200
    assert marked(answer.text) == current


def test_changing_an_order_is_among_the_orders(ada, rep):
    for browser_, place in (ada, "/orders"), (rep, "/desk/"):
        changes = browser_.post("/orders/2001/change").location
        assert marked(browser_.get(f"{changes}/change").text) == [(place, "true")]

