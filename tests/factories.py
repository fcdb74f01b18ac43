"""What tests build with: a small product, people, orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.formats import from_document
from catalog.model import ProductModel
from catalog.records import Version
from catalog.store import model_of, publish
from configurator.drafts import sessions
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders.accounts import sign_up
from orders.customers import new_customer
from orders.lifecycle import SYSTEM, enter, move
from orders.lots import Lot
from orders.memory import experience
from orders.memory.history import Report, Row
from orders.placing import Agreed, Entered, place
from orders.promises import offered
from orders.quotation import lines, quotes
from orders.quotation.quoted import Quote
from orders.records import Account, Customer, Order, Revision, Subject
from orders.specifications import Configured, save
from orders.subjects import Whom
from orders.supplies import stock
from orders.supplies.snapshot import supply
from orders.supplies.supplied import Stock
from orders.supplies.supply import UNIT

TODAY = date(2027, 1, 4)  # a Monday
PASSWORD = "a sentence to sign in with"
_numbers = count(1)
HOSTILE = ('#import "x": *', '#read("/etc/passwd")', "$ a^2 $ \\ *bold* `raw` = Heading", "<script>alert(1)</script>",
           "<img src=x onerror=alert(1)>", "]) #panic()", "@ref <label> // gone /* gone */", '"}, "sheet": {"',
           "\\u{41} #sys.inputs", "=1+1", "{{ 7 * 7 }}{% raw %}", "../../etc/passwd", "' OR 1=1 --")
"""Texts that would like to be something else; each is one line of at most 60 printable characters."""


def bench(**changes: Any) -> ProductModel:
    """A bench for a tall or small person, built into an alcove: every kind of characteristic, one rule, two operations.

    `changes` replace what the document says under a key; None takes it out.
    """
    document = {
        "lot_one": 1, "name": "bench", "title": "Garden bench", "currency": "EUR", "vat": 19, "lead_days": 2,
        "ask_after_days": 0,
        "groups": [{"name": "body", "title": "Fit"}, {"name": "look", "title": "Looks"}],
        "traits": [{"name": "height", "title": "Height", "unit": "mm"}, {"name": "alcove", "title": "Alcove width"}],
        "characteristics": [
            {"name": "height", "kind": "number", "title": "Your height", "group": "body", "trait": "height",
             "about": "person", "least": 1200, "most": 2200, "step": 10, "unit": "mm", "shown": "cm", "standard": 1750},
            {"name": "width", "kind": "number", "title": "Width", "group": "body", "trait": "alcove", "about": "place",
             "least": 600, "most": 2400, "unit": "mm", "standard": 1200},
            {"name": "wood", "kind": "choice", "title": "Wood", "group": "look", "operation": "saw", "standard": "oak",
             "values": [{"name": "oak", "title": "Oak", "price": 120, "part": "W-OAK", "swatch": "#aa8855"},
                        {"name": "pine", "title": "Pine", "price": 0, "part": "W-PINE", "swatch": "#ddcc99"}]},
            {"name": "lamp", "kind": "boolean", "title": "Lamp", "group": "look", "price": 49, "part": "L-1"},
            {"name": "hooks", "kind": "several", "title": "Hooks", "group": "look", "least": 0, "most": 2,
             "values": [{"name": "left", "title": "Left"}, {"name": "right", "title": "Right"}]},
            {"name": "engraving", "kind": "text", "title": "Engraving", "group": "look", "most": 60,
             "price": "if size(engraving) > 0 then 18 else 0"}],
        "quantities": [{"name": "span", "title": "Span", "unit": "mm", "is": "width - 36"}],
        "rules": [{"id": "lamp_oak", "says": "The lamp is made for oak only.", "when": "lamp", "then": "wood = oak"}],
        "prices": [{"name": "base", "title": "Garden bench", "amount": "200 + width / 10"}],
        "parts": [{"number": "W-OAK", "title": "Oak board", "bin": "A 01", "lead_days": 4},
                  {"number": "W-PINE", "title": "Pine board", "bin": "A 02"}, {"number": "L-1", "title": "Lamp"},
                  {"number": "SCREW", "title": "Screw", "bin": "S 03"}],
        "items": [{"part": "SCREW", "quantity": "4 + 2 * size(hooks)", "operation": "fit"},
                  {"part": "W-PINE", "quantity": 2, "operation": "saw", "measures": {"length": "span", "width": 120}}],
        "work_centres": [{"name": "bench_saw", "title": "Panel saw"}],
        "operations": [
            {"name": "saw", "title": "Cut to size", "work_centre": "bench_saw", "minutes": "width / 60", "steps": [
                {"do": "Cut the {wood} boards", "value": "{span} mm", "station": "Saw 1", "tool": "Stop block"},
                {"do": "Break the edges", "tool": "Plane"}]},
            {"name": "fit", "title": "Fit together", "work_centre": "bench_saw", "minutes": 20, "steps": [
                {"do": "Screw it together"}, {"do": "Engrave {engraving}", "when": 'engraving != ""'}]}],
        "picture": {"view": [0, 0, "width", 500], "caption": "{width} mm wide", "layers": [
            {"name": "seat", "shapes": [{"rect": {"x": 0, "y": 200, "width": "{width}", "height": 40,
                                                  "fill": "{wood.swatch}"}}]},
            {"name": "words", "shapes": [{"text": {"x": 10, "y": 180}, "says": "{engraving}"}]}]},
        **changes}
    return from_document({key: value for key, value in document.items() if value is not None})


CHECKED = ("saw", 1)
"""The step of `checked` that has a check,"""
GOOD, BAD = 1164.0, 1170.0
"""and what is right and wrong there."""


def checked(**changes: Any) -> ProductModel:
    """A bench whose first step has a check: 1164 mm and no more than 1 mm off."""
    check = {"name": "Length", "unit": "mm", "nominal": "span", "plus": 1, "minus": 1}
    return bench(operations=[
        {"name": "saw", "title": "Cut to size", "work_centre": "bench_saw", "minutes": 20, "setup": "{wood}",
         "steps": [{"do": "Cut", "check": check}, {"do": "Break the edges"}]},
        {"name": "fit", "title": "Fit together", "work_centre": "bench_saw", "minutes": 40,
         "steps": [{"do": "Screw it together"}]}], **changes)


def bench_values(**changes: Any) -> dict[str, Any]:
    """A whole, buildable bench."""
    return {"height": 1750, "width": 1200, "wood": "oak", "lamp": False, "hooks": frozenset({"left"}), "engraving": "",
            **changes}


def published(session: Session, model: ProductModel | None = None) -> Version:
    """A published version of the model, of the bench by default."""
    return publish(session, model or bench(), by="tests")


def selling(app: Flask, model: ProductModel | None = None) -> Flask:
    """The application with a published version of the model, of the bench by default."""
    with transaction(app.extensions["engine"]) as session:
        published(session, model)
    return app


def a_customer(session: Session, name: str = "Ada Winter", **details: Any) -> Customer:
    """A customer without an account."""
    return new_customer(session, name=name, **details)


def staff(session: Session, role: str = "rep", name: str = "Ben Rossi") -> Account:
    """An account that nobody can sign in with."""
    account = Account(email=f"{role}{next(_numbers)}@example.com", name=name, role=role, password_hash="none")
    session.add(account)
    session.flush()
    return account


def ordered(session: Session, customer: Customer, version: Version | None = None, today: date = TODAY,
            **changes: Any) -> Order:
    """A placed order of the bench; `changes` are some of its values (`values`: all), or of what `place` takes."""
    version = version or published(session)
    how = {kind: {field.name: changes.pop(field.name) for field in fields(kind) if field.name in changes}
           for kind in (Whom, Lot, Entered)}
    key, placed_by = changes.pop("key", f"key {next(_numbers)}"), changes.pop("placed_by", None)
    free_for = changes.pop("free_for", timedelta(0))
    values = how[Lot].pop("values", None) or bench_values(**changes)
    lot = Lot(version, model_of(version), values, **{"quantity": 1, **how[Lot]})
    offer = offered(lot.model, values, supply(session, today), lot.quantity)
    return place(session, Whom(customer, **how[Whom]), lot, Agreed(offer.total, offer.promised_on),
                 Entered(**{"inputs": 3, **how[Entered]}), key=key, today=today, placed_by=placed_by, free_for=free_for,
                 at=datetime(today.year, today.month, today.day, 9, tzinfo=UTC))


def shipped(session: Session, order: Order) -> Order:
    """The order, made and sent by whoever works on the floor."""
    for state in "in_production", "built", "shipped":
        move(session, order, state, staff(session, "fulfilment"))
    return order


def shipped_on(session: Session, order: Order, day: date) -> None:
    """It was made and sent on a day of some time ago."""
    for state in "in_production", "built", "shipped":
        enter(session, order, state, SYSTEM, datetime(day.year, day.month, day.day, tzinfo=UTC))


def stocked(session: Session, number: str = "W-OAK", amount: int = 0, lead: int = 9, **more: Any) -> None:
    """A part is kept in stock, and so much of it lies there."""
    stock.keep(session, number, number, "", lead_days=lead, **more)
    if amount:
        stock.count(session, number, amount * UNIT, None)


def on_hand(session: Session, number: str = "W-OAK") -> int:
    """How much of it lies there, in thousandths."""
    return session.get_one(Stock, number, populate_existing=True).on_hand


def subject_named(engine: Engine, name: str) -> int:
    """The number of the first person or place that is called so; 0 if nobody is."""
    with open_session(engine) as session:
        return session.scalars(select(Subject.id).where(Subject.name == name).order_by(Subject.id)).first() or 0


def guest_draft(session: Session, **changes: Any) -> Draft:
    """A guest's draft of the bench."""
    return sessions.open_draft(session, published(session), begun=sessions.Begun(**changes), guest="a guest")


