"""The pages of questions: the groups of a catalogue, long ones in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from catalog.model import Group, ProductModel
from catalog.wording import title
from configurator.drafts.progress import Progress, State
from configurator.engine import Engine
from configurator.web.phrases import gettext as _

PART = 12
"""Questions on one page; a longer group is shown in parts."""


class _Part(NamedTuple):
    """A part of a group, or of what is in none: which of how many, and what is asked there."""

    group: Group | None
    number: int
    parts: int
    names: tuple[str, ...]


class _Place(NamedTuple):
    """Where a characteristic is asked for: the number of its section, and its own in the catalogue."""

    section: int
    number: int


class _Plan(NamedTuple):
    """The pages of a model, and where each characteristic is asked for; worked out once for an engine."""

    parts: tuple[_Part, ...]
    places: Mapping[str, _Place]


_plans: WeakKeyDictionary[Engine, _Plan] = WeakKeyDictionary()


class Section(NamedTuple):
    """A page of questions: a group, or a part of a long one."""

    number: int
    title: str
    names: tuple[str, ...]
    states: tuple[State, ...]

    @property
    def answered(self) -> int:
        return sum(state != "open" for state in self.states)


def sections(progress: Progress) -> tuple[Section, ...]:
    """All pages of questions, with the states of their answers."""
    return tuple(Section(number, _heading(part, progress.model), part.names, tuple(map(progress.state, part.names)))
                 for number, part in enumerate(_plan(progress.engine).parts, 1))


def section_names(progress: Progress, number: int | None) -> tuple[str, ...]:
    """The characteristics of a section."""
    parts = _plan(progress.engine).parts
    return parts[number - 1].names if number and 0 < number <= len(parts) else ()


def section_of(progress: Progress, name: str) -> int:
    """The number of the section that asks for a characteristic."""
    return _plan(progress.engine).places[name].section


def question_id(progress: Progress, name: str) -> str:
    """The id of a question in its page: names may hold what ids cannot."""
    return f"q{_plan(progress.engine).places[name].number}"


def _heading(part: _Part, model: ProductModel) -> str:
    heading = title(part.group) if part.group else _("More questions") if model.groups else _("Questions")
    return _("%(heading)s, part %(part)d", heading=heading, part=part.number) if part.parts > 1 else heading


def _plan(engine: Engine) -> _Plan:
    if engine not in _plans:
        parts = tuple(_parts(engine.model))
        sections = {name: number for number, part in enumerate(parts, 1) for name in part.names}
        _plans[engine] = _Plan(parts, {c.name: _Place(sections[c.name], number)
                                       for number, c in enumerate(engine.model.characteristics, 1)})
    return _plans[engine]


def _parts(model: ProductModel) -> Iterator[_Part]:
    known = {group.name for group in model.groups}
    for group in (*model.groups, None):
        names = tuple(c.name for c in model.characteristics
                      if (c.group if c.group in known else None) == (group.name if group else None))
        count = -(-len(names) // PART)
        for part in range(count):
            yield _Part(group, part + 1, count, names[part * len(names) // count:(part + 1) * len(names) // count])
