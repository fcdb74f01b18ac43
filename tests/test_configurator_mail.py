"""Mail to customers: composed for what happened, once, in their language, and no longer than they are there."""

import re
from datetime import timedelta

import pytest
from changes import change
from conftest import settings_for
from factories import a_customer, bench, browser, member, ordered, published, sent_quote, staff
from mailing import ordered_now, shop, written
from sqlalchemy import select

from catalog.database import now
from configurator.mail import clerk, private, sending
from configurator.mail.composing import QUESTION
from configurator.transaction import transaction
from orders import lifecycle
from orders.accounts import sign_up
from orders.changes import answering, changing
from orders.floor import production
from orders.memory import erasure
from orders.records import Customer, Order
from orders.shipments import shipping
from orders.shipments.posted import Mail

HOUR = timedelta(hours=1)


def test_whoever_orders_is_written_to_once(database, tmp_path, post):
    with transaction(database) as session:
        number = ordered_now(session, engraving="<b>A & B</b>").number
    with shop(database, tmp_path, post) as app:
        assert [clerk.tend(app) for _ in range(3)] == [1, 0, 0]
    ((recipients, mail),) = post.mails
    assert recipients == ["ada@example.com"]
    assert mail["Subject"] == f"Your order {number}"
    assert mail["From"] == "Wood & Sons <orders@shop.example>"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for words in f"https://shop.example/orders/{number}", "Garden bench", "€", "Ada Winter", "Wood":
        assert words in plain, words
        assert words in html, words
    assert "Wood & Sons" in plain
    assert "Wood &amp; Sons" in html


def test_each_thing_that_happens_is_told(database, tmp_path, post):
    with transaction(database) as session:
        worker, rep = staff(session, "fulfilment"), staff(session)
        order = ordered_now(session)
        request = changing.cancel(session, order, rep)
        answering.refuse(session, request, worker, "It is cut")
        for step in production.steps(order):
            production.sign_off(session, order, *step, worker)
        carrier = shipping.keep_carrier(session, "Quick Post", "https://carrier.example/{number}")
        shipping.ship(session, order, worker, carrier, "A 1")
    with shop(database, tmp_path, post) as app:
        clerk.tend(app)
    told = {mail.kind: mail.plain for mail in written(database)}
    assert set(told) == {"placed", "refused", "shipped", "right"}, "the bench is asked about at once"
    assert "It is cut" in told["refused"]
    assert "https://carrier.example/A%201" in told["shipped"]
    assert len(post.mails) == 4


def test_a_change_is_told_and_a_release_when_its_time_has_come(sqlite, tmp_path):
    with transaction(sqlite) as session:
        order = ordered_now(session, free_for=HOUR)
        order.free_until = now() - HOUR
        change(session, order, staff(session), wood="pine")
    with shop(sqlite, tmp_path) as app:
        clerk.tend(app)
    assert [mail.kind for mail in written(sqlite)] == ["placed", "changed"]
    with transaction(sqlite) as session:
        assert session.scalar(select(Order.state)) == "released"


def test_it_is_written_in_the_customers_language(sqlite, tmp_path):
    with transaction(sqlite) as session:
        account = sign_up(session, email="eva@example.com", password="a sentence to sign in with", name="Eva")
        account.locale = "de_AT"
        order = ordered(session, account.customer, today=now().date())
        for event in order.events:
            event.at = now()
    with shop(sqlite, tmp_path) as app:
        clerk.tend(app)
    (mail,) = written(sqlite)
    assert mail.locale == "de_AT"
    assert "€ 440,00" in mail.plain.replace("\N{NO-BREAK SPACE}", " ")


def test_a_quote_is_mailed_with_its_private_link_which_is_kept_no_longer_than_needed(sqlite, tmp_path, post):
    with transaction(sqlite) as session:
        quote = sent_quote(session, a_customer(session, email="ada@example.com"))
        rep, number = member(session, "rep", "Ben Rossi"), quote.number
        session.commit()
    with shop(sqlite, tmp_path, post) as app:
        desk = browser(app, rep)
        for _ in range(2):  # a double tap: the first link leads nowhere, so it is not sent
            told = desk.post(f"/desk/quotes/{number}/link", data={"mail": "yes"}, follow_redirects=True).text
        assert "in the outbox, for ada@example.com" in told
        assert "/quoted/" in written(sqlite)[0].plain
        assert clerk.tend(app) == 1
        ((recipients, mail),) = post.mails
        assert recipients == ["ada@example.com"]
        assert mail["Subject"] == f"Quote {number}, revision 1"
        for part in mail.iter_parts():
            link = re.search(r"https://shop\.example(/quoted/[\w-]+)", part.get_content())[1]
            assert app.test_client().get(link).status_code == 200
        (kept,) = written(sqlite)
        assert link.rpartition("/")[2] not in kept.plain + kept.html
        assert f'<a href="/desk/quotes/{number}">{number}</a>' in desk.get("/outbox/").text


