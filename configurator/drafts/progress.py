"""A draft as it stands: what is chosen, what was proposed, and the whole product that is shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from catalog.model import ProductModel, from_plain
from catalog.nodes import Answer
from configurator.drafts.mending import Ranked, mended
from configurator.drafts.proposed import REMEMBERED, Proposed
from configurator.engine import Configuration, Engine, OverLimit, Undecided
from configurator.engines import compiled, engine_of
from configurator.lazy import lazy
from configurator.limits import Limits, today
from configurator.memory import Reason
from configurator.recollection import propose, ranked
from configurator.records import Draft
from orders.memory.evidence import changes
from orders.supplies.snapshot import supply
from orders.supplies.supply import Supply

State = Literal["chosen", "follows", "proposed", "open"]


class Known(NamedTuple):
    """What is chosen, what was proposed, what is shown, and whether the limits are kept."""

    configuration: Configuration
    proposed: Proposed
    values: Mapping[str, Answer]
    within: bool


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
    read: int = 0  # how often what is remembered of the customer has been changed
    _: KW_ONLY
    supply: Supply  # what is left to promise today

    @lazy
    def limits(self) -> Limits:
        """What was set, kept or not."""
        return limits_of(self.draft)

    @lazy
    def any_price(self) -> Configuration:
        """The choices within the limits but for that of the price: the cheapest is the same, and quicker to find."""
        if self.limits.most is None or not self.within:
            return self.configuration
        return self.configuration.limited(replace(self.limits, most=None).rules(self.model, self.supply))

    @property
    def engine(self) -> Engine:
        return self.configuration.engine

    @property
    def model(self) -> ProductModel:
        """The product's, whatever is limited: much is kept with it."""
        return self.engine.unlimited.model

    @lazy
    def forced(self) -> Mapping[str, Answer]:
        return self.configuration.forced()

    def state(self, name: str) -> State:
        """Whether the customer chose it, it follows from what they chose, it is proposed, or it is left to them."""
        return self._states[name]

    @lazy
    def _states(self) -> Mapping[str, State]:
        chosen, follows, doubted = self.configuration.choices, self.forced, frozenset(self.proposed.questions)
        return {name: "chosen" if name in chosen else "follows" if name in follows
                else "open" if name in doubted else "proposed" for name in self.values}

    def reason(self, name: str) -> Reason | None:
        """Why what is shown is shown, if it is known."""
        if self.values[name] != (proposed := self.proposed.values.get(name)):
            return Reason("fits", made=proposed)
        return self.proposed.reasons.get(name)

    def confidence(self, name: str) -> float | None:
        """How probable it is that what is shown is wanted, 0 to 1, where somebody's evidence says so."""
        reason = self.reason(name)
        evident = reason is not None and reason.kind in ("own", "fact", "feedback", "others", "judged")
        return self.proposed.confidence.get(name) if evident else None

    def mended(self, configuration: Configuration, changes: Mapping[str, Answer] = MappingProxyType({})
               ) -> dict[str, Answer]:
        """The whole product that would be shown with other choices, and with other values to start from.

        Kept, for what a page prices is often what is chosen next.
        """
        shown = {**self.values, **self._facts, **changes}  # what is known of somebody is not what a choice left of it
        draft = self.draft  # another customer's gives way otherwise: what they want is ranked
        kept, key = compiled(draft.version), (draft.id, self.read, _said(configuration), *shown.values())
        found: dict[str, Answer] | None = kept.recall(key) if configuration.engine is kept.engine else None
        if found is None:
            found = mended(configuration, shown, self.ranked, self.values)
            _keep(draft, key, configuration, found)
        return found

    @lazy
    def _facts(self) -> Mapping[str, Answer]:
        """What was proposed of the person and the place."""
        return {name: value for name, value in self.proposed.values.items() if self.model[name].about != "product"}

    @property
    def corrected(self) -> Mapping[str, Answer]:
        """What had been proposed where something else was chosen, by name."""
        proposed = self.proposed.values
        return {name: proposed[name] for name, value in self.configuration.choices.items()
                if proposed.get(name, value) != value}

    @property
    def overruled(self) -> Mapping[str, Answer]:
        """What was known of the person or the place where the choices leave no room for it, by name."""
        proposed = self.proposed
        return {name: known for name, known in proposed.values.items()
                if self.model[name].about != "product" and name not in self.configuration.choices
                and known != self.values[name]
                and (reason := proposed.reasons.get(name)) is not None and reason.kind in REMEMBERED}

    @lazy
    def questions(self) -> tuple[str, ...]:
        """What is left to the customer, in the order to ask it."""
        return tuple(name for name in self.proposed.questions if self.state(name) == "open")


