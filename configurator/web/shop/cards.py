"""Products as they would be proposed to whoever looks, before anything is configured."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from catalog.records import Version
from catalog.wording import title
from configurator.drafts import sessions
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Undecided
from configurator.measured import unmeasured
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import current_customer
from configurator.web.shop import present
from configurator.web.shop.answers import say
from orders.memory import feedback
from orders.promises import Offer, offered
from orders.records import Order
from orders.subjects import Whom


@dataclass(frozen=True)
class Card:
    """A product as it would be proposed to whoever looks."""

    slug: str
    title: str
    description: str
    sources: tuple[str, ...]
    progress: Progress
    picture: Markup
    offer: Offer
    chosen: tuple[tuple[str, str], ...]


def proposed(version: Version) -> Card | None:
    """What would be opened; None if that takes too long to work out: the other products are shown all the same."""
    try:
        customer = current_customer()
        return of(sessions.sketch(session, version, Whom(customer) if customer else None))
    except Undecided:
        return None


def of(draft: Draft) -> Card:
    """The product of a draft as it stands."""
    progress = progress_of(session, draft)
    model = progress.model
    choices = progress.configuration.choices.items()
    chosen = tuple((title(model[name]), say(model[name], answer)) for name, answer in choices)
    return Card(draft.version.product.slug, title(model), model.description, model.sources, progress,
                 present.picture(model, progress.values), offered(model, progress.values, progress.supply), chosen)


def waiting(sketch: Draft) -> list[Order]:
    """The orders of the product for the same person and place that nobody has answered for yet."""
    if sketch.whom is None:
        return []
    return [order for order in feedback.waiting(session, sketch.whom.customer, sketch.version.product_id)
            if (order.customer_id, order.person_id, order.place_id) == sketch.whom.key]


def left(progress: Progress) -> set[str]:
    """What is left to the customer: what is open to doubt, and what nobody else can know."""
    return {*progress.questions, *unmeasured(session, progress)}
