"""What a customer could buy next, and how little it would take: from what the memory knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from catalog.records import Version
from catalog.store import catalogue
from configurator.drafts import sessions
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Undecided
from configurator.limits import today
from orders.promises import Offer, offered
from orders.quotation import vat
from orders.records import Customer
from orders.relation import scope
from orders.subjects import Whom

LIKELIEST = 6
"""So many kinds are proposed at most: for each an engine and a memory are asked."""


@dataclass(frozen=True)
class Next:
    """A kind that a customer has not bought: as it would be proposed to them, and how many like them bought it.

    `share`: of the customers who bought all that this one did; None where too few tell.
    """

    version: Version
    progress: Progress
    offer: Offer
    share: float | None


@dataclass(frozen=True)
class Scope:
    """What a customer bought of all that is made, how often, and what could be next, the likeliest first."""

    bought: tuple[tuple[Version, int], ...]
    nexts: tuple[Next, ...]
    others: int  # that were not bought either
    kinds: int  # that are made


def scope_of(session: Session, customer: Customer) -> Scope:
    """The scope of a customer; a product whose proposal takes too long to work out is left out."""
    bought, versions = scope.kinds_of(session, customer), catalogue(session)
    having, baskets = frozenset(bought), scope.baskets(session)
    shares = {v: baskets.share(v.product_id, having) for v in versions if v.product_id not in bought}
    likeliest = _proposed(session, customer, sorted(shares, key=lambda version: -(shares[version] or 0)))
    nexts = [Next(*found, shares[found[0]]) for found in islice(likeliest, LIKELIEST)]
    nexts.sort(key=lambda one: (-(one.share or 0), len(one.progress.questions)))
    return Scope(tuple((v, bought[v.product_id]) for v in versions if v.product_id in bought), tuple(nexts),
                 len(shares) - len(nexts), len(versions))


def _proposed(session: Session, customer: Customer, versions: Iterable[Version]
              ) -> Iterator[tuple[Version, Progress, Offer]]:
    for version in versions:
        try:
            progress = progress_of(session, sessions.sketch(session, version, Whom(customer)))
        except Undecided:
            continue
        charged = vat.of(session, customer, progress.model.vat, today())
        yield version, progress, offered(progress.model, progress.values, progress.supply).charged(charged)
