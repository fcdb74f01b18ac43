"""`lotone account`: accounts of staff, and passwords that were lost."""

from __future__ import annotations

import secrets

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from configurator.commands import opened
from orders import accounts
from orders.records import ROLES, Account


@click.group()
def account() -> None:
    """Who can sign in."""


@account.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--password", help="Made and shown if you give none.")
def add(email: str, name: str, role: str, password: str | None) -> None:
    """Add an account for EMAIL."""
    password = password or _show(email)
    try:
        with opened() as session:
            accounts.sign_up(session, email=email, password=password, name=name, role=role)
    except accounts.Taken as error:
        raise click.ClickException(f"There is an account with the e-mail address {error} already.") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} can sign in as {role}.")


@account.command("password")
@click.argument("email")
@click.option("--password", help="Made and shown if you give none.")
def set_password(email: str, password: str | None) -> None:
    """Set a new password for EMAIL and sign them out everywhere."""
    try:
        with opened() as session:
            accounts.change_password(session, _of(session, email), password or _show(email))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} has a new password.")


@account.command()
@click.argument("email")
@click.option("--active/--inactive", default=False, help="Let in again, or shut out (the default).")
def switch(email: str, active: bool) -> None:
    """Shut EMAIL out, or let them in again; nothing of theirs is lost."""
    with opened() as session:
        _of(session, email).active = active
    click.echo(f"{email} {'can sign in' if active else 'is shut out'}.")


@account.command("list")
def list_accounts() -> None:
    """Every account with its role."""
    with opened() as session:
        for one in session.scalars(select(Account).order_by(Account.role, Account.email)):
            click.echo(f"{one.role:<11} {one.email}  {one.name}{'' if one.active else '  (shut out)'}")


def _of(session: Session, email: str) -> Account:
    found = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if found is None:
        raise click.ClickException(f"There is no account with the e-mail address {email}.")
    return found


def _show(email: str) -> str:
    password = secrets.token_urlsafe(12)
    click.echo(f"Password of {email}: {password}")
    return password
