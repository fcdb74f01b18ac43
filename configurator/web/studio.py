"""The studio: whoever keeps the catalogue reads it in, has it checked, publishes it and looks it over."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Condition

from cachetools import LRUCache, cached
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Answer

from catalog import store
from catalog.formats import dump
from catalog.model import Boolean, Characteristic, Number, ProductModel, Rule, Text
from catalog.records import Version
from catalog.units import written
from catalog.wording import say, title
from configurator.engine import Engine, within
from configurator.publication import publishing
from configurator.publication.impact import Impact, saved
from configurator.transaction import session
from configurator.web.access import access, current_account, found
from configurator.web.shop.answers import say as answer_in_words
from orders.specifications import grouped

PATIENCE = 5
"""Seconds for counting products, and for each kind of finding: somebody waits for the page."""
PROOFS: LRUCache[str, publishing.Proof] = LRUCache(64)
"""What is known of versions, by their digests."""
LONGEST = 200_000
"""Characters of a catalogue that a page carries along, so that what was checked is published by one button."""
CONFLICT = 409

studio = Blueprint("studio", __name__, url_prefix="/studio")


@studio.get("/")
@access("manager")
def catalogues() -> str:
    """Every product with its newest version, and the form that reads a file in."""
    return _page()


@studio.post("/")
@access("manager")
def receive() -> Answer | str | tuple[str, int]:
    """Checks the files, and publishes them if that button was pressed and what that does to what is saved was shown."""
    files = {upload.filename: _content(upload) for upload in request.files.getlist("files") if upload.filename}
    checked = request.form.get("checked", "")
    if not files and not checked:
        return _page(problem=_("Choose a catalogue file first.")), 422
    account = current_account()
    by = account.name if account else ""
    session.rollback()  # nothing was written yet, and others can write while this is checked
    try:
        with within(None):
            model = publishing.read_uploads(files or {"checked.yaml": checked.encode()})
            return _received(model, publishing.prove(model), by)
    except ValueError as problem:
        return _page(problem=str(problem), rules=getattr(problem, "rules", ())), 422


def _received(model: ProductModel, engine: Engine, by: str) -> Answer | str | tuple[str, int]:
    """Publishes what can be sold, or shows what it is, and what publishing it would do."""
    kept, seen = saved(session, model.name), _seen(model)
    session.rollback()  # as above
    publishes = request.form.get("act") == "publish"
    if not publishes or request.form.get("seen") != seen:
        impact = kept.impact(engine, PATIENCE)
        if not publishes:
            return _page(checked=model, proof=publishing.proof(engine, PATIENCE), impact=impact, seen=seen)
        if impact.differs:
            return _page(checked=model, impact=impact, seen=seen), CONFLICT
    newest = store.current(session, model.name)
    version = store.publish(session, model, by)
    flash(_("Nothing is published: %(title)s, version %(number)s, says the same already.",
            title=version.title, number=version.number) if version is newest else
          _("%(title)s, version %(number)s, is what customers configure from now on.",
            title=version.title, number=version.number))
    return redirect(url_for(".proven", slug=version.product.slug, number=version.number), 303)


def _seen(model: ProductModel) -> str:
    """What tells whether a manager was shown what publishing a model does: nobody has published another since."""
    newest = store.current(session, model.name)
    return f"{store.digest(model)} after {newest.number if newest else 0}"


@studio.get("/<slug>/<int:number>/proof")
@access("manager")
def proven(slug: str, number: int) -> str:
    """How many products a published version has, and what in it is probably not meant.

    What is not known yet takes a while: the page says so, and asks again for what is waited for.
    """
    version = found(store.version(session, slug, number))
    model = store.model_of(version)
    known = "waits" in request.args or version.digest in PROOFS
    session.rollback()  # as above
    return render_template("studio/proven.html", version=version, model=model, proof=_proof(version) if known else None)


def _content(upload: FileStorage) -> bytes:
    upload.stream.seek(0)  # a request that met another one starts over
    return upload.read()


@cached(PROOFS, key=lambda version: version.digest, condition=Condition())
def _proof(version: Version) -> publishing.Proof:
    with within(None):
        return publishing.proof(publishing.prove(store.model_of(version)), PATIENCE)


@studio.get("/<slug>/<int:number>")
@access("manager")
def version(slug: str, number: int) -> str:
    """One published version, to be read: characteristics, rules, parts and routing."""
    version = found(store.version(session, slug, number))
    model = store.model_of(version)
    return render_template("studio/version.html", version=version, model=model, say=say, title=title, range_of=_range,
                           newest=version is store.current(session, slug), groups=grouped(model))


@studio.get("/<slug>/<int:number>.yaml")
@access("manager")
def source(slug: str, number: int) -> Response:
    """The version as a catalogue file."""
    version = found(store.version(session, slug, number))
    return Response(dump(store.model_of(version)), mimetype="application/yaml", headers={
        "Content-Disposition": f"attachment; filename={version.product.slug}-{version.number}.yaml"})


def _range(characteristic: Characteristic) -> str:
    """What it can be, in words."""
    match characteristic:
        case Number(least=least, most=most, step=step, unit=unit):
            words = _("%(least)s to %(most)s %(unit)s", least=least, most=most, unit=written(unit)).strip()
            return words if step == 1 else _("%(range)s in steps of %(step)s", range=words, step=step)
        case Text(most=most):
            return _("text up to %(most)s characters", most=most)
        case Boolean():
            return _("yes or no")
    return ", ".join(title(value) for value in characteristic.options)


def _page(problem: str = "", rules: Sequence[Rule] = (), checked: ProductModel | None = None,
          proof: publishing.Proof | None = None, impact: Impact | None = None, seen: str = "") -> str:
    text = dump(checked) if checked else ""
    return render_template("studio/catalogues.html", versions=store.catalogue(session), problem=problem, rules=rules,
                           checked=checked, proof=proof, impact=impact, seen=seen, say=answer_in_words, title=title,
                           text=text if len(text) <= LONGEST else "")
