"""Marks: each is told from all others by its form alone, by day and at night, and by whoever sees no colours."""

import io
import re
from itertools import combinations

import pytest
from accessibility import pale
from browsing import configure
from PIL import Image, ImageChops, ImageOps, ImageStat

from configurator.settings import ROOT
from orders.records import STATES

MARKS = ("chosen", "possible", "proposed", "follows", "open", "blocked", "unchecked", "warning", "done",
         *STATES)
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


def test_every_mark_that_a_page_names_has_a_form():
    """A name that no form is drawn for would be a square, which says nothing."""
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = re.findall(r'ui\.(?:mark|tag)\("(\w+)"(?: if [^"(]+ else "(\w+)")?', pages)
    assert {"possible", "blocked", "done"} <= {name for names in named for name in names if name} <= set(MARKS)


def test_only_the_bars_of_an_order_run_the_other_way_where_it_is_read_so(visit):
    page = visit()
    page.goto("/account/login")
    page.locator("#main").evaluate("""(main, names) => { main.dir = "rtl"; main.innerHTML = names.map(
        name => `<i class="mark" data-state="${name}"></i>`).join("") }""", MARKS)
    turned = page.locator("#main .mark").evaluate_all(
        "marks => marks.filter(mark => getComputedStyle(mark).transform != 'none').map(mark => mark.dataset.state)")
    assert set(turned) == set(STATES)


@pytest.mark.parametrize(("off", "on"), [
    ('<input type="radio">', '<input type="radio" checked>'),
    ('<input type="checkbox">', '<input type="checkbox" checked>'),
    ('<button class="switch" role="switch" aria-checked="false"></button>',
     '<button class="switch" role="switch" aria-checked="true"></button>')])
def test_what_is_ticked_is_seen_in_the_colours_of_its_reader(visit, off, on):
    page = visit(forced_colors="active")
    page.goto("/account/login")
    page.locator("#main").evaluate("(main, fields) => { main.innerHTML = fields }", f"<p>{off}</p><p>{on}</p>")
    empty, ticked = (form(page, one.bounding_box()) for one in page.locator("#main p > *").all())
    assert distance(empty, ticked) >= UNLIKE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("shop")
def test_who_asks_for_more_contrast_gets_it(visit, scheme):
    page = visit(color_scheme=scheme, contrast="more")
    configure(page, 2)
    page.get_by_label("Pine").check()
    assert not pale(page)
    page.goto("/account/login")
    tags = "".join(f'<p><span class="tag" data-state="{name}">{name}</span></p>' for name in MARKS)
    page.locator("#main").evaluate("(main, tags) => { main.innerHTML = tags }", tags)
    assert not pale(page)


def form(page, box):
    """How far each point of a mark is from the paper in grey, at most 255: its colour and the theme are gone."""
    around = {"x": box["x"] - 2, "y": box["y"] - 2, "width": 32, "height": 16}
    grey = Image.open(io.BytesIO(page.screenshot(clip=around, full_page=True))).convert("L")
    paper = Image.new("L", grey.size, grey.getpixel((0, 0)))
    return ImageOps.autocontrast(ImageChops.difference(grey, paper))


def distance(one, other):
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]
