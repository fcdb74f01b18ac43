"""The drawings of a sheet: what a step is about stands out of the picture that was frozen with the order; QR codes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import quoteattr

import segno

_LAYER = re.compile(r"<g data-layer=(\"[^\"]*\"|'[^']*')>.*?</g>", re.DOTALL)
"""A layer as `catalog.picture` draws it: shapes alone, no group within."""
_HEAD = re.compile(r"<svg[^>]*>(<defs>.*?</defs>)?", re.DOTALL)
"""How a picture begins: its patterns stand before its layers."""
BORDER = 2
"""Of QR codes, in modules."""
MASK = 2
"""Of QR codes. Any is read alike; to try all eight takes ten times as long, which a hundred sheets would feel."""


def qr(text: str) -> str:
    """A QR code as an SVG element without a ground: put it on white."""
    code = segno.make(text, error="m", micro=False, mask=MASK).matrix
    lines = "".join(f"M{dark.start()} {y}.5h{dark.end() - dark.start()}"
                    for y, row in enumerate(code) for dark in re.finditer(b"\x01+", row))
    side = len(code) + 2 * BORDER
    return f'<svg viewBox="{-BORDER} {-BORDER} {side} {side}"><path stroke="#000" d="{lines}"/></svg>'


def document(svg: str) -> str:
    """An element of a page as a document of its own."""
    return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def of_step(sheet: Mapping[str, Any], step: Mapping[str, Any], shared: str = "") -> str:
    """The picture with what the step is about in full and all else pale; "" if nothing of that is drawn.

    On a page that has it from `sharing` already, `shared` is its id there: then only what stands out is drawn again.
    """
    full = only(sheet["picture"], step.get("picture") or ())
    rest = f'<use href="#{shared}" opacity="0.25"/>' if shared else pale(sheet["picture"])
    return _around(sheet["picture"], rest + full) if full else ""


def sharing(picture: str, identity: str) -> str:
    """The picture, what it draws as a group of this id."""
    start, end = picture.find(">") + 1, picture.rfind("</svg>")
    return f'{picture[:start]}<g id="{identity}">{picture[start:end]}</g></svg>' if picture else ""


def overlay(picture: str, layers: Collection[str]) -> str:
    """These layers alone, to lay over the pale picture; "" if none of them is drawn."""
    full = only(picture, layers)
    return _around(picture, full) if full else ""


def only(picture: str, layers: Collection[str]) -> str:
    """The groups of these layers."""
    wanted = {quoteattr(name) for name in layers}
    return "".join(group for name, group in layers_of(picture) if name in wanted)


def pale(picture: str) -> str:
    """Everything that is drawn, as one pale group."""
    return f'<g class="pic-pale" opacity="0.25">{"".join(group for _, group in layers_of(picture))}</g>'


@lru_cache(maxsize=16)
def layers_of(picture: str) -> tuple[tuple[str, str], ...]:
    """The layers' quoted names and what each draws; kept for the steps of a sheet, each of which is about some."""
    return tuple((found[1], found[0]) for found in _LAYER.finditer(picture))


def faint(picture: str) -> str:
    """The whole picture, pale; "" stays ""."""
    return _around(picture, pale(picture)) if picture else ""


def _around(picture: str, content: str) -> str:
    """The content in the picture's own <svg>, with what its shapes are filled with."""
    head = _HEAD.match(picture)
    return f"{head[0] if head else ''}{content}</svg>"
