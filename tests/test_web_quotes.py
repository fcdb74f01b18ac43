"""Quotes in a browser without script: the rep sends, an approver decides, the client sees, asks and accepts."""

import re
from datetime import timedelta
from io import BytesIO

from factories import TODAY, bench, browser, house, member, published, sent_quote, staff
from offering import begun, fields_of, link_of, sent, the_quote
from pypdf import PdfReader
from sqlalchemy import func, select

from catalog.database import now
from catalog.model import from_plain
from configurator.transaction import open_session, transaction
from orders.changes import revising
from orders.quotation import quotes
from orders.quotation.quoted import Quote
from orders.records import Order


def test_a_rep_draws_up_sends_and_the_client_accepts_by_the_link(app, rep):
    page = begun(rep)
    answer = rep.get(page)
    assert answer.text.count("<fieldset") == 2
    answer = sent(rep, page, valid_days="14", terms="Cash, please.")
    assert "Revision 1 is sent" in answer.text
    link = link_of(answer)
    assert "id=\"link\"" not in rep.get(page).text, "it is told once"
    anybody = app.test_client()
    shown = anybody.get(link)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "noindex" in shown.headers["X-Robots-Tag"]
    assert "Cash, please." in shown.text
    assert anybody.get(f"{link}/pdf").data.startswith(b"%PDF")
    assert anybody.post(f"{link}/accept", data={"revision": "1", "name": " "}).status_code == 409
    assert the_quote(app) == "sent"
    accepted = anybody.post(f"{link}/accept", data={"revision": "1", "name": "Ada W."}, follow_redirects=True)
    assert "Accepted by Ada W." in accepted.text
    again = anybody.post(f"{link}/accept", data={"revision": "1", "name": "Ada W."}, follow_redirects=True)
    assert again.status_code == 200
    with open_session(app.extensions["engine"]) as session:
        made = session.scalars(select(Order).where(Order.quote_revision_id.is_not(None))).all()
        assert [order.rep for order in made] == [None, None]
    assert f"/orders/{made[0].number}" in rep.get(page).text
    order = rep.get(f"/orders/{made[0].number}").text
    assert "Quote Q-0001 rev. 1" in order


def test_what_is_accepted_says_the_day_that_was_promised(app, rep):
    page = begun(rep)
    link = link_of(sent(rep, page))
    anybody = app.test_client()
    assert "after acceptance" in anybody.get(link).text
    anybody.post(f"{link}/accept", data={"revision": "1", "name": "Ada W."})
    with open_session(app.extensions["engine"]) as session:
        promised_on = session.scalars(select(Order.promised_on).where(Order.quote_revision_id.is_not(None))).first()
    for text in anybody.get(link).text, rep.get(page).text:
        assert "after acceptance" not in text
        assert re.search(rf"<dt>Promised</dt><dd>[^<]*{promised_on.day}, {promised_on.year}", text)


