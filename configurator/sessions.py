"""One customer's configuration in progress: every act is a step, so that undo, reload and the back button lose nothing.

A step is whole choices, and what had to give way to them. What is shown besides is what was proposed when the draft
was opened, or when a proposal was asked for anew; it is never stored as if it were chosen.
The inputs of a draft are the values that a person set or changed and the texts they typed; accepting what is proposed
is none, and neither is taking back, undoing or redoing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.expressions import Answer, Values
from catalog.model import ProductModel, from_plain, to_plain
from catalog.records import Version
from catalog.store import current
from configurator.engine import Configuration, Engine, Impossible, OverLimit, Undecided
from configurator.engines import compiled, engine_of
from configurator.lazy import lazy
from configurator.limits import Limits, cost, lead, today
from configurator.memory import Reason
from configurator.mending import Ranked, mended, weights
from configurator.proposed import Proposed
from configurator.recollection import propose, ranked
from configurator.records import Draft
from orders.records import Account, Customer, Order, Revision

State = Literal["chosen", "follows", "proposed", "open"]
STEPS = 200
"""Steps that can be undone; older ones are forgotten, but for how the draft was opened."""
FIRST = "0"
"""The key of the proposal that a draft was opened with; later ones get keys that are never used again."""
_Known = tuple[Configuration, Proposed, Mapping[str, Answer], bool]
"""What is chosen, what was proposed, what is shown, and whether the limits are kept."""


@dataclass(frozen=True)
class Progress:
    """A draft as it stands: what is chosen, what was proposed, and the whole product that is shown.

    `within`: the limits that were set can be kept; a day can pass, and a newer catalogue can cost more.
    """

    draft: Draft
    configuration: Configuration
    proposed: Proposed
    values: Mapping[str, Answer]
    ranked: Ranked
    within: bool = True

    @property
    def limits(self) -> Limits:
        """What was set, kept or not."""
        return _limits(self.draft)

    @lazy
    def any_price(self) -> Configuration:
        """The choices within the limits but for that of the price: the cheapest is the same, and quicker to find."""
        if self.limits.most is None or not self.within:
            return self.configuration
        return self.configuration.limited(Limits(None, self.limits.by).rules(self.model, today()))

    @property
    def engine(self) -> Engine:
        return self.configuration.engine

    @property
    def model(self) -> ProductModel:
        return self.engine.model

    @lazy
    def forced(self) -> Mapping[str, Answer]:
        return self.configuration.forced()

    def state(self, name: str) -> State:
        """Whether the customer chose it, it follows from what they chose, it is proposed, or it is left to them."""
        if name in self.configuration.choices:
            return "chosen"
        if name in self.forced:
            return "follows"
        return "open" if name in self.proposed.questions else "proposed"

    def reason(self, name: str) -> Reason | None:
        """Why what is shown is shown, if it is known."""
        if self.values[name] != self.proposed.values.get(name):
            return Reason("fits")
        return self.proposed.reasons.get(name)

    def mended(self, configuration: Configuration, changes: Mapping[str, Answer] = MappingProxyType({})
               ) -> dict[str, Answer]:
        """The whole product that would be shown with other choices, and with other values to start from.

        Kept, for what a page prices is often what is chosen next.
        """
        shown = {**self.values, **changes}
        kept, key = compiled(self.draft.version), (configuration, *shown.values())
        found: dict[str, Answer] | None = kept.recall(key)
        if found is None:
            found = mended(configuration, shown, self.ranked, self.values)
            _keep(self.draft, key, configuration, found)
        return found

    @lazy
    def questions(self) -> tuple[str, ...]:
        """What is left to the customer, in the order to ask it."""
        return tuple(name for name in self.proposed.questions if self.state(name) == "open")


def open_draft(session: Session, version: Version, customer: Customer | None = None, guest: str | None = None,
               rep: Account | None = None, revision: Revision | None = None, choices: Values | None = None,
               shown: Values | None = None) -> Draft:
    """A new draft of a customer or a guest; `rep` is who configures for the customer.

    It starts from a saved revision, or from `choices` and the values `shown` besides them, or from nothing. What the
    version does not have or cannot build together is left out.
    """
    draft = sketch(session, version, customer, guest, rep, revision, choices, shown)
    session.add(draft)
    return draft


def sketch(session: Session, version: Version, customer: Customer | None = None, guest: str | None = None,
           rep: Account | None = None, revision: Revision | None = None, choices: Values | None = None,
           shown: Values | None = None) -> Draft:
    """A draft as `open_draft` would open it, but not stored: to show what it would be."""
    if revision is not None:
        choices, shown = from_plain(revision.choices), from_plain(revision.values)
    started = _carried(engine_of(version), choices or {})
    if shown:
        known = _known(started.engine.model, {**shown, **started.choices})
        proposed = Proposed(mended(started, known, ranked(session, version, started, customer)))
    else:
        proposed = Proposed.of(propose(session, version, started, customer))
    return Draft(
        id=secrets.token_urlsafe(16), version=version, customer=customer, guest=None if customer else guest, rep=rep,
        revision_id=revision.id if revision else None, proposals={FIRST: proposed.plain()}, position=0, inputs=0,
        history=[{"name": None, "choices": to_plain(started.choices), "shown": {}, "proposal": FIRST}])


def renewed(session: Session, draft: Draft) -> Draft | None:
    """A sketch of the draft in the newest version, with what still fits; None if it is of that version already."""
    newest = current(session, draft.version.product.slug)
    if newest is None or newest.id == draft.version_id:
        return None
    now = progress(session, draft)
    new = sketch(session, newest, draft.customer, draft.guest, draft.rep, None, now.configuration.choices, now.values)
    new.inputs, new.revision_id = draft.inputs, draft.revision_id
    new.history = [{**new.history[0], "limits": now.limits.plain()}]
    return new


def find(session: Session, id_: str, customer: Customer | None, guest: str | None, rep: Account | None,
         lock: bool = False) -> Draft | None:
    """The draft, if it is the customer's, the guest's or one that the rep opened.

    With `lock` others who want to change it wait until the transaction ends.
    """
    owner = or_(Draft.customer_id == customer.id if customer else false(), Draft.guest == guest if guest else false(),
                Draft.rep_id == rep.id if rep else false())
    version = joinedload(Draft.version, innerjoin=True).joinedload(Version.product, innerjoin=True)
    query = select(Draft).where(Draft.id == id_, owner).options(version)
    return session.scalar(query.with_for_update(of=Draft) if lock else query)


def ordered(session: Session, draft: Draft) -> Order | None:
    """The order that was placed from the draft: its id is the order's key, so one draft is one order."""
    if draft.customer_id is None:
        return None
    return session.scalar(select(Order).where(Order.customer_id == draft.customer_id, Order.key == draft.id))


