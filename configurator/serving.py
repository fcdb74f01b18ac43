"""The embedded server: a process that listens, and workers that answer, one for each core unless it is told otherwise.

Connections are handed to the workers in turn. If each accepted for itself, as sockets allow, one that is idle for a
moment would take several at once, and a browser keeps its connection for as long as its page is used.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing import Process, parent_process
from multiprocessing.connection import wait
from operator import attrgetter
from os import _exit
from threading import Thread
from time import monotonic, sleep
from typing import Any
from wsgiref.types import WSGIApplication

import waitress
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from catalog.collecting import set_apart
from catalog.database import connect, now
from configurator import retention
from configurator.app import create_app
from configurator.mail import clerk
from configurator.ready import create_ready
from configurator.settings import Settings
from configurator.transaction import transaction
from configurator.turns import InTurn
from orders.floor import photos
from orders.relation import tiers

BREATH = 1.0
"""Seconds that a worker must have lived to be replaced at once: one that cannot live shall not keep a core busy."""

LOOK = 60 * 60
"""Seconds after which it is looked again whether a day has begun."""

TEND = 5
"""Seconds after which it is looked again whether something is to be released or sent."""

Create = Callable[[Settings], Flask]


def listening(settings: Settings) -> list[socket.socket]:
    """Sockets on every address of the host that is set; raises OSError if it has none or the port is taken."""
    found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [socket.create_server(address[:2], family=family, backlog=1024) for family, _, _, _, address in found]


def serve(settings: Settings, sockets: Sequence[socket.socket], create: Create = create_ready) -> None:
    """Serves until it is interrupted or terminated; a worker that dies is replaced."""
    _behave()
    helpers = {helper: _helping(helper, settings) for helper in (_retain, _tend)}
    if settings.workers == 1:
        waitress.serve(_created(settings, create), sockets=sockets, _quiet=True, **_options(settings))
        return
    workers = deque(_Worker(settings, create) for _ in range(settings.workers))
    while True:
        ready = wait([*sockets, *(one.sentinel for one in helpers.values()),
                      *(worker.process.sentinel for worker in workers)])
        for worker in [worker for worker in workers if worker.process.sentinel in ready]:
            sleep(BREATH if monotonic() - worker.born < BREATH else 0)
            workers[workers.index(worker)] = _Worker(settings, create)
        for helper, process in helpers.items():
            if process.sentinel in ready:
                sleep(BREATH)
                helpers[helper] = _helping(helper, settings)
        for listener in set(sockets).intersection(ready):
            _hand_over(listener, workers)


def _hand_over(listener: socket.socket, workers: deque[_Worker]) -> None:
    """Gives the connection that waits to the worker whose turn it is, or the next if that one cannot take it."""
    connection, _ = listener.accept()
    with connection:
        for _ in workers:
            workers.rotate()
            if workers[0].take(connection):
                return


class _Worker:
    """A process that answers, and the line on which it is handed connections."""

    def __init__(self, settings: Settings, create: Create) -> None:
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        self.process = Process(target=_work, args=(settings, theirs, create), daemon=True)  # it ends with this process
        self.process.start()
        self.born = monotonic()
        theirs.close()

    def take(self, connection: socket.socket) -> bool:
        """Whether it was handed over."""
        try:
            return socket.send_fds(self._line, [b"."], [connection.fileno()]) > 0
        except OSError:  # it is dead, or so busy that it does not take any
            return False


class _Server(TcpWSGIServer):
    """Takes its connections from a line."""

    def accept_connections(self) -> None:
        self.accepting = True

    def getsockname(self) -> tuple[str, str]:
        return "localhost", ""

    def accept(self) -> tuple[socket.socket, Any]:
        assert self.socket
        _, handles, _, _ = socket.recv_fds(self.socket, 1, 1)
        if not handles:
            sys.exit()  # there is nobody any more who listens
        connection = socket.socket(fileno=handles[0])
        return connection, connection.getpeername()


def _work(settings: Settings, line: socket.socket, create: Create) -> None:
    _behave()
    Thread(target=_follow, daemon=True).start()
    _Server(_created(settings, create), _sock=line, bind_socket=False, adj=Adjustments(**_options(settings))).run()


def _created(settings: Settings, create: Create) -> WSGIApplication:
    app = create(settings)
    set_apart()
    embedded = settings.url.startswith("sqlite")  # others compute while one waits for a server
    return InTurn(app) if embedded else app


def _helping(helper: Callable[[Settings], None], settings: Settings) -> Process:
    """A process beside those that answer."""
    process = Process(target=helper, args=(settings,), daemon=True)
    process.start()
    return process


def _tend(settings: Settings) -> None:
    """Every few seconds: releases orders, composes mails and sends them."""
    _behave()
    Thread(target=_follow, daemon=True).start()
    app = create_app(settings)
    while True:
        try:
            clerk.tend(app)
        except Exception:  # what cannot be done now is tried again
            logging.exception("Releasing and mail have to wait")
        sleep(TEND)


def _retain(settings: Settings) -> None:
    """Once a day, by whichever server of a database comes first; says what was removed."""
    _behave()
    Thread(target=_follow, daemon=True).start()
    engine = connect(settings.url)
    while True:
        try:
            removed = retention.daily(engine, settings)
            if removed is not None:
                _sort(engine)
            for removal in filter(attrgetter("count"), removed or ()):
                print(f"Removed: {removal.count} {removal.what}", flush=True)
        except SQLAlchemyError:  # whoever holds the database now may have done with it in an hour
            logging.exception("What is no longer needed could not be removed")
        sleep(LOOK)


def _sort(engine: Engine) -> None:
    """Puts customers into the tiers whose rules they fulfil today."""
    with transaction(engine) as session:
        tiers.refresh(session, now().date())


def _follow() -> None:
    """Ends the worker if the process that started it was killed."""
    parent = parent_process()
    assert parent
    parent.join()
    _exit(1)


def _options(settings: Settings) -> dict[str, Any]:
    return {"threads": settings.threads, "ident": None,
            # up to here our own page says that it is too much
            "max_request_body_size": 2 * max(settings.max_body, photos.LARGEST),
            "clear_untrusted_proxy_headers": not settings.proxies}


def _behave() -> None:
    """Who is interrupted or terminated answers what is being answered, and leaves without a word.

    That requests wait a moment for one another, with few threads, is no news for a log.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, lambda *_: sys.exit())
