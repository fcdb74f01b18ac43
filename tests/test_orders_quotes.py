"""Quotes: what is sent is frozen, and discounts stay within limits."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from factories import TODAY, a_customer, bench, bench_values, published, staff
from pypdf import PdfReader
from quoting import BENCH, accept, drawn, line, sent
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from catalog.model import from_plain
from catalog.store import model_of
from configurator.transaction import open_session
from orders import subjects
from orders.changes.revising import become
from orders.lots import Lot
from orders.placing import Entered
from orders.quotation import lines, links, quotes, quotesheet, quoting, vat
from orders.quotation.accepted import acceptance
from orders.quotation.quoted import QuoteEvent
from orders.quotation.quotes import NotAllowed
from orders.subjects import Whom


def test_a_revision_says_all_and_adds_up(session):
    document = sent(session).revisions[0].document
    assert (document["quote"], document["revision"], document["currency"]) == ("Q-0001", 1, "EUR")
    assert [(one["quantity"], one["piece"], one["listed"]) for one in document["lines"]] == [
        (1, BENCH, BENCH), (2, BENCH - 12000, 2 * BENCH - 24000)]
    totals = document["totals"]
    assert totals["gross"] == totals["net"] + totals["tax"] == 3 * BENCH - 24000
    assert sum(one["tax"] for one in document["lines"]) == totals["tax"]


@pytest.mark.parametrize("statement", [
    "UPDATE quote_revision SET total = 1", "DELETE FROM quote_revision", "UPDATE quote_event SET name = 'Nobody'",
    "DELETE FROM quote_event", 'UPDATE "order" SET quote_revision_id = NULL'])
def test_the_database_itself_refuses_to_change_what_was_sent_said_or_ordered(database, statement):
    with open_session(database) as session:
        accept(session, sent(session))
        session.commit()
        with pytest.raises(IntegrityError, match="cannot be changed"):
            session.execute(text(statement))


def test_lines_change_only_while_it_is_drawn_up(session):
    quote = sent(session)
    with pytest.raises(NotAllowed):
        line(session, quote)
    with pytest.raises(NotAllowed):
        lines.arrange(session, quote, [])
    quotes.revise(session, quote, quote.rep)
    lines.arrange(session, quote, quote.lines[::-1])
    assert [one.quantity for one in quote.lines] == [2, 1]


def test_what_changed_between_revisions_is_all_there(session):
    quote = sent(session)
    quotes.revise(session, quote, quote.rep)
    first = quote.lines[0]
    paul = subjects.add(session, quote.customer, "person", "Paul")
    lines.put(session, quote, first, Whom(quote.customer, paul), Lot(
        first.version, model_of(first.version), bench_values(width=1300), 1), Entered(3), {})
    lines.arrange(session, quote, [first])
    line(session, quote, lamp=True)
    quote.valid_days, quote.terms = 10, "Cash."
    vat.note(session, "CH", "person", "export", 0, TODAY, None)
    vat.settle(quote.customer, "CH", "person", "")
    quotes.issue(session, quote, quote.rep, TODAY)
    found = quoting.changes(session, *(one.document for one in quote.revisions))
    assert [change.kind for change in found.lines] == ["added", "changed", "removed"]
    changed = found.lines[1]
    assert [(one.name, one.was, one.now) for one in changed.answers] == [("width", "1200 mm", "1300 mm")]
    assert ("piece", BENCH, 37815) in [(one.what, one.was, one.now) for one in changed.moved], "450, less 19 % VAT"
    assert {one.what for one in found.moved} >= {"valid_until", "terms", "gross"}
    assert ("for", ["Home"], ["Paul", "Home"]) in [(one.what, one.was, one.now) for one in changed.moved]
    assert ("own", "export") in [(one.was["treatment"], one.now["treatment"]) for one in changed.moved
                                 if one.what == "vat"]
    assert not quoting.changes(session, quote.revisions[0].document, quote.revisions[0].document)


@pytest.mark.parametrize("answers", [1, 45, 400])
def test_paper_says_every_answer_of_what_is_ordered_by_it(session, answers):
    document = sent(session).revisions[0].document
    said = [["Which oak", f"Oak{n}"] for n in range(answers)]
    pages = PdfReader(BytesIO(quotesheet.pdf({**document, "lines": [{**document["lines"][0], "said": said}]}))).pages
    read = " ".join(page.extract_text() for page in pages)
    assert re.findall(r"Oak\d+", read) == [answer for _, answer in said]
    assert len(pages) == (2 if answers == 400 else 1)


def test_a_firm_is_named_on_paper_however_long_its_name_is(session):
    quote = drawn(session)
    quote.customer.company = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau & Co. " * 3
    quotes.issue(session, quote, quote.rep, TODAY)
    document = quote.revisions[0].document
    read = PdfReader(BytesIO(quotesheet.pdf(document))).pages[0].extract_text()
    assert re.sub(r"[\s\u00ad-]", "", read).count("hauptbetriebswerkbau") == 3
    del document["customer"]["company"]
    assert "Ada Winter" in PdfReader(BytesIO(quotesheet.pdf(document))).pages[0].extract_text()


def test_nothing_is_written_below_the_edge_of_the_paper(session):
    document = sent(session).revisions[0].document
    said = [["Engraving", "long words " * 90]] * 12
    pages = PdfReader(BytesIO(quotesheet.pdf({**document, "lines": [{**document["lines"][0], "said": said}]}))).pages
    heights = []

    def note(text, current, placed, *_):
        if text.strip():
            heights.append(placed[5] * current[3] + current[5])
    for page in pages:
        page.extract_text(visitor_text=note)
    assert min(heights) > 0


def test_a_discount_beyond_the_limit_waits_for_an_approver(session):
    rep, boss = staff(session), staff(session, "manager", "Dan Okafor")
    rep.discount_limit = 500
    quote = sent(session, rep, discount=501)
    assert (quote.state, quote.sent) == ("submitted", 0)
    with pytest.raises(NotAllowed):
        quotes.approve(session, quote, rep, "")
    with pytest.raises(NotAllowed):
        accept(session, quote, number=1)
    quotes.send_back(session, quote, boss, "Three is enough.")
    assert (quote.state, quote.events[-1].words) == ("draft", "Three is enough.")
    quotes.issue(session, quote, rep, TODAY)
    quotes.approve(session, quote, boss, "All right, this once.")
    assert (quote.state, quote.sent) == ("sent", 2)
    assert sent(session, rep, discount=500).state == "sent"
    assert sent(session, boss, discount=9000).state == "sent"


def test_the_limit_is_for_both_discounts_together_on_every_line(session):
    rep = staff(session)
    rep.discount_limit = 1000
    quote = drawn(session, rep, discount=500)
    quote.lines[1].discount = 600
    assert quotes.needs_approval(session, quote, rep, TODAY)
    quote.lines[1].discount = 526  # 1 - 0.95 * 0.9474 is less than 0.1
    assert not quotes.needs_approval(session, quote, rep, TODAY)


def test_the_client_asks_for_a_change_and_can_still_accept(session):
    quote = sent(session)
    with pytest.raises(ValueError, match="say what"):
        quotes.ask(session, quote, "Ada", "  ")
    quotes.ask(session, quote, "Ada", "Could it be wider?")
    assert (quote.state, quote.events[-1].words) == ("asked", "Could it be wider?")
    assert len(accept(session, quote)) == 2


def test_what_was_accepted_is_told_with_no_orders_too(session):
    quote = sent(session)
    revision = quotes.current(quote)
    assert acceptance(session, revision) is None
    session.add(QuoteEvent(quote=quote, customer_id=quote.customer_id, state="accepted", revision=1, name="Ada"))
    session.flush()
    found = acceptance(session, revision)
    assert (found.name, found.orders, found.promised_on) == ("Ada", (), None)


def test_what_was_promised_first_is_read_at_once_for_all_orders(session):
    quote = sent(session)
    orders = accept(session, quote)
    first = max(order.promised_on for order in orders)
    for days in 40, 50:
        later = {**orders[0].sheet, "promised_on": f"{first + timedelta(days)}"}
        become(session, orders[0], from_plain(orders[0].values), later, staff(session), "More time", TODAY)
    revision = quote.revisions[0]
    assert len(revision.orders) == len(orders) == 2
    said = []
    event.listen(session.get_bind().engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    assert acceptance(session, revision).promised_on == first
    assert len(said) == 2, "one finds who accepted it, one the revisions of all its orders"


def test_what_the_client_says_shows_no_text_in_another_order(session):
    quote = sent(session)
    for words in "wider\N{RIGHT-TO-LEFT OVERRIDE}", "wider\0", "w" * 2001:
        with pytest.raises(ValueError, match="2000"):
            quotes.ask(session, quote, "Ada", words)
    assert quote.state == "sent"


def test_a_quote_comes_to_no_more_than_an_order_could(session):
    quote = quotes.begin(session, a_customer(session), staff(session))
    for _ in range(lines.MOST):
        line(session, quote, quantity=999)
    with pytest.raises(quotes.TooMuch):
        quotes.issue(session, quote, quote.rep, TODAY)
    assert (quote.state, quote.revisions) == ("draft", [])


def test_a_link_is_kept_as_a_digest_and_can_be_revoked(session):
    quote = sent(session)
    token = links.make(session, quote)
    assert token not in repr([quote.link, quote.number])
    assert links.find(session, token) is quote
    assert links.find(session, quote.link) is None
    other = links.make(session, quote)
    assert (links.find(session, token), links.find(session, other)) == (None, quote)
    quote.link_until -= timedelta(days=91)
    assert links.find(session, other) is None
    links.revoke(quote)
    assert links.find(session, other) is None


def test_nothing_of_another_client_or_currency_gets_on_a_quote(session):
    quote, mira = drawn(session), a_customer(session, "Mira Albers")
    version = published(session)
    lot = Lot(version, model_of(version), bench_values(), 1)
    with pytest.raises(ValueError, match="another customer"):
        lines.add(session, quote, Whom(mira), lot, Entered(0), {})
    dear = published(session, bench(name="stool", currency="CHF"))
    with pytest.raises(ValueError, match="one currency"):
        lines.add(session, quote, Whom(quote.customer), Lot(dear, model_of(dear), bench_values(), 1), Entered(0), {})


def test_what_costs_less_than_nothing_gets_on_no_quote(session):
    """Else the discount of the whole could not be spread over the lines, and nobody could open the quote."""
    quote = drawn(session)
    with pytest.raises(ValueError, match="nothing at least"):
        line(session, quote, published(session, bench(name="stool", prices=[
            {"name": "base", "title": "A gift", "amount": "-500"}])))
    assert len(quote.lines) == 2
