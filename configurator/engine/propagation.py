"""Which columns can still be taken: exact and complete, by witnesses first and the solver for the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from catalog.model import ProductModel
from configurator.engine.columns import Bits, Columns
from configurator.engine.lines import Lines
from configurator.engine.solver import Solver
from configurator.engine.witnesses import Witnesses

REMEMBERED = 512  # sets of choices whose answer is kept
VARIED = 200  # columns tried at random where only numbers are open
HALVED = 16  # numbers in a row of which one half is asked for at a time
TOGETHER = 256  # columns refused in one question while refusals follow one another,
SPARSE = 5_000  # in models of more columns
MANY = 3_000  # unknown columns for which a fresh solver is quicker
LEARNT = 12  # the longest contradiction worth keeping as a clause

Choice = tuple[int, ...]
"""The columns that are taken by choice, sorted."""


class Propagation:
    """Answers for sets of chosen columns; not safe for threads by itself."""

    def __init__(self, model: ProductModel, columns: Columns, make: Callable[[], Solver]) -> None:
        self._model = model
        self._columns = columns
        self._make = make
        self._solver = make()
        self._witnesses = Witnesses(len(columns.upper))
        self._numbers = [slot for slot in columns.slots if slot.ordered]
        self._ordered = np.zeros(len(columns.upper), dtype=np.bool_)
        for slot in self._numbers:
            self._ordered[slot.columns] = True
        self._lines = Lines(model, columns)
        self._low = True
        self._random = np.random.default_rng(0)
        self._known: OrderedDict[Choice, Bits] = OrderedDict()

    def assumptions(self, chosen: Sequence[int]) -> list[int]:
        """The literals that say that these columns are taken."""
        return [literal for column in chosen for literal in self._columns.literals(column)]

    def possible(self, chosen: Sequence[int]) -> bool:
        """Whether a product takes all these columns."""
        return bool(self._witnesses.union(chosen).any()) or self._solve(self.assumptions(chosen)) is not None

    def witness(self, box: Bits) -> None:
        """Remembers the columns of a product that is possible."""
        self._witnesses.add(box)

    def core(self, chosen: Sequence[int]) -> set[int] | None:
        """Those of the columns that cannot be taken together; None if all can."""
        if self.possible(chosen):
            return None
        literals = set(self._solver.core())
        return {column for column in chosen if literals.intersection(self._columns.literals(column))}

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
        unknown = ~(truth[-self._columns.upper] | truth[-self._columns.lower])
        if within is not None:
            unknown &= within
        found = self._witnesses.union(chosen) & unknown  # a box may hold more values of a slot than the chosen one
        unknown &= ~found
        # in a used solver the order of decisions no longer follows the model
        if np.count_nonzero(unknown & ~self._ordered) > MANY:
            self._solver = self._make()
        products: list[Bits] = []
        together = 1
        while unknown.any():
            wide = self._lines.wide(unknown)
            self._solver.prefer(self._wanted(unknown, found))
            asked = self._asked(unknown & ~wide if (unknown & ~wide).any() else unknown, together)
            box = self._solve([*assumptions, self._one_of(asked)] if len(asked) > 1 else
                              [*assumptions, *self._columns.within(asked[0])])
            if box is None:
                for run in asked:
                    unknown[run] = False
                together = min(4 * together, TOGETHER) if len(unknown) > SPARSE else 1
                continue
            together = max(1, together // 4)
            products.append(box)
            unknown &= ~box
            found |= box
            if not (unknown & ~wide).any():  # numbers are varied once for all products found so far
                for line in self._lines.boxes(products, unknown):
                    self._witnesses.add(line)
                    found |= line
                    unknown &= ~line
                products = products[-2:]
        return found

    def _wanted(self, unknown: Bits, found: Bits) -> list[int]:
        """Literals of as many unknown columns as can be taken together: of a number, those of one of its ends.

        Where only numbers are open, all else is put somewhere at random: other choices make other room for them.
        """
        direct = np.flatnonzero(unknown & ~self._ordered)
        settled = len(direct) == 0
        if settled:
            direct = self._random.permutation(np.flatnonzero(found & ~self._ordered))[:VARIED]
        wanted: list[int] = self._columns.upper[direct].tolist()
        self._low = not self._low
        for slot in self._numbers:
            places = np.flatnonzero(unknown[slot.columns])
            if len(places):
                wanted += self._columns.order(slot, int(places[0 if self._low else -1]))
            elif settled and len(places := np.flatnonzero(found[slot.columns])):
                wanted += self._columns.order(slot, int(self._random.choice(places)))
        return wanted

    def _asked(self, unknown: Bits, together: int) -> list[slice]:
        """The first unknown columns, to be refused in one question; of a number a whole run."""
        columns = np.flatnonzero(unknown & ~self._ordered)[:together].tolist()
        return [slice(column, column + 1) for column in columns] or [self._run(unknown)]

    def _one_of(self, asked: Sequence[slice]) -> int:
        return self._solver.one_of([self._columns.equal(run.start) for run in asked])

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
            box = self._columns.box(self._solver.true())
            self.witness(box)
            return box
        core = self._solver.core()
        if len(core) <= LEARNT:
            self._solver.learn([-literal for literal in core])
        return None
