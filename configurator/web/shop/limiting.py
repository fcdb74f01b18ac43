"""The limits of the configuring page: read, set, and said why they cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from babel.numbers import get_currency_precision
from flask_babel import gettext as _

from catalog.model import ProductModel
from catalog.pricing import price
from configurator.drafts import steps
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Configuration, Measure, OverLimit, Stepped, Undecided
from configurator.limits import Limits, cost, lead, today
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.formatting import amount, day, money
from configurator.web.shop.answers import Unread, minor
from configurator.web.shop.questions import Problem
from orders.promises import promise

MOST, BY = "limit_most", "limit_by"
"""The fields of the form,"""
WERE = "limits_were"
"""and one that says what they showed, so that only changes count: another page may have set a limit since."""
LARGEST = 10**12
"""No limit is larger, in minor units."""


def fields(limits: Limits, currency: str) -> tuple[str, str]:
    """The limits as the form shows them."""
    most = "" if limits.most is None else amount(limits.most, currency)
    return most, limits.by.isoformat() if limits.by else ""


def entered(form: Mapping[str, str]) -> bool:
    """Whether the fields say something else than they showed, as they do when Enter is pressed in one of them."""
    return BY in form and f"{form.get(MOST, '')} {form[BY]}" != form.get(WERE)


def limit(draft: Draft, form: Mapping[str, str]) -> dict[str, Problem]:
    """Sets the limits entered; what cannot be changes nothing, and is told with what can."""
    now = progress_of(session, draft)
    try:
        limits = replace(read(form.get(MOST, ""), form.get(BY, ""), now.model), standing=now.limits.standing)
    except Unread as unread:
        return {"": Problem(str(unread))}
    try:
        steps.limit(session, draft, limits)
    except OverLimit:
        return {"": Problem(_beyond(limits, now))}
    return {}


def least(draft: Draft, kind: Literal["cheapest", "quickest"]) -> dict[str, Problem]:
    """Proposes the cheapest or the quickest; says how far from it that may be if it is not certain."""
    gap = steps.least(session, draft, kind)
    if not gap:
        return {}
    currency = progress_of(session, draft).model.currency
    if kind == "cheapest":
        return {"": Problem(_("This is the cheapest that was found in time: it may be up to %(much)s too dear. Choose "
                              "more, and try again.", much=money(gap, currency)))}
    return {"": Problem(_("This is the quickest that was found in time: it may be up to %(days)d working days late. "
                          "Try again, or choose more first.", days=gap))}


def read(most: str, by: str, model: ProductModel) -> Limits:
    """The limits as they were entered, in the reader's locale; raises Unread with what was expected."""
    return Limits(_amount(most.strip(), model.currency), _day(by.strip()))


def _amount(text: str, currency: str) -> int | None:
    if not text:
        return None
    try:
        return minor(text, get_currency_precision(currency), LARGEST)
    except ValueError as error:
        raise Unread(_("Enter the most that it may cost as an amount, such as %(example)s.",
                       example=amount(150_000, currency))) from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Unread(_("Enter the day as year, month and day, such as %(example)s.",
                       example=today().isoformat())) from error


def _beyond(limits: Limits, now: Progress) -> str:
    """Why limits cannot be, with the best that the choices allow of each, as far as it is found out in time."""
    said = []
    model, free = now.model, now.configuration.limited(())
    cheapest, quickest = _least(free, cost(model)), _least(free, lead(model, now.supply))
    if limits.most is not None and cheapest is not None:
        total = price(model, cheapest.values()).total
        if total > limits.most:
            words = {"total": money(total, model.currency), "most": money(limits.most, model.currency)}
            said.append(_("What you have chosen costs %(total)s at least: nothing is left within %(most)s.", **words)
                        if free.choices else _("The cheapest costs %(total)s: nothing is within %(most)s.", **words))
    if limits.by is not None and quickest is not None:
        ready = promise(model, quickest.values(), now.supply)
        if ready > limits.by:
            said.append(_("What you have chosen is ready on %(day)s at the earliest, not by %(by)s.",
                          day=day(ready), by=day(limits.by)))
    if not said:
        said.append(_("Nothing that goes with what you have chosen keeps this limit."))
    return " ".join([*said, _("Nothing was changed: set another limit, or take something back first.")])


def _least(free: Configuration, measure: Measure | Stepped) -> Configuration | None:
    try:
        found = free.least(measure)
    except Undecided:
        return None
    return None if found.gap else found
