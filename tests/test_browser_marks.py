"""Marks: each is told from all others by its form alone, by day and at night, and by whoever sees no colours."""

import io
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from orders.records import STATES

MARKS = ("chosen", "proposed", "follows", "open", "blocked", "unchecked", "warning", "done", *STATES)
UNLIKE = 8
"""Of 255 levels of grey, how far two marks are apart at least, on the mean of all points."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_two_marks_have_one_form(visit, scheme):
    page = visit(color_scheme=scheme)
    page.goto("/account/login")
    tags = "".join(f'<p><span class="tag" data-state="{name}"><i class="mark" data-state="{name}"></i></span></p>'
                   for name in MARKS)
    page.locator("#main").evaluate("(main, tags) => { main.innerHTML = tags }", tags)
    seen = {name: form(page, page.locator(f".mark[data-state={name}]").bounding_box()) for name in MARKS}
    alike = {pair: apart for pair in combinations(MARKS, 2) if (apart := distance(*map(seen.get, pair))) < UNLIKE}
    assert alike == {}


def form(page, box):
    """How far each point of a mark is from the paper in grey, at most 255: its colour and the theme are gone."""
    around = {"x": box["x"] - 2, "y": box["y"] - 2, "width": 32, "height": 16}
    grey = Image.open(io.BytesIO(page.screenshot(clip=around, full_page=True))).convert("L")
    paper = Image.new("L", grey.size, grey.getpixel((0, 0)))
    return ImageOps.autocontrast(ImageChops.difference(grey, paper))


def distance(one, other):
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]
