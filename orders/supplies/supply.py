"""What is left to promise on a day: parts nobody was promised, working days, and the hours of the work centres; frozen.

Amounts of parts are whole thousandths of the part's unit, as precise as a frozen sheet.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, count, islice
from typing import Any, TypeVar

from catalog.nodes import Exact

T = TypeVar("T")

UNIT = 1000
"""Thousandths of a unit: how precise an amount of parts is."""
DAY_MINUTES = 8 * 60
"""Minutes of work in a day of a work centre that nobody gave hours."""
WEEK = (*(DAY_MINUTES,) * 5, 0, 0)
"""Its minutes from Monday to Sunday."""
FAR = 260
"""Working days whose hours are looked at one by one, about a year; later ones are taken as free."""

NEVER = 10 * FAR
"""Working days, some ten years: nothing is promised for then or later, nor what passes through work centres that never
work on the same day."""
NO_DAY = date.max
"""The day of what cannot be promised."""


@dataclass(frozen=True)
class Available:
    """What nobody was promised of a part.

    `lead`: in so many working days any amount can be here; `known`: what is here or on its way sooner, as working days
    from now and the amount in all by then, both rising.
    """

    lead: int
    known: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, lead: int, sources: Sequence[tuple[int, int]], promised: int) -> Available:
        """What is left of `sources` (working days from now, amount) when `promised` is taken from the first ones."""
        sums = zip((days for days, _ in sources), accumulate(amount for _, amount in sources), strict=True)
        left = {days: total - promised for days, total in sums if days < lead and total > promised}
        return cls(lead, tuple(left.items()))

    def days(self, amount: int) -> int:
        """The working days until so much is here."""
        return 0 if amount <= 0 else next((days for days, total in self.known if amount <= total), self.lead)

    def within(self, days: int) -> int | None:
        """The most that is here in so many working days; None: any amount."""
        if days >= self.lead:
            return None
        return max((total for later, total in self.known if later <= days), default=0)


@dataclass(frozen=True)
class Supply:
    """What is left to promise on a day.

    `parts`: by their number, as far as the firm keeps them; `weeks`: minutes of work centres from Monday to Sunday, by
    name; `booked`: minutes of accepted orders that are not done, by centre and day; `closed`: days on which nobody
    works. `version` tells one state of the supply from another.
    """

    day: date
    parts: Mapping[str, Available] = field(default_factory=dict)
    weeks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    booked: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    version: int = 0
    kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)  # worked out of it: see `once`

    @classmethod
    def on(cls, day: date) -> Supply:
        """Nothing in stock, nothing booked: everything is bought for the order."""
        return cls(day)

    def available(self, number: str, lead: int) -> Available:
        """What there is of a part; `lead` is the catalogue's, for parts that the firm does not keep."""
        return self.parts.get(number) or Available(lead)

    # days

    @property
    def days(self) -> Sequence[date]:
        """The working days, from this day on or from the last one before it if nobody works on it."""
        return self.once("days", lambda: tuple(islice(self._days(), FAR + 1)))

    def _days(self) -> Iterator[date]:
        first = self.back(0)
        return filter(self._works, (first + timedelta(days=later) for later in count()))

    def back(self, days: int) -> date:
        """That many working days ago."""
        ago = (self.day - timedelta(days=back) for back in count())
        return next(islice(filter(self._works, ago), days, None))

    def _works(self, day: date) -> bool:
        return day.weekday() in self._weekdays and day not in self.closed

    @property
    def _weekdays(self) -> frozenset[int]:
        """The days of the week on which some work centre has hours; the usual ones if none has any."""
        return self.once("weekdays", lambda: frozenset(
            day for week in (self.weeks.values() or [WEEK]) for day, minutes in enumerate(week) if minutes
        ) or frozenset(range(5)))

    def after(self, days: int) -> date:
        """That many working days later; NO_DAY if that is never."""
        if days >= NEVER:
            return NO_DAY
        later = self.days if days <= FAR else self.once("later", lambda: tuple(islice(self._days(), NEVER)))
        return later[days]

    def until(self, day: date) -> int:
        """The most working days after which something is ready by a day; less than 0 if it is past."""
        if day == NO_DAY:
            return NEVER
        return bisect_right(self.days, day) - 1

    # hours

    def left(self, centre: str) -> Sequence[int]:
        """The minutes that a work centre has left on each of the working days.

        What is booked is done on its day; what does not fit there, or was not done in time, on the next days.
        """
        return self.once(("left", centre), lambda: tuple(self._left(centre)))

    def _left(self, centre: str) -> Iterator[int]:
        week, booked = self.weeks.get(centre, WEEK), iter(sorted(self.booked.get(centre, {}).items()))
        waiting, ahead = 0, next(booked, None)
        for day in self.days:
            while ahead and ahead[0] <= day:
                waiting, ahead = waiting + ahead[1], next(booked, None)
            done = min(waiting, week[day.weekday()])
            waiting -= done
            yield week[day.weekday()] - done

    def hours(self, centres: Iterable[str], until: date) -> int:
        """The minutes in which all of these work centres work from today to a day, whatever is booked."""
        weeks = [self.weeks.get(centre, WEEK) for centre in centres] or [WEEK]
        return sum(min(week[day.weekday()] for week in weeks) for day in self.days if self.day <= day <= until)

    def room(self, centres: frozenset[str]) -> Sequence[int]:
        """The minutes in which all of these work centres have hours left, from tomorrow to the end of each day."""
        return self.once(("room", centres), lambda: tuple(self._room(centres)))

    def _room(self, centres: frozenset[str]) -> Iterator[int]:
        if not centres:
            return iter(range(0, DAY_MINUTES * FAR + 1, DAY_MINUTES))
        each = zip(*(self.left(centre)[1:] for centre in centres), strict=True)
        return accumulate(map(min, each), initial=0)

    def minutes(self, centres: frozenset[str], days: int) -> int:
        """As `room`, by the end of the day that many working days from now."""
        room = self.room(centres)
        return room[days] if days <= FAR else room[FAR] + self._pace(centres) * (days - FAR)

    def _pace(self, centres: frozenset[str]) -> int:
        """The minutes of a day that is far away: none if these work centres never work together."""
        weeks = [self.weeks.get(centre, WEEK) for centre in centres] or [WEEK]
        return DAY_MINUTES if any(map(min, zip(*weeks, strict=True))) else 0

    def finish(self, centres: frozenset[str], start: int, minutes: Exact) -> int:
        """The working days until so many minutes of work are done that begin after `start` days, at least one later;
        NEVER if nobody could wait for them.
        """
        needed, room = math.ceil(minutes) + self.minutes(centres, start), self.room(centres)
        over, pace = needed - room[FAR], self._pace(centres)
        if over > 0:
            return min(NEVER, max(start + 1, FAR + -(-over // pace))) if pace else NEVER
        return max(start + 1, bisect_left(room, needed))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under the key before, or is made now; two threads may both make it."""
        if key not in self.kept:
            self.kept[key] = make()
        made: T = self.kept[key]
        return made
