"""A customer's orders and specifications; a rep sees the same pages for every customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, selectinload
from werkzeug.wrappers import Response as Answer

from catalog.model import from_plain
from catalog.store import current, model_of
from catalog.wording import title
from configurator.drafts import renewal, sessions
from configurator.engine import Undecided
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import access, alive, current_account, current_customer, found
from configurator.web.shop import chart
from configurator.web.shop.answers import say
from configurator.web.shop.became import Became, became
from orders import lifecycle, specifications
from orders.buildsheet import parts_of
from orders.changes import requests, revising
from orders.changes.changed import Request, Superseded
from orders.memory import erasure, feedback
from orders.records import Account, Customer, Order, Revision, Specification
from orders.relation import tiers
from orders.relation.learning import own
from orders.shipments import shipping
from orders.subjects import Whom
from orders.supplies import reservations

pages = Blueprint("orders", __name__)

PATH = "placed", "released", "in_production", "built", "shipped"
"""The states of an order that goes well."""


class Specified(NamedTuple):
    """A characteristic as it was ordered, and how that differs from the order before."""

    title: str
    said: str
    change: specifications.Difference | None
    measured: bool


@pages.get("/orders")
@access("customer")
def orders() -> str:
    """All orders of the customer, and what each one took to enter."""
    customer = found(current_customer())
    placed = placed_by(customer)
    return render_template("orders/orders.html", orders=placed, marks=chart.marks(own(placed)),
                           waiting=feedback.waiting(session, customer))


@pages.get("/orders/<number>")
@access("customer", "rep")
def order(number: str) -> str:
    """What was ordered and promised, as it was frozen."""
    order, acting = order_of(number), rep()
    changes, pending, shipment = _changes(order), requests.pending(session, order), shipping.of(session, order)
    return render_template("orders/order.html", order=order, sheet=order.sheet, groups=_specified(order, changes),
                           same=not changes, acting=acting, remakes=_remakes(order), path=PATH,
                           pending=pending, wished=_wished(order, pending),
                           can_change=order.state in lifecycle.PENDING, free=order.state == "placed",
                           can_release=acting is not None and lifecycle.may(order, "released", acting),
                           missing=reservations.missing(session, order) if acting else (), needed=parts_of(order),
                           shipment=shipment,
                           followed=shipping.followed(shipment) if shipment else "",
                           asked=requests.of(session, order), before=_before_this(order),
                           used=tiers.used_for(session, order, pending.id if pending else None),
                           asks=order.state == "shipped" and not erasure.erased(session, order.customer),
                           answered=feedback.answer(session, order))


@pages.post("/orders/<number>/again")
@access("customer", "rep")
def again(number: str) -> Answer:
    """Opens the same once more: what was ordered is proposed, as far as today's catalogue builds it."""
    return redirect(url_for("shop.configure", draft=order_again(number).id), 303)


def order_again(number: str) -> Draft:
    """A draft of what was ordered, for the same person and place; 404 for an order of somebody else."""
    order = order_of(number)
    alive(order.customer)
    version = found(current(session, order.version.product.slug))
    begun = sessions.Begun(shown=from_plain(order.values), made_with=order.version)
    return sessions.open_draft(session, version, Whom.of(order), begun, rep=rep())


def _before_this(order: Order) -> list[tuple[Superseded, tuple[specifications.Difference, ...]]]:
    """The revisions before the one that counts, the newest first, each with what the next one changed."""
    model, then = model_of(order.version), from_plain(order.values)
    found = []
    for old in revising.superseded(session, order):
        was = from_plain(old.values)
        found.append((old, specifications.differences(model, was, model, then, say)))
        then = was
    return found


def _wished(order: Order, asked: Request | None) -> tuple[specifications.Difference, ...]:
    """What is asked to be otherwise than it was ordered."""
    if asked is None or asked.values is None:
        return ()
    model = model_of(order.version)
    return specifications.differences(model, from_plain(order.values), model, from_plain(asked.values), say)


def _remakes(order: Order) -> list[Order]:
    """What was ordered because this one was not right."""
    remakes = Order.customer_id == order.customer_id, Order.remake_of_id == order.id
    return list(session.scalars(select(Order).where(*remakes).order_by(Order.id)))


def _changes(order: Order) -> dict[str, specifications.Difference]:
    """What is otherwise than in the order before, by name: what the catalogue has no more, too."""
    before = session.scalar(select(Order).where(Order.number == order.sheet["previous"]))
    if before is None:
        return {}
    was, now = ((model_of(one.version), from_plain(one.values)) for one in (before, order))
    return {change.name: change for change in specifications.differences(*was, *now, say)}


