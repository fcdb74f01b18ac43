"""How what was said in an older version of a catalogue reads in a newer one.

A version says which names of earlier ones it took over: `was`, the same thing under another name; `replaces`, another
thing in its place. Versions are walked one after the other. What a version has stays, what it took over moves on, and
what it does not have waits for a later one that has it again; so a name that was given up and later used for something
else is told apart by the version that gave it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Literal

from catalog.model import Boolean, Characteristic, Number, ProductModel, Several, Text, Value
from catalog.nodes import Answer, Values
from catalog.units import convert
from catalog.wording import title

How = Literal["kept", "renamed", "replaced", "nearest", "gone"]
"""kept: the same. renamed: the same under another name or title. replaced: another thing in its place. nearest: as near
as it comes. gone: nothing of it is there."""
_FAR: Sequence[How] = ("kept", "renamed", "replaced", "nearest", "gone")
KEPT = _FAR[0]
YES, NO = "yes", "no"
"""What `was` and `replaces` call the answers of a yes or no."""


@dataclass(frozen=True)
class Inherited:
    """What a newer characteristic has of an older one; of something gone, no answer."""

    name: str  # the older characteristic
    answer: Answer | None
    how: How


@dataclass(frozen=True)
class _Trace:
    """Where an older characteristic, and each named value of it, has got to."""

    origin: str
    name: str
    how: How
    values: Mapping[str, tuple[str, How]]


class Succession:
    """The way from one version of a product to another, through those between them: the oldest comes first."""

    def __init__(self, versions: Sequence[ProductModel]) -> None:
        self.old, self.new = versions[0], versions[-1]
        traces = [_Trace(c.name, c.name, "kept", {name: (name, "kept") for name in _named(c)})
                  for c in self.old.characteristics]
        for model in versions[1:]:
            traces = _walked(traces, model)
        self._known: dict[tuple[str, type, Answer], tuple[Answer | None, How]] = {}  # but for texts
        self._heirs = {trace.name: _retitled(trace, self.old, self.new) for trace in traces if trace.name in self.new}

    def inherited(self, values: Values) -> dict[str, Inherited]:
        """What values of the oldest version tell the newest one, by the names of its characteristics."""
        return {name: Inherited(trace.origin, *self._answer(trace, values[trace.origin]))
                for name, trace in self._heirs.items() if trace.origin in values}

    def answers(self, values: Values) -> dict[str, Answer]:
        """The answers that the newest version admits of them, rules left aside."""
        return {name: found.answer for name, found in self.inherited(values).items() if found.answer is not None}

    def names(self) -> dict[str, str]:
        """What the characteristics of the oldest version are called in the newest one, those that are still there."""
        return {trace.origin: name for name, trace in self._heirs.items()}

    def dropped(self) -> tuple[Characteristic, ...]:
        """The characteristics of the oldest version that nobody took over."""
        taken = {trace.origin for trace in self._heirs.values()}
        return tuple(c for c in self.old.characteristics if c.name not in taken)

    def _answer(self, trace: _Trace, answer: Answer) -> tuple[Answer | None, How]:
        """What an answer has become; kept, for evidence says the same again and again."""
        key = trace.name, type(answer), answer
        if (known := self._known.get(key)) is None:
            known = self._found(trace, answer)
            if known[0] is not None and not isinstance(self.new[trace.name], Text):
                self._known[key] = known
        return known

    def _found(self, trace: _Trace, answer: Answer) -> tuple[Answer | None, How]:
        old, new = self.old[trace.origin], self.new[trace.name]
        found, how = _translated(old, answer, new, trace.values) if old.admits(answer) else (None, "gone")
        return (None, "gone") if found is None or not new.admits(found) else (found, _farther(how, trace.how))


def _walked(traces: Sequence[_Trace], model: ProductModel) -> list[_Trace]:
    """One version on. Where several come together, the name that stays goes before those that are taken over."""
    by_name = {trace.name: trace for trace in reversed(traces)}
    claimed = {name for c in model.characteristics for name in (*c.was, *c.replaces)}
    found = [trace for trace in traces if trace.name not in model and trace.name not in claimed]
    for characteristic in model.characteristics:
        for name, how in [(characteristic.name, KEPT), *_former(characteristic)]:
            if name in by_name:
                found.append(_moved(by_name[name], characteristic, how))
                break
    return found


def _former(of: Characteristic | Value) -> Iterator[tuple[str, How]]:
    """The names it took over, the nearest first."""
    yield from ((name, "renamed") for name in of.was)
    yield from ((name, "replaced") for name in of.replaces)


def _moved(trace: _Trace, heir: Characteristic, how: How) -> _Trace:
    """The trace in a characteristic of the next version, each value where it says."""
    present, claims, rest = _named(heir), _taken_over(heir), None
    if isinstance(heir, Boolean) and claims:
        rest = NO  # what its yes does not stand for
    values = {}
    for origin, (name, before) in trace.values.items():
        if name in present:
            values[origin] = name, before
        elif name in claims:
            values[origin] = claims[name][0], _farther(before, claims[name][1])
        else:
            values[origin] = (rest, _farther(before, "replaced")) if rest else (name, before)
    return replace(trace, name=heir.name, how=_farther(trace.how, how), values=values)


def _taken_over(characteristic: Characteristic) -> dict[str, tuple[str, How]]:
    """The former names of its values, with who has taken them over."""
    options = (characteristic.yes,) if isinstance(characteristic, Boolean) else characteristic.options
    return {former: (YES if isinstance(characteristic, Boolean) else value.name, how)
            for value in options for former, how in _former(value)}


def _retitled(trace: _Trace, old: ProductModel, new: ProductModel) -> _Trace:
    """The trace; what is called otherwise counts as renamed, also if its name has stayed."""
    before, after = old[trace.origin], new[trace.name]
    was, now = _titles(before), _titles(after)
    values = {origin: (name, _farther(how, "renamed") if was.get(origin) != now.get(name) else how)
              for origin, (name, how) in trace.values.items()}
    how = _farther(trace.how, "renamed") if title(before) != title(after) else trace.how
    return replace(trace, how=how, values=values)


def _titles(characteristic: Characteristic) -> dict[str, str]:
    return {value.name: title(value) for value in characteristic.options}


# Answers


def _translated(old: Characteristic, answer: Answer, new: Characteristic, values: Mapping[str, tuple[str, How]]
                ) -> tuple[Answer | None, How]:
    if isinstance(old, Number) and isinstance(new, Number) and isinstance(answer, int):
        return _measured(old, answer, new)
    if isinstance(old, Text) and isinstance(new, Text):
        return answer, "kept"
    if isinstance(old, Number | Text) or isinstance(new, Number | Text):
        return None, "gone"
    known, said = _named(new), [values[name] for name in _said(old, answer)]
    found = [name for name, _ in said if name in known]
    whole = len(found) == len(said) or (answer is False and isinstance(new, Several))  # of no, nothing is chosen
    together = _together(new, set(found))
    if isinstance(together, frozenset) and len(together) < len(set(found)):
        whole = False
    return together, _farther("kept" if whole else "nearest", *(how for name, how in said if name in known))


def _measured(old: Number, answer: int, new: Number) -> tuple[Answer | None, How]:
    """The same measure, or the nearest that the newer one can be; nothing if its unit measures something else."""
    try:
        exact = convert(answer, old.unit, new.unit)
    except ValueError:
        return None, "gone"
    steps = ceil((exact - new.least) / new.step - Fraction(1, 2))  # the smaller of two
    found = new.range[min(max(steps, 0), len(new.range) - 1)]
    return found, "kept" if found == exact else "nearest"


def _together(new: Characteristic, names: Set[str]) -> Answer | None:
    """The answer of these named values; of several-of as many as there may be, in the order of the catalogue."""
    if isinstance(new, Several):
        return frozenset([value.name for value in new.values if value.name in names][:new.limit])
    if len(names) != 1:
        return None
    name, = names
    return name == YES if isinstance(new, Boolean) else name


def _said(characteristic: Characteristic, answer: Answer) -> frozenset[str]:
    """The named values that an answer says."""
    if isinstance(characteristic, Boolean):
        return frozenset([YES if answer else NO])
    return frozenset(value.name for value in characteristic.chosen(answer))


def _named(characteristic: Characteristic) -> frozenset[str]:
    """What its answers are called."""
    if isinstance(characteristic, Boolean):
        return frozenset([YES, NO])
    return frozenset(value.name for value in characteristic.options)


def _farther(*hows: How) -> How:
    return max(hows, key=_FAR.index)
