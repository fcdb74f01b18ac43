"""What one customer told: their orders, specifications, facts and verdicts, the newest counting most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from catalog.model import Characteristic
from catalog.nodes import Answer, Values
from configurator.memory.verdicts import contradicts
from orders.memory.verdict import Verdicts

UNLIKE = 0.5
"""What is left of an order's weight, beside another of theirs, after each mismatch more with what is chosen now."""
ACCEPTED = 1 / 3
"""How probable it is that a customer looked at a value that they accepted. One that they never set themselves counts as
much as it is probable that they looked at it at least once; once set outweighs another one accepted once later."""


@dataclass(frozen=True)
class Statement:
    """What the customer said once, a whole product or a part of one.

    Of a verdict, `values` are what should have been made instead of what was `made`.
    """

    values: Values
    when: date | None = None
    count: int = 1
    row: int | None = None  # the same order among everybody's experience
    source: str = ""  # where it was told, if it was no order of this product
    hint: bool = False  # about another family: counts after all that was said about this one
    chosen: frozenset[str] | None = None  # what the customer set; the rest was proposed and accepted. None: unknown
    made: Values = field(default_factory=dict)
    verdicts: Verdicts = field(default_factory=dict)
    clock: int = 0  # at which second of the day, as far as that is known

    @property
    def is_order(self) -> bool:
        """Whether it was ordered: neither told elsewhere nor a verdict."""
        return not (self.source or self.verdicts)

    @property
    def is_told(self) -> bool:
        """Whether it was told elsewhere; a verdict has a source, too."""
        return bool(self.source) and not self.verdicts

    def is_set(self, name: str) -> bool:
        """Whether the customer themself set a value, as far as is known."""
        return self.chosen is None or name in self.chosen

    def contradicts(self, characteristic: Characteristic, answer: Answer) -> bool:
        """Whether this is a verdict that speaks against a value of a characteristic."""
        name = characteristic.name
        return name in self.verdicts and contradicts(characteristic, answer, self.made[name], self.verdicts[name])


