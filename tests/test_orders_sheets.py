"""Sheets on paper, on labels and in tables: every page says whose it is, and nothing computes in a spreadsheet."""

import csv
import io
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import segno
from factories import HOSTILE, bench
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from catalog.formats import from_document, to_document
from catalog.pricing import price
from catalog.records import Version
from orders.buildsheet import Issue, freeze
from orders.lots import Lot
from orders.promises import Offer
from orders.quotation.vat import Vat
from orders.records import Customer
from orders.sheets import labels, pictures, printing, tabular
from orders.sheets.printing import Paper
from orders.subjects import Whom

DAY = date(2027, 1, 11)
VALUES = {"height": 1750, "width": 900, "wood": "oak", "lamp": True, "hooks": frozenset({"left"}), "engraving": ""}
CHECK = {"name": "Length", "nominal": "span", "minus": "0.5", "plus": "0.5", "unit": "mm"}


def measured(**step):
    """The bench, its first step with a part, a picture and something to measure."""
    document = to_document(bench())
    saw, *others = document["operations"]
    first = {**saw["steps"][0], "part": "{wood.part}", "picture": ["seat", "words"], "check": CHECK, **step}
    steps = [first, *saw["steps"][1:]]
    return from_document({**document, "operations": [{**saw, "setup": "{wood}", "steps": steps}, *others]})


def paper(model=None, quantity=1, name="Ada Winter", number=1, superseded_by=None, **changes):
    """A sheet as it is frozen."""
    model, values = model or measured(), {**VALUES, **changes}
    offer = Offer.of(price(model, values), quantity, DAY, Vat(model.vat))
    whom, lot = Whom(Customer(number="1001", name=name)), Lot(Version(number=1), model, values, quantity)
    return Paper("2001", freeze(whom, lot, offer, Issue(DAY, number=number)), superseded_by)


def pages(content):
    """The words of each page."""
    return [" ".join(page.extract_text().replace("\N{ZERO WIDTH SPACE}", "").split())
            for page in PdfReader(BytesIO(content)).pages]


def test_what_is_frozen_says_the_part_in_hand_the_picture_and_the_tolerance():
    saw = paper(number=3).sheet["operations"][0]
    assert saw["setup"] == "Oak"
    assert saw["steps"][0]["part"] == "W-OAK"
    assert saw["steps"][0]["picture"] == ["seat", "words"]
    assert saw["steps"][0]["check"] == {"name": "Length", "unit": "mm", "nominal": 864, "least": 863.5, "most": 864.5}
    assert saw["steps"][1]["check"] is None
    assert paper(number=3).sheet["revision"] == 3


def test_every_page_says_the_order_the_revision_and_where_it_stands():
    read = pages(printing.pdf([paper(number=2)]))
    assert len(read) == 3
    for number, page in enumerate(read, 1):
        for words in ("2001", "revision 2", f"Page {number} of 3", "Ada Winter"):
            assert words in page, (words, page)
    assert "Length, mm 864 ± 0.5: 863.5 to 864.5" in read[1]
    assert "± 0.5" in read[1]
    assert "W-OAK Oak board" in read[1]


def test_a_long_operation_has_its_head_on_each_of_its_pages():
    document = to_document(bench())
    saw, *others = document["operations"]
    steps = [{"do": f"Turn the {number}. screw until it no longer moves", "check": CHECK} for number in range(1, 61)]
    model = from_document({**document, "operations": [{**saw, "steps": steps}, *others]})
    read = pages(printing.pdf([paper(model, name="山田 太郎 محمد")]))
    assert len(read) > 5
    assert all("10 Cut to size" in page and "revision 1" in page for page in read[1:-1])
    assert "60" in read[-2]


@pytest.mark.parametrize("count", range(9, 15))
def test_nobody_signs_on_a_page_without_a_step(count):
    document = to_document(bench())
    saw, *others = document["operations"]
    steps = [{"do": f"Turn the {number}. screw", "check": CHECK} for number in range(1, count + 1)]
    model = from_document({**document, "operations": [{**saw, "steps": steps}, *others]})
    signed = next(page for page in pages(printing.pdf([paper(model)]))[1:] if "Built by" in page)
    assert f"Turn the {count}. screw" in signed


