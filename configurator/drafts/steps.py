"""What a customer does with a draft: every act is a step, so that undo, reload and the back button lose nothing.

A step is whole choices, and what had to give way to them. What is shown besides is what was proposed when the draft
was opened, or when a proposal was asked for anew; it is never stored as if it were chosen.
The inputs of a draft are the values that a person set or changed and the texts they typed; accepting what is proposed
is none, and neither is taking back, undoing or redoing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from sqlalchemy.orm import Session

from catalog.model import to_plain
from catalog.nodes import Values
from configurator.drafts.mending import fits, weights
from configurator.drafts.progress import Known, Progress, progress_of, remember
from configurator.drafts.proposed import Proposed
from configurator.engine import Configuration, Impossible
from configurator.limits import Limits, cost, lead
from configurator.memory import Reason, Start
from configurator.recollection import propose, starts
from configurator.records import Draft
from orders.places.standing import Standing

STEPS = 50
"""Steps that can be undone, for every click reads and stores them; of older ones the first alone is kept."""


def answer(session: Session, draft: Draft, answers: Values) -> dict[str, Impossible]:
    """Sets what can be, all together or else one after the other in whichever order succeeds; returns what cannot.

    Each value that differs from what was chosen or proposed is an input. Raises ValueError for a name or value that the
    model does not have.
    """
    now = progress_of(session, draft)
    news = {name: value for name, value in answers.items() if now.configuration.choices.get(name) != value}
    inputs = {name for name, value in news.items() if now.values[name] != value or now.state(name) == "open"}
    configuration, refused = _chosen(now.configuration, news)
    _step(now, configuration, news.keys() - refused.keys(), len(inputs - refused.keys()))
    return refused


def keep(session: Session, draft: Draft, names: Collection[str]) -> None:
    """Makes choices of what is proposed; no input."""
    now = progress_of(session, draft)
    kept = {name: now.values[name] for name in names
            if name in now.model and now.state(name) in ("proposed", "open")}
    _step(now, now.configuration.restored(kept), kept, 0)


def retract(session: Session, draft: Draft, name: str) -> None:
    """Takes a choice back: what was proposed for it is shown again, if it fits; no input.

    Raises ValueError for a name that the model does not have.
    """
    now = progress_of(session, draft)
    configuration = now.configuration.retract(name)
    _step(now, configuration, [name], 0, {name: now.proposed.values.get(name, now.values[name])})


def repair(session: Session, draft: Draft, name: str, answers: Values, give_up: Collection[str]) -> None:
    """Gives up choices and sets values instead, the one wanted by `name` among them, in one step and as one input.

    Raises Impossible and changes nothing if they do not fit; ValueError for what the model does not have.
    """
    now = progress_of(session, draft)
    configuration = now.configuration
    for other in {*give_up, *answers}:
        configuration = configuration.retract(other)
    _step(now, configuration.restored(answers), [name], 1)


def propose_anew(session: Session, draft: Draft, start: Start = "known") -> None:
    """Proposes what is not chosen anew, from what is, or another whole to start from; a step, and no input.

    What there is nothing to start from is proposed as it is best known. What is the same as before is no step.
    """
    now = progress_of(session, draft)
    found = {} if start == "known" else starts(session, draft.version, now.configuration, draft.whom)
    later = Proposed.of(found.get(start) or propose(session, draft.version, now.configuration, draft.whom), now.read)
    if later.values != now.values or set(later.questions) != set(now.questions):
        _propose(now, later)


def limit(session: Session, draft: Draft, limits: Limits) -> None:
    """Sets limits, or lifts them; a step like any other, and no input.

    Raises OverLimit and changes nothing if no product with these choices keeps them.
    """
    now = progress_of(session, draft)
    configuration = now.configuration.limited(limits.rules(now.model, now.supply))
    if limits != now.limits:
        _append(draft, {**_as_it_is(now, configuration), "limits": limits.plain()})


def stand(session: Session, draft: Draft, standing: Standing | None, answers: Values = MappingProxyType({})) -> None:
    """Places the piece in the plan of its place, with other values if need be, which are one input; or takes it out.

    Raises OverLimit or Impossible, and changes nothing, if no product with these choices stands there.
    """
    now = progress_of(session, draft)
    limits, configuration = replace(now.limits, standing=standing), now.configuration
    for name in answers:
        configuration = configuration.retract(name)
    configuration = configuration.limited(limits.rules(now.model, now.supply)).restored(answers)
    if limits != now.limits or answers:
        _append(draft, {**_as_it_is(now, configuration), "limits": limits.plain()})
        draft.inputs += bool(answers)


def least(session: Session, draft: Draft, kind: Literal["cheapest", "quickest"]) -> int:
    """Proposes what costs least, or is ready first, of what goes with the choices, as near as can be to what is shown.

    A step like any other, and no input. Returns how much less there could be at most, in minor units or working days:
    0 if it is certain. Raises Undecided and changes nothing if none was found in time.
    """
    now = progress_of(session, draft)
    wished = weights(now.model, now.values)
    found = now.any_price.least(cost(now.model), wished) if kind == "cheapest" else (
        now.configuration.least(lead(now.model, now.supply), wished))
    values = found.values()
    reasons = {name: Reason(kind) for name, value in values.items() if value != now.values[name]}
    if reasons:
        _propose(now, Proposed(values, reasons, tuple(name for name in now.proposed.questions if name not in reasons),
                               read=now.read))
    return int(found.gap)


def doubt(session: Session, draft: Draft, names: Collection[str]) -> None:
    """Leaves to the customer what was not right, and shows the next best that the choices allow; a step, no input.

    The best that moves nothing else comes before the best of all: the rest was right.
    """
    now = progress_of(session, draft)
    better, values = now.configuration, dict(now.values)
    for name in names:
        domain = better.domain(name)
        others = [value for value in now.ranked(name) if value != now.values[name] and value in domain]
        alone = (value for value in others if fits(now.engine, {**values, name: value}, [name]))
        if others:
            values[name] = next(alone, others[0])
            better = better.choose(name, values[name])
            values = now.mended(better)
    reasons = {name: Reason("fits", made=now.values[name]) for name, value in values.items()
               if value != now.values[name]}
    _propose(now, Proposed(values, {**reasons, **dict.fromkeys(names, Reason("feedback"))},
                           tuple(dict.fromkeys([*names, *now.proposed.questions])), read=now.read))


def undo(draft: Draft) -> None:
    """Back by one step; the step can be redone."""
    draft.position = max(draft.position - 1, 0)


def redo(draft: Draft) -> None:
    """Forward again by one step."""
    draft.position = min(draft.position + 1, len(draft.history) - 1)


def start_over(draft: Draft) -> None:
    """As it was opened; a step like any other, so it can be undone."""
    if draft.position:
        _append(draft, draft.history[0])


def last_step(draft: Draft, ahead: int = 0) -> str | None:
    """The characteristic that the step shown (or the one `ahead`) was about; None if it was about several or none."""
    position = draft.position + ahead
    name = draft.history[position]["name"] if 0 < position < len(draft.history) else None
    return str(name) if name is not None else None


def _propose(now: Progress, later: Proposed) -> None:
    """A step to another proposal, with the choices as they are."""
    draft, key, choices = now.draft, secrets.token_urlsafe(6), now.configuration.choices
    draft.proposals = {**draft.proposals, key: now.proposed.renewed(later, choices).plain()}
    _append(draft, {**_as_it_is(now, now.configuration), "shown": {}, "proposal": key})


def _chosen(configuration: Configuration, answers: Values) -> tuple[Configuration, dict[str, Impossible]]:
    """With as many of the answers as fit: those that could hold only together are tried together first."""
    freed = configuration
    for name in answers:
        freed = freed.retract(name)
    try:
        return freed.restored(answers), {}
    except Impossible:
        return _one_by_one(configuration, answers)


def _one_by_one(configuration: Configuration, waiting: Values) -> tuple[Configuration, dict[str, Impossible]]:
    """Round after round, for an answer may become possible by the ones after it."""
    while True:
        refused: dict[str, Impossible] = {}
        for name, value in waiting.items():
            try:
                configuration = configuration.choose(name, value)
            except Impossible as impossible:
                refused[name] = impossible
        if len(refused) in (0, len(waiting)):
            return configuration, refused
        waiting = {name: waiting[name] for name in refused}


def _step(now: Progress, configuration: Configuration, names: Collection[str], inputs: int,
          changes: Values = MappingProxyType({})) -> None:
    """The draft's next step, if other choices are made: `changes` are shown, and what has to give way to them does."""
    draft, choices = now.draft, to_plain(configuration.choices)
    if choices == to_plain(now.configuration.choices):
        return
    step = _as_it_is(now, configuration, changes)
    _append(draft, {**step, "name": next(iter(names)) if len(names) == 1 else None})
    draft.inputs += inputs
    if now.within:
        known = Known(configuration, now.proposed, now.mended(configuration, changes), True)
        remember(draft, known, now.read, now.supply)


def _as_it_is(now: Progress, configuration: Configuration, changes: Values = MappingProxyType({})) -> dict[str, object]:
    """A step with these choices, and the proposal and the limits as they are."""
    draft = now.draft
    moved = {name: value for name, value in now.mended(configuration, changes).items()
             if name not in configuration.choices and value != now.proposed.values.get(name)}
    proposal = draft.history[draft.position]["proposal"]
    if proposal not in draft.proposals:
        draft.proposals = {**draft.proposals, proposal: now.proposed.plain()}
    return {"name": None, "choices": to_plain(configuration.choices), "shown": to_plain(moved), "proposal": proposal,
            "limits": now.limits.plain()}


def _append(draft: Draft, step: dict[str, object]) -> None:
    """Forgets what can no longer be redone or is too long ago, and the proposals that were shown only then."""
    steps = [*draft.history[:draft.position + 1], step]
    draft.history = [steps[0], *steps[1:][-STEPS:]]
    draft.position = len(draft.history) - 1
    used = {step["proposal"] for step in draft.history}
    draft.proposals = {key: proposed for key, proposed in draft.proposals.items() if key in used}
