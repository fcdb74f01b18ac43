"""Drafts: opened, carried into a newer catalogue, found by those they belong to."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.model import ProductModel, from_plain, to_plain
from catalog.nodes import Answer, Values
from catalog.records import Product, Version
from catalog.store import current
from configurator.drafts import renewal
from configurator.drafts.mending import mended
from configurator.drafts.progress import progress_of
from configurator.drafts.proposed import Proposed
from configurator.engine import Configuration, Engine, Impossible
from configurator.engines import engine_of
from configurator.recollection import propose, ranked
from configurator.records import Draft
from orders import subjects
from orders.memory import evidence
from orders.records import Account, Customer, Order, Revision
from orders.subjects import Whom

FIRST = "0"
"""The key of the proposal that a draft was opened with; later ones get keys that are never used again."""
OWNED = select(Draft).where(Draft.id == bindparam("id"), or_(
    Draft.customer_id == bindparam("customer"), Draft.guest == bindparam("guest"), Draft.rep_id == bindparam("rep"))
).options(joinedload(Draft.version, innerjoin=True))
"""A draft of whoever asks, with its version: what is null owns nothing."""
FOR = OWNED.options(joinedload(Draft.person), joinedload(Draft.place))
"""The same with whom and where it is for: of a guest's that is nobody and nowhere."""
QUERIES = {(known, lock): query.with_for_update(of=Draft) if lock else query
           for known, query in ((False, OWNED), (True, FOR)) for lock in (False, True)}
"""Built once, for every click asks for its draft: whether somebody known asks, and whether others have to wait."""
PLACED = select(Order).where(Order.customer_id == bindparam("customer"), Order.key == bindparam("key"))


@dataclass(frozen=True)
class Begun:
    """What a draft starts from: choices and the values `shown` besides them, of a whole that was `made_with` a version;
    perhaps it was saved as a `revision`.
    """

    choices: Values = field(default_factory=dict)
    shown: Values = field(default_factory=dict)
    made_with: Version | None = None
    revision: Revision | None = None

    @classmethod
    def of(cls, revision: Revision) -> Begun:
        """With what was saved."""
        return cls(from_plain(revision.choices), from_plain(revision.values), revision.version, revision)


ANEW = Begun()


def open_draft(session: Session, version: Version, whom: Whom | None = None, begun: Begun = ANEW, *,
               guest: str | None = None, rep: Account | None = None) -> Draft:
    """A new draft of a customer (for `whom`) or a guest; `rep` is who configures for the customer.

    It is for the person and the place of `whom`, as far as the product asks; if they are not given, for whom and where
    the customer most probably orders. What the version does not have or cannot build together is left out; of a whole
    that was made with another version the draft keeps what was made of it.
    """
    draft = sketch(session, version, whom, begun, guest=guest, rep=rep)
    session.add(draft)
    return draft


def sketch(session: Session, version: Version, whom: Whom | None = None, begun: Begun = ANEW, *,
           guest: str | None = None, rep: Account | None = None) -> Draft:
    """A draft as `open_draft` would open it, but not stored: to show what it would be."""
    whom = subjects.likely(session, whom, version) if whom else None
    choices, shown, made_with = begun.choices, begun.shown, begun.made_with
    older = made_with if shown and made_with is not None and made_with.id != version.id else None
    started, proposed = (renewal.opened(session, version, older, choices, shown, whom) if older
                         else _opened(session, version, choices, shown, whom))
    read = evidence.changes(session, whom.customer) if whom else 0
    first: dict[str, Any] = {"name": None, "choices": to_plain(started.choices), "shown": {}, "proposal": FIRST}
    if older:
        first["made"] = {"version": older.number, "values": to_plain(shown)}
    return Draft(
        id=secrets.token_urlsafe(16), version=version, customer=whom and whom.customer, person=whom and whom.person,
        place=whom and whom.place, guest=None if whom else guest, rep=rep,
        revision_id=begun.revision.id if begun.revision else None, history=[first], position=0, inputs=0,
        proposals={FIRST: replace(proposed, read=read).plain()})


def _opened(session: Session, version: Version, choices: Values, shown: Values, whom: Whom | None
            ) -> tuple[Configuration, Proposed]:
    """What was made with this version, or nothing: the choices that can be, and what is proposed besides."""
    started = _carried(engine_of(version), choices)
    if not shown:
        return started, Proposed.of(propose(session, version, started, whom))
    known = _known(started.engine.model, {**shown, **started.choices})
    return started, Proposed(mended(started, known, ranked(session, version, started, whom)))


def renewed(session: Session, draft: Draft) -> Draft | None:
    """A sketch of the draft in the newest version, with what still fits; None if it is of that version already."""
    newest = current(session, draft.version.product.slug)
    if newest is None or newest.id == draft.version_id:
        return None
    now = progress_of(session, draft)
    begun = Begun(now.configuration.choices, now.values, draft.version)
    new = sketch(session, newest, draft.whom, begun, guest=draft.guest, rep=draft.rep)
    new.inputs, new.seconds, new.remake_of = draft.inputs, draft.worked, draft.remake_of
    new.revision_id = draft.revision_id
    new.history = [{**new.history[0], "limits": now.limits.plain()}]
    return new


def find(session: Session, id_: str, customer: Customer | None, guest: str | None, rep: Account | None,
         lock: bool = False) -> Draft | None:
    """The draft, if it is the customer's, the guest's or one that the rep opened.

    With `lock` others who want to change it wait until the transaction ends.
    """
    owners = {"customer": customer and customer.id, "guest": guest or None, "rep": rep and rep.id}
    known = customer is not None or rep is not None
    return session.scalar(QUERIES[known, lock], {"id": id_, **owners})


def begun(session: Session, product: Product, customer: Customer | None, guest: str | None) -> Draft | None:
    """What a customer or guest configured last of a product, if they answered something and ordered none since."""
    owner = Draft.customer == customer if customer else (Draft.guest == guest) & (Draft.guest != "")
    since = Order.version.has(Version.product == product) & (Order.placed_at > Draft.updated_at)
    placed = exists().where(Order.customer_id == Draft.customer_id, (Order.key == Draft.id) | since)
    query = select(Draft).join(Draft.version).where(owner, Version.product == product, Draft.inputs > 0, ~placed,
                                                    Draft.rep_id.is_(None), Draft.changes_id.is_(None))
    return session.scalar(query.order_by(Draft.updated_at.desc()).limit(1))


def ordered(session: Session, draft: Draft) -> Order | None:
    """The order that was placed from the draft: its id is the order's key, so one draft is one order."""
    if draft.customer_id is None:
        return None
    return session.scalar(PLACED, {"customer": draft.customer_id, "key": draft.id})


def saved(session: Session, draft: Draft, values: Values) -> Revision | None:
    """The revision that a draft was opened with, or saved as, if it still says these values."""
    revision = session.get(Revision, draft.revision_id) if draft.revision_id else None
    return revision if revision and from_plain(revision.values) == values else None


def _carried(engine: Engine, choices: Values) -> Configuration:
    """As many of the choices, in their order, as the model has and can build together."""
    configuration = engine.start()
    for name, value in _known(engine.model, choices).items():
        try:
            configuration = configuration.choose(name, value)
        except Impossible:
            continue
    return configuration


def _known(model: ProductModel, values: Values) -> dict[str, Answer]:
    return {name: value for name, value in values.items() if name in model and model[name].admits(value)}
