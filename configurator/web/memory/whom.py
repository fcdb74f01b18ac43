"""For whom, for where: what is asked first, with the likely answer chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypedDict, cast, get_args

from flask_babel import gettext as _

from catalog.store import model_of
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import found
from configurator.web.shop.answers import counted
from orders import subjects
from orders.records import Customer, Subject
from orders.subjects import Kind

IN_SIGHT = 5
"""People or places that are shown at once besides the one that is chosen; more are folded away."""


class Named(TypedDict, total=False):
    """Whom and where something is said to be for."""

    person: Subject
    place: Subject


class Asked(NamedTuple):
    """Whom, or where, a product is asked to be for."""

    kind: Kind
    chosen: Subject | None
    others: tuple[Subject, ...]
    folded: tuple[Subject, ...]


def asked(draft: Draft) -> tuple[Asked, ...]:
    """What is asked of the draft's customer, as far as the product asks it; nothing of a guest."""
    if draft.customer is None:
        return ()
    now = {"person": draft.person, "place": draft.place}
    return tuple(_asked(draft.customer, kind, now[kind]) for kind in subjects.asked(model_of(draft.version)))


def _asked(customer: Customer, kind: Kind, chosen: Subject | None) -> Asked:
    others = tuple(other for other in subjects.of(session, customer, kind) if other is not chosen)
    return Asked(kind, chosen, others[:IN_SIGHT], others[IN_SIGHT:])


def names_somebody_new(fields: Mapping[str, str]) -> bool:
    """Whether fields name a person or a place that is to be made."""
    return any(fields.get(f"new_{kind}", "").strip() for kind in get_args(Kind))


def chosen(customer: Customer | None, fields: Mapping[str, str]) -> Named:
    """The people and places that fields name by id; 404 for another customer's."""
    if customer is None:
        return {}
    return cast(Named, {kind: _of_id(customer, kind, fields[kind]) for kind in get_args(Kind) if kind in fields})


def said(customer: Customer | None, fields: Mapping[str, str]) -> Named:
    """The same, and those that fields name by a name, known or new; raises ValueError for what can be no name, such as
    none at all.
    """
    names = {kind: fields[f"new_{kind}"].strip() for kind in get_args(Kind) if f"new_{kind}" in fields}
    if customer is None:
        return {}
    by_name = {kind: subjects.named(session, customer, kind, name) for kind, name in names.items()}
    return cast(Named, {**chosen(customer, fields), **by_name})


def _of_id(customer: Customer, kind: Kind, text: str) -> Subject:
    try:
        subject = subjects.find(session, customer, counted(text))
    except ValueError:
        subject = None
    return found(subject if subject is not None and subject.kind == kind else None)


def bad_name() -> str:
    """What cannot be the name of a person or place."""
    return _("A name has 1 to %(most)d characters, no two people or places have the same, and there are at most "
             "%(people)d of each.", most=subjects.LONGEST_NAME, people=subjects.MOST)
