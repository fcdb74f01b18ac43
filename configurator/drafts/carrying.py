"""A whole specification of an older version of a product, carried into a newer one: what it becomes, field by field.

The engine builds it. What gives way gives way in the product before it does in a fact about a person or a place, and
what was chosen stays before what was only shown. Only what is the same thing still counts as chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from catalog.model import ProductModel
from catalog.nodes import Answer, Values
from catalog.pricing import PriceSheet, price
from catalog.succession import How, Inherited, Succession
from configurator.drafts.mending import Ranked, fits, mended
from configurator.engine import Configuration, Engine, Explanation, Impossible, NumberDomain
from configurator.lazy import lazy
from configurator.memory import Proposal

Kind = Literal["kept", "renamed", "replaced", "changed", "asked", "dropped"]
"""kept: the same. renamed: the same under another name. replaced: its successor. changed: it is no longer possible.
asked: it was not asked before. dropped: it is not asked any more."""
_KINDS: Mapping[How, Kind] = {"kept": "kept", "renamed": "renamed", "replaced": "replaced", "nearest": "changed",
                              "gone": "changed"}
SAME = frozenset({"kept", "renamed"})
Proposing = Callable[[Configuration], Proposal]
"""What is proposed to somebody who made these choices."""


@dataclass(frozen=True)
class Field:
    """What became of one answer, in the names of each version."""

    kind: Kind
    old: str | None
    new: str | None
    was: Answer | None = None
    now: Answer | None = None
    wish: Answer | None = None  # what it would be if a rule did not exclude it
    near: bool = False  # it is as near as it comes, rules left aside

    @property
    def name(self) -> str:
        """What it is called now, or was last."""
        return self.new or self.old or ""


@dataclass(frozen=True)
class Moved:
    """A part of the price that is no longer what it was: of an answer or of an entry of the catalogue; minor units."""

    name: str
    was: int | None
    now: int | None


@dataclass(frozen=True)
class Carried:
    """What values of an older version have become in a newer one; both are whole."""

    succession: Succession
    was: Values
    now: Values

    @lazy
    def fields(self) -> tuple[Field, ...]:
        """Every answer, in the order of the newer version; those that are not asked any more come last."""
        told = self.succession.inherited(self.was)
        dropped = (Field("dropped", c.name, None, self.was[c.name]) for c in self.succession.dropped()
                   if c.name in self.was)
        return (*(self._field(c.name, told.get(c.name)) for c in self.succession.new.characteristics), *dropped)

    @lazy
    def changes(self) -> tuple[Field, ...]:
        """All but what is kept."""
        return tuple(field for field in self.fields if field.kind != "kept")

    @lazy
    def prices(self) -> tuple[PriceSheet, PriceSheet]:
        """The price of one piece, then and now."""
        return price(self.succession.old, self.was), price(self.succession.new, self.now)

    @lazy
    def moved(self) -> tuple[Moved, ...]:
        """The parts of the price that differ, under their names in the newer version; those that are gone come last."""
        then, now = (_amounts(model, sheet) for model, sheet in zip(self._models, self.prices, strict=True))
        heirs = {field.old: field.name for field in self.fields if field.old and field.new}
        was = {heirs.get(name, name) if name in self.succession.old else name: amount for name, amount in then.items()}
        return tuple(Moved(name, was.get(name), now.get(name)) for name in {**now, **was}
                     if was.get(name) != now.get(name))

    def why(self, engine: Engine, field: Field) -> Explanation | None:
        """What excludes an answer that is no longer possible; None if its value is gone. Raises Undecided."""
        if field.wish is None or field.new is None:
            return None
        others = {name: value for name, value in self.now.items() if name != field.new}
        return engine.start().restored(others).explain(field.new, field.wish)

    @property
    def _models(self) -> tuple[ProductModel, ProductModel]:
        return self.succession.old, self.succession.new

    def _field(self, name: str, told: Inherited | None) -> Field:
        now = self.now[name]
        if told is None:
            return Field("asked", None, name, None, now)
        wish = told.answer if told.answer != now else None
        kind = _KINDS[told.how] if wish is None else "changed"
        return Field(kind, told.name, name, self.was[told.name], now, wish, told.how == "nearest")


class Brought(NamedTuple):
    """The choices that still are what they were, the whole product, and the proposal for what is asked anew, if any."""

    choices: dict[str, Answer]
    values: dict[str, Answer]
    proposal: Proposal | None = None


def carry(engine: Engine, succession: Succession, choices: Values, values: Values, ranked: Ranked,
          propose: Proposing) -> Brought:
    """The product of the newer version that keeps as much of an older one as the rules allow.

    `choices` and `values` (the choices among them) are of the older version, `engine` is of the newer one; what it asks
    anew is proposed. Raises Undecided if the budget of an act does not suffice.
    """
    told = succession.inherited({**values, **choices})
    wished = {name: inherited.answer for name, inherited in told.items() if inherited.answer is not None}
    order = {name: place for place, name in enumerate(choices)}
    chosen = sorted((name for name in wished if told[name].name in order), key=lambda name: order[told[name].name])
    whole = len(wished) == len(engine.model.characteristics)
    found, proposal = wished, None
    if not whole or not fits(engine, wished, wished):
        found = _built(engine, wished, chosen, ranked)
    if not whole:
        proposal = propose(engine.start({name: found[name] for name in wished}))
        found = proposal.configuration.values()
    stand = {name: wished[name] for name in chosen if told[name].how in SAME and found[name] == wished[name]}
    return Brought(stand, {c.name: found[c.name] for c in engine.model.characteristics}, proposal)


def _built(engine: Engine, wished: dict[str, Answer], chosen: Iterable[str], ranked: Ranked) -> dict[str, Answer]:
    """The product that keeps facts first, then choices, then as much as can be of the rest."""
    facts = [c.name for c in engine.model.characteristics if c.about != "product" and c.name in wished]
    return mended(_held(engine.start(), wished, dict.fromkeys([*facts, *chosen])), wished, ranked)


def _held(c: Configuration, wished: Values, names: Iterable[str]) -> Configuration:
    """As many of the wishes as can be had together, the earlier ones first; of a number the nearest."""
    for name in names:
        try:
            c = c.choose(name, wished[name])
        except Impossible:
            domain, wish = c.domain(name), wished[name]
            if isinstance(domain, NumberDomain) and isinstance(wish, int):
                c = c.choose(name, domain.nearest(wish))
    return c


def _amounts(model: ProductModel, sheet: PriceSheet) -> dict[str, int]:
    """The price by what makes it: an entry of the catalogue, or all that an answer costs."""
    owners = dict(_owners(model))
    found: dict[str, int] = {}
    for line in sheet.lines:
        name = owners.get(line.rule, line.rule)
        found[name] = found.get(name, 0) + line.amount
    return found


def _owners(model: ProductModel) -> Iterator[tuple[str, str]]:
    """The characteristics of the lines of a price that come of values; see `catalog.pricing.Line`."""
    for characteristic in model.characteristics:
        values = getattr(characteristic, "yes", None)
        for value in (values,) if values else characteristic.options:
            yield f"{characteristic.name}={value.name}", characteristic.name
