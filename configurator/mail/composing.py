"""What there is to write to customers, and how it is said: plain and as HTML, in the customer's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from cachetools import LRUCache, cached
from flask import current_app, render_template, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from catalog.database import now
from catalog.model import ProductModel
from catalog.records import Version
from configurator.mail import private
from configurator.web.formatting import day, money
from orders.changes.changed import Request
from orders.memory import feedback
from orders.memory.remembered import Erasure
from orders.quotation.quoted import Quote, QuoteRevision
from orders.records import Account, Customer, Order, OrderEvent
from orders.shipments import shipping
from orders.shipments.posted import Mail

NEWS = timedelta(days=3)
"""What happened before is no news any more: a shop that begins to write does not write of last year."""
QUESTION = timedelta(days=30)
"""Nor is anybody asked who should have been asked before that."""


@dataclass(frozen=True)
class Letter:
    """What a mail says; `facts` are pairs of what and how much, `links` of what and where."""

    subject: str
    words: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why somebody is written to."""

    kind: str
    order: Order
    event: OrderEvent | None = None
    request: Request | None = None


def reasons(session: Session, at: datetime | None = None) -> list[Reason]:
    """What nobody was written to about yet, oldest first."""
    at = at or now()
    return [*_events(session, at), *_refusals(session, at), *_questions(session, at)]


def compose(session: Session, reason: Reason) -> Mail:
    """The mail; it is written in the language of the customer's account, else of the shop."""
    mail = _written(session, reason.order.customer, reason.kind, partial(_LETTERS[reason.kind], reason))
    mail.order = reason.order
    mail.event_id = reason.event.id if reason.event else None
    mail.request_id = reason.request.id if reason.request else None
    return mail


def bring(session: Session, quote: Quote, revision: QuoteRevision, link: str) -> Mail:
    """The mail that brings a revision of a quote with its private link; the link is gone from it once it was sent.

    One that waits to be sent still is given up for it: its link leads nowhere any more.
    """
    session.execute(delete(Mail).where(Mail.quote_id == quote.id, Mail.sent_at.is_(None)))
    mail = _written(session, quote.customer, "quoted", partial(_quoted, quote, revision, link))
    mail.quote = quote
    session.add(mail)
    session.flush()
    return mail


def _written(session: Session, customer: Customer, kind: str, write: Callable[[], Letter]) -> Mail:
    """What is written in the language of the customer."""
    locale = _locale(session, customer)
    with force_locale(locale):
        letter = write()
        said = {"letter": letter, "name": customer.name, "maker": current_app.extensions["settings"].maker,
                "lang": locale.replace("_", "-")}
        return Mail(customer_id=customer.id, kind=kind, locale=locale, recipient=customer.email,
                    subject=" ".join(letter.subject.split())[:250],
                    plain=render_template("mail/letter.txt", **said), html=render_template("mail/letter.html", **said))


def _events(session: Session, at: datetime) -> list[Reason]:
    before = aliased(OrderEvent)
    last = select(before.sheet_number).where(before.order_id == OrderEvent.order_id, before.id < OrderEvent.id
                                             ).order_by(before.id.desc()).limit(1).scalar_subquery()
    told = OrderEvent.state.in_(("placed", "shipped", "cancelled")) | (OrderEvent.sheet_number > last)
    found = session.execute(
        select(OrderEvent, OrderEvent.sheet_number > last).join(Order).join(Customer).where(
            OrderEvent.at > at - NEWS, told, *_reachable(), ~exists().where(Mail.event_id == OrderEvent.id))
        .order_by(OrderEvent.id))
    return [Reason("changed" if changed else event.state, event.order, event) for event, changed in found]


def _refusals(session: Session, at: datetime) -> list[Reason]:
    found = session.scalars(select(Request).join(Order, Request.order_id == Order.id).join(
        Customer, Order.customer_id == Customer.id).where(
        Request.state == "refused", Request.answered_at > at - NEWS, *_reachable(),
        ~exists().where(Mail.request_id == Request.id)).order_by(Request.id))
    return [Reason("refused", request.order, request=request) for request in found]


def _questions(session: Session, at: datetime) -> list[Reason]:
    """Whether it was right, once the product can be judged; who has answered meanwhile is not asked."""
    since = shipping.in_hand()
    first = at - QUESTION - timedelta(days=_longest(session, session.scalar(select(func.max(Version.id))) or 0))
    found = session.execute(select(Order, since).join(Customer).where(
        Order.state == "shipped", since > first, *_reachable(), ~shipping.came_back(),
        ~feedback.is_answered(), ~exists().where(Mail.order_id == Order.id, Mail.kind == "right")))
    return [Reason("right", order) for order, moment in found
            if moment and at - QUESTION < shipping.ask_at(order, moment) <= at]