def printed(browser, path):
    """The words of a PDF, as they follow one another."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(browser.get(path).data)).pages).split())


def test_paper_says_what_was_sent_and_once_accepted_what_was_promised_then(app, rep):
    page = begun(rep)
    link = link_of(sent(rep, page))
    anybody, first = app.test_client(), f"{page}/revisions/1.pdf"
    offered = re.search(r"Ready .*? after acceptance", printed(rep, first))[0]
    assert "Accepted" not in printed(rep, first)
    anybody.post(f"{link}/accept", data={"revision": "1", "name": "Ada W."})
    with transaction(app.extensions["engine"]) as session:
        placed = session.scalars(select(Order).where(Order.quote_revision_id.is_not(None)).order_by(Order.id)).all()
        promised = max(order.promised_on for order in placed)
        numbers = ", ".join(order.number for order in placed)
        later = {**placed[0].sheet, "promised_on": f"{promised + timedelta(40)}"}
        revising.become(session, placed[0], from_plain(placed[0].values), later, staff(session), "More time", TODAY)
    then = f"orders {numbers}, promised then for {promised:%a, %b} {promised.day}, {promised.year}."
    for paper in printed(rep, first), printed(anybody, f"{link}/pdf"):
        assert offered in paper, "what was sent stays as it was"
        assert re.search(rf"Accepted by Ada W\., [^:]*: {re.escape(then)}", paper)


def test_on_paper_each_line_has_its_picture(app, rep):
    """An oak bench is drawn in oak: the brown of its seat is filled somewhere on the page."""
    page = begun(rep)
    sent(rep, page)
    paper = PdfReader(BytesIO(rep.get(f"{page}/revisions/1.pdf").data))
    drawn = "".join(sheet.get_contents().get_data().decode("latin-1") for sheet in paper.pages)
    assert len(re.findall(r"0\.666\d* 0\.533\d* 0\.333\d* scn", drawn)) == 2


def test_a_discount_beyond_the_limit_is_decided_by_a_manager(app, rep):
    page = begun(rep)
    assert "waits for approval" in sent(rep, page, discount="15").text
    assert "Approve and send" not in rep.get(page).text
    assert rep.post(f"{page}/approve", data={"words": ""}).status_code == 303
    assert the_quote(app) == "submitted"
    with transaction(app.extensions["engine"]) as session:
        boss = member(session, "manager", "Dan Okafor")
    manager = browser(app, boss)
    assert "Q-0001" in manager.get("/desk/quotes").text
    assert "that Ben Rossi may take off alone" in manager.get(page).text
    manager.post(f"{page}/send-back", data={"words": ""})
    assert the_quote(app) == "submitted", "a refusal says why"
    manager.post(f"{page}/send-back", data={"words": "Ten at most."})
    assert "Revision 1 came back from Dan Okafor:" in rep.get(page).text
    assert "Ten at most." in rep.get(page).text
    sent(rep, page, discount="12")
    answer = manager.post(f"{page}/approve", data={"words": "Fine."}, follow_redirects=True)
    assert app.test_client().get(link_of(answer)).status_code == 200


def test_what_was_never_submitted_is_not_sent_back(app, rep):
    page = begun(rep)
    for words in "", "Ten at most.":
        assert "Somebody was quicker" in rep.post(f"{page}/send-back", data={"words": words},
                                                  follow_redirects=True).text
    assert the_quote(app) == "draft"


def test_a_link_that_is_foreign_revoked_or_over_is_not_there(app, rep):
    page = begun(rep)
    link = link_of(sent(rep, page))
    nobody = app.test_client()
    assert nobody.get("/quoted/" + "x" * 43).status_code == 404
    newer = link_of(rep.post(f"{page}/link", follow_redirects=True))
    assert [nobody.get(one).status_code for one in (link, newer)] == [404, 200]
    rep.post(f"{page}/revoke")
    for method, path in (("GET", ""), ("GET", "/pdf"), ("POST", "/accept"), ("POST", "/ask")):
        assert nobody.open(newer + path, method=method).status_code == 404


def test_the_client_asks_and_gets_a_revision_that_says_what_changed(app, rep):
    page = begun(rep)
    link, nobody = link_of(sent(rep, page)), app.test_client()
    assert nobody.post(f"{link}/ask", data={"name": "Ada", "words": " "}).status_code == 409
    nobody.post(f"{link}/ask", data={"name": "Ada", "words": "Two of <b>each</b>"})
    shown = rep.get(page).text
    asked = "Ada asks for a change of revision 1:"
    assert shown.index(asked) < shown.index("Two of &lt;b&gt;each&lt;/b&gt;") < shown.index('id="lines"')
    rep.post(f"{page}/revise")
    assert asked in rep.get(page).text
    assert "cannot be accepted any more" in nobody.get(link).text
    assert nobody.post(f"{link}/accept", data={"revision": "1", "name": "Ada"}).status_code == 409
    fields = fields_of(rep.get(page).text)
    sent(rep, page, **{name: "2" for name in fields if name.startswith("quantity-")})
    now = nobody.get(link).text
    assert "What changed since revision 1" in now
    assert "<del>1</del>" in now
    assert "<ins>2</ins>" in now
    assert nobody.post(f"{link}/accept", data={"revision": "1", "name": "Ada"}).status_code == 409
    assert nobody.post(f"{link}/accept", data={"revision": "2", "name": "Ada"}).status_code == 303


def test_a_newer_catalogue_is_recomputed_with_every_difference(app, rep):
    page = begun(rep)
    link, nobody = link_of(sent(rep, page)), app.test_client()
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(prices=[{"name": "base", "title": "Garden bench", "amount": "300 + width / 10"}]))
    refused = nobody.post(f"{link}/accept", data={"revision": "1", "name": "Ada"})
    assert refused.status_code == 409
    assert "nothing was ordered" in refused.text
    assert the_quote(app) == "sent"
    assert "Recompute for today" in rep.get(page).text
    rep.post(f"{page}/revise")
    shown = rep.get(page).text
    assert "What is different from revision 1" in shown
    assert "<del>€458.00</del>" in shown
    assert "<ins>€558.00</ins>" in shown
    sent(rep, page)
    assert nobody.post(f"{link}/accept", data={"revision": "2", "name": "Ada"}).status_code == 303


def test_the_rep_orders_for_a_client_on_the_telephone(app, rep):
    page = begun(rep)
    sent(rep, page)
    rep.post(f"{page}/accept", data={"revision": "1", "name": "Ada, by telephone"})
    assert the_quote(app) == "converted"
    with open_session(app.extensions["engine"]) as session:
        assert session.scalar(select(func.count(Order.id)).where(Order.quote_revision_id.is_not(None))) == 2


def test_who_accepts_confirms_what_nobody_measured(app):
    """In the form it is asked for, at the rep as at the link; what comes without is not ordered, and says why."""
    with transaction(app.extensions["engine"]) as session:
        there = house(session)
        theirs, ours = (sent_quote(session, there.ada.customer, there.rep, guessed=["height"]) for _ in range(2))
        pages = f"/quotes/{theirs.number}", f"/desk/quotes/{ours.number}"
    asked = 'name="unmeasured" value="yes" required'
    for client, page, name in zip((browser(app, there.ada), browser(app, there.rep)), pages, ("Ada", "Ada, by phone"),
                                  strict=True):
        assert re.search(rf"{asked}.*nobody gave us Your height, <strong[^>]*>", client.get(page).text)
        answer = client.post(f"{page}/accept", data={"revision": "1", "name": name}, follow_redirects=True)
        assert ("Nothing was ordered" in answer.text, asked in answer.text) == (True, True)
        assert the_quote(app) == "sent"
        client.post(f"{page}/accept", data={"revision": "1", "name": name, "unmeasured": "yes"})
    with open_session(app.extensions["engine"]) as session:
        assert [quote.state for quote in session.scalars(select(Quote))] == ["converted"] * 2


def tagged(answer, state):
    """What a page says with the mark of a state; not what its script could say."""
    main = answer.text.partition("<main")[2]
    return re.findall(f'<span class="tag" data-state="{state}">.*?<span>(.*?)</span>', main)


def test_a_quote_has_a_ring_where_it_waits_for_whoever_reads_it(app, rep):
    page = begun(rep)

    def ringed(answer):
        return tagged(answer, "open")
    assert ringed(rep.get("/desk/quotes")) == ["Being drawn up"]
    link = link_of(sent(rep, page))
    assert ringed(rep.get("/desk/quotes")) == ringed(rep.get(page)) == []
    anybody = app.test_client()
    assert ringed(anybody.get(link)) == ["Sent"]
    anybody.post(f"{link}/ask", data={"name": "Ada W.", "words": "In pine."})
    assert ringed(rep.get("/desk/quotes")) == ["A change is asked for"]
    assert "A change is asked for" not in ringed(anybody.get(link))
    rep.post(f"{page}/revise")
    shown = anybody.get(link)
    assert ">Sent</span>" in shown.text
    assert "Sent" not in ringed(shown), "it is the firm's turn"


def test_what_is_over_says_so_wherever_a_quote_is_told_of(app):
    with transaction(app.extensions["engine"]) as session:
        there = house(session)
        number = sent_quote(session, there.ada.customer, there.rep, today=now().date() - timedelta(31)).number
    rep, ada = browser(app, there.rep), browser(app, there.ada)
    for client, page in ((rep, "/desk/clients/1001"), (rep, "/desk/quotes"), (rep, f"/desk/quotes/{number}"),
                         (ada, "/quotes"), (ada, f"/quotes/{number}")):
        assert tagged(client.get(page), "warning")[:1] == ["Expired"], page


def test_a_customer_signed_in_finds_their_own_quotes(app):
    with transaction(app.extensions["engine"]) as session:
        there = house(session)
        mine, theirs = (sent_quote(session, one.customer) for one in (there.ada, there.mira))
        quotes.begin(session, there.ada.customer, there.rep)
        numbers = mine.number, theirs.number
    ada = browser(app, there.ada)
    listed = ada.get("/quotes").text
    assert "<td>Garden bench</td>" in listed, "what it is about"
    assert [number in listed for number in (*numbers, "Q-0003")] == [True, False, False]
    assert [ada.get(f"/quotes/{number}").status_code for number in (*numbers, "Q-0003")] == [200, 404, 404]
    assert ada.post(f"/quotes/{numbers[0]}/accept", data={"revision": "1", "name": "Ada Winter"}).status_code == 303