@dataclass
class Evidence:
    """One customer's statements, the newest first."""

    statements: list[Statement] = field(default_factory=list)
    _verdicts: list[tuple[int, Statement]] = field(default_factory=list)  # those of them that are verdicts, by place

    def add(self, statement: Statement) -> None:
        """Adds a statement; one without a date is the newest."""
        self._sort([statement, *self.statements])

    def replace_told(self, told: Iterable[Statement]) -> None:
        """Puts what was told elsewhere in the place of what was known so; orders and verdicts stay."""
        stays = [statement for statement in self.statements if not statement.is_told]
        self._sort([*stays, *told])

    def _sort(self, statements: Iterable[Statement]) -> None:
        self.statements = sorted(statements, key=age)
        self._verdicts = [(place, statement) for place, statement in enumerate(self.statements) if statement.verdicts]

    def about(self, name: str) -> Iterator[Statement]:
        """The statements about a characteristic, the newest first."""
        return (statement for statement in self.statements if name in statement.values)

    def told(self, name: str) -> bool:
        """Whether the customer said anything about a characteristic."""
        return any(True for _ in self.about(name))

    def compare(self, differs: list[float], name: str, answer: Answer, sure: float = 1.0) -> None:
        """Counts a mismatch for each statement that says otherwise, as far as the answer is sure (0 to 1)."""
        for place, statement in enumerate(self.statements):
            if statement.values.get(name, answer) != answer:
                differs[place] += sure

    def nearest(self, characteristic: Characteristic, differs: Sequence[float]) -> int | None:
        """The place of the statement that differs least among those that say what it is and that no later verdict
        speaks against; of several the newest.
        """
        about = (place for place, statement in enumerate(self.statements)
                 if characteristic.name in statement.values and not self._is_refuted(characteristic, place))
        return min(about, key=differs.__getitem__, default=None)

    def votes(self, characteristic: Characteristic, alike: Sequence[float], today: date | None, step: float,
              half_life: float) -> Mapping[Answer, float]:
        """The weight of each value that was stated; `alike`: how much each statement is like what is chosen now.

        `step` is what each newer statement leaves of an older one; after `half_life` days a statement weighs half. What
        was said to be wrong does not count any more.
        """
        name = characteristic.name
        votes: dict[Answer, float] = defaultdict(float)
        weight, meant, told = 1.0, self._meant(name), None
        for place, (statement, like) in enumerate(zip(self.statements, alike, strict=True)):
            if name in statement.values and not self._is_refuted(characteristic, place):
                answer = statement.values[name]
                if told in (None, answer):  # a measure that was told takes the place of older ones, or confirms them
                    faded = _faded(statement.when, today, half_life)
                    votes[answer] += weight * statement.count * like * faded * meant[answer]
                    weight *= step
                if statement.source and not statement.hint and characteristic.about != "product" and told is None:
                    told = answer
        return votes

    def _meant(self, name: str) -> Mapping[Answer, float]:
        """How probable it is that the customer looked at each value that they stated, beside the one they looked at
        most: what they only ever accepted counts less than what they set, but alone it is their word.
        """
        overlooked: dict[Answer, float] = defaultdict(lambda: 1.0)
        for statement in self.about(name):
            overlooked[statement.values[name]] *= 0.0 if statement.is_set(name) else (1 - ACCEPTED) ** statement.count
        most = 1 - min(overlooked.values(), default=0.0)
        return {answer: (1 - share) / most for answer, share in overlooked.items()}

    def standing(self, characteristic: Characteristic) -> Iterator[Statement]:
        """The statements about a characteristic that no later verdict speaks against, the newest first."""
        return (statement for place, statement in enumerate(self.statements)
                if characteristic.name in statement.values and not self._is_refuted(characteristic, place))

    def refuted(self, characteristic: Characteristic, values: Iterable[Answer]) -> frozenset[Answer]:
        """Which of these values a verdict spoke against, if none of them was stated again since."""
        name = characteristic.name
        verdicts = [statement for _, statement in self._verdicts if name in statement.verdicts]
        if not verdicts:
            return frozenset()
        stands = {statement.values[name] for statement in self.standing(characteristic)}
        return frozenset(value for value in values if value not in stands
                         and any(verdict.contradicts(characteristic, value) for verdict in verdicts))

    def only_refuted(self, characteristic: Characteristic) -> bool:
        """Whether all that was said about a characteristic is what it should not be."""
        name = characteristic.name
        return (any(name in statement.verdicts for _, statement in self._verdicts)
                and next(self.standing(characteristic), None) is None)

    def most_likely(self, size: int, alike: Sequence[float], today: date | None, step: float, half_life: float
                    ) -> Values:
        """The values of the whole thing that was stated most, the newest counting most; empty if there is none.

        Whole is an order or a specification (what was told of at least half of all `size` characteristics); of these,
        what says at least half as much as the one that says most.
        """
        wholes = [place for place, statement in enumerate(self.statements) if statement.is_order
                  or (statement.is_told and not statement.hint and 2 * len(statement.values) >= size)]
        most = max((len(self.statements[place].values) for place in wholes), default=0)
        votes: dict[frozenset[tuple[str, Answer]], float] = defaultdict(float)
        weight = 1.0
        for place in wholes:
            statement = self.statements[place]
            if 2 * len(statement.values) >= most:
                votes[frozenset(statement.values.items())] += (
                    weight * statement.count * alike[place] * _faded(statement.when, today, half_life))
                weight *= step
        best, _ = max(votes.items(), key=lambda item: item[1], default=(frozenset[tuple[str, Answer]](), 0.0))
        return dict(best)

    def _is_refuted(self, characteristic: Characteristic, place: int) -> bool:
        """Whether a later verdict speaks against what a statement says.

        An order without a date is newer than all that was known, but not than a verdict that has one.
        """
        statement = self.statements[place]
        return any(verdict.contradicts(characteristic, statement.values[characteristic.name])
                   for at, verdict in self._verdicts
                   if at < place or (statement.when is None and verdict.when is not None))


def alike(differs: Sequence[float], least: float) -> list[float]:
    """The weight of each statement for how much it differs from what is given; whole for what differs `least`."""
    return [UNLIKE ** (count - least) for count in differs]


def age(statement: Statement) -> tuple[bool, int, bool, int]:
    """What statements are sorted by: of one day, the verdict is newer than the order."""
    ordered = statement.when is not None and not statement.verdicts
    return statement.hint, -(statement.when or date.max).toordinal(), ordered, -statement.clock


def _faded(when: date | None, today: date | None, half_life: float) -> float:
    return 0.5 ** (max(0, (today - when).days) / half_life) if when and today else 1.0


def as_day(moment: date | datetime | None) -> date | None:
    """The day of a moment; raises ValueError for what is none."""
    if not isinstance(moment, date | None):
        raise ValueError(f"expected a date, found {moment!r}")
    return moment.date() if isinstance(moment, datetime) else moment


def clock(moment: date | datetime | None) -> int:
    """The second of its day, 0 where that is not known."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second if isinstance(moment, datetime) else 0