def progress(session: Session, draft: Draft) -> Progress:
    """The draft as it stands."""
    kept, key = compiled(draft.version), _key(draft)
    known: _Known | None = kept.recall(key)
    if known is None:
        known = _restored(session, draft)
        _keep(draft, key, known[0], known)
    configuration, proposed, values, within = known
    return Progress(draft, configuration, proposed, values,
                    ranked(session, draft.version, configuration, draft.customer), within)


def _keep(draft: Draft, key: Hashable, configuration: Configuration, thing: object) -> None:
    """Keeps what comes of a configuration, unless it has limits: with it an engine of its own would be kept."""
    kept = compiled(draft.version)
    if configuration.engine is kept.engine:
        kept.keep(key, thing)


def _restored(session: Session, draft: Draft) -> _Known:
    engine, step = engine_of(draft.version), draft.history[draft.position]
    configuration, within = _within(engine.start(from_plain(step["choices"])), _limits(draft))
    if step["proposal"] in draft.proposals:
        proposed = Proposed.from_plain(draft.proposals[step["proposal"]])
    else:  # it was opened before proposals were kept
        proposed = Proposed.of(propose(session, draft.version, engine.start(), draft.customer))
    ranking = ranked(session, draft.version, configuration, draft.customer)
    shown = {**proposed.values, **from_plain(step["shown"])}
    return configuration, proposed, mended(configuration, shown, ranking), within


def _within(configuration: Configuration, limits: Limits) -> tuple[Configuration, bool]:
    """The same choices within the limits; without any where no product keeps them, or that takes too long to find."""
    try:
        return configuration.limited(limits.rules(configuration.engine.model, today()) if limits else ()), True
    except (OverLimit, Undecided):
        return configuration, False


def _limits(draft: Draft) -> Limits:
    return Limits.from_plain(draft.history[draft.position].get("limits", {}))


def _key(draft: Draft) -> str:
    """What a draft's step is kept by, from one click to the next: all that makes what is shown."""
    return f"{draft.id} {draft.history[draft.position]} {today() if _limits(draft).by else ''}"