@cached(LRUCache(4), key=lambda session, newest: (session.get_bind().engine.url, newest), lock=Lock())
def _longest(session: Session, newest: int) -> int:
    """The most days after which any product asks; read once for each `newest` version."""
    said = session.scalar(select(func.max(Version.document["ask_after_days"].as_integer())))
    return max(said or 0, ProductModel.ask_after_days)


def _reachable() -> tuple[ColumnElement[bool], ...]:
    return Customer.email != "", ~exists().where(Erasure.customer_id == Customer.id)


def _locale(session: Session, customer: Customer) -> str:
    known = session.scalar(select(Account.locale).where(Account.customer_id == customer.id))
    return known or current_app.extensions["settings"].locale


def _placed(reason: Reason) -> Letter:
    order = reason.order
    return Letter(_("Your order %(number)s", number=order.number),
                  (_("Thank you. We make it for you as you ordered it."),), _facts(order), (_page(order),))


def _changed(reason: Reason) -> Letter:
    order = reason.order
    words = (_("From now on this holds; what it was before stands on its page."),)
    return Letter(_("Your order %(number)s is changed", number=order.number), words, _facts(order), (_page(order),))


def _shipped(reason: Reason) -> Letter:
    order, shipment = reason.order, shipping.of(_session(reason), reason.order)
    carrier = shipment.carrier if shipment else None
    followed = shipping.followed(shipment) if shipment else ""
    facts = [(_("Product"), order.version.title)]
    if carrier:
        facts.append((_("With"), carrier.name))
    if shipment and shipment.tracking:
        facts.append((_("Tracking number"), shipment.tracking))
    return Letter(_("Your order %(number)s is on its way", number=order.number),
                  (_("It is built, packed and on its way to you."),), tuple(facts),
                  (*(((_("Where it is"), followed),) if followed else ()), _page(order)))


def _cancelled(reason: Reason) -> Letter:
    return Letter(_("Your order %(number)s is cancelled", number=reason.order.number),
                  (_("Nothing of it is made any more."),), (), (_page(reason.order),))


def _refused(reason: Reason) -> Letter:
    assert reason.request
    return Letter(_("About what you asked for: order %(number)s", number=reason.order.number),
                  (_("The workshop cannot do it any more. It says:"), reason.request.word,
                   _("The remake is not made.") if reason.request.kind == "remake"
                   else _("Your order stays as it is.")),
                  (), (_page(reason.order),))


def _right(reason: Reason) -> Letter:
    order = reason.order
    here = url_for("feedback.by_link", token=private.token(order), _external=True)
    return Letter(_("Was it right? Order %(number)s", number=order.number),
                  (_("You have had it for a while: %(product)s. Was it right? It takes a minute, and the next one fits "
                     "better.", product=order.version.title),), (), ((_("Say whether it was right"), here),))


def _quoted(quote: Quote, revision: QuoteRevision, link: str) -> Letter:
    days = revision.document["ready_days"]
    return Letter(
        _("Quote %(number)s, revision %(revision)d", number=quote.number, revision=revision.number),
        (_("This is what we offer. Behind the link you can look at it, ask for a change, or accept it."),
         _("The link needs no password: whoever has it can accept.")),
        ((_("Total"), money(revision.total, revision.currency)), (_("Valid until"), day(revision.valid_until)),
         (_("Ready"), ngettext("one working day after acceptance", "%(num)d working days after acceptance", days))),
        ((_("Your quote"), link),))


_LETTERS = {"placed": _placed, "changed": _changed, "shipped": _shipped, "cancelled": _cancelled, "refused": _refused,
            "right": _right}


def _facts(order: Order) -> tuple[tuple[str, str], ...]:
    whom = ", ".join(subject.name for subject in (order.person, order.place) if subject and not subject.themself)
    return (
        (_("Product"), order.version.title), *(((_("For"), whom),) if whom else ()),
        *(((_("Pieces"), str(order.quantity)),) if order.quantity > 1 else ()),
        (_("Total"), money(order.total, order.currency)), (_("Ready"), day(order.promised_on)))


def _page(order: Order) -> tuple[str, str]:
    return _("Your order"), url_for("orders.order", number=order.number, _external=True)


def _session(reason: Reason) -> Session:
    found = Session.object_session(reason.order)
    assert found
    return found
