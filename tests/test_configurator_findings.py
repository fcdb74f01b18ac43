"""What is probably not meant in a catalogue is found, with the fewest rules that cause it; cases stop publishing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import bench
from pigeons import pigeonhole

from catalog.checking import check
from catalog.formats import FormatError, dump, load, to_document
from catalog.model import Case, ProductModel, Rule
from catalog.nodes import Is
from catalog.problems import CatalogueError
from configurator.engine import Engine
from configurator.publication.findings import Finding, findings
from configurator.publication.publishing import prove

SHARED = Path(__file__).parents[2] / "shared/data"


def ruled(*rules: dict[str, Any], **changes: Any) -> ProductModel:
    """The bench with more rules."""
    return bench(rules=[*to_document(bench())["rules"], *rules], **changes)


def found(model: ProductModel, seconds: float = 30) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(finding.about, finding.message, tuple(sorted(finding.rules)))
            for finding in findings(Engine(model), most=None, seconds=seconds)}


def cases(*given: dict[str, Any]) -> ProductModel:
    return bench(cases=list(given))


def test_a_catalogue_as_it_should_be_has_no_findings():
    assert findings(Engine(bench())) == []


def test_a_dead_value_is_found_with_the_rules_that_kill_it():
    model = ruled({"id": "no_oak", "require": "wood != oak"}, {"id": "idle", "require": "width < 2000"})
    assert ("wood", "is no choice: it can only be pine", ("no_oak",)) in found(model)
    assert ("lamp", "is no choice: it can only be no", ("lamp_oak", "no_oak")) in found(model)
    assert ("width", "can never be 2400", ("idle",)) in found(model)


def test_members_that_can_never_be_chosen_are_found():
    assert ("hooks", "can never be left", ("bare",)) in found(ruled({"id": "bare", "exclude": ["hooks has left"]}))


def test_a_value_that_adds_a_single_millimetre_is_found():
    parts = [{**part, "unit": "mm"} if part["number"] == "L-1" else part for part in to_document(bench())["parts"]]
    said = "yes adds 1 mm of L-1; an item with a quantity says how much"
    assert ("lamp", said, ()) in found(bench(parts=parts))


def test_an_amount_of_a_grid_that_is_less_than_the_one_before_is_found_where_most_are_more():
    def grid(*rows: list[Any]) -> ProductModel:
        quantity = {"name": "cut", "grid": {
            "across": {"of": "width", "up_to": [800, 1600, 2400]},
            "down": {"of": "height", "up_to": [1500, 1800, 2200]},
            "amounts": list(rows)}}
        return bench(quantities=[*to_document(bench())["quantities"], quantity])

    assert found(grid([10, 20, 30], [20, 20, 40], [30, "none", 50])) == set()
    assert found(grid([30, 20, 10], [29, 19, 9], [28, 18, 8])) == set(), "it falls throughout, as is meant"
    assert found(grid([10, 20, 30], [20, "3.5", 40], [30, 45, 50])) == {
        ("quantity cut", "in row 2 of its grid 3.5 comes after 20", ()),
        ("quantity cut", "in column 2 of its grid 3.5 comes after 20", ())}


def test_a_rule_that_says_nothing_new_is_found_with_those_that_say_it():
    model = ruled({"id": "again", "require": "not lamp or wood = oak"}, {"id": "wide", "require": "width <= 1000"},
                  {"id": "wider", "require": "width <= 1200"}, {"id": "always", "require": "width >= 600"},
                  {"id": "table", "table": {"columns": ["lamp", "wood"], "rows": [["no", "oak"], ["yes", "oak"],
                                                                                 ["no", "pine"]]}})
    needless = {(about, message) for about, message, _ in found(model)}
    says = "says nothing that others do not say"
    assert {("rule again", says), ("rule lamp_oak", says), ("rule table", says), ("rule wider", says),
            ("rule always", "always holds")} <= needless
    assert ("rule wide", says) not in needless
    assert ("rule wider", says, ("wide",)) in found(model)


def test_what_is_never_used_is_found():
    document = to_document(bench())
    never = "lamp and wood = pine"
    items = [*document["items"], {"part": "L-1", "when": never}, {"part": "W-OAK", "when": "lamp"}]
    operations = [*document["operations"], {"name": "dye", "work_centre": "bench_saw", "minutes": 3, "when": never}]
    prices = [*document["prices"], {"name": "dye", "title": "Dye", "amount": 3, "when": never}]
    why = "is never used: its condition cannot hold", ("lamp_oak",)
    assert found(bench(items=items, operations=operations, prices=prices)) == {
        ("item 3, part L-1", *why), ("operation dye", *why), ("price dye", *why)}


def test_a_part_that_nothing_can_use_is_found_with_the_rules_that_keep_it_out():
    document = to_document(bench())
    items = [*document["items"], {"part": "L-1", "when": "lamp and width > 1000"}]
    dark = [*document["rules"], {"id": "dark", "exclude": ["lamp"]}]
    why = "is never used: its condition cannot hold", ("dark",)
    assert {("part L-1", *why), ("item 3, part L-1", *why)} <= found(bench(items=items, rules=dark))
    assert not any(about == "part L-1" for about, *_ in found(bench(items=items)))


def test_prices_that_can_be_charged_together_by_accident_are_found():
    def priced(one: str, other: str) -> set[tuple[str, str, tuple[str, ...]]]:
        return found(bench(prices=[{"name": "a", "title": "Delivery", "amount": 40, "when": one},
                                   {"name": "b", "title": "Delivery", "amount": 60, "when": other}]))
    assert priced("width <= 2000", "width > 1500") == {
        ("prices a and b", 'can be charged together under one title, "Delivery"', ())}
    assert priced("width <= 1500", "width > 1500") == set()
    assert priced("lamp", "wood = pine") == set(), "a rule keeps them apart"


def test_names_that_look_alike_are_found():
    document = to_document(bench())
    part = {"number": "W-0AK", "title": "Zero"}
    model = bench(parts=[*document["parts"], part, {"number": "w-о\u0430k"}])
    assert found(model) == {("parts", '"W-OAK" and "W-0AK" and "w-оаk" look alike', ())}


def test_the_first_of_many_are_told_and_the_others_counted():
    rules = [{"id": f"same_{n}", "require": "lamp implies wood = oak"} for n in range(30)]
    engine = Engine(ruled(*rules))
    told = findings(engine)
    assert len(told) == 11
    assert told[-1] == Finding("rules", "there are 21 more")
    assert len(findings(engine, most=None)) == 31


def test_what_was_not_looked_at_is_said():
    told = findings(Engine(bench()), seconds=-1)
    assert Finding("rules", "only the first 0 were looked at within -1 seconds") in told


def test_a_rule_too_hard_to_compare_is_told_and_the_others_are_compared():
    off, painted = Is("on", (False,)), Is("painted", (True,))
    rules = {"off": off, "painted": painted, "again": painted}
    model = pigeonhole(11)
    model = replace(model, rules=(*model.rules, *(Rule(name=name, condition=holds) for name, holds in rules.items())))
    said = found(model, seconds=4)
    assert ("rule again", "says nothing that others do not say", ("painted",)) in said
    assert ("rules", "too hard to look at: rule off", ()) in said


@pytest.mark.skipif(not SHARED.exists(), reason="the public data is not beside the project")
def test_thousands_of_rules_are_compared_with_each_other():
    told = findings(Engine(load(SHARED / "feature-models/financial-services-2017-05.dimacs")))
    assert Finding("rule c2", "says nothing that others do not say", ("c1",)) in told
    assert Finding("rules", "there are 1,846 more") in told


def test_cases_that_hold_stop_nothing():
    prove(cases(
        {"id": "oak", "choose": {"wood": "oak", "lamp": "yes", "hooks": ["left"], "width": 1200}, "costs": 489},
        {"id": "pine_lamp", "choose": {"wood": "pine", "lamp": "yes"}, "possible": "no"},
        {"id": "written", "choose": {"engraving": "Ada"}}))


@pytest.mark.parametrize(("case", "says"), [
    ({"id": "pine", "title": "Pine with light", "choose": {"width": 900, "wood": "pine", "lamp": True}},
     "case pine (Pine with light): expected to be possible, but not together: Wood: Pine, Lamp: yes. "
     "The lamp is made for oak only. (lamp_oak)"),
    ({"id": "oak", "choose": {"wood": "oak"}, "possible": False},
     "case oak: expected to be impossible, but it can be built: Wood: Oak"),
    ({"id": "oak", "choose": {"wood": "oak", "lamp": False, "width": 1200}, "costs": "1249.50"},
     "case oak: expected to cost 1,249.50 EUR, but it costs 440.00 EUR: Garden bench 320.00 EUR, "
     "Wood: Oak 120.00 EUR")])
def test_a_case_that_does_not_hold_stops_publishing_and_says_why(case, says):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        prove(cases({"id": "sound", "choose": {"wood": "oak"}}, case))
    assert str(caught.value) == says


@pytest.mark.parametrize(("case", "message"), [
    ("{id: a, choose: {wod: oak}}", "did you mean wood?"), ("{id: a, choose: {wood: ok}}", "did you mean oak?"),
    ("{id: a, choose: {width: 10}}", "10 is none of 600, 601 ... 2400"), ("{id: a}", "expected the key choose"),
    ("{id: a, choose: {lamp: 3}}", "expected yes or no"), ("{id: a, choose: {hooks: left}}", "expected a list"),
    ("{id: a, choose: {}, costs: 3, possible: no}", "expected no costs"),
    ("{id: a, choose: {}, costs: 3.005}", "at most 2 decimals"),
    ("{id: a, choose: {}}\n  - {id: a, choose: {}}", '"a" is here already'),
    ("{id: a, chose: {}}", "did you mean choose?")])
def test_a_case_that_makes_no_sense_is_refused_with_its_place(case, message):
    text = f"{dump(bench())}cases:\n  - {case}\n"
    with pytest.raises(FormatError, match=message.replace("?", r"\?")) as caught:
        load(text)
    assert caught.value.line
    assert caught.value.line > text[:text.index("cases:")].count("\n") + 1


def test_a_case_of_a_model_made_elsewhere_is_checked_too():
    with pytest.raises(CatalogueError, match="metal"):
        check(replace(bench(), cases=(Case(name="a", choices={"metal": "tin"}),)))
