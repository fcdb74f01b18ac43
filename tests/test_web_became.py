"""Whoever meets a newer catalogue with something older sees what became of it, answer by answer, before ordering."""

from __future__ import annotations

import re
from html import unescape

import pytest
from factories import HOSTILE, bench, bench_values, published
from household import pages_on_sqlite
from sqlalchemy import func, select

from catalog.formats import to_document
from catalog.model import ProductModel
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders.records import Order, Specification
from orders.specifications import Configured, save
from orders.subjects import Whom


def newer(**changes: object) -> ProductModel:
    """A bench on which every kind of change can be seen."""
    known = {c["name"]: c for c in to_document(bench())["characteristics"]}
    wood = {**known["wood"], "name": "timber", "title": "Timber", "was": ["wood"], "standard": "larch", "values": [
        {"name": "oak_oiled", "title": "Oak, oiled", "price": 150, "part": "W-OAK", "was": ["oak"]},
        {"name": "larch", "title": "Larch", "part": "W-PINE", "replaces": ["pine"]}]}
    oil = {"name": "oil", "kind": "choice", "title": "Oil", "group": "look", "values": ["linseed", "none"],
           "standard": "linseed"}
    rules = [{"id": "short", "says": "Benches are 1 m at most.", "require": "width <= 1000"}]
    found = [wood if c["name"] == "wood" else c for c in known.values() if c["name"] != "lamp"]
    return bench(**{"characteristics": [*found, oil], "rules": rules, "picture": None, "items": None, "operations": [
        {"name": "saw", "work_centre": "bench_saw", "minutes": 5}], **changes})


pytestmark = pages_on_sqlite


def publish(engine, model: ProductModel | None = None) -> None:
    with transaction(engine) as session:
        published(session, model or newer())


def rows(page: str) -> dict[str, list[str]]:
    """The rows of the tables about what became of it, as text, by their questions."""
    tables = "".join(re.findall(r'<table class="tbl became[^"]*">(.*?)</table>', page, re.DOTALL))
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
             for row in re.findall("<tr>(.*?)</tr>", tables, re.DOTALL))
    plain = ([" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in row] for row in cells)
    return {row[0]: row[1:] for row in plain}


def told(page: str, expected: dict[str, list[str]]) -> bool:
    """Whether the tables have these rows."""
    found = rows(page)
    assert {name: found.get(name) for name in expected} == expected
    return True


NOW = {
    "Width": ["1,200 mm", "1,000 mm", "no longer possible Benches are 1 m at most."],
    "Timber was called Wood": ["Oak", "Oak, oiled", "the same, called otherwise"],
    "Oil": ["not asked", "linseed", "asked anew, proposed"],
    "Lamp": ["no", "no longer asked", "no longer asked"],
}
PRICES = {"Timber": ["120.00", "150.00", "+30.00"], "Garden bench": ["320.00", "300.00", "\N{MINUS SIGN}20.00"],
          "One piece": ["€440.00", "€450.00", "+10.00"]}


def test_the_page_of_a_specification_says_what_it_would_be_today_and_stores_nothing(ada, engine):
    assert "Made with version" not in ada.get("/specifications/S-0001").text
    publish(engine)
    page = ada.get("/specifications/S-0001").text
    assert "Made with version 1 of the catalogue; today's is 2." in unescape(page)
    assert ("3 answers change. One is only called otherwise. The price of a piece was €440.00 and is €450.00 now."
            in page)
    assert told(page, NOW | PRICES)
    with open_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


@pytest.mark.parametrize("button", [{}, {"order": "1"}])
def test_a_specification_is_opened_and_ordered_with_every_difference_in_sight(ada, engine, button):
    publish(engine)
    page = ada.post("/specifications/S-0001/A/open", data=button, follow_redirects=True).text
    assert "made with version 1 of the catalogue; it is version 2 now" in page
    assert told(page, NOW | PRICES)
    assert "3 answers are kept" in page
    assert "Your height, Hooks, Engraving" in page


def test_what_stands_in_for_something_else_says_so_where_it_is_proposed(ada, engine, people):
    with transaction(engine) as session:
        save(session, Whom(people.ada.customer), "Porch", Configured(people.kept.version, bench_values(wood="pine")),
             people.ada)
    publish(engine)
    url = ada.post("/specifications/S-0003/A/open").location
    assert "it stands in for what it was" in ada.get(f"{url}?group=2").text
    page = ada.get(f"{url}?group=1").text
    assert page.count("it fits the rest") == 1, "the width"
    assert "as in the specification" in page, "the height"


def test_what_was_chosen_under_a_former_name_is_still_chosen(ada, engine, people):
    with transaction(engine) as session:
        save(session, Whom(people.ada.customer), "Porch",
             Configured(people.kept.version, bench_values(width=900), {"wood": "oak", "width": 900}), people.ada)
    publish(engine)
    page = ada.post("/specifications/S-0003/A/open", follow_redirects=True).text
    assert "2 your choice" in page
    assert "Width" not in rows(page)


def test_an_order_placed_once_more_says_so_too(ada, engine):
    publish(engine)
    url = ada.post("/orders/2001/again").location
    for page in ada.get(url).text, ada.get(f"{url}/order").text:
        assert told(page, NOW | {"One piece": ["€458.00", "€468.00", "+10.00"]})


def test_a_draft_goes_on_in_the_newer_catalogue_with_every_difference_in_sight(ada, engine):
    url = ada.post("/specifications/S-0001/A/open").location
    publish(engine)
    page = ada.get(f"{url}/order").text
    assert "version 1 is now version 2" in page
    assert told(page, NOW | PRICES)
    renewed = ada.post(f"{url}/order", data={"renew": ""}).location
    for page in ada.get(renewed).text, ada.get(renewed.removesuffix("/order")).text:
        assert "made with version 1 of the catalogue; it is version 2 now" in page
        assert told(page, NOW)


def test_once_it_is_saved_again_the_differences_are_those_of_its_revisions(ada, engine):
    publish(engine)
    url = ada.post("/specifications/S-0001/A/open").location
    ada.post(url, data={"save": "revision"})
    assert rows(ada.get(url).text) == {}
    assert "Made with version" not in ada.get("/specifications/S-0001").text


def test_a_measure_in_another_unit_is_the_same_measure(ada, engine):
    known = {c["name"]: c for c in to_document(bench())["characteristics"]}
    known["width"] |= {"unit": "cm", "least": 60, "most": 240, "standard": 120, "title": "Width"}
    publish(engine, bench(characteristics=list(known.values()), prices=None, items=None, operations=None, picture=None,
                          quantities=None))
    page = ada.post("/specifications/S-0001/A/open", follow_redirects=True).text
    assert "Every answer is kept." in page
    assert 'value="120"' in page


def test_why_something_is_gone_is_said_in_its_own_words(ada, engine, people):
    with transaction(engine) as session:
        save(session, Whom(people.ada.customer), "Porch",
             Configured(people.kept.version, bench_values(engraving="Ada Winter")))
    known = {c["name"]: c for c in to_document(bench())["characteristics"]}
    known["width"] |= {"unit": "kg", "least": 6, "most": 24, "standard": 6}
    known["height"] |= {"step": 20}
    known["engraving"] |= {"most": 3}
    known["hooks"]["values"] = [{"name": "right"}]
    known["hooks"].pop("most")
    publish(engine, bench(characteristics=list(known.values()), quantities=None, items=None, operations=None,
                          picture=None))
    why = {name: row[2].removeprefix("no longer possible ") for name, row in
           rows(ada.get("/specifications/S-0003").text.split("What is different in the price")[0]).items()}
    assert why == {
        "Question": "What became of it", "Width": "It is measured otherwise now.",
        "Your height": "It is the nearest that is made now.",
        "Engraving": "It can no longer be written so.", "Hooks": "It is the nearest that is made now."}


@pytest.mark.parametrize("text", HOSTILE)
def test_titles_and_sentences_are_only_text(ada, engine, text):
    publish(engine, newer(rules=[{"id": "short", "says": text, "require": "width <= 1000"}]))
    page = ada.get("/specifications/S-0001").text
    assert "no longer possible" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_numbers_of_others_are_not_there(ada, engine):
    publish(engine)
    assert ada.get("/specifications/S-0002").status_code == 404
    with open_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Specification)) == 2
        assert session.scalar(select(func.count()).select_from(Order)) == 2


