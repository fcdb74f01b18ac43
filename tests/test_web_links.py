"""Whatever a page leads to opens for whoever sees the link: nobody is sent where they may not go."""

import re
from html import unescape
from urllib.parse import urldefrag

from factories import browser, house, member

from configurator.transaction import transaction
from orders.records import ROLES
from orders.supplies import stock

MOST = 40
"""Pages that are opened, for each role."""



def test_every_link_opens(app):
    with transaction(app.extensions["engine"]) as session:
        stock.keep(session, "W-OAK", "Oak board", "", lead_days=9)
        people = house(session)
        stock.count(session, "W-OAK", 1000, people.worker)
        accounts = {role: member(session, role, "Somebody") for role in ROLES if role != "customer"}
    for role, account in {"customer": people.ada, **accounts}.items():
        # what colleagues send a manager
        sent = ["/floor/stock/W-OAK", "/desk/relation/scope/1001", "/desk/relation/tiers/clients/1001"]
        _all_open(role, browser(app, account), ["/", *(sent if role == "manager" else ())])


def _all_open(role, visitor, open_):
    seen = set()
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
