"""The embedded server: worker processes that answer at one address, one for each core unless it is told otherwise."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Sequence
from multiprocessing import Process, parent_process
from multiprocessing.connection import wait
from os import _exit
from threading import Thread
from time import sleep

import waitress
from flask import Flask

from configurator.app import create_app
from configurator.settings import Settings

BREATH = 1.0
"""Seconds until a worker that died has a successor: one that cannot live shall not keep a core busy."""

Create = Callable[[Settings], Flask]


def listening(settings: Settings) -> list[socket.socket]:
    """Sockets on every address of the host that is set; raises OSError if it has none or the port is taken."""
    found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [socket.create_server(address[:2], family=family) for family, _, _, _, address in found]


def serve(settings: Settings, sockets: Sequence[socket.socket], create: Create = create_app) -> None:
    """Serves until it is interrupted or terminated; a worker that dies is replaced."""
    _end_well()
    if settings.workers == 1:
        return _answer(settings, sockets, create)
    workers = [_start(settings, sockets, create) for _ in range(settings.workers)]
    while True:
        wait([worker.sentinel for worker in workers])
        sleep(BREATH)
        workers = [worker if worker.is_alive() else _start(settings, sockets, create) for worker in workers]


def _start(settings: Settings, sockets: Sequence[socket.socket], create: Create) -> Process:
    worker = Process(target=_work, args=(settings, sockets, create), daemon=True)  # it ends with this process
    worker.start()
    return worker


def _work(settings: Settings, sockets: Sequence[socket.socket], create: Create) -> None:
    _end_well()
    Thread(target=_follow, daemon=True).start()
    _answer(settings, sockets, create)


def _follow() -> None:
    """Ends the worker if the process that started it was killed."""
    parent = parent_process()
    assert parent
    parent.join()
    _exit(1)


def _answer(settings: Settings, sockets: Sequence[socket.socket], create: Create) -> None:
    waitress.serve(create(settings), sockets=sockets, threads=settings.threads, ident=None,
                   max_request_body_size=2 * settings.max_body,  # up to here our own page says that it is too much
                   clear_untrusted_proxy_headers=not settings.proxies, _quiet=True)


def _end_well() -> None:
    """Who is interrupted or terminated answers what is being answered, and leaves without a word."""
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, lambda *_: sys.exit())