def read_in(session: Session, version: Version, file: Path, *rows: Row) -> None:
    """Orders from before Lot One, as a file says them."""
    file.write_text("past")
    report = Report(rows=len(rows), valid=len(rows))
    report.orders.update(rows)
    experience.keep(session, version.product, file, report)


def sent_quote(session: Session, customer: Customer, rep: Account | None = None, quantity: int = 1,
               today: date | None = None, guessed: Sequence[str] = (), **values: Any) -> Quote:
    """A quote of benches, sent on a day, today if not given; of which nobody gave what is guessed."""
    rep, version = rep or staff(session), published(session)
    quote = quotes.begin(session, customer, rep)
    lot = Lot(version, model_of(version), bench_values(**values), quantity)
    lines.add(session, quote, Whom(customer), lot, Entered(2, guessed=guessed), {})
    quotes.issue(session, quote, rep, today or now().date())
    return quote


def member(session: Session, role: str = "customer", name: str = "Ada Winter") -> Account:
    """An account that can sign in with PASSWORD."""
    return sign_up(session, email=f"{role}{next(_numbers)}@example.com", password=PASSWORD, name=name, role=role)


def sign_in(client: FlaskClient, account: Account) -> None:
    """Signs in by the form, as anybody would."""
    answer = client.post("/account/login", data={"email": account.email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


def browser(app: Flask, account: Account) -> FlaskClient:
    """A browser that somebody is signed in with."""
    client = app.test_client()
    sign_in(client, account)
    return client


@dataclass(frozen=True)
class House:
    """A shop with people in it: two customers, one order and one specification of each, a rep and a worker."""

    ada: Account
    mira: Account
    rep: Account
    worker: Account
    order: Order
    kept: Revision
    theirs: Order
    their_kept: Revision


def house(session: Session) -> House:
    """The house on a new database; Ada's numbers are 1001, 2001 and S-0001, Mira's 1002, 2002 and S-0002."""
    version = published(session)
    ada, mira = member(session, name="Ada Winter"), member(session, name="Mira Álbers")
    kept = [save(session, Whom(account.customer), "Terrace", Configured(version, bench_values()), account)
            for account in (ada, mira)]
    orders = [ordered(session, account.customer, version, engraving=account.name) for account in (ada, mira)]
    return House(ada, mira, member(session, "rep", "Ben Rossi"), member(session, "fulfilment", "Chloe Maran"),
                 orders[0], kept[0], orders[1], kept[1])
