"""The outbox: what was written to customers, whether it left, and, where no server is set, what would be sent."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answer

from configurator.mail.outbox import again
from configurator.transaction import session
from configurator.web.access import access, found
from orders.shipments.posted import Mail

outbox = Blueprint("outbox", __name__, url_prefix="/outbox")

MOST = 200
"""Mails on the page, the newest ones."""


@outbox.get("/")
@access("rep", "manager")
def page() -> str:
    """The last mails."""
    shown = (joinedload(part) for part in (Mail.order, Mail.quote, Mail.customer))
    newest = select(Mail).options(*shown).order_by(Mail.id.desc()).limit(MOST)
    mails = session.scalars(newest).all()
    return render_template("outbox/page.html", mails=mails, sends=bool(current_app.extensions["settings"].smtp_host))


@outbox.get("/<int:id_>")
@access("rep", "manager")
def one(id_: int) -> str:
    """One mail as it reads."""
    return render_template("outbox/mail.html", mail=found(session.get(Mail, id_)))


@outbox.post("/<int:id_>/again")
@access("rep", "manager")
def resend(id_: int) -> Answer:
    """Tries a mail again that did not leave."""
    again(found(session.get(Mail, id_)))
    flash(_("It is tried again."))
    return redirect(url_for(".page"), 303)
