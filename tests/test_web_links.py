"""Whatever a page leads to opens for whoever sees the link: nobody is sent where they may not go."""

import re
from html import unescape
from urllib.parse import urldefrag

import pytest
from factories import browser, house, member

from configurator.transaction import transaction
from orders.records import ROLES
from orders.supplies import stock

MOST = 40
"""Pages that are opened, for each role."""


@pytest.fixture
def people(app):
    with transaction(app.extensions["engine"]) as session:
        stock.keep(session, "W-OAK", "Oak board", "", lead_days=9)
        people = house(session)
        stock.count(session, "W-OAK", 1000, people.worker)
        return people


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_link_opens(app, people, role):
    with transaction(app.extensions["engine"]) as session:
        account = people.ada if role == "customer" else member(session, role, "Somebody")
    visitor, open_, seen = browser(app, account), ["/"], set()
    if role == "manager":  # what colleagues send them
        open_ += ["/floor/stock/W-OAK", "/desk/relation/scope/1001", "/desk/relation/tiers/clients/1001"]
    while open_ and len(seen) < MOST:
        page = open_.pop(0)
        if page in seen:
            continue
        seen.add(page)
        answer = visitor.get(page)
        assert answer.status_code in (200, 303), f"{role} is led to {page}"
        if answer.mimetype == "text/html":
            led = re.findall(r'<a\b[^>]*\bhref="(/(?!static)[^"]*)"', answer.text)
            open_ += [urldefrag(unescape(link)).url for link in led]
