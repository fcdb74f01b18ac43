"""Published versions of the catalogue: immutable, numbered from 1 for each product."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from catalog.formats import from_document, to_document
from catalog.model import ProductModel
from catalog.records import Product, Version
from catalog.succession import Succession
from catalog.wording import title

_models: LRUCache[str, ProductModel] = LRUCache(256)  # of most products less than a megabyte
_turn = Lock()


def publish(session: Session, model: ProductModel, by: str = "") -> Version:
    """A new version of the model's product, or the newest one if it says the same. The model is taken as checked."""
    document = to_document(model)
    digest = _digest(document)
    newest = current(session, model.name)
    if newest is not None and newest.digest == digest:
        return newest
    product = newest.product if newest else Product(slug=model.name)
    version = Version(product=product, number=newest.number + 1 if newest else 1, title=title(model), digest=digest,
                      document=document, published_by=by)
    session.add(version)
    session.flush()
    return version


def digest(model: ProductModel) -> str:
    """What tells a model from all that say anything else; a version has it."""
    return _digest(to_document(model))


def _digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def current(session: Session, slug: str) -> Version | None:
    """The newest version of a product; None if there is no such product."""
    return session.scalars(
        select(Version).join(Product).where(Product.slug == slug).order_by(Version.number.desc()).limit(1)).first()


def version(session: Session, slug: str, number: int) -> Version | None:
    """A version by its number; None if there is none."""
    return session.scalars(select(Version).join(Product).where(Product.slug == slug, Version.number == number)).first()


def version_at(session: Session, product_id: int, when: datetime) -> Version | None:
    """The version of a product that was the newest at a moment; None before the first one."""
    return session.scalars(select(Version).where(Version.product_id == product_id, Version.published_at <= when)
                           .order_by(Version.number.desc()).limit(1)).first()


def catalogue(session: Session) -> list[Version]:
    """The newest version of every product, by title."""
    newest = select(Version.product_id, func.max(Version.number)).group_by(Version.product_id)
    return list(session.scalars(
        select(Version).where(tuple_(Version.product_id, Version.number).in_(newest)).order_by(Version.title)))


@cached(_models, key=lambda version: version.digest, lock=_turn)
def model_of(version: Version) -> ProductModel:
    """The model of a version; read once per process, for a version never changes."""
    return from_document(version.document)


def let_go() -> None:
    """Empties what models keep of the answers that they were asked about, whose ever they were."""
    with _turn:
        for model in _models.values():
            model.computed.clear()
            model.drawn.clear()
            for written in list(model.measured.values()):  # there are more while another thread draws
                written.clear()


def succession(session: Session, old: Version, new: Version) -> Succession:
    """How what was said in one version of a product reads in another, by way of those between them.

    Kept for each way, so that it costs one query. Of a version that is newer than the other, only what has the same
    name is understood.
    """
    between = session.scalars(select(Version).where(
        Version.product_id == old.product_id, Version.number.between(old.number + 1, new.number - 1)
    ).order_by(Version.number))
    return _succession((old, *between, new))


@cached(LRUCache(64), key=lambda versions: tuple(version.digest for version in versions), lock=Lock())
def _succession(versions: tuple[Version, ...]) -> Succession:
    return Succession([model_of(version) for version in versions])
