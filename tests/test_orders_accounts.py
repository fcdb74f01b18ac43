"""Accounts: whoever knows the password comes in, whoever guesses has to wait."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from conftest import COSTLY
from factories import PASSWORD, member
from household import on_sqlite
from sqlalchemy import func, select

from catalog.database import now
from orders import accounts
from orders.records import Account, Login, LoginFailure

HERE, THERE = "192.0.2.1", "198.51.100.7"


def test_a_customer_who_signs_up_is_a_customer_with_a_number(session):
    account = accounts.sign_up(session, email=" Ada@Example.COM ", password=PASSWORD, name="Ada", phone="1")
    assert account.email == "ada@example.com"
    assert (account.customer.name, account.customer.phone, account.customer.number) == ("Ada", "1", "1001")
    assert accounts.sign_up(session, email="rep@example.com", password=PASSWORD, name="R", role="rep").customer is None


def test_an_address_has_one_account(session):
    accounts.sign_up(session, email="ada@example.com", password=PASSWORD, name="Ada")
    with pytest.raises(accounts.Taken):
        accounts.sign_up(session, email="ADA@example.com", password=PASSWORD, name="Eve")


@on_sqlite
@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_passwords_are_neither_short_nor_endless(session, password):
    with pytest.raises(ValueError, match="10 to 200"):
        accounts.sign_up(session, email="ada@example.com", password=password, name="Ada")


def test_an_unknown_role_is_refused(session):
    with pytest.raises(ValueError, match="no role"):
        accounts.sign_up(session, email="ada@example.com", password=PASSWORD, name="Ada", role="root")


def test_the_password_opens_and_nothing_else_does(session):
    account = member(session)
    assert accounts.authenticate(session, account.email.upper(), PASSWORD, HERE) is account
    assert accounts.authenticate(session, account.email, PASSWORD + " ", HERE) is None
    assert accounts.authenticate(session, "nobody@example.com", PASSWORD, HERE) is None
    account.active = False
    assert accounts.authenticate(session, account.email, PASSWORD, HERE) is None


def test_a_hash_of_old_is_renewed_at_the_next_sign_in(session, monkeypatch):
    account = member(session)
    before = account.password_hash
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert accounts.authenticate(session, account.email, PASSWORD, HERE) is account
    assert account.password_hash != before
    assert extract_parameters(account.password_hash).memory_cost == 16
    assert accounts.authenticate(session, account.email, PASSWORD, HERE) is account


def test_hashing_costs_what_is_recommended():
    assert (COSTLY.memory_cost, COSTLY.time_cost) == (19 * 1024, 2)


def test_an_unknown_address_is_hashed_for_like_a_known_one(session, monkeypatch):
    verified = []
    monkeypatch.setattr(accounts, "_verify", lambda hash_, _: bool(verified.append(hash_)))
    accounts.authenticate(session, member(session).email, "wrong password", HERE)
    accounts.authenticate(session, "nobody@example.com", "wrong password", HERE)
    assert [extract_parameters(hash_) for hash_ in verified] == [extract_parameters(verified[0])] * 2


def test_too_many_failures_for_an_address_have_to_wait_even_with_the_right_password(session):
    account = member(session)
    for _ in range(accounts.PER_EMAIL):
        assert accounts.authenticate(session, account.email, "wrong password", HERE) is None
    with pytest.raises(accounts.Throttled) as caught:
        accounts.authenticate(session, account.email, PASSWORD, THERE)
    assert timedelta(0) < caught.value.wait <= accounts.WINDOW
    assert accounts.authenticate(session, member(session).email, PASSWORD, HERE)


def test_too_many_failures_from_one_place_have_to_wait_for_every_address(session):
    for number in range(accounts.PER_ADDRESS):
        accounts.authenticate(session, f"{number}@example.com", "wrong password", HERE)
    account = member(session)
    with pytest.raises(accounts.Throttled):
        accounts.authenticate(session, account.email, PASSWORD, HERE)
    assert accounts.authenticate(session, account.email, PASSWORD, THERE) is account


def test_the_addresses_of_one_ipv6_network_are_one_place(session):
    for number in range(accounts.PER_ADDRESS):
        accounts.authenticate(session, f"{number}@example.com", "wrong password", f"2001:db8::{number:x}")
    with pytest.raises(accounts.Throttled):
        accounts.authenticate(session, "a@example.com", "wrong password", "2001:db8::ffff")
    assert accounts.authenticate(session, "a@example.com", "wrong password", "2001:db8:0:1::1") is None


def test_failures_are_forgotten_after_a_while_and_by_success(session):
    account = member(session)
    for _ in range(accounts.PER_EMAIL):
        accounts.authenticate(session, account.email, "wrong password", HERE)
    for failure in session.scalars(select(LoginFailure)):
        failure.at = now() - accounts.WINDOW - timedelta(seconds=1)
    assert accounts.authenticate(session, account.email, PASSWORD, HERE) is account
    accounts.authenticate(session, account.email, "wrong password", HERE)
    accounts.authenticate(session, account.email, PASSWORD, HERE)
    mine = select(func.count()).where(LoginFailure.key == accounts.failing("email", account.email))
    assert session.scalar(mine) == 0


def test_a_login_lasts_until_it_ends(session):
    account = member(session)
    token = accounts.start_login(session, account, timedelta(days=1))
    assert accounts.signed_in(session, token) is account
    assert session.scalar(select(Login.digest)) != token
    accounts.end_login(session, token)
    assert accounts.signed_in(session, token) is None
    assert accounts.signed_in(session, accounts.start_login(session, account, timedelta(seconds=-1))) is None


def test_a_new_password_ends_every_login(session):
    account = member(session)
    token = accounts.start_login(session, account, timedelta(days=1))
    accounts.change_password(session, account, "another sentence")
    assert accounts.signed_in(session, token) is None
    assert accounts.authenticate(session, account.email, "another sentence", HERE) is account


def test_an_address_changes_unless_it_is_taken(session):
    account, other = member(session), member(session)
    with pytest.raises(accounts.Taken):
        accounts.change_email(session, account, other.email.upper())
    accounts.change_email(session, account, "New@example.com")
    assert (account.email, account.customer.email) == ("new@example.com", "new@example.com")
    assert session.scalar(select(Account).where(Account.email == "new@example.com")) is account
