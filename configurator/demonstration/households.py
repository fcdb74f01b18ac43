"""The people and places of the demonstration: a family with a living room, and a firm with two sites."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from orders import customers, subjects
from orders.memory import facts
from orders.places.rooms import Block, Opening, Plan
from orders.records import Account, Customer

LIVING_ROOM = Plan(
    4200, 3600, 2450,
    openings=(Opening("door", "back", 100, 860, 860, 0, 1985, "Door"),
              Opening("window", "back", 1900, 1600, 0, 850, 1250, "Window")),
    furniture=(Block(3300, 800, 900, 2200, 800, "Sofa"), Block(250, 2200, 2150, 1100, 740, "Table"),
               Block(0, 1000, 600, 1150, 1200, "Piano")))
"""The widest stretch of wall, between door and window, is 0.94 m: the standard bookcase is 1.20 m."""
CAFE = Plan(
    6400, 4800, 3200, walls=(Block(1180, 0, 1600, 340, 3200, "Chimney breast"),),
    openings=(Opening("door", "front", 2600, 1000, 0, 0, 2100, "Entrance"),
              Opening("window", "right", 900, 2400, 0, 600, 1800, "Shop window")),
    furniture=(Block(4300, 1200, 700, 2600, 1100, "Counter"),))
STORE = Plan(5200, 2800, 2600, openings=(Opening("door", "left", 900, 900, 900, 0, 2000, "Door"),))


def fill(session: Session, first: Customer, rep: Account, at: datetime) -> None:
    """Gives the first customer a family and a room, and adds the firm."""
    tom, mila = (subjects.add(session, first, "person", name) for name in ("Tom Winter", "Mila Winter"))
    for person, height in ((tom, 1870), (mila, 1510)):
        facts.state(session, person, "height", height, "mm", "the telephone", rep.name, at=at - timedelta(days=40))
    subjects.add(session, first, "place", "Living room").plan = LIVING_ROOM.plain()
    firm = customers.new_customer(session, name="Lindenhof Cafés", email="office@lindenhof.example.com",
                                  phone="+49 30 5550 1717", made_up=True)
    firm.created_at = at - timedelta(days=200)
    for name, plan in (("Café at the market", CAFE), ("Store in the Hafenstraße", STORE)):
        site = subjects.add(session, firm, "place", name)
        site.plan = plan.plain()
        for recess in plan.alcoves()[:1]:
            for trait, measure in zip(("alcove_width", "alcove_depth", "alcove_height"), (*recess, plan.height),
                                      strict=True):
                facts.state(session, site, trait, measure, "mm", "the plan", rep.name, at=at - timedelta(days=90))
    session.flush()
