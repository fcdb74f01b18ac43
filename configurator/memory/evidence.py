"""What one customer told: their orders, specifications and facts, the newest counting most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product

from catalog.expressions import Answer, Values
from configurator.memory.experience import Experience

STEPS = (0.45, 0.7, 0.85)
"""What each newer statement about the same thing may leave of the weight of an older one: with the first, the newest
outweighs all the older ones together, with the last, three older ones that agree outweigh two newer ones."""
WORTHS = (0.15, 0.5, 1.0, 2.0, 4.0)
"""How many statements of the customer's own the experience of others may be worth: with the first, their own word
decides, with the last, what they said once or twice gives way to what most choose."""
HEAD_START = 20
"""How many more values other weights must have foretold than the first ones to be taken instead."""
COMPARED = 20_000
"""After so many values that could tell weights apart the choice is made."""
SEEN = 30
"""Statements that are compared to learn the weights; older ones hardly count."""
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
    hint: bool = False  # about another family: counts after all that was said about this one


@dataclass
class Evidence:
    """One customer's statements, the newest first."""

    statements: list[Statement] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        """Adds a statement; one without a date is the newest."""
        self.statements = sorted([statement, *self.statements], key=_age)

    def replace_told(self, told: Iterable[Statement]) -> None:
        """Puts what was told elsewhere in the place of what was known so; the orders stay."""
        orders = [statement for statement in self.statements if not statement.source]
        self.statements = sorted([*orders, *told], key=_age)

    def about(self, name: str) -> Iterator[Statement]:
        """The statements about a characteristic, the newest first."""
        return (statement for statement in self.statements if name in statement.values)

    def told(self, name: str) -> bool:
        """Whether the customer said anything about a characteristic."""
        return any(True for _ in self.about(name))

    def compare(self, alike: list[float], name: str, answer: Answer, sure: float = 1.0) -> None:
        """Lessens the weight of each statement that says otherwise, the more, the surer (0 to 1) the answer is."""
        for place, statement in enumerate(self.statements):
            if statement.values.get(name, answer) != answer:
                alike[place] *= UNLIKE ** sure

    def votes(self, name: str, alike: list[float], today: date | None, step: float) -> Mapping[Answer, float]:
        """The weight of each value that was stated; `alike`: how much each statement is like what is chosen now.

        `step` is what each newer statement leaves of an older one.
        """
        votes: dict[Answer, float] = defaultdict(float)
        weight = 1.0
        for statement, like in zip(self.statements, alike, strict=True):
            if name in statement.values:
                votes[statement.values[name]] += weight * statement.count * like * _faded(statement.when, today)
                weight *= step
        return votes


def _age(statement: Statement) -> tuple[bool, int]:
    return statement.hint, -(statement.when or date.max).toordinal()


def _faded(when: date | None, today: date | None) -> float:
    return 0.5 ** (max(0, (today - when).days) / HALF_LIFE) if when and today else 1.0


def as_day(moment: date | datetime | None) -> date | None:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


class Habit:
    """How orders repeat: learnt by asking of every new order which weights would have foretold its values."""

    def __init__(self) -> None:
        self._foretold = dict.fromkeys(product(STEPS, WORTHS), 0)
        self._foretold[STEPS[0], WORTHS[0]] = HEAD_START
        self._compared = 0

    @property
    def weights(self) -> tuple[float, float]:
        """The step and the worth of others that foretold most."""
        return max(self._foretold, key=lambda weights: self._foretold[weights])

    def learn(self, before: Evidence, values: Values, others: Experience) -> None:
        """Compares an order with what its customer and others had stated before."""
        if self._compared > COMPARED:
            return
        newest = Evidence([statement for statement in before.statements if not statement.hint][:SEEN])
        alike = [1.0] * len(newest.statements)
        for name, answer in values.items():
            stated = {statement.values[name] for statement in newest.about(name)}
            usual = others.usual(name)
            if stated and len(stated | usual) > 1:
                self._compared += 1
                self._compare(answer, {step: newest.votes(name, alike, None, step) for step in STEPS},
                              {value: others.share(name, value) for value in stated | usual})

    def _compare(self, answer: Answer, votes: Mapping[float, Mapping[Answer, float]], shares: Mapping[Answer, float]
                 ) -> None:
        for step, worth in self._foretold:
            weights = {value: votes[step].get(value, 0.0) + worth * share for value, share in shares.items()}
            self._foretold[step, worth] += max(weights, key=weights.__getitem__) == answer
