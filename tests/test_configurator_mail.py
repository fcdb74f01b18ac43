"""Mail to customers: composed for what happened, once; sent to a real server, tried again, never lost, never twice."""

import re
import socket
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from threading import Barrier, Thread

import pytest
from aiosmtpd.controller import Controller
from changes import change
from conftest import application, settings_for
from factories import a_customer, bench, browser, member, ordered, published, sent_quote, staff
from sqlalchemy import func, select

from catalog.database import now
from configurator.mail import clerk, outbox, private, sending
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


class Post:
    """A mail server that keeps what it is given, or answers as it is told to."""

    def __init__(self):
        self.mails, self.answers = [], []

    async def handle_DATA(  # noqa: N802  # what the server calls
            self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def post():
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def shop(database, folder, post=None):
    """The application, writing to the server if there is one."""
    server = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "no"} if post else {}
    return application(replace(settings_for(database, folder), address="https://shop.example", maker="Wood & Sons",
                               **server))


def ordered_now(session, **details):
    """An order of a moment ago, of somebody with an address."""
    found = ordered(session, a_customer(session, email="ada@example.com"), today=now().date(), **details)
    for event in found.events:
        event.at = now()
    session.flush()
    return found


def written(database):
    with transaction(database) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


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


def test_what_the_server_does_not_take_is_tried_again_and_then_it_is_taken(sqlite, tmp_path, post):
    with transaction(sqlite) as session:
        ordered_now(session)
    post.answers = ["451 Later", "451 Later"]
    with shop(sqlite, tmp_path, post) as app:
        for tries, waits in (1, timedelta(minutes=5)), (2, timedelta(minutes=10)):
            assert clerk.tend(app) == 0
            (mail,) = written(sqlite)
            assert (mail.tries, mail.sent_at) == (tries, None)
            assert "Later" in mail.error
            assert abs(mail.due_at - now() - waits) < timedelta(seconds=30)
            assert clerk.tend(app) == 0, "not before its time"
            with transaction(sqlite) as session:
                session.get(Mail, mail.id).due_at = now()
        assert clerk.tend(app) == 1
    (mail,) = written(sqlite)
    assert (mail.error, mail.due_at, len(post.mails)) == ("", None, 1)


def test_what_no_server_takes_is_given_up_and_can_be_tried_anew(sqlite, tmp_path, post):
    with transaction(sqlite) as session:
        ordered_now(session)
    post.answers = ["550 No such user"]
    with shop(sqlite, tmp_path, post) as app:
        assert clerk.tend(app) == 0
        (mail,) = written(sqlite)
        assert (mail.due_at, mail.sent_at) == (None, None)
        with transaction(sqlite) as session:
            outbox.again(session.get(Mail, mail.id))
        assert clerk.tend(app) == 1


def test_a_server_that_is_away_loses_nothing(sqlite, tmp_path, post):
    with transaction(sqlite) as session:
        ordered_now(session)
    port, post.port = post.port, 1
    with shop(sqlite, tmp_path, post) as app:
        assert clerk.tend(app) == 0
    with transaction(sqlite) as session:
        session.scalars(select(Mail)).one().due_at = now()
    post.port = port
    with shop(sqlite, tmp_path, post) as app:
        assert clerk.tend(app) == 1


def test_while_the_server_is_away_each_round_asks_it_once(sqlite, tmp_path, monkeypatch):
    """A server that does not answer takes its time for every mail: what else is due would have to wait for them all."""
    with transaction(sqlite) as session:
        for _ in range(3):
            ordered_now(session)
    asked = []

    def away(*_):
        asked.append(1)
        raise TimeoutError("timed out")
    monkeypatch.setattr(sending, "_send", away)
    app = application(replace(settings_for(sqlite, tmp_path), address="https://shop.example", smtp_host="127.0.0.1"))
    with app as shop_:
        assert clerk.tend(shop_) == 0
        assert len(asked) == 1
        clerk.tend(shop_)
    assert sorted(mail.tries for mail in written(sqlite)) == [0, 1, 1]


def test_what_a_server_says_in_parting_changes_nothing(sqlite, tmp_path, post):
    async def handle_quit(server, session, envelope):
        return "421 Too many of you"
    post.handle_QUIT = handle_quit
    with transaction(sqlite) as session:
        ordered_now(session)
    with shop(sqlite, tmp_path, post) as app:
        assert clerk.tend(app) == 1
    assert [(mail.sent_at is None, mail.error) for mail in written(sqlite)] == [(False, "")]


def test_who_dies_before_noting_it_sends_it_again_as_the_same_mail(sqlite, tmp_path, post, monkeypatch):
    """The server has it, and then the power fails: it comes twice, and a mail program can tell that it is one."""
    with transaction(sqlite) as session:
        ordered_now(session)
    with shop(sqlite, tmp_path, post) as app:
        with monkeypatch.context() as broken:
            broken.setattr(outbox, "sent", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                clerk.tend(app)
        with transaction(sqlite) as session:
            outbox.again(session.scalars(select(Mail)).one())
        assert clerk.tend(app) == 1
    first, second = (mail for _, mail in post.mails)
    assert first["Message-ID"] == second["Message-ID"]


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
        assert f"{number}" in desk.get("/outbox/").text


def test_nobody_else_sends_a_mail_while_a_slow_server_answers(sqlite, tmp_path):
    answers = 10  # a greeting, EHLO, STARTTLS, EHLO, two of AUTH, MAIL, RCPT, DATA and its end
    with transaction(sqlite) as session:
        ordered_now(session)
    with shop(sqlite, tmp_path) as app:
        clerk.tend(app)
    at = now()
    with transaction(sqlite) as session:
        assert outbox.claim(session, at)
        assert outbox.claim(session, at + answers * timedelta(seconds=sending.PATIENCE)) is None


def test_two_who_send_at_once_send_once(database, tmp_path, post):
    with transaction(database) as session:
        for _ in range(4):
            ordered_now(session)
    with shop(database, tmp_path, post) as app:
        ready, left = Barrier(2), []

        def tend():
            ready.wait()
            for _ in range(6):
                try:
                    left.append(clerk.tend(app))
                except Exception:  # the other one was first: as `serve` does, again
                    continue
        threads = [Thread(target=tend) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({mail["Message-ID"] for _, mail in post.mails}) == len(post.mails) == 4
    with transaction(database) as session:
        assert session.scalar(select(func.count(Mail.id))) == 4


@pytest.mark.parametrize("recipient", ["ada@example.com\nBcc: all@example.com", "a b@example.com", "<x>", "nobody",
                                       "ada@example.com, eve@example.com", "ada@", "ada@["])
def test_no_address_adds_a_header_or_a_reader(sqlite, tmp_path, post, recipient):
    with transaction(sqlite) as session:
        order = ordered_now(session)
        order.customer.email = recipient
    with shop(sqlite, tmp_path, post) as app:
        assert clerk.tend(app) == 0
    (mail,) = written(sqlite)
    assert (mail.due_at, post.mails) == (None, [])


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
