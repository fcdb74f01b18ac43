"""What the firm noted of a customer, as they read it: their tier, reps' notes, and when reps had to do with them."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from configurator.transaction import session
from orders.clients import calls, notes
from orders.clients.noted import Call, Note
from orders.records import Customer
from orders.relation import tiers
from orders.relation.followed import FollowUp, Membership

LAST = 20
"""Calls and follow-ups that are shown: the file to take along has them all."""
ABOUT = {"promise": _("whether order %(number)s comes in time"), "answer": _("whether order %(number)s is right"),
         "wrong": _("what was not right about order %(number)s"),
         "news": _("what a new catalogue makes of %(number)s"), "due": _("that another order is due after %(number)s"),
         "quiet": _("that there was no order for long after %(number)s")}
"""What a follow-up can be about, by the first word that orders.relation.attention calls it with."""
DID = {"done": _("done"), "later": _("put off"), "never": _("not to be done")}


class Noted(NamedTuple):
    """The tier they are in, the notes, and the last calls and follow-ups, in words; newest first."""

    tier: Membership | None
    notes: list[Note]
    calls: list[Call]
    followed: list[tuple[FollowUp, str, str]]


def noted(customer: Customer) -> Noted:
    """All of it."""
    followed = session.scalars(select(FollowUp).where(FollowUp.customer_id == customer.id)
                               .order_by(FollowUp.at.desc(), FollowUp.id.desc()).limit(LAST))
    return Noted(tiers.of(session, customer), notes.of(session, customer), calls.of(session, customer, LAST),
                 [(one, _about(one.about), str(DID[one.done])) for one in followed])


def _about(about: str) -> str:
    kind, _space, rest = about.partition(" ")
    return str(ABOUT[kind]) % {"number": rest.partition(" ")[0]} if kind in ABOUT else about
