"""Saved specifications and orders as JSON, and drafts that are opened with them."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, url_for

from catalog.store import current
from configurator.api.carried import plain
from configurator.api.drafts import api
from configurator.api.state import state
from configurator.drafts import renewal, sessions
from configurator.transaction import session
from configurator.web.access import access, current_customer, found
from configurator.web.shop.configuring import open_draft
from configurator.web.shop.orders import order_again, rep, revision_of
from orders import specifications
from orders.records import Revision
from orders.subjects import Whom


@api.get("/specifications")
@access("customer")
def kept() -> Response:
    """The specifications of whoever asks, with their newest revisions; those saved last come first."""
    return jsonify([_revision(specification.revisions[-1])
                    for specification in specifications.of(session, found(current_customer()))])


@api.get("/specifications/<number>/<letter>")
@access("customer", "rep")
def specification(number: str, letter: str) -> Response:
    """A revision, and what today's catalogue makes of it; null if it was made with that one. Nothing is stored."""
    revision = revision_of(number, letter)
    today = renewal.today(session, revision)
    return jsonify(_revision(revision) | {
        "choices": revision.choices, "values": revision.values,
        "today": plain(revision.version, *today) if today else None})


@api.post("/specifications/<number>/<letter>/drafts")
@access("customer", "rep")
def open_specification(number: str, letter: str) -> tuple[Response, int]:
    """Opens a revision in the catalogue of today."""
    revision = revision_of(number, letter)
    version = found(current(session, revision.version.product.slug))
    draft = sessions.open_draft(session, version, Whom.of(revision.specification), sessions.Begun.of(revision),
                                rep=rep())
    return jsonify(state(draft)), 201


@api.post("/orders/<number>/drafts")
@access("customer", "rep")
def open_order(number: str) -> tuple[Response, int]:
    """Opens what was ordered once more, in the catalogue of today."""
    return jsonify(state(order_again(number))), 201


@api.post("/drafts/<draft>/renewed")
@access("public")
def renew(draft: str) -> tuple[Response, int]:
    """Goes on in the newest catalogue, in a draft of its own."""
    renewed = sessions.renewed(session, open_draft(draft, lock=True))
    if renewed is None:
        abort(409, "This draft is of the newest catalogue already.")
    session.add(renewed)
    session.flush()
    return jsonify(state(renewed)), 201


def _revision(revision: Revision) -> dict[str, Any]:
    kept = revision.specification
    return {"number": kept.number, "name": kept.name, "product": revision.version.product.slug,
            "revision": revision.letter, "version": revision.version.number, "saved_at": revision.saved_at.isoformat(),
            "self": url_for(".specification", number=kept.number, letter=revision.letter)}