def _specified(order: Order, changes: Mapping[str, specifications.Difference]) -> list[tuple[str, list[Specified]]]:
    """What was ordered, group by group, in the reader's units: the frozen sheet says it in those of the workshop.

    What the order before had and the catalogue has no more comes last.
    """
    model, values = model_of(order.version), from_plain(order.values)
    guessed = {row["name"] for group in order.sheet["groups"] for row in group["rows"] if not row.get("measured", True)}
    groups = [(heading, [Specified(title(c), say(c, values[c.name]), changes.get(c.name), c.name not in guessed)
                         for c in members if c.name in values])  # of somebody erased, not all that was ordered is left
              for heading, members in specifications.grouped(model)]
    lost = [Specified(change.title, specifications.NOTHING, change, True) for change in changes.values()
            if change.name not in model]
    return [*groups, *([(_("No longer in the catalogue"), lost)] if lost else [])]


@pages.get("/specifications")
@access("customer")
def kept() -> str:
    """The customer's specifications, those saved last first."""
    return render_template("orders/specifications.html", kept=with_changes(found(current_customer())))


@pages.get("/specifications/<number>")
@access("customer", "rep")
def specification(number: str) -> str:
    """One specification: what a revision says, and what changed between any two."""
    specification = _specification(number)
    revisions = {revision.letter: revision for revision in specification.revisions}
    shown = found(revisions.get(request.args.get("rev", specification.revisions[-1].letter)))
    before = found(revisions.get(request.args.get("from", _before(shown).letter)))
    model = model_of(shown.version)
    return render_template(
        "orders/specification.html", specification=specification, shown=shown, before=before, acting=rep(),
        differences=specifications.changes(before, shown, say), groups=specifications.grouped(model), **_today(shown),
        values=from_plain(shown.values), said=say, title=title)


def _today(revision: Revision) -> dict[str, Became | bool | None]:
    """What today's catalogue makes of a revision, for its page; or that this takes too long to find out."""
    try:
        found = renewal.today(session, revision)
    except Undecided:
        return {"became": None, "undecided": True}
    return {"became": became(revision.version, *found) if found else None, "undecided": False}


@pages.post("/specifications/<number>/rename")
@access("customer", "rep")
def rename(number: str) -> Answer:
    """Gives it another name."""
    specification = _specification(number)
    try:
        specifications.rename(specification, request.form.get("name", ""))
        flash(_("The specification is called %(name)s now.", name=specification.name))
    except ValueError:
        flash(_bad_name(), "warning")
    return redirect(url_for(".specification", number=number), 303)


@pages.post("/specifications/<number>/<letter>/copy")
@access("customer", "rep")
def copy(number: str, letter: str) -> Answer:
    """A specification of its own that starts as this revision."""
    revision = revision_of(number, letter)
    try:
        copied = specifications.copy(session, revision, request.form.get("name", ""), current_account())
    except ValueError:
        flash(_bad_name(), "warning")
        return redirect(url_for(".specification", number=number), 303)
    flash(_("Copied."))
    return redirect(url_for(".specification", number=copied.specification.number), 303)


@pages.post("/specifications/<number>/<letter>/open")
@access("customer", "rep")
def reopen(number: str, letter: str) -> Answer:
    """Opens the revision in the catalogue of today, to be changed or, with that button, ordered."""
    revision = revision_of(number, letter)
    version = found(current(session, revision.version.product.slug))
    draft = sessions.open_draft(session, version, Whom.of(revision.specification), sessions.Begun.of(revision),
                                rep=rep())
    return redirect(url_for("ordering.review" if "order" in request.form else "shop.configure", draft=draft.id), 303)


def rep() -> Account | None:
    """Whoever acts for a customer; None if they act for themselves."""
    account = current_account()
    return account if account and account.role != "customer" else None


def placed_by(customer: Customer) -> list[Order]:
    """The customer's orders, the newest first, with what a list of them shows."""
    shown = (selectinload(part) for part in (Order.version, Order.person, Order.place, Order.rep))
    return list(session.scalars(select(Order).where(Order.customer_id == customer.id).options(*shown)
                                .order_by(Order.id.desc())))


def with_changes(customer: Customer) -> list[tuple[Specification, list[str]]]:
    """The customer's specifications, each with the titles of what its last save changed."""
    return [(specification, [change.title for change in _last_changes(specification)])
            for specification in specifications.of(session, customer)]


def _last_changes(specification: Specification) -> tuple[specifications.Difference, ...]:
    return specifications.changes(_before(specification.revisions[-1]), specification.revisions[-1])


def _before(revision: Revision) -> Revision:
    """The revision before this one; the first one itself."""
    return revision.specification.revisions[max(revision.number - 2, 0)]


def _visible(owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """What belongs to the customer who is signed in; a rep sees everybody's."""
    return true() if rep() else owner == found(current_customer()).id


def order_of(number: str) -> Order:
    """The order, if it is the customer's; 404 if not."""
    return found(session.scalar(select(Order).where(Order.number == number, _visible(Order.customer_id))))


def _specification(number: str) -> Specification:
    return found(session.scalar(select(Specification).where(Specification.number == number,
                                                            _visible(Specification.customer_id))))


def revision_of(number: str, letter: str) -> Revision:
    """A revision that whoever asks may see, or 404."""
    return found(next((r for r in _specification(number).revisions if r.letter == letter), None))


def _bad_name() -> str:
    return _("A name has 1 to %(most)s characters.", most=specifications.LONGEST_NAME)
