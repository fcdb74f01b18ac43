"""A visitor of the shop, as a browser would be one: a connection, cookies, and the form of the page in view."""

from __future__ import annotations

import random
import re
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode

FORM = re.compile(r'<form class="ask".*?</form>', re.DOTALL)
ACTION = re.compile(r' action="([^"]*)"')
INPUT = re.compile(r"<input ([^>]*)>")
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
GO = re.compile(r'name="go" value="(\d+)"')
NEAR = 20
"""A number is changed by up to a part in so many."""


class Field(NamedTuple):
    """A field of a form; `sent` as it stands."""

    name: str
    value: str
    kind: str
    fits: bool
    sent: bool


class Visitor:
    """Clicks at random."""

    def __init__(self, port: int, seed: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies = SimpleCookie()
        self._chance = random.Random(seed)
        self._page = self._draft = ""

    def get(self, path: str) -> str:
        """A page."""
        return self._ask("GET", path)[1]

    def open(self, slug: str) -> None:
        """Begins to configure a product."""
        form = [(field.name, field.value) for field in fields(self.get(f"/products/{slug}")) if field.kind == "hidden"]
        self._draft = self._ask("POST", f"/products/{slug}", form)[2].partition("?")[0]
        self._page = self.get(self._draft)

    def click(self) -> None:
        """Answers one question of the form in view; every fourth time the next page is asked for with it."""
        form = FORM.search(self._page)
        assert form, self._page
        answered = self._answered(fields(form[0]))
        pages = GO.findall(form[0])
        if pages and self._chance.random() < 0.25:
            answered.append(("go", self._chance.choice(pages)))
        action = ACTION.search(form[0])
        assert action
        status, self._page, _ = self._ask("POST", unescape(action[1]), answered)
        assert status in (200, 422), self._page  # a number that does not fit is refused on the page

    def _answered(self, form: list[Field]) -> list[tuple[str, str]]:
        """What is sent when one field was changed."""
        could = [field for field in form if field.fits and field.name.startswith("a.")
                 and (not field.sent if field.kind != "text" else field.value.isdecimal())]
        if not could:
            return [(field.name, field.value) for field in form if field.sent]
        new = self._chance.choice(could)
        value = self._near(int(new.value)) if new.kind == "text" else new.value
        kept = [field for field in form if field.sent and (field.name != new.name or field.kind == "checkbox")]
        return [*((field.name, field.value) for field in kept), (new.name, value)]

    def _near(self, number: int) -> str:
        most = max(number // NEAR, 1)
        return str(max(number + self._chance.randint(-most, most), 0))

    def _ask(self, method: str, path: str, form: list[tuple[str, str]] | None = None) -> tuple[int, str, str]:
        """The status, the page and where it sends to."""
        headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items()),
                   "Content-Type": "application/x-www-form-urlencoded"}
        if form is not None and path.partition("?")[0] == self._draft:
            headers["HX-Request"] = "true"
        self._connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")


def fields(form: str) -> list[Field]:
    """The fields of a form."""
    return [_field(dict(ATTRIBUTE.findall(found))) for found in INPUT.findall(form)]


def _field(given: dict[str, str]) -> Field:
    kind = given.get("type", "text")
    return Field(unescape(given.get("name", "")), unescape(given.get("value", "")), kind,
                 "aria-disabled" not in given, kind in ("hidden", "text") or "checked" in given)