def answer(session: Session, draft: Draft, answers: Values) -> dict[str, Impossible]:
    """Sets what can be, all together or else one after the other in whichever order succeeds; returns what cannot.

    Each value that differs from what was chosen or proposed is an input. Raises ValueError for a name or value that the
    model does not have.
    """
    now = progress(session, draft)
    news = {name: value for name, value in answers.items() if now.configuration.choices.get(name) != value}
    inputs = {name for name, value in news.items() if now.state(name) == "open" or now.values[name] != value}
    configuration, refused = _chosen(now.configuration, news)
    _step(now, configuration, news.keys() - refused.keys(), len(inputs - refused.keys()))
    return refused


def keep(session: Session, draft: Draft, names: Collection[str]) -> None:
    """Makes choices of what is proposed; no input."""
    now = progress(session, draft)
    kept = {name: now.values[name] for name in names
            if name in now.model and now.state(name) in ("proposed", "open")}
    _step(now, now.configuration.restored(kept), kept, 0)


def retract(session: Session, draft: Draft, name: str) -> None:
    """Takes a choice back: what was proposed for it is shown again, if it fits; no input.

    Raises ValueError for a name that the model does not have.
    """
    now = progress(session, draft)
    configuration = now.configuration.retract(name)
    _step(now, configuration, [name], 0, {name: now.proposed.values.get(name, now.values[name])})


def repair(session: Session, draft: Draft, name: str, answers: Values, give_up: Collection[str]) -> None:
    """Gives up choices and sets values instead, the one wanted by `name` among them, in one step and as one input.

    Raises Impossible and changes nothing if they do not fit; ValueError for what the model does not have.
    """
    now = progress(session, draft)
    configuration = now.configuration
    for other in {*give_up, *answers}:
        configuration = configuration.retract(other)
    _step(now, configuration.restored(answers), [name], 1)


def propose_anew(session: Session, draft: Draft) -> None:
    """Proposes what is not chosen anew, from what is; a step like any other, and no input."""
    now = progress(session, draft)
    later = Proposed.of(propose(session, draft.version, now.configuration, draft.customer))
    key = secrets.token_urlsafe(6)
    if later.values != now.values or set(later.questions) != set(now.questions):
        draft.proposals = {**draft.proposals, key: now.proposed.renewed(later, now.configuration.choices).plain()}
        _append(draft, {**_as_it_is(now, now.configuration), "shown": {}, "proposal": key})


def limit(session: Session, draft: Draft, limits: Limits) -> None:
    """Sets limits, or lifts them; a step like any other, and no input.

    Raises OverLimit and changes nothing if no product with these choices keeps them.
    """
    now = progress(session, draft)
    configuration = now.configuration.limited(limits.rules(now.model, today()))
    if limits != now.limits:
        _append(draft, {**_as_it_is(now, configuration), "limits": limits.plain()})


def least(session: Session, draft: Draft, kind: Literal["cheapest", "quickest"]) -> int:
    """Proposes what costs least, or is ready first, of what goes with the choices, as near as can be to what is shown.

    A step like any other, and no input. Returns how much less there could be at most, in minor units or working days:
    0 if it is certain. Raises Undecided and changes nothing if none was found in time.
    """
    now = progress(session, draft)
    wished = weights(now.model, now.values)
    found = now.any_price.least(cost(now.model), wished) if kind == "cheapest" else (
        now.configuration.least(lead(now.model), wished))
    values = found.values()
    reasons = {name: Reason(kind) for name, value in values.items() if value != now.values[name]}
    if reasons:
        key = secrets.token_urlsafe(6)
        later = Proposed(values, reasons, tuple(name for name in now.proposed.questions if name not in reasons))
        draft.proposals = {**draft.proposals, key: now.proposed.renewed(later, now.configuration.choices).plain()}
        _append(draft, {**_as_it_is(now, now.configuration), "shown": {}, "proposal": key})
    return int(found.gap)


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
        known: _Known = configuration, now.proposed, now.mended(configuration, changes), True
        _keep(draft, _key(draft), known[0], known)


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


def _carried(engine: Engine, choices: Values) -> Configuration:
    """As many of the choices, in their order, as the model has and can build together."""
    configuration = engine.start()
    for name, value in _known(engine.model, choices).items():
        try:
            configuration = configuration.choose(name, value)
        except Impossible:
            continue
    return configuration


def _known(model: ProductModel, values: Values) -> dict[str, Answer]:
    return {name: value for name, value in values.items() if name in model and model[name].admits(value)}
