"""Whole products to start from: the same again, as we know the customer, what most choose."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from configurator.drafts.progress import Progress
from configurator.measured import is_measured
from configurator.memory import Start
from configurator.recollection import starts
from configurator.transaction import session
from configurator.web.shop.answers import say
from orders.promises import Offer, offered
from orders.specifications import Difference, differences

STARTS: tuple[Start, ...] = ("again", "known", "most")


@dataclass(frozen=True)
class Other:
    """Another whole product to start from, and what it says otherwise than the one that is shown."""

    start: Start
    title: str
    why: str
    offer: Offer
    differences: tuple[Difference, ...]
    measured: bool  # nothing is a guess that only the customer could confirm


def others(progress: Progress) -> list[Other]:
    """What else a draft could start from, besides its choices."""
    model, draft = progress.model, progress.draft
    found: list[Other] = []
    for start, proposal in starts(session, draft.version, progress.configuration, draft.whom).items():
        values = proposal.configuration.values()
        if changed := differences(model, progress.values, model, values, say):
            found.append(Other(start, *in_words(start), offered(model, values, progress.supply), changed,
                               is_measured(proposal)))
    return found


def in_words(start: Start) -> tuple[str, str]:
    """What it is called, and what it is made from."""
    match start:
        case "again":
            return _("The same again"), _("What you ordered or saved before, as a whole.")
        case "known":
            return _("As we know you"), _("Each answer for itself, from all that you told us.")
    return _("What most choose"), _("What others order most, with nothing of yours.")
