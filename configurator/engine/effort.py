"""What one public act may cost, and all acts of one request together.

Only what is hard counts: searching beyond a first look, and learning comparisons. A large model asks thousands of easy
questions, and they are all answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from time import thread_time

SECONDS = 2.0
"""Processor time that an act may spend on what is hard, unless an engine is given more."""
AWHILE = 60
"""Seconds for which what was too hard is not tried again."""
ENOUGH = 0.1
"""Of an act's budget: what is too hard with less may just have come late."""


class Undecided(RuntimeError):
    """A question cost more than its budget: the answer is not known, which is not the same as no."""


@dataclass
class _Purse:
    """Seconds that several acts share."""

    left: float


_purse: ContextVar[_Purse | None] = ContextVar("purse", default=None)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """All acts inside share so many seconds, whatever engines they ask; with None each has its own again.

    An engine that was given patience spends its own.
    """
    before = _purse.set(None if seconds is None else _Purse(seconds))
    try:
        yield
    finally:
        _purse.reset(before)


@contextmanager
def together() -> Iterator[None]:
    """All acts inside share the budget of one, or what those around them share."""
    with nullcontext() if _purse.get() else within(SECONDS):
        yield


class Effort:
    """The budget of the act under way, shared by all solvers of a model."""

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """A new act begins."""
        self._purse = _purse.get() if self._seconds is None else None
        self._whole = SECONDS if self._seconds is None else self._seconds
        self._left = min(self._whole, self._purse.left) if self._purse else self._whole
        self._began = thread_time()
        self.ask()

    def hurry(self) -> None:
        """Raises Undecided if the act has taken as long as its budget, however easy its questions were."""
        if thread_time() - self._began > self._whole:
            raise Undecided("undecided within its budget")

    @property
    def is_over(self) -> bool:
        """Whether the act has taken as long as it may still spend: what is good enough should do."""
        return thread_time() - self._began > self._left

    @property
    def is_fair(self) -> bool:
        """Whether so much is left that what cannot be decided now is too hard for a while."""
        return self._left > ENOUGH * self._whole

    def ask(self, brief: bool = False) -> None:
        """A new question begins: it may take half of what is left, so that something is left for the next one.

        A brief one may take nothing that counts.
        """
        self._question = 0 if brief else self._left / 2

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
            if self._purse:
                self._purse.left -= spent
