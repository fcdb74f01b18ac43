"""Acts in turn: one at a time, and nobody waits long for one that is hard."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import sleep

import pytest
from flask import Flask
from werkzeug.test import Client

from configurator import serving
from configurator.settings import Settings
from configurator.turns import InTurn


def test_acts_are_answered_one_at_a_time():
    busy, together = Lock(), []

    def application(environ, start_response):
        together.append(not busy.acquire(blocking=False))
        sleep(0.001)
        busy.release()
        start_response("200 OK", [])
        return [b"done"]
    in_turn = InTurn(application)
    with ThreadPoolExecutor(3) as visitors:
        assert {answer.data for answer in visitors.map(lambda _: Client(in_turn).get("/"), range(30))} == {b"done"}
    assert together == [False] * 30


def test_others_go_on_beside_one_that_takes_long():
    begun, end = Event(), Event()

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/long":
            begun.set()
            assert end.wait(20)
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]
    in_turn = InTurn(application)
    with ThreadPoolExecutor(1) as other:
        long = other.submit(Client(in_turn).get, "/long")
        assert begun.wait(20)
        try:
            assert [Client(in_turn).get("/short").data for _ in range(3)] == [b"/short"] * 3
            assert not long.done()
        finally:
            end.set()
        assert long.result().data == b"/long"


def test_an_act_that_fails_holds_up_nobody():
    def application(environ, start_response):
        if environ["PATH_INFO"] == "/wrong":
            raise ZeroDivisionError
        start_response("200 OK", [])
        return [b"well"]
    in_turn = InTurn(application)
    turn = in_turn._turn
    for path in "/wrong", "/right":
        try:
            assert Client(in_turn).get(path).data == b"well"
        except ZeroDivisionError:
            assert path == "/wrong"
    assert in_turn._turn is turn, "nobody waited in vain"
    assert not turn.locked()


@pytest.mark.parametrize(("url", "in_turn"), [("", True), ("postgresql+psycopg://nowhere/shop", False)])
def test_acts_are_in_turn_where_the_database_is_embedded(tmp_path, monkeypatch, url, in_turn):
    """Where a server is asked, others compute while one waits for it."""
    monkeypatch.setattr(serving, "set_apart", lambda: None)
    app = serving._created(Settings(instance=tmp_path, database_url=url), lambda _: Flask("shop"))
    assert isinstance(app, InTurn) is in_turn
