"""Acts in turn: one at a time in each process, unless one takes long.

Python computes in one thread at a time. Of two acts at once both are late, and each waits for the other anew whenever
it comes back from the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 0.1
"""Seconds that an act waits for the one before it; most take a tenth of that."""


class InTurn:
    """An application that answers one after the other; whoever takes long goes on beside those who come next."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        turn = self._turn
        if not turn.acquire(timeout=PATIENCE):
            turn = Lock()
            turn.acquire()  # before others see it
            self._turn = turn
        try:
            return self._application(environ, start_response)
        finally:
            turn.release()