def test_no_word_of_a_customer_becomes_a_header(sqlite, tmp_path):
    with transaction(sqlite) as session:
        order = ordered_now(session)
        mail = Mail(customer_id=order.customer_id, order=order, kind="placed", locale="en", plain="x", html="x",
                    at=now(), recipient="ada@example.com", subject="Hello\r\nBcc: all@example.com")
        session.add(mail)
        session.flush()
        with pytest.raises(ValueError, match=r"linefeed|carriage|newline|header"):
            sending.message(mail, settings_for(sqlite, tmp_path))


def test_whoever_is_erased_has_no_mail_any_more_and_gets_none(database, tmp_path):
    with transaction(database) as session:
        order = ordered_now(session, free_for=HOUR)
        lifecycle.move(session, order, "cancelled", staff(session, "fulfilment"))
        customer = order.customer_id
    with shop(database, tmp_path) as app:
        clerk.tend(app)
        assert {mail.kind for mail in written(database)} == {"placed", "cancelled"}
        with transaction(database) as session:
            erasure.erase(session, session.get(Customer, customer))
        assert written(database) == []
        clerk.tend(app)
        assert written(database) == []


def test_the_question_comes_when_the_product_can_be_judged_with_a_link_that_is_enough(sqlite, tmp_path):
    with transaction(sqlite) as session:
        worker = staff(session, "fulfilment")
        order = ordered_now(session, version=published(session, bench(ask_after_days=10)))
        for step in production.steps(order):
            production.sign_off(session, order, *step, worker)
        shipment = shipping.ship(session, order, worker)
        number = order.number
    with shop(sqlite, tmp_path) as app:
        clerk.tend(app)
        assert "right" not in {mail.kind for mail in written(sqlite)}
        with transaction(sqlite) as session:
            session.merge(shipment).delivered_at = now() - timedelta(days=10)
        clerk.tend(app)
        (mail,) = [mail for mail in written(sqlite) if mail.kind == "right"]
        path = re.search(r"https://shop\.example(/asked/\S+)", mail.plain)[1]
        client = app.test_client()
        assert "Was it right?" in client.get(path).text
        assert client.post(path, data={"all": ""}, follow_redirects=True).status_code == 200
        assert "we propose it again" in client.get(path).text
        assert client.get(path[:-2] + "xx").status_code == 404
        assert client.get(f"/orders/{number}").status_code == 303, "it opens nothing else"
        with app.test_request_context():
            assert private.number("nonsense") is None


def test_nobody_is_asked_who_has_answered_or_long_after(sqlite, tmp_path):
    with transaction(sqlite) as session:
        worker = staff(session, "fulfilment")
        order = ordered_now(session)
        for step in production.steps(order):
            production.sign_off(session, order, *step, worker)
        shipping.ship(session, order, worker).delivered_at = now() - QUESTION - HOUR
    with shop(sqlite, tmp_path) as app:
        clerk.tend(app)
    assert "right" not in {mail.kind for mail in written(sqlite)}


def test_without_a_server_the_outbox_shows_what_would_be_sent(sqlite, tmp_path):
    with transaction(sqlite) as session:
        number, manager = ordered_now(session).number, member(session, "manager")
    with shop(sqlite, tmp_path) as app:
        assert clerk.tend(app) == 0
        client = browser(app, manager)
        page = client.get("/outbox/").text
        assert "nothing is sent" in page
        assert f"Your order {number}" in page
        assert "ada@example.com" in client.get("/outbox/1").text


def test_a_mail_leads_to_what_it_is_about_and_to_whom_whoever_may_see_them(sqlite, tmp_path):
    with transaction(sqlite) as session:
        number = ordered_now(session).number
        staff = [member(session, role) for role in ("rep", "manager")]
    with shop(sqlite, tmp_path) as app:
        clerk.tend(app)
        clients = [browser(app, account) for account in staff]
        for page in "/outbox/", "/outbox/1":
            for link in f'<a href="/orders/{number}">{number}</a>', '<a href="/desk/clients/1001">ada@example.com</a>':
                assert [link in client.get(page).text for client in clients] == [True, False]
