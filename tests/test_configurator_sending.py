"""Mail is sent to a real server: tried again, never lost, never twice, and to nobody else."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from conftest import application, settings_for
from mailing import ordered_now, shop, written
from sqlalchemy import func, select

from catalog.database import now
from configurator.mail import clerk, outbox, sending
from configurator.transaction import transaction
from orders.shipments.posted import Mail


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