def test_pieces_of_a_lot_are_numbered_and_measured_one_by_one():
    read = pages(printing.pdf([paper(quantity=200)]))
    cells = " ".join(read).split()
    assert all(str(piece) in cells for piece in range(1, 201))
    assert "Pieces done" in " ".join(read)


def test_sheets_of_many_orders_count_their_pages_each_for_itself():
    read = pages(printing.pdf([paper(), Paper("2002", paper(wood="pine", lamp=False).sheet)]))
    assert [re.search(r"Page (\d) of (\d)", page).groups() for page in read] == [
        (str(number), "3") for _ in range(2) for number in (1, 2, 3)]
    assert ["2002" in page for page in read] == [False] * 3 + [True] * 3


def test_a_long_file_is_set_in_parts_that_nobody_notices(monkeypatch):
    papers = [Paper(str(2001 + number), paper().sheet) for number in range(3)]
    whole = printing.pdf(papers)
    monkeypatch.setattr(printing, "AT_ONCE", 2)
    monkeypatch.setattr(labels, "AT_ONCE", 2)
    parted = printing.pdf(papers)
    assert pages(parted) == pages(whole)
    assert PdfReader(BytesIO(parted)).metadata.title == "Build sheet 2001, 2002, 2003"
    assert len(pages(labels.pdf(papers, kinds=["box"]))) == 3


def test_a_code_has_the_modules_that_were_worked_out():
    drawn = re.findall(r"M(\d+) (\d+)\.5h(\d+)", pictures.qr("https://shop.example.com/floor"))
    dark = {(int(x) + more, int(y)) for x, y, width in drawn for more in range(int(width))}
    matrix = segno.make("https://shop.example.com/floor", error="m", micro=False, mask=pictures.MASK).matrix
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


def test_a_sheet_that_was_superseded_says_so_on_every_page():
    read = pages(printing.pdf([paper(superseded_by=2)]))
    assert all("Superseded by revision 2" in page for page in read)
    assert "Do not build from this sheet" in read[0]
    assert not any("Superseded" in page for page in pages(printing.pdf([paper()])))


def test_each_page_has_the_address_of_its_operation_in_its_code():
    asked = []
    printing.pdf([paper()], link=lambda paper, page: asked.append((paper.number, paper.revision, page)) or "x")
    assert asked == [("2001", 1, page) for page in range(3)]


def test_a_sheet_frozen_before_steps_said_so_much_prints_as_well():
    old = paper().sheet
    del old["revision"]
    for operation in old["operations"]:
        del operation["setup"]
        operation["steps"] = [{key: step[key] for key in ("text", "value", "station", "tool")}
                              for step in operation["steps"]]
    assert "revision 1" in pages(printing.pdf([Paper("2001", old)]))[1]
    assert pages(labels.pdf([Paper("2001", old)]))
    assert "Cut the Oak boards" in tabular.steps([Paper("2001", old)])


@pytest.mark.parametrize(("least", "most", "said"), [
    (9.5, 10.5, "± 0.5"), (10, 10, ""), (9, 10, "\N{MINUS SIGN} 1"), (10, 10.3, "+ 0.3"),
    (9.8, 10.5, "\N{MINUS SIGN} 0.2 + 0.5")])
def test_a_tolerance_is_said_as_on_drawings(least, most, said):
    assert printing.tolerance({"nominal": 10, "least": least, "most": most}, "{:g}".format) == said


