"""What the made-up shop has and can do: parts in stock, suppliers, purchases on their way, hours and holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from catalog.model import Part
from catalog.wording import title
from orders.records import Account
from orders.supplies import capacity, purchasing, stock
from orders.supplies.supply import UNIT

CYCLE_PARTS = "Cycle Parts Depot"
SUPPLIERS = {"W": "Nordic Board & Veneer", "T": "Weaver's Yard", "P": "Paper & Carton",
             "C": "Harbour Fittings", "E": "Harbour Fittings", "F": "Harbour Fittings", "S": "Harbour Fittings"}
"""Who delivers what lies in the bins of a letter; the rest is for bicycles."""
SHARE_OUT = 0.05
"""Of the parts that have run out."""
PACKS = {"": 60, "m": 150, "m2": 90, "g": 9_000}
"""How much of a part lies there at most, by its unit."""
HOUR = 60
WEEKS = {"engraving_bench": (0, 6, 0, 6, 0, 0, 0), "paint_shop": (8, 8, 8, 8, 4, 0, 0),
         "packing": (4, 4, 4, 4, 4, 0, 0), "sewing": (16, 16, 16, 16, 12, 0, 0)}
"""Hours of work centres that do not work the usual week."""


def fill(session: Session, worker: Account, at: datetime, random: Random) -> None:
    """Gives the shop its parts, as they are at a moment; half of what is missing is on its way."""
    today = at.date()
    for part in purchasing.catalogued(session).values():
        if not part.made_here:
            _keep(session, part, worker, at, random)
    for centre in capacity.centres(session):
        if week := WEEKS.get(centre):
            capacity.set_hours(session, centre, [hours * HOUR for hours in week])
    for day, why in ((date(today.year, 12, 25), "Christmas"), (date(today.year, 12, 26), "Christmas"),
                     (date(today.year + 1, 1, 1), "New Year")):
        capacity.close(session, day, why)
    for supplier, needs in purchasing.needs(session, today).items():
        if bought := [need for need in needs if random.random() < 0.5]:
            purchasing.order(session, supplier, {need.part.number: need.amount for need in bought}, worker,
                             today - timedelta(days=random.randrange(3)))


def _keep(session: Session, part: Part, worker: Account, at: datetime, random: Random) -> None:
    """Small things come in packs of a hundred and are kept by the hundred; what runs out takes its supplier longer."""
    most = PACKS.get(part.unit, PACKS[""])
    lot = random.choice((1, 5, 10)) if part.unit in ("", "m2") else most // 6
    supplier = SUPPLIERS.get(part.bin[:1], CYCLE_PARTS)
    stock.keep(session, part.number, title(part), part.unit, lead_days=2 * part.lead_days + random.randrange(6),
               lot=lot * UNIT, reorder=most // 10 * UNIT, supplier=supplier)
    if random.random() > SHARE_OUT:
        stock.count(session, part.number, random.randrange(most // 4, most) * UNIT, worker, at - timedelta(days=2))
