"""Tiers of customers: the firm writes down which there are, by which rule one is in them, and what one gets."""

from __future__ import annotations

from babel.numbers import get_currency_precision
from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, alive, found, me
from configurator.web.desk.tier_form import PutForm, TierForm
from configurator.web.formatting import money
from orders import customers
from orders.records import Account
from orders.relation import purchases
from orders.relation import tiers as rooms
from orders.relation.followed import Membership, Tier
from orders.relation.learning import ENOUGH

WRITTEN = "name", "orders", "kinds", "months", "priority", "changes", "remakes", "words"
"""What of a tier stands in its form as it is kept."""
tiers = Blueprint("tiers", __name__, url_prefix="/desk/relation/tiers")


@tiers.get("/")
@access("rep", "manager")
def all_() -> str:
    """Every tier with its rule, what it gives, what that cost and what followed."""
    return render_template("desk/tiers.html", tiers=rooms.all_(session), reports=rooms.reports(session, today()),
                           enough=ENOUGH)


@tiers.get("/<int:id_>")
@access("rep", "manager")
def members(id_: int) -> str:
    """Who is in a tier, since when and why."""
    tier = found(session.get(Tier, id_))
    return render_template("desk/members.html", tier=tier, members=rooms.members(session, tier))


@tiers.route("/new", methods=["GET", "POST"])
@access("manager")
def new() -> Answer | tuple[str, int]:
    """A tier more, after the others."""
    return _edit(Tier(name="", orders=0, bought=0, kinds=0, months=24, changes=0, remakes=0, priority=False, words="",
                      currency=purchases.currency(session) or "EUR",
                      rank=max((tier.rank for tier in rooms.all_(session)), default=0) + 1))


@tiers.route("/<int:id_>/edit", methods=["GET", "POST"])
@access("manager")
def edit(id_: int) -> Answer | tuple[str, int]:
    """Another rule, or something else to get."""
    return _edit(found(session.get(Tier, id_)))


@tiers.post("/<int:id_>/delete")
@access("manager")
def delete(id_: int) -> Answer:
    """A tier less: who was in it is in the next one whose rule they fulfil."""
    session.delete(found(session.get(Tier, id_)))
    session.flush()
    flash(_("The tier is gone. %(count)d customers moved.", count=rooms.refresh(session, today())))
    return redirect(url_for(".all_"), 303)


@tiers.post("/clients/<number>")
@access("manager")
def put(number: str) -> Answer:
    """Puts a client into a tier by hand, or leaves it to the rules again; of somebody erased nothing is kept anew."""
    client, form = alive(found(customers.of_number(session, number))), PutForm()
    form.tier.choices = _choices()
    if form.validate_on_submit():
        tier = session.get(Tier, form.tier.data) if form.tier.data else None
        rooms.put(session, client, tier, form.word.data or "", me())
        if tier is None:
            rooms.refresh(session, today(), client)
        flash(_("%(client)s was moved.", client=client.name))
    else:
        flash(_("Say why, in a few words."), "warning")
    return redirect(url_for(".client", number=number), 303)


@tiers.get("/clients/<number>")
@access("rep", "manager")
def client(number: str) -> str:
    """In which tiers a client was and is, and why."""
    client, form = found(customers.of_number(session, number)), PutForm()
    form.tier.choices = _choices()
    log = session.scalars(select(Membership).where(Membership.customer_id == client.id).order_by(Membership.id.desc()))
    return render_template("desk/membership.html", client=client, now=rooms.of(session, client), log=log.all(),
                           form=form, uses=rooms.uses(session, client), left=rooms.remaining(session, client))


def _choices() -> list[tuple[int, str]]:
    return [(0, str(_("As the rules say"))), *((tier.id, tier.name) for tier in rooms.all_(session))]


def _priced(currency: str) -> str:
    """What a change costs otherwise."""
    fee = int(current_app.extensions["settings"].change_fee)
    return _("Otherwise each costs %(fee)s.", fee=money(fee, currency)) if fee else _(
        "Changes cost nothing in this shop: LOTONE_CHANGE_FEE sets what they cost.")


def _edit(tier: Tier) -> Answer | tuple[str, int]:
    unit = 10 ** get_currency_precision(tier.currency)
    form = TierForm(data={**{name: getattr(tier, name) for name in WRITTEN}, "contact": tier.contact_id or 0,
                          "bought": tier.bought // unit})
    form.changes.description = _priced(tier.currency)
    staff = session.scalars(select(Account).where(Account.role.in_(("rep", "manager")), Account.active))
    form.contact.choices = [(0, str(_("Nobody in particular"))), *((one.id, one.name) for one in staff)]
    if not form.validate_on_submit():
        return render_template("desk/tier.html", form=form, tier=tier), 422 if form.is_submitted() else 200
    for name in WRITTEN:
        setattr(tier, name, form[name].data)
    tier.bought, tier.contact_id = unit * (form.bought.data or 0), form.contact.data or None
    try:
        with session.begin_nested():
            session.add(tier)
    except IntegrityError:
        form.name.errors = [str(_("There is a tier of this name."))]
        return render_template("desk/tier.html", form=form, tier=tier), 422
    flash(_("Saved. %(count)d customers moved.", count=rooms.refresh(session, today())))
    return redirect(url_for(".all_"), 303)
