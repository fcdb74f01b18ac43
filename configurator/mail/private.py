"""Private links: who has one may answer for one order without signing in, for as long as anybody would want to."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from orders.records import Order

DAYS = 180
"""How long a link works."""


def token(order: Order) -> str:
    """What a link to the question about an order ends with."""
    return str(_signer().dumps(order.number))


def number(token: str) -> str | None:
    """The order's number; None for a link that is too old or was not made here."""
    try:
        found = _signer().loads(token, max_age=DAYS * 24 * 60 * 60)
    except BadSignature:
        return None
    return found if isinstance(found, str) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="was it right")
