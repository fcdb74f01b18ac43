"""Who may call what, and who is calling.

Every view says so with `@access`; the application refuses to start with one that does not. Objects are fetched through
their owner, so that one of somebody else is simply not there: `found(customer's order or None)` answers 404.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as Answer

from configurator.transaction import SAFE, session
from orders import accounts
from orders.memory import erasure
from orders.records import ROLES, Account, Customer

STAFF = frozenset({"rep", "fulfilment", "manager"})

View = TypeVar("View", bound=Callable[..., Any])
Thing = TypeVar("Thing")


def access(*roles: str) -> Callable[[View], View]:
    """Marks a view with who may call it: "public", or some of ROLES. An admin may call whatever any staff may.

    Raises ValueError for none, and for a role that there is not.
    """
    if not roles or set(roles) - {"public", *ROLES}:
        raise ValueError(f"access takes public or some of {ROLES}, not {roles}")
    admitted = frozenset(roles) | ({"admin"} if STAFF & set(roles) else set())

    def mark(view: View) -> View:
        cast(Any, view).admitted = admitted
        return view
    return mark


def admitted(app: Flask, endpoint: str) -> frozenset[str]:
    """The roles that may call an endpoint."""
    return cast(frozenset[str], cast(Any, app.view_functions[endpoint]).admitted)


def require_access(app: Flask) -> None:
    """Raises RuntimeError if a view does not say who may call it; call it when all are registered."""
    app.view_functions["static"] = access("public")(app.view_functions["static"])
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "admitted"):
            raise RuntimeError(f"the view {endpoint} does not say who may call it: put @access(...) on it")


def guard() -> Answer | None:
    """Before every view: lets in who may come in, sends others to sign in or away."""
    if request.endpoint is None:
        return None  # no such page: 404 follows
    roles = admitted(current_app, request.endpoint)
    account = None if "public" in roles else current_account()
    if "public" in roles or (account and account.role in roles):
        return None
    if account or request.blueprint == "api":
        abort(403 if account else 401)
    return _to_login()


def _to_login() -> Answer:
    then = request.full_path.rstrip("?") if request.method in SAFE else None
    target = url_for("account.login", next=then)
    if "HX-Request" in request.headers:  # a fragment would be swapped into the page: send the whole page there
        return Response(status=204, headers={"HX-Redirect": url_for("account.login")})
    return redirect(target, 303)


def current_account() -> Account | None:
    """Whoever is signed in."""
    if "account" not in g:
        token = cookie.get("login")
        g.account = accounts.signed_in(session, token) if token else None
    return cast("Account | None", g.account)


def me() -> Account:
    """Whoever is signed in, in views that let in nobody else."""
    return found(current_account())


def current_customer() -> Customer | None:
    """The customer who is signed in; None for staff and guests."""
    account = current_account()
    return account.customer if account else None


def guest_token() -> str:
    """What a guest's drafts belong to; made when first asked for and kept in the signed cookie."""
    if "guest" not in cookie:
        cookie["guest"] = secrets.token_urlsafe(24)
    cookie.modified = True  # it is kept from the last draft on, not from the first
    return cast(str, cookie["guest"])


def sign_in(account: Account) -> None:
    """Starts a session that nobody knew before: nothing of the old cookie is kept."""
    cookie.clear()
    cookie.permanent = True
    cookie["login"] = accounts.start_login(session, account, current_app.permanent_session_lifetime)
    g.account = account


def sign_out() -> None:
    """Ends the session here and in the database, so that a copied cookie is worth nothing."""
    if token := cookie.get("login"):
        accounts.end_login(session, token)
    cookie.clear()
    g.account = None


def found(thing: Thing | None) -> Thing:
    """The thing, or 404."""
    if thing is None:
        abort(404)
    return thing


def alive(customer: Customer) -> Customer:
    """The customer; 404 for one who is erased: nothing of theirs is kept anew."""
    return found(None if erasure.erased(session, customer) else customer)


def no_store(answer: Answer | str) -> Answer:
    """An answer that no cache may keep."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response
