"""Why a value is blocked or follows, and what would free it, in the words of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from catalog.expressions import Whole
from catalog.model import Characteristic, from_plain
from catalog.nodes import Answer, Values
from catalog.pricing import difference, has_prices
from catalog.store import succession
from catalog.wording import title
from configurator.drafts.mending import fits
from configurator.drafts.progress import Progress
from configurator.engine import Configuration, Explanation, Undecided
from configurator.lazy import lazy
from configurator.limits import COST, READY
from configurator.transaction import session
from configurator.web.formatting import day, money
from configurator.web.phrases import gettext as _
from configurator.web.shop.answers import pack, say
from configurator.web.shop.obstacles import against
from configurator.web.shop.traces import Traced, traced
from configurator.web.shop.ways import Way, Ways
from orders.promises import promise
from orders.supplies.readiness import readiness
from orders.supplies.supply import NO_DAY

MOST_SAID = 3
"""Changes that a button names one by one."""


class Effect(NamedTuple):
    """What a value would change: the price (minor units; None if it has none), the titles of what else, and by how many
    days it would be ready later (None: no day could be promised any more).
    """

    difference: int | None = None
    also: tuple[str, ...] = ()
    days: int | None = 0


class Change(NamedTuple):
    """A button that frees a value: what it does in words, what it sends, and what that changes besides."""

    words: str
    packed: str
    effect: Effect


class Blocked(NamedTuple):
    """Why a value does not fit, in the sentences of its rules, and what frees it, the best first.

    `rules` are those that exclude it, traced, of the value whose reasons are asked for.
    """

    sentences: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    rules: tuple[Traced, ...] = ()


class Reasons:
    """Explains one draft as it stands, and prices what it could be instead."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._model = progress.model
        self._configuration = progress.configuration
        self._shown = Whole.of(progress.values)
        self._ways = Ways(progress)
        self._explained = cache(progress.configuration.explain)  # what follows is told twice: from what, and why not

    @lazy
    def remade(self) -> Values:
        """What was made of what this is a remake of, as this version has it; nothing if it is none."""
        draft = self._progress.draft
        if draft.remake_of is None:
            return {}
        return succession(session, draft.remake_of.version, draft.version).answers(from_plain(draft.remake_of.values))

    def effect(self, name: str, value: Answer) -> Effect:
        """What a possible value would change: everything else stays as it is shown, unless a rule makes it give way."""
        return self._effect(self._configuration, {name: value})

    def blocked(self, name: str, value: Answer, whole: Answer) -> Blocked:
        """Why a value (or a member of a several-of) is impossible, and what frees it best.

        `whole` is the answer that would be set: the value, or the several-of with the member added.
        """
        return Blocked(self.against(name, value), self._best(name, whole))

    def closely(self, name: str, value: Answer, whole: Answer) -> Blocked:
        """The same with every way that frees it, up to MOST_WAYS, and what its rules have to do with it."""
        return Blocked(self.against(name, value), tuple(self._all(name, whole)),
                       tuple(traced(self._configuration, name, value)))

    def against(self, name: str, value: Answer) -> tuple[str, ...]:
        """Why a value is impossible, as far as that can be found out in time."""
        try:
            return self.sentences(self._explained(name, value))
        except Undecided:
            return (_("Why it does not fit takes too long to find out."),)

    def sentences(self, why: Explanation) -> tuple[str, ...]:
        """The sentences of its rules; where a rule has none, the choices that it comes from."""
        said = tuple(dict.fromkeys(sentence for rule in why.rules
                                   if (sentence := over(rule, self._progress) or self._model.rule(rule).sentence)))
        if not said and not why.choices:
            return (_("No product can have it."),)
        said = said or (_("It does not go with %(choices)s.", choices="; ".join(map(self._said, why.choices))),)
        return said if why.minimal else (*said, _("There was no time to find out which of these matter."))

    def sources(self, name: str, others: Iterable[Answer]) -> tuple[str, ...]:
        """The choices that exclude other values."""
        try:
            found = [choice for other in others for choice in self._explained(name, other).choices]
        except Undecided:
            return ()
        return tuple(dict.fromkeys(found))

    def _said(self, name: str) -> str:
        return f"{title(self._model[name])}: {say(self._model[name], self._configuration.choices[name])}"

    def _best(self, name: str, value: Answer) -> tuple[Change, ...]:
        """What sets the value and something else for each choice that stands against it, if that is found in time."""
        try:
            way = self._ways.best(name, value)
            return (self._change(name, way),) if way else ()
        except Undecided:
            return ()

    def _all(self, name: str, value: Answer) -> Iterator[Change]:
        """The same in every way, as far as they are found in time. A fact that would have to be wrong comes last."""
        try:
            for way in self._ways.all(name, value):
                yield self._change(name, way)
        except Undecided:
            return

    def _change(self, name: str, way: Way) -> Change:
        effect = self._effect(way.configuration, way.values)
        if self._ways.corrects(way.values, name):  # whoever was wrong gains nothing
            effect = effect._replace(difference=None)
        instead = {other: value for other, value in way.values.items() if other != name}
        return Change(self._switch(instead), pack(name, way.values, ()), effect)

    def _switch(self, instead: Mapping[str, Answer]) -> str:
        if len(instead) > MOST_SAID:
            return _("Change %(count)d answers: %(what)s", count=len(instead), what=self._titles(instead))
        return "; ".join(_switched(self._model[name], value) for name, value in instead.items())

    def _effect(self, configuration: Configuration, changes: Values) -> Effect:
        if not self._priced:
            return Effect()
        values, changed = Whole({**self._shown, **changes}), [*changes]
        if not fits(self._progress.engine, values, changes):
            try:
                for name, value in changes.items():
                    if configuration.choices.get(name) != value:
                        configuration = configuration.choose(name, value)
                values = Whole.of(self._progress.mended(configuration))
            except Undecided:
                return Effect()
            changed = [name for name, value in self._shown.items() if values[name] != value]
        also = tuple(title(self._model[name]) for name in changed if name not in changes)
        return Effect(difference(self._model, self._shown, values, changed), also, self._later(values, changed))

    def _later(self, values: Values, changed: Collection[str]) -> int | None:
        """By how many days other values are ready later; asked for of few, for most say nothing of it."""
        supply = self._progress.supply
        if readiness(self._model, supply).reads.isdisjoint(changed):
            return 0
        if self._ready == NO_DAY:  # which the page says of the whole
            return 0
        then = promise(self._model, values, supply)
        return None if then == NO_DAY else (then - self._ready).days

    def _titles(self, names: Iterable[str]) -> str:
        return ", ".join(title(self._model[name]) for name in names)

    @lazy
    def _ready(self) -> date:
        return promise(self._model, self._shown, self._progress.supply)

    @lazy
    def _priced(self) -> bool:
        return has_prices(self._model)


def over(rule: str, progress: Progress) -> str:
    """What breaks a limit that was set, or is in the way where the piece was placed; nothing for any other rule."""
    limits = progress.limits
    if rule == COST and limits.most is not None:
        return _("Over your limit of %(most)s.", most=money(limits.most, progress.model.currency))
    if rule == READY and limits.by is not None:
        return _("Not ready by %(day)s.", day=day(limits.by))
    return against(rule, limits.standing)


def _switched(characteristic: Characteristic, value: Answer) -> str:
    """A fact about a person or a place is not switched: it can only have been wrong."""
    words = {"what": title(characteristic), "value": say(characteristic, value)}
    if characteristic.about == "product":
        return _("%(what)s: switch to %(value)s", **words)
    return _("%(what)s: correct it to %(value)s", **words)