def progress_of(session: Session, draft: Draft) -> Progress:
    """The draft as it stands, with what is remembered of its customer as it is allowed now."""
    read = changes(session, draft.customer) if draft.customer else 0
    now = supply(session, today())
    known: Known | None = compiled(draft.version).recall(_key(draft, read, now))
    if known is None:
        known = _restored(session, draft, read, now)
        remember(draft, known, read, now)
    configuration, proposed, values, within = known
    return Progress(draft, configuration, proposed, values,
                    ranked(session, draft.version, configuration, draft.whom), within, read, supply=now)


def remember(draft: Draft, known: Known, read: int, now: Supply) -> None:
    """Keeps what is known of a draft as it stands for the next time it is asked for."""
    _keep(draft, _key(draft, read, now), known.configuration, known)


def limits_of(draft: Draft) -> Limits:
    """What the customer limits, whether it can be kept or not."""
    plan = draft.place.plan if draft.place else None
    return Limits.from_plain(draft.history[draft.position].get("limits", {}), plan)


def _keep(draft: Draft, key: Hashable, configuration: Configuration, thing: object) -> None:
    """Keeps what comes of a configuration, unless it has limits: with it an engine of its own would be kept."""
    kept = compiled(draft.version)
    if configuration.engine is kept.engine:
        kept.keep(key, thing)


def _said(configuration: Configuration) -> Hashable:
    """What makes a configuration of an engine; the configuration itself would hold all that follows from it."""
    return frozenset(configuration.choices.items())


def _restored(session: Session, draft: Draft, read: int, now: Supply) -> Known:
    """A step as it was stored; what was corrected, forgotten or refused since is not proposed any more."""
    engine, step = engine_of(draft.version), draft.history[draft.position]
    chosen = engine.start(from_plain(step["choices"]))
    configuration, within = _within(chosen, limits_of(draft), now)
    kept = draft.proposals.get(step["proposal"])  # none of a draft that was opened before proposals were kept
    proposed = Proposed.from_plain(kept) if kept else Proposed.of(
        propose(session, draft.version, engine.start(), draft.whom), read)
    shown = {**proposed.values, **from_plain(step["shown"])}
    if proposed.read != read and proposed.is_remembered:
        proposed = Proposed.of(propose(session, draft.version, chosen, draft.whom), read)
        shown = dict(proposed.values)
    ranking = ranked(session, draft.version, configuration, draft.whom)
    return Known(configuration, proposed, mended(configuration, shown, ranking), within)


def _within(configuration: Configuration, limits: Limits, now: Supply) -> tuple[Configuration, bool]:
    """The same choices within the limits; without any where no product keeps them, or that takes too long to find."""
    try:
        return configuration.limited(
            limits.rules(configuration.engine.model, now) if limits != Limits() else ()), True
    except (OverLimit, Undecided):
        return configuration, False


def _key(draft: Draft, read: int, now: Supply) -> str:
    """What a draft's step is kept by, from one click to the next: all that makes what is shown."""
    limits = limits_of(draft)
    supplied = (now.day, now.version) if limits.by else ""
    return f"{draft.id} {read} {draft.history[draft.position]} {supplied} {limits.standing or ''}"
