"""One question as a template is given it: what can be answered, what it would change, what does not fit and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from catalog.model import Boolean, Characteristic, Number, Several, Text, Value
from catalog.nodes import Answer
from catalog.wording import title
from configurator.drafts.progress import Progress, State
from configurator.engine import Domain, NumberDomain, Range
from configurator.memory import Reason
from configurator.web.formatting import amount
from configurator.web.phrases import gettext as _
from configurator.web.shop.answers import bounds, possible, raw, say, typed, was
from configurator.web.shop.because import left_open, remembered
from configurator.web.shop.reasons import Blocked, Effect, Reasons
from configurator.web.shop.ruler import Ruler, ruler
from configurator.web.shop.sections import question_id, section_of

UNFOLDED = 6
"""Blocked values of a question that stay in their places; more are folded away, and explained when asked for."""
EXPLAINED = 3
"""Blocked values that are explained at once where they are folded away, or to say from what an answer follows."""


class Option(NamedTuple):
    """A value, or a member of a several-of. `shown`: it is in the picture though the question is open.

    `effect` tells what taking it would change, for what is known to fit and is not taken.
    """

    id: str
    text: str  # what its field sends
    title: str
    description: str
    swatch: str | None
    checked: bool
    shown: bool
    effect: Effect
    fits: bool
    unchecked: bool  # whether it fits could not be worked out in time
    range: str  # what products with it cost, if the page says so
    blocked: Blocked | None  # why it does not fit, if the page says so at once


class Measure(NamedTuple):
    """The field of a number."""

    unit: str
    ruler: Ruler
    allowed: str
    limits: tuple[str, ...]


class Line(NamedTuple):
    """The field of a text."""

    most: int
    left: str
    allowed: str
    difference: int | None


@dataclass(frozen=True)
class Problem:
    """An answer that was refused: why, and what had been entered."""

    message: str
    typed: tuple[str, ...] = ()


class Question(NamedTuple):
    """A characteristic as it is asked; `kind` says which of the fields it has."""

    id: str
    number: str
    name: str
    title: str
    description: str
    state: State
    kind: str  # rows, swatches, boxes, measure, line
    said: str
    typed: tuple[str, ...]
    was: str
    reason: str
    sure: int | None  # per cent, of what is proposed
    sources: tuple[tuple[str, str], ...]  # links to what it follows from: address and title
    options: tuple[Option, ...]
    folded: tuple[Option, ...]
    measure: Measure | None
    line: Line | None
    problem: Problem | None
    explained: bool


class Asked:
    """One characteristic on its way to a question."""

    def __init__(self, progress: Progress, reasons: Reasons, name: str, id_: str, why: str,
                 ranges: Mapping[Answer, Range] | None = None) -> None:
        self.progress, self.reasons, self.name, self.id = progress, reasons, name, id_
        self.characteristic = progress.model[name]
        self.state = progress.state(name)
        self.value = progress.values[name]
        without = progress.configuration.retract(name)
        self.domain: Domain = without.domain(name)
        self.unchecked: Collection[Answer] = without.unchecked([name]).get(name, ())
        self.misfits = [value for value, _ in self._values() if value not in self.domain]
        self.why = why
        self.ranges = ranges
        few = len(self.misfits) <= (EXPLAINED if self.state == "follows" else UNFOLDED)
        self.explained = few or why.partition("-")[0] == id_

    def question(self, number: str, problem: Problem | None) -> Question:
        characteristic = self.characteristic
        options = tuple(self._options())
        fold = len(self.misfits) > UNFOLDED or self.state == "follows"
        fields = isinstance(characteristic, Several | Number | Text)
        marked = None if self.state == "follows" or (self.state == "open" and not fields) else self.value
        return Question(
            id=self.id, number=number, name=self.name, title=title(characteristic),
            description=characteristic.description, state=self.state, kind=self._kind(),
            said=say(characteristic, self.value),
            typed=tuple(problem.typed if problem and problem.typed else typed(characteristic, self.value)),
            was=was(characteristic, marked), reason=self._reason(), sure=self._sure(),
            sources=tuple(self._sources()),
            options=tuple(option for option in options if option.fits or not fold),
            folded=tuple(option for option in options if fold and not option.fits), explained=self.explained,
            measure=self._measure(), line=self._line(), problem=problem)

    def _kind(self) -> str:
        match self.characteristic:
            case Several():
                return "boxes"
            case Number():
                return "measure"
            case Text():
                return "line"
        values = self.characteristic.options
        return "swatches" if values and all(value.swatch for value in values) else "rows"

    def _reason(self) -> str:
        if self.state not in ("proposed", "open"):
            return ""
        reason = self.progress.reason(self.name)
        if reason is None:
            return self._as_opened()
        if self.state == "open":
            return left_open(reason, self.characteristic, self.value)
        return remembered(reason, self.progress.model, self.name, self.value)

    def _as_opened(self) -> str:
        """Why a value of what was made or saved before is shown: of a remake it may be what should have been made."""
        made = self.reasons.remade.get(self.name)
        if made not in (None, self.value):
            return remembered(Reason("feedback", made=made), self.progress.model, self.name, self.value)
        return _("as in the specification") if self.progress.draft.revision_id else _("as it was")

    def _sure(self) -> int | None:
        sure = self.progress.confidence(self.name) if self.state == "proposed" else None
        return None if sure is None else min(int(100 * sure), 99)

    def _sources(self) -> Iterator[tuple[str, str]]:
        if self.state != "follows":
            return
        for name in self.reasons.sources(self.name, self._others()):
            address = f"?group={section_of(self.progress, name)}#{question_id(self.progress, name)}"
            yield address, title(self.progress.model[name])

    def _others(self) -> list[Answer]:
        """Some of the values that what follows excludes."""
        if not isinstance(self.characteristic, Number):
            return self.misfits[:EXPLAINED]
        return list(islice((value for value in self.characteristic.range if value not in self.domain), EXPLAINED))

    def _values(self) -> list[tuple[Answer, Value]]:
        """What can be marked: values by their name, yes and no, members."""
        if isinstance(self.characteristic, Boolean):
            yes = self.characteristic.yes
            return [(True, Value(name="yes", title=yes.title or _("Yes"), description=yes.description)),
                    (False, Value(name="no", title=_("No")))]
        return [(value.name, value) for value in self.characteristic.options]

    def _options(self) -> Iterator[Option]:
        for index, (answer, value) in enumerate(self._values(), 1):
            inside = answer in self.value if isinstance(self.value, frozenset) else answer == self.value
            checked = inside and (self.state != "open" or isinstance(self.value, frozenset))
            fits = inside or answer in self.domain
            unchecked = not inside and answer in self.unchecked
            yield Option(
                id=f"{self.id}-{index}", text=raw(answer)[0], title=title(value), description=value.description,
                swatch=value.swatch, checked=checked, shown=inside and not checked,
                effect=self._effect(answer) if self._can_change(answer, inside, unchecked) else Effect(), fits=fits,
                unchecked=unchecked, range=self._range(answer) if fits and self.ranges is not None else "",
                blocked=None if fits else self._blocked(answer, f"{self.id}-{index}"))

    def _can_change(self, answer: Answer, inside: bool, unchecked: bool) -> bool:
        """Whether marking it changes something, or taking the mark away."""
        return isinstance(self.value, frozenset) if inside else answer in self.domain and not unchecked

    def _whole(self, answer: Answer) -> Answer:
        """What would be set by marking it: of a several-of the members with it, or without it if it is marked."""
        return self.value ^ {str(answer)} if isinstance(self.value, frozenset) else answer

    def _effect(self, answer: Answer) -> Effect:
        whole = self._whole(answer)
        return self.reasons.effect(self.name, whole) if whole in self.domain else Effect()

    def _blocked(self, answer: Answer, id_: str) -> Blocked | None:
        if self.why == id_:
            return self.reasons.closely(self.name, answer, self._whole(answer))
        return self.reasons.blocked(self.name, answer, self._whole(answer)) if self.explained else None

    def _range(self, answer: Answer) -> str:
        """What the cheapest and the dearest products with a value cost."""
        found = self.ranges.get(answer, Range(None, None)) if self.ranges is not None else Range(None, None)
        least, most = (None if end is None else amount(end, self.progress.model.currency)
                       for end in (found.least, found.greatest))
        if least is None and most is None:
            return _("there was no time to find out what it costs in all")
        limit = self.progress.limits.most
        if limit is not None and found.greatest is not None and found.greatest > limit:
            return _("from %(least)s in all, up to your limit", least=least) if least is not None else ""
        if most is None:
            return _("from %(least)s in all", least=least)
        if least is None:
            return _("up to %(most)s in all", most=most)
        return _("from %(least)s to %(most)s in all", least=least, most=most) if least != most else _(
            "%(total)s in all", total=most)

    def _measure(self) -> Measure | None:
        if not isinstance(self.characteristic, Number) or not isinstance(self.domain, NumberDomain):
            return None
        assert isinstance(self.value, int)
        intervals = self.domain.intervals
        return Measure(self.characteristic.shown or self.characteristic.unit,
                       ruler(self.characteristic, intervals, self.value), possible(self.characteristic, self.domain),
                       tuple(self._limits(intervals)))

    def _limits(self, intervals: Sequence[tuple[int, int]]) -> Iterator[str]:
        """What keeps it from being less or more."""
        assert isinstance(self.characteristic, Number)
        span, step = self.characteristic.range, self.characteristic.step
        beyond = [value for value in (intervals[0][0] - step, intervals[-1][1] + step) if value in span]
        yield from dict.fromkeys(sentence for value in beyond for sentence in self.reasons.against(self.name, value))
        if self.unchecked:
            yield _("Not every number was checked yet.")

    def _line(self) -> Line | None:
        if not isinstance(self.characteristic, Text):
            return None
        most = self.characteristic.most
        return Line(most, _("%(size)d of %(most)d", size=len(str(self.value)), most=most), self.characteristic.allowed,
                    self._of_text())

    def _of_text(self) -> int | None:
        """What a text costs where there is none yet."""
        assert isinstance(self.characteristic, Text)
        sign = next((sign for sign in self.characteristic.allowed[:1] or "x" if self.characteristic.allows(sign)), "x")
        text = sign * max(self.characteristic.least, 1)
        return self.reasons.effect(self.name, text).difference if not self.value and text in self.domain else None


def refusal(characteristic: Characteristic, domain: Domain, value: Answer, sentences: Sequence[str]) -> str:
    """Why an answer cannot be, and for a number what can."""
    message = " ".join(sentences)
    if isinstance(domain, NumberDomain) and isinstance(characteristic, Number) and isinstance(value, int):
        near = domain.nearest(value)
        message += " " + _("Possible now: %(bounds)s; the nearest is %(value)s.", value=say(characteristic, near),
                           bounds=bounds(characteristic, domain.intervals[0][0], domain.intervals[-1][1]))
    return message