def test_the_picture_of_a_step_shows_what_it_is_about():
    sheet = paper(engraving="Ada").sheet
    seat = pictures.of_step(sheet, {"picture": ["seat"]})
    assert seat.count('data-layer="seat"') == 2, "once pale, once in full"
    assert seat.count('data-layer="words"') == 1
    assert pictures.of_step(sheet, {"picture": ["gone"]}) == pictures.of_step(sheet, {}) == ""
    assert pictures.of_step(sheet, {"picture": ["seat"]}, "drawn").count("data-layer") == 1
    assert '<g id="drawn">' in pictures.sharing(sheet["picture"], "drawn")


def test_the_picture_of_a_step_and_the_pdf_have_the_patterns_of_their_shapes():
    document = to_document(measured())
    document["picture"]["patterns"] = [
        {"name": "grain", "width": 9, "height": 9, "shapes": [{"line": {"x2": 9, "stroke": "#665544"}}]}]
    document["picture"]["layers"][0]["shapes"][0]["rect"]["fill"] = "grain"
    grained = paper(from_document(document))
    picture, layer = grained.sheet["picture"], document["picture"]["layers"][0]["name"]
    defined, = re.findall("<defs>.*</defs>", picture)
    for shown in (pictures.of_step(grained.sheet, {"picture": [layer]}), pictures.overlay(picture, [layer]),
                  pictures.faint(picture), pictures.sharing(picture, "drawn")):
        assert shown.count(defined) == 1
    assert b"/PatternType 1" in printing.pdf([grained])
    assert b"/PatternType 1" not in printing.pdf([paper()])


def test_labels_say_what_they_stick_on():
    read = pages(labels.pdf([paper(quantity=2)]))
    boxes, parts = read[:2], read[2:]
    assert ["Piece 1 of 2" in boxes[0], "Piece 2 of 2" in boxes[1]] == [True, True]
    assert "L-1" in parts[0]
    assert sum("W-PINE" in label for label in parts) == 4, "what is cut has a label for each piece"
    assert "length 864" in " ".join(parts)
    assert sum("SCREW" in label for label in parts) == 1, "screws have one for their bag"
    sizes = {tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:])
             for page in PdfReader(BytesIO(labels.pdf([paper()]))).pages}
    assert sizes == {(100, 70), (89, 36)}


def test_more_labels_than_a_file_holds_are_refused():
    with pytest.raises(labels.TooMany):
        labels.pdf([paper(quantity=labels.MOST + 1)])
    with pytest.raises(LookupError):
        labels.pdf([])


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\N{BYTE ORDER MARK}"), newline="")))


def test_tables_have_the_columns_that_are_told_and_everything_in_them():
    parts, steps = rows(tabular.parts([paper(quantity=3)])), rows(tabular.steps([paper()]))
    assert tuple(parts[0]) == tabular.PARTS
    assert tuple(steps[0]) == tabular.STEPS
    pine = next(row for row in parts if row["part"] == "W-PINE")
    assert (pine["quantity"], pine["each"], pine["measures"]) == ("6", "2", "length 864; width 120")
    assert (steps[0]["part"], steps[0]["nominal"], steps[0]["least"], steps[0]["most"]) == (
        "W-OAK", "864", "863.5", "864.5")


def test_the_columns_are_explained():
    guide = (Path(__file__).parents[1] / "docs/fulfilment.md").read_text("utf-8")
    guide = guide.split("## Labels and tables")[1].split("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`.+?) \|", guide, re.MULTILINE) for name in re.findall("`(.+?)`", row)}
    assert {*tabular.PARTS, *tabular.STEPS} == told


@pytest.mark.parametrize("text", [*HOSTILE, "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_no_text_computes_in_a_spreadsheet(text):
    sheet = paper().sheet
    sheet["operations"][0]["steps"][0]["text"] = text
    said = rows(tabular.steps([Paper("2001", sheet)]))[0]["do"]
    assert said.lstrip(" ")[:1] not in tuple("=+-@\t\r\n")
    assert said in (text, f"'{text}")


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_only_what_would_compute_is_changed(text):
    cell = tabular.harmless(text)
    assert cell in (text, f"'{text}")
    assert (cell == text) == (text.lstrip(" ")[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n"))
    assert tabular.harmless(-5) == -5
