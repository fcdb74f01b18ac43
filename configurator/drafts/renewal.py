"""What was saved in an older version, in a newer one: for whom it is saved, and in a draft that was opened with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from catalog import store
from catalog.model import from_plain
from catalog.nodes import Values
from catalog.records import Version
from configurator.drafts.carrying import Brought, Carried, Kind, carry
from configurator.drafts.proposed import Proposed
from configurator.engine import Configuration
from configurator.engines import engine_of
from configurator.memory import Reason
from configurator.recollection import propose, ranked
from configurator.records import Draft
from orders import subjects
from orders.records import Revision
from orders.subjects import Whom

REASONS: Mapping[Kind, Reason] = {"changed": Reason("fits"), "replaced": Reason("succeeds")}
"""Why something else is proposed than what was saved."""


def opened(session: Session, version: Version, made_with: Version, choices: Values, values: Values,
           whom: Whom | None) -> tuple[Configuration, Proposed]:
    """What was made with another version, in this one: the choices that still stand, and what is proposed besides."""
    brought = _brought(session, version, made_with, choices, values, whom)
    proposed = Proposed.of(brought.proposal) if brought.proposal else Proposed(brought.values)
    fields = Carried(store.succession(session, made_with, version), values, brought.values).fields
    reasons = {field.name: REASONS[field.kind] for field in fields if field.kind in REASONS}
    return engine_of(version).start(brought.choices), replace(proposed, reasons={**proposed.reasons, **reasons})


def _brought(session: Session, version: Version, made_with: Version, choices: Values, values: Values,
             whom: Whom | None) -> Brought:
    """What is asked anew is proposed from what is known of `whom`."""
    engine = engine_of(version)
    return carry(engine, store.succession(session, made_with, version), choices, values,
                 ranked(session, version, engine.start(), whom), lambda c: propose(session, version, c, whom))


def today(session: Session, revision: Revision) -> tuple[Version, Carried] | None:
    """The newest version and what it would make of a saved revision; None if it was made with that one.

    Nothing is stored. Raises Undecided if that takes too long to find out.
    """
    newest = store.current(session, revision.version.product.slug)
    if newest is None or newest.id == revision.version_id:
        return None
    kept, values = revision.specification, from_plain(revision.values)
    whom = subjects.likely(session, Whom.of(kept), newest)
    now = _brought(session, newest, revision.version, from_plain(revision.choices), values, whom).values
    return newest, Carried(store.succession(session, revision.version, newest), values, now)


def of_draft(session: Session, draft: Draft) -> tuple[Version, Carried] | None:
    """The version that a draft was made with, and what became of it when the draft was opened.

    None if it was made with its own version, or was saved in it since.
    """
    step = draft.history[0]
    made = step.get("made")
    revision = session.get(Revision, draft.revision_id) if made and draft.revision_id else None
    if made is None or (revision is not None and revision.version_id == draft.version.id):
        return None
    old = store.version(session, draft.version.product.slug, made["version"])
    assert old is not None  # versions are never deleted
    now = Proposed.from_plain(draft.proposals[step["proposal"]]).values
    return old, Carried(store.succession(session, old, draft.version), from_plain(made["values"]), now)
