"""Which columns can still be taken: exact and complete, by witnesses first and the solver for the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from catalog.model import ProductModel
from configurator.engine.columns import Bits, Columns
from configurator.engine.lines import Lines
from configurator.engine.solver import Solver
from configurator.engine.witnesses import Witnesses

REMEMBERED = 512  # sets of choices whose answer is kept
VARIED = 200  # columns tried at random where only numbers are open
HALVED = 16  # numbers in a row of which one half is asked for at a time
NEEDED = 64  # unknown columns whose consequences are tried too
LEARNT = 12  # the longest contradiction worth keeping as a clause

Choice = tuple[int, ...]
"""The columns that are taken by choice, sorted."""


class Propagation:
    """Answers for sets of chosen columns; not safe for threads by itself."""

    def __init__(self, model: ProductModel, columns: Columns, witnesses: Witnesses, make: Callable[[], Solver]) -> None:
        self._model = model
        self._columns = columns
        self._solver = make()
        self._witnesses = witnesses
        self._ever = np.ones(len(columns.upper), dtype=np.bool_)  # not known to be always impossible
        self._core: frozenset[int] = frozenset()  # of the last question that was refused
        self._lines = Lines(model, columns)
        self._low = True
        self._random = np.random.default_rng(0)
        self._known: OrderedDict[Choice, Bits] = OrderedDict()

    def assumptions(self, chosen: Sequence[int]) -> list[int]:
        """The literals that say that these columns are taken."""
        return [literal for column in chosen for literal in self._columns.literals(column)]

    def possible(self, chosen: Sequence[int]) -> bool:
        """Whether a product takes all these columns."""
        assumptions = self.assumptions(chosen)
        implied = self._solver.implied(assumptions)
        if implied is not None and self._witnesses.union(implied).any():
            return True
        return self._solve(assumptions) is not None

    def core(self, chosen: Sequence[int]) -> set[int] | None:
        """Those of the columns that cannot be taken together; None if all can."""
        if self.possible(chosen):
            return None
        return {column for column in chosen if self._core.intersection(self._columns.literals(column))}

    def open(self, chosen: Choice, within: Bits | None = None) -> Bits:
        """The columns that some product takes together with the chosen ones, of which there must be one.

        `within`: columns outside are known to be impossible.
        """
        if chosen in self._known:
            self._known.move_to_end(chosen)
            return self._known[chosen]
        found = self._complete(chosen, within)
        self._known[chosen] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _complete(self, chosen: Choice, within: Bits | None) -> Bits:
        assumptions = self.assumptions(chosen)
        truth = self._solver.implied(assumptions)
        assert truth is not None, "the choices contradict each other"
        unknown = self._ever & ~(truth[-self._columns.upper] | truth[-self._columns.lower])
        if within is not None:
            unknown &= within
        found = self._witnesses.union(truth) & unknown
        unknown &= ~found
        products: list[Bits] = []
        while unknown.any():
            wide = self._lines.wide(unknown)
            box = self._next(assumptions, unknown, found, wide)
            if box is not None:
                products.append(box)
                unknown &= ~box
                found |= box
            if not (unknown & ~wide).any():  # numbers are varied once for all products found so far
                for line in self._lines.boxes(products, unknown):
                    self._witnesses.vary(line)
                    found |= line
                    unknown &= ~line
                products = products[-2:]
        return found

    def _next(self, assumptions: list[int], unknown: Bits, found: Bits, wide: Bits) -> Bits | None:
        """A product that takes an unknown column, a wide one only if no others are left; refuses those before it."""
        wanted = self._wanted(unknown, found)
        for run in self._runs(unknown & ~wide if (unknown & ~wide).any() else unknown):
            self._solver.prefer(wanted)
            box = self._solve([*assumptions, *self._columns.within(run)])
            if box is not None:
                return box
            unknown[run] = False
            if not self._core.intersection(assumptions):
                self._ever[run] = False
        return None

    def _wanted(self, unknown: Bits, found: Bits) -> list[int]:
        """Literals of as many unknown columns as can be taken together: of a number, those of one of its ends.

        First what some of them need, so that the room for them is made before it is decided otherwise. Where only
        numbers are open, all else is put somewhere at random: other choices make other room for them.
        """
        direct = np.flatnonzero(unknown & self._columns.direct)
        settled = len(direct) == 0
        if settled:
            direct = self._random.permutation(np.flatnonzero(found & self._columns.direct))[:VARIED]
        wanted: list[int] = self._columns.upper[direct].tolist()
        needed = [] if settled else self._needed(wanted)
        self._low = not self._low
        for slot in self._columns.numbers:
            places = np.flatnonzero(unknown[slot.columns])
            if len(places):
                wanted += self._columns.order(slot, int(places[0 if self._low else -1]))
            elif settled and len(places := np.flatnonzero(found[slot.columns])):
                wanted += self._columns.order(slot, int(self._random.choice(places)))
        return needed + wanted

    def _needed(self, wanted: Sequence[int]) -> list[int]:
        """What follows from some of the wanted literals."""
        found: list[int] = []
        for i in self._random.integers(len(wanted), size=min(NEEDED, len(wanted))).tolist():
            found += self._solver.consequences(wanted[i])
            if len(found) > len(self._columns.upper) // 2:
                break
        return found

    def _runs(self, unknown: Bits) -> Iterator[slice]:
        """Columns to ask for, one after the other; of a number a run."""
        direct = np.flatnonzero(unknown & self._columns.direct).tolist()
        yield from (slice(column, column + 1) for column in direct)
        if not direct:
            yield self._run(unknown)

    def _run(self, unknown: Bits) -> slice:
        """Of a number, the unknown columns from the first on without a gap, or the half towards its wanted end."""
        column = int(unknown.argmax())
        slot = self._columns.slot(column)
        known = np.flatnonzero(~unknown[column:slot.columns.stop])
        end = column + int(known[0]) if len(known) else slot.columns.stop
        if end - column < HALVED:
            return slice(column, end)
        middle = (column + end) // 2
        return slice(column, middle) if self._low else slice(middle, end)

    def _solve(self, assumptions: list[int]) -> Bits | None:
        """A product that fulfils the assumptions, kept as a witness; None if there is none."""
        if self._solver.solve(assumptions):
            return self._witnesses.add(self._solver.true())
        self._core = frozenset(self._solver.core())
        if len(self._core) <= LEARNT:
            self._solver.learn([-literal for literal in self._core])
        return None
