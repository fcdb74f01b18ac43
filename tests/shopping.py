"""What tests of the shop by forms share: a product is opened, its page read and sent back, the draft looked at."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine

from configurator.records import Draft
from configurator.transaction import open_session


def opened(client: FlaskClient, **form: str) -> str:
    """The address of a new draft of the bench."""
    answer = client.post("/products/bench", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of a page: hidden fields, texts, and what is checked or has to be."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = attributes.get("type", "text")
        if "name" in attributes and (kind not in ("radio", "checkbox") or re.search(r"\s(checked|required)\b", tag)):
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    return found


def send(client: FlaskClient, url: str, button: tuple[str, str] = ("answer", ""), **answers: str | list[str]) -> Any:
    """Changes fields of the page at the address and presses one of its buttons."""
    form = fields(client.get(url).text)
    form |= {f"a.{name}": [given] if isinstance(given, str) else given for name, given in answers.items()}
    return client.post(url, data={**form, button[0]: button[1]})


def draft(database: Engine, url: str) -> Draft:
    with open_session(database) as session:
        return session.get_one(Draft, re.search(r"/configure/([\w-]+)", url)[1])


def choices(database: Engine, url: str) -> dict[str, Any]:
    found = draft(database, url)
    return dict(found.history[found.position]["choices"])