def test_programs_are_told_too(ada, engine):
    assert [kept["number"] for kept in ada.get("/api/specifications").json] == ["S-0001"]
    assert ada.get("/api/specifications/S-0001/A").json["today"] is None
    publish(engine)
    today = ada.get("/api/specifications/S-0001/A").json["today"]
    assert (today["made_with"], today["version"], today["kept"]) == (1, 2, ["height", "hooks", "engraving"])
    assert today["changes"] == [
        {"kind": "changed", "old": "width", "new": "width", "was": 1200, "now": 1000, "rules": ["short"],
         "nearest": False},
        {"kind": "renamed", "old": "wood", "new": "timber", "was": "oak", "now": "oak_oiled"},
        {"kind": "asked", "old": None, "new": "oil", "was": None, "now": "linseed"},
        {"kind": "dropped", "old": "lamp", "new": None, "was": False, "now": None}]
    assert today["price"]["was"] == {"total": 44000, "currency": "EUR"}
    assert {"name": "timber", "was": 12000, "now": 15000} in today["price"]["parts"]
    opened = ada.post("/api/specifications/S-0001/A/drafts", json={})
    assert (opened.status_code, opened.json["carried"], opened.json["values"]["width"]) == (201, today, 1000)
    assert ada.post("/api/orders/2001/drafts", json={}).json["carried"]["changes"] == today["changes"]
    assert ada.post("/api/products/bench/drafts", json={}).json["carried"] is None


def test_a_draft_of_a_program_goes_on_in_the_newer_catalogue(ada, engine):
    draft = ada.post("/api/specifications/S-0001/A/drafts", json={}).json["self"]
    assert ada.post(f"{draft}/renewed", json={}).status_code == 409
    publish(engine)
    renewed = ada.post(f"{draft}/renewed", json={})
    assert (renewed.status_code, renewed.json["version"], renewed.json["carried"]["made_with"]) == (201, 2, 1)
    assert ada.get(renewed.json["self"]).json["values"]["timber"] == "oak_oiled"
