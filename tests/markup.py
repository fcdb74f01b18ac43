"""What is wrong with how a page is written, that no browser tells: it guesses what was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from flask import Response

REFERENCES = re.compile(
    r'\s(?:(?:for|form|list|popovertarget|aria-(?:labelledby|describedby|controls|owns))="|href="#(?!"))([^"]*)"')
ID = re.compile(r'\sid="([^"]*)"')
LINES = {"p", "span", "a", "button", "label", "strong", "em", "h1", "h2", "h3"}
"""Elements that hold no blocks."""
BLOCKS = {"div", "p", "ul", "ol", "dl", "table", "section", "article", "form", "details", "fieldset", "h1", "h2", "h3"}
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def checked(response: Response) -> Response:
    """The response; raises AssertionError if it is a page with a fault."""
    page = response.get_data(as_text=True) if response.mimetype == "text/html" and not response.location else ""
    if page.startswith("<!doctype"):
        found = [*_references(page), *_Nesting(page).faults]
        assert not found, found
    return response


def _references(page: str) -> Iterator[str]:
    ids = Counter(ID.findall(page))
    yield from (f"the id {name!r} is there {count} times" for name, count in ids.items() if count > 1 or not name)
    for named in REFERENCES.findall(page):
        yield from (f"nothing has the id {name!r}" for name in named.split() or [""] if name not in ids)


class _Nesting(HTMLParser):
    """Reads a page, and notes what stands where it cannot."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.faults += [f"<{tag}> stays open" for tag in self._open]

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag in BLOCKS and (inside := LINES.intersection(self._open)):
            self.faults.append(f"<{tag}> in <{inside}>, line {self.getpos()[0]}")
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, _: object) -> None:
        """Of drawings."""

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> ends nothing, line {self.getpos()[0]}")
