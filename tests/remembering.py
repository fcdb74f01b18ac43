"""What tests of the page "What we remember" share: a house of last year, reading the page, what is proposed."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

from factories import House, bench_values, member, ordered, published

from configurator.engines import engine_of
from configurator.recollection import propose
from configurator.transaction import open_session
from orders import subjects
from orders.specifications import Configured, save
from orders.subjects import Whom

LAST_YEAR = date.today().replace(day=1) - timedelta(300)


def house(session):
    """Ada (1001) and Mira (1002), with an order and a specification each, made last year; and a rep."""
    version = published(session)
    ada, mira = member(session, name="Ada Winter"), member(session, name="Mira Álbers")
    at = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)
    kept = [save(session, Whom(one.customer), "Terrace", Configured(version, bench_values(), bench_values()), one,
                 at=at)
            for one in (ada, mira)]
    orders = [ordered(session, one.customer, version, today=LAST_YEAR, engraving=one.name) for one in (ada, mira)]
    return House(ada, mira, member(session, "rep", "Ben Rossi"), ada, orders[0], kept[0], orders[1], kept[1])


def text_of(page):
    """What a reader reads, without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def piece(page, title):
    """The name of a piece in forms, by its title."""
    found = re.search(rf'<p>{title}: .*?name="piece" value="([^"]+)"', page, re.S)
    assert found, title
    return unescape(found[1])


def proposed(engine, account):
    """What is proposed to a customer on the next page, by name, with its reason."""
    with open_session(engine) as session:
        version = published(session)
        customer = account and session.merge(account).customer
        whom = customer and subjects.likely(session, Whom(customer), version)
        proposal = propose(session, version, engine_of(version).start(), whom)
        return proposal.configuration.values(), proposal.reasons
