"""What becomes of an answer to "was it right?": what is proposed the next time, and how that differs from before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _

from catalog.model import from_plain, to_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import current, model_of, succession
from catalog.wording import title
from configurator.engine import Undecided
from configurator.engines import engine_of
from configurator.memory import Proposal
from configurator.recollection import propose
from configurator.transaction import session
from configurator.web.access import found
from configurator.web.memory.verdicts import words, wrong
from configurator.web.shop.answers import say
from configurator.web.shop.because import remembered
from orders.memory import feedback
from orders.memory.remembered import Evidence
from orders.records import Order
from orders.specifications import differences
from orders.subjects import Whom

MOST_SAID = 6
"""Changes of the next proposal that are told one by one."""
MOST_KEPT = 50
"""Values that a cookie holds."""


class Outcome(NamedTuple):
    """A value that was not right: what was made, what was said of it, what is proposed next time, and why that."""

    title: str
    made: str
    said: str
    why: str
    next: str
    reason: str


def proposed_next(order: Order) -> Proposal | None:
    """What would be proposed to whom the order is for, if they ordered the same product now; None if that takes too
    long to find.
    """
    version = _today(order)
    try:
        return propose(session, version, engine_of(version).start(), Whom.of(order))
    except Undecided:
        return None


def outcomes(order: Order, given: Evidence, proposal: Proposal | None) -> list[Outcome]:
    """What becomes of all that was not right, and of what has to give way to that."""
    model, made = model_of(order.version), from_plain(order.values)
    inherited = succession(session, order.version, _today(order)).inherited(made)
    heirs = {heir.name: name for name, heir in inherited.items()}
    found = [Outcome(title(c), say(c, made[c.name]), words(c, made[c.name], verdict), verdict.why,
                     *_next_time(proposal, heirs.get(c.name)))
             for c, verdict in wrong(model, feedback.verdicts_of(given))]
    return [*found, *_giving_way(order, proposal)] if found and proposal else found


def _giving_way(order: Order, proposal: Proposal) -> Iterator[Outcome]:
    """What was made and does not go with the rest of what is proposed."""
    model, made = proposal.configuration.engine.model, _made(order)
    for name, reason in proposal.reasons.items():
        if reason.kind == "fits" and reason.made is not None and made.get(name) == reason.made:
            yield Outcome(title(model[name]), say(model[name], reason.made), _("has to give way"), "",
                          *_next_time(proposal, name))


def _next_time(proposal: Proposal | None, name: str | None) -> tuple[str, str]:
    """What is proposed for a characteristic of today, and why; nothing if it is no longer asked."""
    if proposal is None or name is None:
        return "", ""
    model, value = proposal.configuration.engine.model, proposal.configuration.values()[name]
    return say(model[name], value), remembered(proposal.reasons[name], model, name, value)


def kept(order: Order, proposal: Proposal | None) -> dict[str, Any] | None:
    """What is proposed now, as a cookie can keep it: in what it differs from what was made.

    An answer is compared with what is proposed once it is stored for good: a memory that read what was never stored
    would keep it.
    """
    made = _made(order)
    apart = {name: value for name, value in (proposal.configuration.values() if proposal else {}).items()
             if made.get(name) != value}
    return to_plain(apart) if proposal and len(apart) <= MOST_KEPT else None


def changed(order: Order, before: Mapping[str, Any] | None, proposal: Proposal | None) -> str:
    """What an answer changed of what is proposed next; `before` as `kept` has kept it."""
    if before is None or proposal is None:
        return _("Noted, thank you.")
    model = proposal.configuration.engine.model
    was: Values = {**_made(order), **from_plain(before)}
    changes = [change for change in differences(model, was, model, proposal.configuration.values(), say)
               if change.was is not None]
    if not changes:
        return _("Noted, thank you. What we propose next stays as it is.")
    told = [_("%(what)s %(now)s instead of %(was)s", what=change.title, now=change.now, was=change.was)
            for change in changes[:MOST_SAID]]
    if len(changes) > MOST_SAID:
        told.append(_("%(count)s more", count=len(changes) - MOST_SAID))
    return _("Noted, thank you. The next %(product)s: %(changes)s.", product=title(model), changes="; ".join(told))


def _made(order: Order) -> dict[str, Answer]:
    """What was made, in the names of today."""
    return succession(session, order.version, _today(order)).answers(from_plain(order.values))


def _today(order: Order) -> Version:
    return found(current(session, order.version.product.slug))
