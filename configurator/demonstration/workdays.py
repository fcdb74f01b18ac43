"""The workshop of the demonstration: times and batches, somebody at work, a problem with a photo, a wrong cut."""

from __future__ import annotations

import io
import secrets
from datetime import datetime, timedelta
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from orders import accounts
from orders.floor import measuring, picking, troubles, working
from orders.floor.steps import Step, signed, steps
from orders.floor.worked import Used, Work
from orders.records import Account, Order

LATELY, NAMED = timedelta(days=180), timedelta(days=90)
"""How far back times are noted, and until when by whom."""


def fill(session: Session, worker: Account, at: datetime, random: Random) -> None:
    """Gives the orders there are the traces of work, and those on the floor what happens there now."""
    mate = accounts.sign_up(session, email="noor@example.com", password=secrets.token_urlsafe(32), name="Noor Hassan",
                            role="fulfilment", made_up=True)
    orders = session.scalars(select(Order).where(Order.placed_at > at - LATELY, Order.state != "cancelled")
                             .order_by(Order.id)).all()
    for order in orders:
        _worked(session, order, random.choice((worker, mate)), at, random)
    under_way = [order for order in orders if order.state == "in_production"]
    for order, who, minutes in zip(under_way, (mate, worker), (25, 8), strict=False):
        working.begin(session, order, _next(order), who, at - timedelta(minutes=minutes))
    if under_way:
        _stopped(session, under_way[-1], mate)
        for part in list(picking.needs(under_way[0]))[:4]:
            picking.pick(session, under_way[0], part, mate, found=True)
    _wrong(session, [order for order in orders if order.state in picking.STATES], mate)


def _worked(session: Session, order: Order, who: Account, at: datetime, random: Random) -> None:
    """The minutes of the steps that are done, and the batches of what they took."""
    done, moment = signed(order), order.placed_at + timedelta(days=5)
    named = who.id if moment > at - NAMED else None
    for operation in order.sheet["operations"]:
        factor = (0.8 + len(operation["title"]) % 5 / 10) * random.uniform(0.9, 1.1)
        for step in range(1, len(operation["steps"]) + 1):
            if (operation["name"], step) in done:
                end = moment + timedelta(minutes=operation["minutes"] / len(operation["steps"]) * factor)
                session.add(Work(order=order, operation=operation["name"], step=step, account_id=named, started=moment,
                                 ended=min(end, at)))
                moment = end
        if operation["parts"] and (operation["name"], 1) in done:
            part = operation["parts"][0]["number"]
            session.add(Used(order=order, operation=operation["name"], part=part, account=who, at=min(moment, at),
                             batch=f"{order.placed_at:%y}-{order.placed_at.month:02}{random.choice('AB')}"))
    session.flush()


def _stopped(session: Session, order: Order, who: Account) -> None:
    """A problem, with a photo that was drawn."""
    troubles.report(session, order, _next(order), "A mark, some 40 mm long, where it will be seen. May it stay?", who,
                    key="demonstration", photo=_photo())


def _wrong(session: Session, orders: list[Order], who: Account) -> None:
    """A value out of tolerance that nobody has decided about yet."""
    for order in orders:
        for step in steps(order):
            check = measuring.check_of(order, *step)
            if check and step not in signed(order):
                measuring.measure(session, order, step, round(check.most + 0.5, 1), who, key="demonstration")
                return


def _next(order: Order) -> Step:
    done = signed(order)
    return next(step for step in steps(order) if step not in done)


def _photo() -> bytes:
    """A surface with a mark, of whatever is in production: cloth, a tube or a board."""
    image = Image.new("RGB", (1200, 800), "#6d6a64")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 220, 1200, 600), fill="#b9b3a4")
    draw.line([(420, 402), (530, 396), (600, 410), (720, 404)], fill="#2c1d10", width=9)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85)
    return content.getvalue()
