"""Accounts: signing up, signing in, and slowing down whoever guesses."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from orders import customers
from orders.records import ROLES, Account, Login, LoginFailure

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's least for Argon2id, 19 MiB and two passes: a busy hour does not exhaust the memory."""

SHORTEST, LONGEST = 10, 200
"""Characters of a password: length is what counts, and a hash of megabytes would be an attack."""

WINDOW = timedelta(minutes=15)
PER_EMAIL, PER_ADDRESS = 8, 40
"""Failures within the window before an e-mail address, or a network address, has to wait."""
SIGNED_IN = select(Account).join(Login).where(
    Login.digest == bindparam("digest"), Login.until >= bindparam("moment"), Account.active
).options(joinedload(Account.customer))
"""Who a token stands for. Built once, for every page of theirs asks it."""


class Taken(ValueError):
    """There is an account with this e-mail address already."""


class Throttled(Exception):
    """Too many failures: `wait` says how long until the next try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many failed sign-ins; try again in {max(1, round(wait.total_seconds() / 60))} minutes")
        self.wait = wait


def sign_up(session: Session, *, email: str, password: str, name: str, role: str = "customer", phone: str = "",
            made_up: bool = False) -> Account:
    """A new account, of a new customer if that is its role; raises Taken, ValueError for a bad password or role."""
    email = email.strip().lower()
    if role not in ROLES:
        raise ValueError(f"{role!r} is no role; there are {', '.join(ROLES)}")
    if _of(session, email):
        raise Taken(email)
    account = Account(email=email, name=name.strip(), role=role, password_hash=_hash(password))
    if role == "customer":
        account.customer = customers.new_customer(
            session, name=name, email=email, phone=phone, made_up=made_up)
    session.add(account)
    session.flush()
    return account


def authenticate(session: Session, email: str, password: str, address: str) -> Account | None:
    """The account, or None; a failure is kept, and raises Throttled once there are too many.

    An unknown e-mail address takes as long as a known one, so that time does not tell which ones exist.
    """
    email = email.strip().lower()[:254]
    keys = {failing("email", email): PER_EMAIL, failing("address", _network(address)): PER_ADDRESS}
    session.execute(delete(LoginFailure).where(LoginFailure.at < now() - WINDOW))
    for key, most in keys.items():
        _throttle(session, key, most)
    account = _of(session, email)
    if not _verify(account.password_hash if account else _nobody(), password) or not account or not account.active:
        session.add_all(LoginFailure(key=key) for key in keys)
        session.flush()
        return None
    if HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = HASHER.hash(password)
    session.execute(delete(LoginFailure).where(LoginFailure.key == failing("email", email)))
    return account


def failing(kind: str, text: str) -> str:
    """What failures are counted under, without the text itself: whoever mistypes types a password or another's name."""
    return f"{kind}:{_digest(text)}"


def verify(account: Account, password: str) -> bool:
    """Whether this is the account's password."""
    return _verify(account.password_hash, password)


def change_password(session: Session, account: Account, password: str) -> None:
    """Sets a new password and ends every login of the account; raises ValueError for a bad one."""
    account.password_hash = _hash(password)
    session.execute(delete(Login).where(Login.account_id == account.id))


def change_email(session: Session, account: Account, email: str) -> None:
    """Raises Taken."""
    email = email.strip().lower()
    other = _of(session, email)
    if other and other is not account:
        raise Taken(email)
    account.email = email
    if account.customer:
        account.customer.email = email


def start_login(session: Session, account: Account, lasts: timedelta) -> str:
    """A token that `signed_in` knows until it has lasted; logins that are over are cleared away."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(Login).where(Login.until < now()))
    session.add(Login(digest=_digest(token), account_id=account.id, until=now() + lasts))
    return token


def signed_in(session: Session, token: str) -> Account | None:
    """The active account that this token stands for."""
    return session.scalar(SIGNED_IN, {"digest": _digest(token), "moment": now()})


def end_login(session: Session, token: str) -> None:
    """Forgets the token."""
    session.execute(delete(Login).where(Login.digest == _digest(token)))


def _of(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == email))


def _throttle(session: Session, key: str, most: int) -> None:
    failures, first = session.execute(
        select(func.count(), func.min(LoginFailure.at)).where(LoginFailure.key == key)).one()
    if failures >= most:
        assert isinstance(first, datetime)
        raise Throttled(first + WINDOW - now())


def _network(address: str) -> str:
    """Who has an IPv6 address has 2**64 of them: they count as one."""
    try:
        return str(ip_network((address, 64 if ip_address(address).version == 6 else 32), strict=False))
    except ValueError:
        return address


def _hash(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password has {SHORTEST} to {LONGEST} characters")
    return HASHER.hash(password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password[:LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_urlsafe())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
