"""The pages of questions: the groups of a catalogue, long ones in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

from catalog.model import ProductModel
from catalog.wording import title
from configurator.drafts.progress import Progress, State
from configurator.engine import Engine
from configurator.web.phrases import gettext as _

PART = 12
"""Questions on one page; a longer group is shown in parts."""


class _Place(NamedTuple):
    """Where a characteristic is asked for: the number of its section, and its own in the catalogue."""

    section: int
    number: int


_places: WeakKeyDictionary[Engine, Mapping[str, _Place]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Section:
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
    parts = list(_parts(progress.model))
    return tuple(Section(number, heading, names, tuple(map(progress.state, names)))
                 for number, (heading, names) in enumerate(parts, 1))


def section_names(model: ProductModel, number: int | None) -> tuple[str, ...]:
    """The characteristics of a section."""
    return next((names for at, (_, names) in enumerate(_parts(model), 1) if at == number), ())


def section_of(progress: Progress, name: str) -> int:
    """The number of the section that asks for a characteristic."""
    return _placed(progress.engine)[name].section


def question_id(progress: Progress, name: str) -> str:
    """The id of a question in its page: names may hold what ids cannot."""
    return f"q{_placed(progress.engine)[name].number}"


def _placed(engine: Engine) -> Mapping[str, _Place]:
    if engine not in _places:
        sections = {name: at for at, (_, names) in enumerate(_parts(engine.model), 1) for name in names}
        _places[engine] = {c.name: _Place(sections[c.name], at) for at, c in enumerate(engine.model.characteristics, 1)}
    return _places[engine]


def _parts(model: ProductModel) -> Iterator[tuple[str, tuple[str, ...]]]:
    grouped = {group.name: title(group) for group in model.groups}
    for group, heading in [*grouped.items(), (None, _("More questions") if grouped else _("Questions"))]:
        names = tuple(c.name for c in model.characteristics if (c.group if c.group in grouped else None) == group)
        count = -(-len(names) // PART)
        for part in range(count):
            piece = names[part * len(names) // count:(part + 1) * len(names) // count]
            yield _("%(heading)s, part %(part)d", heading=heading, part=part + 1) if count > 1 else heading, piece
