"""What one public act may cost.

Only what is hard counts: searching beyond a first look, and learning comparisons. A large model asks thousands of easy
questions, and they are all answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time

SECONDS = 2.0
"""Processor time that an act may spend on what is hard, unless an engine is given more."""


class Undecided(RuntimeError):
    """A question cost more than its budget: the answer is not known, which is not the same as no."""


class Effort:
    """The budget of the act under way, shared by all solvers of a model."""

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """A new act begins."""
        self._left = SECONDS if self._seconds is None else self._seconds
        self.ask()

    def ask(self) -> None:
        """A new question begins: it may take half of what is left, so that something is left for the next one."""
        self._question = self._left / 2

    @contextmanager
    def hard(self) -> Iterator[None]:
        """Counts the time of what is done within; raises Undecided if none is left."""
        if self._question <= 0:
            raise Undecided("undecided within its budget")
        started = thread_time()
        try:
            yield
        finally:
            spent = thread_time() - started
            self._left -= spent
            self._question -= spent
