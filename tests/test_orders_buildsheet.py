"""The build sheet: frozen with the order, whole, and whatever anybody typed is only text in it."""

import json
from io import BytesIO

import pytest
from factories import HOSTILE, a_customer, bench, bench_values, ordered, published, staff
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy.orm import Session

from catalog.database import Base, connect
from catalog.formats import to_document
from configurator.transaction import open_session
from orders.floor.steps import steps
from orders.records import Order
from orders.sheets.language import Language
from orders.sheets.printing import Paper
from orders.sheets.printing import pdf as printed
from orders.specifications import Configured, save
from orders.subjects import Whom


@pytest.fixture
def session(sqlite):
    """What a sheet is made of is the same on every database."""
    with open_session(sqlite) as opened:
        yield opened


def pdf(order, **how):
    return printed([Paper.of(order)], **how)


def text_of(content: bytes) -> str:
    """The words of a PDF, spaces and line ends alike."""
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(words.replace("\N{ZERO WIDTH SPACE}", "").split())


def test_a_remake_says_of_which_order_and_what_is_different(session):
    customer = a_customer(session)
    wrong = ordered(session, customer)
    ordered(session, customer, wood="pine")
    remake = ordered(session, customer, height=1770, remake_of=wrong)
    assert (remake.sheet["previous"], remake.sheet["remake"]) == (wrong.number, True)
    assert f"Remake of order {wrong.number}; Your height 1770 mm instead of 1750 mm" in text_of(pdf(remake))
    assert "Remake" not in text_of(pdf(wrong))
    stranger = a_customer(session, "Mira Álbers")
    with pytest.raises(ValueError, match="somebody else"):
        ordered(session, stranger, remake_of=wrong)


def test_the_sheet_says_what_to_build(session):
    customer = a_customer(session, "Ada Winter")
    revision = save(session, Whom(customer), "Terrace", Configured(published(session), bench_values()))
    order = ordered(session, customer, quantity=3, revision=revision, lamp=True, engraving="Ada", width=900)
    sheet = json.loads(json.dumps(order.sheet))
    assert sheet["product"] == {"name": "bench", "title": "Garden bench", "version": 1}
    assert sheet["customer"] == {"number": "1001", "name": "Ada Winter", "for": ["Home"]}
    assert sheet["specification"] == {"number": "S-0001", "name": "Terrace", "revision": "A"}
    assert (sheet["quantity"], sheet["placed_on"], sheet["previous"]) == (3, "2027-01-04", None)
    assert [(group["title"], [row["name"] for row in group["rows"]]) for group in sheet["groups"]] == [
        ("Fit", ["height", "width"]), ("Looks", ["wood", "lamp", "hooks", "engraving"])]
    saw, fit = sheet["operations"]
    assert (saw["title"], saw["work_centre"], saw["minutes"]) == ("Cut to size", "Panel saw", 45)
    assert saw["steps"][0] == {
        "text": "Cut the Oak boards", "value": "864 mm", "station": "Saw 1", "tool": "Stop block", "part": "",
        "picture": [], "check": None}
    assert [(part["number"], part["each"], part["quantity"], part["measures"]) for part in saw["parts"]] == [
        ("W-OAK", 1, 3, {}), ("W-PINE", 2, 6, {"length": 864, "width": 120})]
    assert [step["text"] for step in fit["steps"]] == ["Screw it together", "Engrave Ada"]
    assert [part["number"] for part in sheet["parts"]] == ["L-1"], "the lamp belongs to no operation"
    assert sheet["price"]["total"] == 3 * sheet["price"]["piece"] == order.total
    assert sum(line["amount"] for line in sheet["price"]["lines"]) == sheet["price"]["piece"]


def test_differences_are_marked_against_the_last_order_of_the_product_and_the_standard(session):
    customer, version = a_customer(session), published(session)
    stool = published(session, bench(name="stool", title="Stool"))
    first = ordered(session, customer, version, wood="oak", engraving="Ada")
    ordered(session, customer, stool, wood="pine")
    ordered(session, a_customer(session, "Mira"), version, wood="pine")
    second = ordered(session, customer, version, wood="pine", engraving="")
    marked = {row["name"]: (row["said"], row["was"], row["standard"])
              for group in second.sheet["groups"] for row in group["rows"] if row["was"] or row["standard"]}
    assert second.sheet["previous"] == first.number
    assert marked == {"wood": ("Pine", "Oak", "Oak"), "engraving": ("\N{EN DASH}", "Ada", None)}


def test_what_the_last_order_had_and_the_catalogue_has_no_more_is_a_difference(session):
    customer = a_customer(session)
    last = ordered(session, customer)
    asked = [c for c in to_document(bench())["characteristics"] if c["name"] != "hooks"]
    unhooked = published(session, bench(characteristics=asked, items=None))
    values = {name: value for name, value in bench_values().items() if name != "hooks"}
    order = ordered(session, customer, unhooked, values=values)
    read = text_of(pdf(order))
    assert f"1 difference from order {last.number}, marked with a bar" in read
    assert "Hooks \N{EN DASH} was Left" in read
    assert f"the same as order {order.number}" in text_of(pdf(ordered(session, customer, unhooked, values=values)))
    remake = ordered(session, customer, unhooked, values=values, remake_of=last)
    assert f"Remake of order {last.number}; Hooks \N{EN DASH} instead of Left" in text_of(pdf(remake))


def test_a_later_catalogue_changes_nothing(session):
    order = ordered(session, a_customer(session))
    sheet, page = json.dumps(order.sheet), text_of(pdf(order))
    published(session, bench(title="Another bench", operations=None, items=None, currency="CHF", groups=None, prices=[
        {"name": "base", "title": "Dear", "amount": 9000}]))
    session.expire_all()
    assert json.dumps(order.sheet) == sheet
    assert text_of(pdf(order)) == page
    assert steps(order)


def test_the_pdf_says_all_of_it_in_the_readers_way(session):
    order = ordered(session, a_customer(session), quantity=2, placed_by=staff(session), lamp=True)
    read = text_of(pdf(order, language=Language("de", {"Build sheet": "Bauzettel", "Promised": "Zugesagt"})))
    for words in ("Bauzettel", "2001", "Zugesagt", "Garden bench", "1001", "Ada Winter", "1200 mm", "1164 mm", "SCREW",
                  "Saw 1", "Stop block", "Cut the Oak boards", "length 1164 width 120", "Mo., 11. Jan. 2027"):
        assert words in read, f"{words} is not in {read}"
    assert len(PdfReader(BytesIO(pdf(order))).pages) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_only_text_in_the_pdf(session, text):
    customer = a_customer(session, text)
    revision = save(session, Whom(customer), text, Configured(published(session), bench_values()))
    order = ordered(session, customer, engraving=text, revision=revision)
    read = text_of(pdf(order, link=lambda paper, page: f"https://example.org/{text}"))
    assert read.replace(" ", "").count(text.replace(" ", "")) >= 4, read


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60), st.text(max_size=40).filter(str.isprintable))
@settings(max_examples=15, deadline=None)
def test_any_text_makes_a_pdf(name, engraving):
    engine = connect("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        order = ordered(session, a_customer(session), engraving=engraving)
        order.sheet = {**order.sheet, "customer": {"number": "1", "name": name}}
        assert pdf(order).startswith(b"%PDF")


def test_the_sheet_needs_the_order_alone(session):
    kept = ordered(session, a_customer(session))
    alone = Order(number=kept.number, sheet=json.loads(json.dumps(kept.sheet)))
    assert text_of(pdf(alone)) == text_of(pdf(kept))
