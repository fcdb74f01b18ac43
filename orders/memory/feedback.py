"""Was it right? What somebody says of what was made for them, value by value; the newest answer to an order counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog.database import now
from catalog.model import Characteristic, Number, ProductModel, Text, from_plain, to_plain
from catalog.nodes import Answer
from catalog.records import Version
from catalog.store import model_of
from orders import lifecycle
from orders.memory import evidence, facts
from orders.memory.remembered import Erasure, Evidence
from orders.memory.verdict import Said, Verdict, Verdicts, said_in
from orders.records import Account, Customer, Order
from orders.shipments import shipping
from orders.subjects import Whom

IN_VIEW = 8
"""Values that are asked about at once: so many are answered in a minute, and the others on demand."""
LONGEST_NOTE = 2000
"""Characters of what is said about the whole."""


class NotShipped(ValueError):
    """Nobody can say yet whether it is right."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"order {order.number} is {order.state}: whether it is right is asked once it is shipped")


def words_for(characteristic: Characteristic) -> tuple[Said, ...]:
    """What can be said of its values: only of numbers is it clear what is larger."""
    return ("right", "small", "large") if isinstance(characteristic, Number) else ("right", "other")


def asked(model: ProductModel, set_: Collection[str]) -> tuple[list[Characteristic], list[Characteristic]]:
    """What to ask about first, and what only whoever wants to: all that the product has.

    `set_` names what the person ordering set or changed. A measure of a person or a place comes first, for that it fits
    is known only by trying it on; then what they set, which they had an opinion about.
    """
    def rank(characteristic: Characteristic) -> int:
        if isinstance(characteristic, Number) and characteristic.about != "product":
            return 0
        return 1 if characteristic.name in set_ else 2
    ranked = sorted(model.characteristics, key=rank)
    first = [characteristic for characteristic in ranked if rank(characteristic) < 2][:IN_VIEW]
    return first, ranked[len(first):]


def set_by_hand(session: Session, order: Order) -> frozenset[str]:
    """The names that the person ordering set or changed."""
    placed = session.scalar(select(Evidence).where(Evidence.order_id == order.id, Evidence.kind == "order").limit(1))
    return frozenset(placed.corrected or ()) if placed else frozenset()


def give(session: Session, order: Order, verdicts: Verdicts, note: str = "", by: Account | None = None,
         at: datetime | None = None) -> Evidence:
    """Keeps what the customer says of an order, the same said twice once.

    `by`: the rep they said it to; `at`: the moment, now if not given. What should have been another number of a person
    or a place is from now on what is known of them. Raises NotShipped, TooLong, and ValueError for a value that the
    product did not have or could never have.
    """
    if lifecycle.locked(session, order).state != "shipped":  # of two answers at once, the second sees the first
        raise NotShipped(order)
    model, made = model_of(order.version), from_plain(order.values)
    for name, verdict in verdicts.items():
        _check(model, name, made, verdict)
    before, told, note = answer(session, order), plain(verdicts), said_in(note, LONGEST_NOTE)
    if before is not None and (before.verdicts, before.note) == (told, note):
        return before
    whom = Whom.of(order)
    rather = {name: verdict.rather for name, verdict in verdicts.items() if verdict.rather is not None}
    source = f"what you said of order {order.number}"
    undone = {name: made[name] for name in (verdicts_of(before) if before else {}) if name not in rather
              and _told(session, whom, model[name], source)}
    facts.tell(session, whom, model, undone | rather, source, at)
    occasion = evidence.Occasion(f"order {order.number}", order=order, by=by, at=at)
    said = evidence.Said("verdict", order.version, made, verdicts=told, note=note)
    piece = evidence.keep(session, whom, said, occasion)
    if before is not None:
        evidence.changed(session, order.customer)
    return piece


def _told(session: Session, whom: Whom, characteristic: Characteristic, source: str) -> bool:
    """Whether what is known of a person or a place is what was said of an order before."""
    known = facts.of(session, *whom.subjects).get(characteristic.trait or "")
    return known is not None and known.source == source


def answer(session: Session, order: Order) -> Evidence | None:
    """What was said of an order last."""
    return session.scalar(select(Evidence).where(Evidence.order_id == order.id, Evidence.kind == "verdict")
                          .order_by(Evidence.id.desc()).limit(1))


def verdicts_of(piece: Evidence) -> dict[str, Verdict]:
    """What a piece of evidence of kind verdict says, by name."""
    return {name: Verdict(said["is"], None if said["rather"] is None else from_plain({"": said["rather"]})[""],
                          said["why"]) for name, said in piece.verdicts.items()}


def plain(verdicts: Verdicts) -> dict[str, Any]:
    """As the database keeps them."""
    return {name: {"is": verdict.said, "why": verdict.why,
                   "rather": None if verdict.rather is None else to_plain({"": verdict.rather})[""]}
            for name, verdict in verdicts.items()}


def stands() -> ColumnElement[bool]:
    """Whether a piece of evidence counts: not if it is an answer to an order that was answered again later."""
    later = aliased(Evidence)
    return ~exists().where(Evidence.kind == "verdict", later.kind == "verdict", later.order_id == Evidence.order_id,
                           later.id > Evidence.id)


def wrong(piece: Evidence) -> tuple[str, ...]:
    """The names of what was not right."""
    return tuple(name for name, verdict in verdicts_of(piece).items() if verdict.said != "right")


def is_answered() -> ColumnElement[bool]:
    """That something was said of whether an order was right."""
    return exists().where(Evidence.order_id == Order.id, Evidence.kind == "verdict")


def waiting(session: Session, customer: Customer, product_id: int | None = None, at: datetime | None = None
            ) -> list[Order]:
    """The customer's orders (of a product) that are to be asked about at a moment, now if not given, the newest first.

    They are shipped, not answered for, and in hand for as long as the product needs to be judged. Of a product for the
    same person and place only the last one: of those before it nobody needs to know any more.
    """
    later, kind = aliased(Order), aliased(Version)
    repeated = exists().where(
        later.customer_id == Order.customer_id, later.id > Order.id, later.state == "shipped",
        later.version_id == kind.id, kind.product_id == Version.product_id,
        later.person_id.is_not_distinct_from(Order.person_id), later.place_id.is_not_distinct_from(Order.place_id))
    query = select(Order, shipping.in_hand()).join(Version).options(joinedload(Order.version)).where(
        Order.customer_id == customer.id, Order.state == "shipped", ~repeated, ~is_answered(), ~shipping.came_back(),
        ~exists().where(Erasure.customer_id == customer.id))
    if product_id is not None:
        query = query.where(Version.product_id == product_id)
    asked_at = at or now()
    return [order for order, since in session.execute(query.order_by(Order.id.desc()))
            if since is None or shipping.ask_at(order, since) <= asked_at]


def _check(model: ProductModel, name: str, made: Mapping[str, Answer], verdict: Verdict) -> None:
    if name not in model or name not in made:
        raise ValueError(f"{name} is no characteristic of what was made")
    characteristic, rather = model[name], verdict.rather
    if verdict.said not in words_for(characteristic):
        raise ValueError(f"nobody can say that {name} was {verdict.said!r}")
    if rather is None:
        return
    if isinstance(characteristic, Text) or not characteristic.admits(rather) or rather == made[name]:
        raise ValueError(f"{name} cannot have been {rather!r} instead")
    if isinstance(characteristic, Number) and (verdict.said == "small") != (int(str(rather)) > int(str(made[name]))):
        raise ValueError(f"what was too {verdict.said} cannot have been better as {rather!r}")
