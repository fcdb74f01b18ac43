"""What nobody measured: values about a person or a place that were neither chosen nor are known of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from catalog.model import Characteristic
from catalog.nodes import Answer
from configurator.drafts.progress import Progress
from configurator.drafts.proposed import REMEMBERED
from configurator.memory import Proposal, Reason
from configurator.told import told


def unmeasured(session: Session, progress: Progress) -> tuple[str, ...]:
    """The names of what is about the person or the place and nobody gave: a build sheet says so of them, and memory
    does not learn from them.
    """
    draft, values = progress.draft, progress.values
    names = [c.name for c in progress.model.characteristics
             if progress.state(c.name) in ("proposed", "open") and _guessed(c, values[c.name], progress.reason(c.name))]
    if not names or draft.whom is None:
        return tuple(names)
    known, _ = told(session, draft.version, progress.model, draft.whom, shared=False)
    return tuple(name for name in names if all(said.get(name) != values[name] for said, *_ in known))


def is_measured(proposal: Proposal) -> bool:
    """Whether nothing in a whole product is a guess about a person or a place."""
    model, values = proposal.configuration.engine.model, proposal.configuration.values()
    return not any(_guessed(model[name], values[name], why) for name, why in proposal.reasons.items()
                   if why.kind != "follows")


def _guessed(characteristic: Characteristic, value: Answer, reason: Reason | None) -> bool:
    """About a person or a place, and for no reason that they gave; an empty text is nothing to give."""
    return characteristic.about != "product" and value != "" and (reason is None or reason.kind not in REMEMBERED)
