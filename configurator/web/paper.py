"""What PDFs need to know of the pages: their language, and how they look by day; and how a browser gets them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _

from orders.sheets.language import Language

FOLDER = Path(__file__).parent / "static/css"
N_ = str
"""Marks a text for translation where it is only named."""
WORDS = (
    N_("Label"), N_("Packing list"), N_("With"), N_("Packed"), N_("Tracking number"), N_("In the box"),
    N_("Build sheet"), N_("piece"), N_("pieces"), N_("Order"), N_("revision"), N_("Product"), N_("Pieces"),
    N_("Customer"), N_("Promised"), N_("QR code"), N_("Superseded by revision"),
    N_("If you find a newer revision, this one does not count."), N_("frozen on"), N_("Page"), N_("of"),
    N_("Superseded"), N_("not asked"), N_("was"), N_("standard:"), N_("not measured: standard"), N_("not measured"),
    N_("each"), N_("Part"), N_("Station"), N_("Tool"), N_("to"), N_("deviates"), N_("Piece"),
    N_("Do not build from this sheet."), N_("Remake of order"), N_("instead of"), N_("For"), N_("Specification"),
    N_("rev."), N_("Catalogue version"), N_("numbered"), N_("no earlier order of it for them to compare with"),
    N_("the same as order"), N_("difference from order"), N_("differences from order"), N_("marked with a bar"),
    N_("Picture"), N_("Where it goes"), N_("From the left and the top of the plan, mm:"), N_("it covers"),
    N_("Parts for all operations"), N_("Operations"), N_("min"), N_("Sign-off"), N_("Released by"), N_("Picked by"),
    N_("Tested by"), N_("Packed by, date"),
    N_("A bar at the left: different from the last order. Bold: different from it or from standard."),
    N_("A deviation: tick it, stop, have it decided, write its number down."),
    N_("Work centre"), N_("Set up for"), N_("Planned"), N_("Tools"), N_("What is different here"), N_("from order"),
    N_("Parts"), N_("Steps"), N_("for each of the pieces:"), N_("what, with what, the value to reach; tick when done"),
    N_("Measured"), N_("what the gauge shows, not what it should"), N_("Pieces done"), N_("cross out"), N_("Built by"),
    N_("Date, time"), N_("Checked by"), N_("Deviation, no."), N_("Operation"), N_("Labels"), N_("Bin"),
    N_("Description"), N_("Quantity"), N_("Measures, mm"), N_("Picked"), N_("Done, by"),
    N_("made here"))
"""What the templates say by themselves."""


def language(words: Iterable[str] = WORDS) -> Language:
    """The reader's language, with the words that a template says by itself."""
    return Language(str(get_locale() or "en"), {word: _(word) for word in words})


def inline(content: bytes, name: str) -> Response:
    """A PDF that is looked at in the browser, and kept under a name."""
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@cache
def picture_style() -> str:
    """The sheets of pictures and plans with every token and light-dark() put in: nothing is left to a browser."""
    tokens = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", _by_day((FOLDER / "tokens.css").read_text())))
    style = _by_day((FOLDER / "picture.css").read_text() + (FOLDER / "plan.css").read_text())
    while "var(" in style:
        style = re.sub(r"var\((--[\w-]+)\)", lambda name: tokens[name[1]], style)
    return re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)


def _by_day(style: str) -> str:
    return re.sub(r"light-dark\(([^(),]+),[^()]+\)", r"\1", style)
