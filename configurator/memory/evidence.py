"""What one customer told: their orders, specifications and facts, the newest counting most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
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
    """A specification that the customer gave, whole or in part. `fact`: told apart from an order of this product."""

    values: Values
    when: date | None = None
    count: int = 1
    row: int | None = None  # the same order among everybody's experience
    fact: str = ""  # where it was told


@dataclass
class Evidence:
    """One customer's statements, the newest first."""

    statements: list[Statement] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        """Adds a statement; one without a date is the newest."""
        place = 0
        if statement.when is not None:
            while place < len(self.statements) and self._newer(self.statements[place], statement.when):
                place += 1
        self.statements.insert(place, statement)

    @staticmethod
    def _newer(statement: Statement, when: date) -> bool:
        return statement.when is not None and statement.when > when

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
