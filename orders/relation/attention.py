"""A rep's day: what is to be done about the relation with which customer, why, and what was done about it.

The list is short, and made by rules that anybody can read here; it learns nothing. Each line has a text `about`: what
was done about it holds for just that, so that a later order can bring the customer onto the list again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog.database import now
from orders import subjects
from orders.floor import board
from orders.memory import feedback
from orders.memory.remembered import Erasure, Evidence
from orders.records import Account, Customer, Order, OrderEvent, Revision
from orders.relation.followed import DONE, FollowUp
from orders.shipments.shipping import came_back

Kind = Literal["promise", "wrong", "remake", "answer", "news", "due", "quiet"]
"""A promise at risk, something that was said to be wrong, a remake to follow up, an answer that is missing, a
specification that a new catalogue touches, a customer who would order again about now, and one who has not for long."""
Risk = Literal["late", "trouble", "measure", "asked", "parts", "hours"]
"""Why a promise is at risk: its day is past, a problem or a measure waits for somebody to decide, something is asked of
the floor, parts come too late, more is left to do than there are hours.
"""
SHORT, SHARE = 15, 4
"""Lines on a list: more is not done in a day; and of a kind, as long as others wait."""
ASKED, GIVEN_UP = timedelta(21), timedelta(180)
"""After how long a missing answer is asked for by telephone, and after how long no more."""
HEARD = timedelta(90)
"""How long one comes back to what somebody said was not right."""
AGAIN = timedelta(10)
"""After how long one asks whether a piece that was made again is right."""
DUE, QUIET, LOST = 0.9, 2.0, 8.0
"""From how many times their usual pause on a customer is due again, going quiet, and not expected any more."""
LATER = timedelta(14)
LATELY = timedelta(1)
"""How long what was done about a line is still shown, to be taken back."""
NEWEST = ("remake", "answer", "quiet")
"""Kinds of which the newest line comes first, for it is the likeliest to come to something; of others the oldest."""
AT_ONCE = 10_000
"""Customers that one statement asks for: no database takes any number."""


@dataclass(frozen=True)
class Line:
    """Something to do: about which order or specification, since when, with what usual pause in days, at which risks,
    and by which names something was not right.
    """

    kind: Kind
    customer: Customer
    about: str
    since: date
    order: Order | None = None
    revision: Revision | None = None
    pause: int | None = None
    risks: tuple[Risk, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        return self.customer.id, self.about


@dataclass(frozen=True)
class Pause:
    """How long a customer usually pauses between purchases, and how long they have now, in days."""

    customer_id: int
    usual: float
    now: float

    @property
    def kind(self) -> Kind | None:
        """What that makes of them."""
        times = self.now / self.usual
        return None if times < DUE or times >= LOST else "due" if times < QUIET else "quiet"


def promises(session: Session, today: date) -> Iterator[Line]:
    """Orders that are late, or will be, or are kept by something."""
    for entry in board.board(session, today)[0]:
        order = entry.order
        risks: dict[Risk, object] = {"late": entry.late, "trouble": entry.troubles, "measure": entry.undecided,
                                     "asked": entry.request, "parts": entry.missed, "hours": entry.tight}
        about = f"promise {order.number} {order.promised_on}{' late' if entry.late else ''}"  # late is a line anew
        yield Line("promise", order.customer, about, order.promised_on, order,
                   risks=tuple(risk for risk, holds in risks.items() if holds))


def unanswered(session: Session, today: date) -> Iterator[Line]:
    """Shipped orders of which nobody said whether they are right: those made again first."""
    shipped = select(OrderEvent.order_id, func.max(OrderEvent.at).label("at")).where(
        OrderEvent.state == "shipped").group_by(OrderEvent.order_id).subquery()
    query = select(Order, shipped.c.at).join(shipped, shipped.c.order_id == Order.id).where(
        Order.state == "shipped", ~feedback.is_answered(), _alive(),
        ~came_back(), shipped.c.at >= _start(today - GIVEN_UP)).options(
        joinedload(Order.customer)).order_by(shipped.c.at)
    for order, at in session.execute(query):
        again = order.remake_of_id is not None
        if at.date() <= today - (AGAIN if again else ASKED):
            yield Line("remake" if again else "answer", order.customer, f"answer {order.number}", at.date(), order)


def complained(session: Session, today: date) -> Iterator[Line]:
    """What a customer said was not right, and nobody came back to: it was neither made again nor sent back. What a rep
    noted themself, they know.
    """
    again = aliased(Order)
    said = select(Evidence).join(Evidence.order).where(
        Evidence.kind == "verdict", feedback.stands(), Evidence.stated_by.is_(None), _alive(), ~came_back(),
        Evidence.at >= _start(today - HEARD), Order.state == "shipped",
        ~exists().where(again.remake_of_id == Order.id, again.state != "cancelled"))
    for piece in session.scalars(said.options(joinedload(Evidence.order).joinedload(Order.customer))):
        if piece.order and (wrong := feedback.wrong(piece)):
            yield Line("wrong", piece.order.customer, f"wrong {piece.order.number} {piece.id}", piece.at.date(),
                       piece.order, wrong=wrong)


def pausing(session: Session, pauses: Iterable[Pause]) -> Iterator[Line]:
    """Customers who would order again about now, and who have not for long; each by their own usual pause."""
    known: Mapping[int, Pause] = {pause.customer_id: pause for pause in pauses if pause.kind}
    for order in _last(session, list(known)):
        pause = known[order.customer_id]
        assert pause.kind is not None
        yield Line(pause.kind, order.customer, f"{pause.kind} {order.number}", order.placed_at.date(), order,
                   pause=round(pause.usual))


def _last(session: Session, customers: Sequence[int]) -> Iterator[Order]:
    """The last purchase of each of these customers."""
    for at in range(0, len(customers), AT_ONCE):
        last = select(func.max(Order.id)).where(
            Order.state != "cancelled", Order.remake_of_id.is_(None),
            Order.customer_id.in_(customers[at:at + AT_ONCE])).group_by(Order.customer_id)
        yield from session.scalars(select(Order).where(Order.id.in_(last)).options(joinedload(Order.customer)))


def sorted_(session: Session, lines: Iterable[Line], today: date) -> list[Line]:
    """The lines that nothing was done about, by kind, then the oldest first; of some kinds the NEWEST."""
    done = {(one.customer_id, about) for one in session.scalars(select(FollowUp))
            if one.done != "later" or (one.until and one.until > today) for about in _covered(one)}
    kinds = get_args(Kind)
    return sorted((line for line in lines if line.key not in done),
                  key=lambda line: (kinds.index(line.kind), (line.since - today) * (-1 if line.kind in NEWEST else 1)))


def settled(session: Session, lines: Iterable[Line]) -> list[tuple[Line, FollowUp]]:
    """The lines that something was done about LATELY, with what it was, the last first."""
    by_key = {line.key: line for line in lines}
    followed = session.scalars(select(FollowUp).where(FollowUp.at > now() - LATELY)
                               .order_by(FollowUp.at.desc(), FollowUp.id.desc()))
    return [(by_key[key], one) for one in followed for key in [(one.customer_id, one.about)] if key in by_key]


def short(lines: Sequence[Line]) -> list[Line]:
    """The list of the day: the SHORT most pressing lines, of each kind no more than SHARE as long as others wait."""
    kinds = Counter[Kind]()
    turns = []
    for line in lines:
        kinds[line.kind] += 1
        turns.append(kinds[line.kind] > SHARE and line.kind != "promise")
    chosen = sorted(range(len(lines)), key=lambda place: (turns[place], place))[:SHORT]
    return [lines[place] for place in sorted(chosen)]


def _covered(one: FollowUp) -> Iterator[str]:
    """What is settled with it: who was called when they were due is asked again when they go quiet, but whom somebody
    did not want on the list for it is not.
    """
    yield one.about
    if one.done == "never" and one.about.startswith("due "):
        yield one.about.replace("due", "quiet", 1)


def done(session: Session, line: Line, what: str, today: date, by: Account | None) -> FollowUp:
    """Notes what was done about a line: done, later, or never; of two at once the second waits, or starts over.

    Raises ValueError for anything else, and of a customer who is erased.
    """
    if what not in DONE:
        raise ValueError(f"a line is {', '.join(DONE)}, not {what!r}")
    subjects.alive(session, line.customer)
    held = session.scalar(select(FollowUp).where(FollowUp.customer_id == line.customer.id,
                                                 FollowUp.about == line.about))
    held = held or FollowUp(customer_id=line.customer.id, about=line.about)
    held.done, held.until, held.account, held.at = what, today + LATER if what == "later" else None, by, now()
    session.add(held)
    session.flush()
    return held


def undo(session: Session, number: str, about: str) -> None:
    """Nothing was done about a line of the customer of that number after all: it is on the list again."""
    customer = select(Customer.id).where(Customer.number == number)
    session.execute(delete(FollowUp).where(FollowUp.customer_id.in_(customer), FollowUp.about == about))


def _alive() -> ColumnElement[bool]:
    return Order.customer_id.not_in(select(Erasure.customer_id))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
