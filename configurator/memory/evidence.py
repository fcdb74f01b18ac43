"""What one customer told: their orders, specifications and facts, the newest counting most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from catalog.expressions import Answer, Values

STEP = 0.85
"""What each newer statement about the same thing leaves of the weight of an older one."""
HALF_LIFE = 730.0
"""Days after which a statement weighs half, where dates are known."""
UNLIKE = 0.5
"""What is left of an order's weight after each mismatch with what is chosen now."""


@dataclass(frozen=True)
class Statement:
    """What the customer said once, a whole product or a part of one."""

    values: Values
    when: date | None = None
    count: int = 1
    row: int | None = None  # the same order among everybody's experience
    source: str = ""  # where it was told, if it was no order of this product


@dataclass
class Evidence:
    """One customer's statements, the newest first."""

    statements: list[Statement] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        """Adds a statement; one without a date is the newest."""
        self.statements.insert(0, statement)
        if statement.when is not None:
            self.statements.sort(key=lambda said: said.when or date.max, reverse=True)

    def replace_told(self, told: Iterable[Statement]) -> None:
        """Puts what was told elsewhere in the place of what was known so; the orders stay."""
        orders = (statement for statement in self.statements if not statement.source)
        self.statements = sorted([*orders, *told], key=lambda said: said.when or date.max, reverse=True)

    def about(self, name: str) -> Iterator[Statement]:
        """The statements about a characteristic, the newest first."""
        return (statement for statement in self.statements if name in statement.values)

    def told(self, name: str) -> bool:
        """Whether the customer said anything about a characteristic."""
        return any(True for _ in self.about(name))

    def compare(self, alike: list[float], name: str, answer: Answer) -> None:
        """Lessens the weight of each statement that says otherwise."""
        for place, statement in enumerate(self.statements):
            if statement.values.get(name, answer) != answer:
                alike[place] *= UNLIKE

    def votes(self, name: str, alike: list[float], today: date | None) -> Mapping[Answer, float]:
        """The weight of each value that was stated; `alike`: how much each statement is like what is chosen now."""
        votes: dict[Answer, float] = defaultdict(float)
        step = 1.0
        for statement, like in zip(self.statements, alike, strict=True):
            if name in statement.values:
                votes[statement.values[name]] += step * statement.count * like * _faded(statement.when, today)
                step *= STEP
        return votes


def _faded(when: date | None, today: date | None) -> float:
    return 0.5 ** (max(0, (today - when).days) / HALF_LIFE) if when and today else 1.0


def as_day(moment: date | datetime | None) -> date | None:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment
