"""What is read back before an order is placed: short sentences in the model's titles and units."""

from __future__ import annotations

from collections.abc import Iterator

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from catalog.model import Characteristic, Number, from_plain
from catalog.store import model_of
from catalog.wording import title
from configurator.drafts.progress import Progress
from configurator.transaction import session
from configurator.web.formatting import dated, day, money
from configurator.web.shop.answers import say
from orders import placing
from orders.memory import consents
from orders.promises import Offer
from orders.records import Order
from orders.specifications import Difference, differences, grouped


def sentences(progress: Progress, offer: Offer) -> list[str]:
    """What, for whom, of which measures, how it differs from the last time, at what price, by which day."""
    before = _before(progress)
    return [_what(progress, offer.quantity), *_measures(progress), *(_differs(progress, before) if before else
                                                                     _described(progress)),
            _price(offer, before), _("Ready on %(day)s.", day=day(offer.promised_on))]


def since_last(progress: Progress) -> list[str]:
    """How it differs from what they ordered the last time; nothing if they never did, or do not want to be known."""
    before = _before(progress)
    known = before and consents.allows(session, before.customer, "proposals")
    return [*_differs(progress, before)] if before and known else []


def _before(progress: Progress) -> Order | None:
    """The order that it is to be another of, or else their last one of this product."""
    draft = progress.draft
    if draft.remake_of:
        return draft.remake_of
    return placing.last(session, draft.whom, draft.version.product_id) if draft.whom else None


def _what(progress: Progress, quantity: int) -> str:
    what = ngettext("One %(product)s", "%(num)d pieces of %(product)s", quantity, product=title(progress.model))
    whom = [subject.name for subject in (progress.draft.person, progress.draft.place) if subject]
    return _("%(what)s, for %(whom)s.", what=what, whom=_listed(whom)) if whom else f"{what}."


def _measures(progress: Progress) -> Iterator[str]:
    """One sentence for the person, one for the place."""
    for about in ("person", "place"):
        said = [_said(progress, c) for c in progress.model.characteristics
                if c.about == about and isinstance(c, Number)]
        if said:
            yield f"{_listed(said)}."


def _differs(progress: Progress, before: Order) -> Iterator[str]:
    """One sentence for each difference: whoever listens can say no to it."""
    found = differences(model_of(before.version), from_plain(before.values), progress.model, progress.values, say)
    last = _("order %(number)s of %(day)s", number=before.number, day=dated(before.placed_at))
    yield _("Otherwise than %(last)s:", last=last) if found else _("All as in %(last)s.", last=last)
    yield from map(_instead, found)


def _instead(change: Difference) -> str:
    if change.was is None:
        return _("%(what)s is asked anew: %(now)s.", what=change.title, now=change.now)
    if change.now is None:
        return _("%(what)s is not asked any more.", what=change.title)
    return _("%(what)s: %(now)s instead of %(was)s.", what=change.title, now=change.now, was=change.was)


def _described(progress: Progress) -> Iterator[str]:
    """Of what was never ordered before, all but the measures and what is left empty: a sentence for each group."""
    for heading, members in grouped(progress.model):
        said = [_said(progress, c) for c in members
                if not (c.about != "product" and isinstance(c, Number)) and progress.values[c.name] != ""]
        if said:
            yield f"{heading}: {_listed(said)}." if heading else f"{_listed(said)}."


def _price(offer: Offer, before: Order | None) -> str:
    now = money(offer.total, offer.price.currency)
    if before is None or (before.currency, before.quantity) != (offer.price.currency, offer.quantity):
        return _("It costs %(now)s altogether.", now=now)
    if before.total == offer.total:
        return _("It costs %(now)s altogether, as the last time.", now=now)
    was = money(before.total, before.currency)
    if before.quote_revision_id:
        return _("It costs %(now)s altogether; the last time it was %(was)s, as quoted.", now=now, was=was)
    return _("It costs %(now)s altogether; the last time it was %(was)s.", now=now, was=was)


def _said(progress: Progress, characteristic: Characteristic) -> str:
    return f"{title(characteristic)} {say(characteristic, progress.values[characteristic.name])}"


def _listed(said: list[str]) -> str:
    """A, B and C."""
    return format_list(said, locale=get_locale() or "en")
