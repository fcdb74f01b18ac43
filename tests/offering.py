"""What tests of quotes in a browser share: one that is begun, its form, sending it, and how it stands."""

import re

from sqlalchemy import select

from configurator.transaction import open_session
from orders.quotation.quoted import Quote


def stored(app, record=Quote):
    """The newest record of a kind."""
    with open_session(app.extensions["engine"]) as session:
        return session.scalars(select(record).order_by(record.id.desc())).first()


def the_quote(app, of="state"):
    """Something of the newest quote."""
    with open_session(app.extensions["engine"]) as session:
        return getattr(session.scalars(select(Quote).order_by(Quote.id.desc())).first(), of)


def link_of(answer):
    """The private link that a page tells."""
    return re.search(r'id="link" readonly value="http://[^/]+([^"]+)"', answer.text)[1]


def begun(desk):
    """A new quote for Ada with her specification and her order on it."""
    page = desk.post("/desk/clients/1001/quotes").location
    for earlier in "s-0001 a", "2001":
        assert desk.post(f"{page}/lines", data={"from": earlier}).status_code == 303
    return page


def fields_of(page):
    """The form of a quote that is being drawn up, as it stands."""
    form = page[page.index('id="quote"'):page.index('id="conditions"')]
    fields = dict(re.findall(r'<input class="[^"]*" id="[\w-]+" name="([\w-]+)" value="([^"]*)"', form))
    return fields | dict.fromkeys(re.findall(r'<select class="input" id="[\w-]+" name="([\w-]+)"', form), "percent")


def sent(desk, page, **changes):
    """Sends it; the page that follows, with the link."""
    fields = fields_of(desk.get(page).text) | changes
    return desk.post(page, data={**fields, "issue": ""}, follow_redirects=True)
