"""A draft goes on for another person or place: in a draft of its own, the old one stays for whom it was."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from catalog.nodes import Values
from configurator.drafts import sessions
from configurator.drafts.progress import progress_of
from configurator.records import Draft
from orders.subjects import Whom


def switched(session: Session, draft: Draft, whom: Whom) -> Draft:
    """The draft for somebody or somewhere else: proposed anew from what is known of them; no input.

    What was chosen about the product is kept, and so is what is about the one who stays. Returns the draft itself if it
    is for them already.
    """
    if draft.whom is None or whom.key == draft.whom.key:
        return draft
    before = progress_of(session, draft)
    stays = {"product": True, "person": whom.person == draft.person, "place": whom.place == draft.place}
    choices: Values = {name: value for name, value in before.configuration.choices.items()
                       if stays[before.model[name].about]}
    new = sessions.open_draft(session, draft.version, whom, sessions.Begun(choices), rep=draft.rep)
    new.inputs, new.seconds, new.remake_of = draft.inputs, draft.worked, draft.remake_of
    limits = before.limits if stays["place"] else replace(before.limits, standing=None)
    new.history = [{**new.history[0], "limits": limits.plain()}]
    return new
