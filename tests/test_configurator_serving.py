"""The embedded server: several processes at one address, which outlives its workers and ends without a trace."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from configurator.settings import ROOT

PROGRAM = """
import os
from configurator.app import create_app
from configurator.serving import listening, serve
from configurator.settings import Settings
from configurator.web.access import access

def create(settings):
    app = create_app(settings)
    app.add_url_rule("/worker", view_func=access("public")(lambda: str(os.getpid())))
    return app

settings = Settings.from_environment()
serve(settings, listening(settings), create)
"""
"""As `lotone serve`, with a page that tells which worker answers."""


@pytest.fixture
def served(sqlite, tmp_path):
    """The process of a server with two workers, and its URL."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = {"LOTONE_INSTANCE": str(tmp_path), "LOTONE_PORT": str(port), "LOTONE_WORKERS": "2"}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT,
                          env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        yield process, f"http://127.0.0.1:{port}"
        process.kill()


def answers(url):
    try:
        with urlopen(f"{url}/health", timeout=5) as answer:
            return answer.status == 200
    except (URLError, ConnectionError):
        return False


def soon(happens):
    """Whether it happens within a few seconds."""
    end = monotonic() + 20
    while not (happened := happens()) and monotonic() < end:
        sleep(0.1)
    return happened


def children(process):
    with open(f"/proc/{process}/task/{process}/children") as file:
        return [int(number) for number in file.read().split()]


def gone(numbers):
    return not any(os.path.exists(f"/proc/{number}") for number in numbers)


needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="looks for processes in /proc")


def test_connections_are_handed_to_the_workers_in_turn(served):
    _, url = served
    assert soon(lambda: answers(url))
    connections = [HTTPConnection(url.removeprefix("http://"), timeout=5) for _ in range(6)]
    seen = []
    for connection in [*connections, *connections]:
        connection.request("GET", "/worker")
        seen.append(connection.getresponse().read())
    assert seen[:6] == seen[6:], "a browser's connection stays with its worker"
    assert sorted(Counter(seen[:6]).values()) == [3, 3]


@needs_proc
def test_a_worker_that_dies_is_replaced_and_all_end_together(served):
    server, url = served
    assert soon(lambda: answers(url))
    workers = children(server.pid)
    assert len(workers) == 4  # one of them removes what is no longer needed, one sends mail
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    assert soon(lambda: len(set(children(server.pid)) - set(workers)) == 4)
    assert soon(lambda: answers(url))
    workers = children(server.pid)
    server.terminate()
    assert server.wait(10) == 0
    assert gone(workers)


@needs_proc
def test_workers_do_not_outlive_a_server_that_was_killed(served):
    server, url = served
    assert soon(lambda: answers(url))
    workers = children(server.pid)
    server.kill()
    assert soon(lambda: gone(workers))
    assert not answers(url)


