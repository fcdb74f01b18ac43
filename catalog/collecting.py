"""Python's garbage collector, held back while something large is built.

A model of 350,000 rules is a million objects, none of them garbage; the collector would walk them again and again, for
a quarter of the time of reading and half of the time of compiling.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_building: list[bool] = []  # for each of those who build, whether the collector was at work before the first of them


@contextmanager
def collecting_later() -> Iterator[None]:
    """Within, no garbage is looked for, in any thread; as a decorator, while a function runs."""
    with _lock:
        _building.append(_building[0] if _building else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            if _building.pop() and not _building:
                gc.enable()


def set_apart() -> None:
    """Spares the collector what is there by now: it stays for long, and to walk it takes a tenth of a second each time.

    What was set apart before and is not needed any more goes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def set_apart_again() -> None:
    """The same with what has come since, in a process that has set anything apart."""
    if gc.get_freeze_count():
        set_apart()
