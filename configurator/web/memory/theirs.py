"""Pages that a customer has for themself, and a rep keeps for every client."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from flask import Blueprint, request

from configurator.transaction import SAFE, session
from configurator.web.access import access, alive, current_customer, found
from orders import customers
from orders.records import Customer

Page = tuple[str, str, Callable[..., Any]]
"""The end of an address, a method, and the view: it is given the customer, and what else the address names."""


def pages(name: str, views: Iterable[Page]) -> tuple[Blueprint, Blueprint]:
    """The views at /<name> for a customer, and at /desk/clients/<number>/<name> for a rep.

    Of somebody who was erased nothing is kept anew: 404.
    """
    views = tuple(views)
    return (_pages(name, f"/{name}", "customer", lambda: found(current_customer()), views),
            _pages(f"client_{name}", f"/desk/clients/<number>/{name}", "rep",
                   lambda number: found(customers.of_number(session, number)), views))


def _pages(name: str, prefix: str, role: str, whose: Callable[..., Customer], views: Iterable[Page]) -> Blueprint:
    blueprint = Blueprint(name, __name__, url_prefix=prefix)

    def for_customer(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def shown(number: str | None = None, **named: Any) -> Any:
            customer = whose(number) if number is not None else whose()
            return view(customer if request.method in SAFE else alive(customer), **named)
        return access(role)(shown)

    for rule, method, view in views:
        blueprint.add_url_rule(rule, view.__name__, for_customer(view), methods=[method])
    return blueprint
