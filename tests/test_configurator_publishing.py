"""Publishing: what cannot be sold, or not be decided while a customer waits, is refused."""

from dataclasses import replace

import pytest
from factories import bench

from catalog.formats import from_document, load, to_document
from catalog.model import ProductModel, Rule
from catalog.nodes import Is, Not
from catalog.problems import CatalogueError
from configurator.engine import effort
from configurator.publication import publishing
from configurator.publication.amounts import missing
from configurator.publication.publishing import Refused, hard, prove


def pigeons(number: int, holes: int) -> ProductModel:
    """Each pigeon in a hole of its own: as good as undecidable for resolution when there is one hole too few."""
    birds = [f"  - {{name: p{i}, kind: choice, values: [{', '.join(f'{{name: h{j}}}' for j in range(holes))}]}}"
             for i in range(number)]
    rules = [f'  - {{id: r{i}_{k}_{j}, exclude: ["p{i} = h{j}", "p{k} = h{j}"]}}'
             for i in range(number) for k in range(i) for j in range(holes)]
    return load("\n".join(["lot_one: 1", "name: pigeons", "characteristics:", *birds, "rules:", *rules, ""]))


def test_a_product_that_can_be_built_passes():
    assert prove(bench()).start().complete().is_complete
    assert prove(pigeons(4, 4)).start().complete().is_complete


def test_nothing_to_build_names_the_rules():
    with pytest.raises(ValueError, match=r"nothing can be built, because of .*r1_0_0"):
        prove(pigeons(3, 2))


def test_what_would_keep_customers_waiting_is_refused_rather_than_called_impossible(monkeypatch):
    monkeypatch.setattr(effort, "SECONDS", 0.5)
    monkeypatch.setattr(publishing, "SECONDS", 1)
    with pytest.raises(Refused, match=r"too hard to decide.*r1_0_0, .* and \d+ more; write") as refused:
        prove(pigeons(12, 11))
    assert len(refused.value.rules) > 11


def test_the_rules_that_are_too_hard_are_told_apart_from_those_that_are_not(monkeypatch):
    monkeypatch.setattr(effort, "SECONDS", 0.5)
    hopeless = pigeons(12, 11)
    easy = tuple(Rule(name=f"easy{i}", condition=Not(Is("p0", (f"h{i % 5}",)))) for i in range(len(hopeless.rules)))
    half = len(easy) // 2
    found = hard(replace(hopeless, rules=easy[:half] + hopeless.rules + easy[half:]), seconds=2)
    assert {rule.name for rule in found} <= {rule.name for rule in hopeless.rules}


def test_a_contradiction_in_the_file_comes_first():
    model = bench()
    with pytest.raises(CatalogueError):
        prove(ProductModel(name="Bad Name", characteristics=model.characteristics))


def planks(quantity: str, when: str = "true", minutes: str = "5") -> ProductModel:
    """The bench with boards for its back: some widths leave room for none."""
    document = to_document(bench())
    items = [*document["items"], {"part": "W-OAK", "quantity": quantity, "when": when}]
    operations = [*document["operations"], {"name": "back", "work_centre": "bench_saw", "minutes": minutes}]
    return bench(items=items, operations=operations)


@pytest.mark.parametrize(("model", "says"), [
    (planks("(width - 800) / 100"), r"quantity of item 3, part W-OAK can be -[\d.]+ \(Width: \d+ mm\)"),
    (planks("5 - 10 * count(lamp, wood = pine)"), r"quantity of item 3, part W-OAK can be -5"),
    (planks("1", minutes="width / 100 - 10"), "minutes of operation back can be -")])
def test_less_than_nothing_is_refused_with_an_example(model, says):
    with pytest.raises(Refused, match=says):
        prove(model)


def test_a_tolerance_below_nothing_is_refused():
    document = to_document(bench())
    operation, step = document["operations"][0], {"do": "Measure", "check": {
        "name": "Width", "nominal": "width", "minus": "width / 100 - 10"}}
    with pytest.raises(Refused, match=r"minus of the check in step \d of operation \w+ can be -"):
        prove(bench(operations=[{**operation, "steps": [step]}, *document["operations"][1:]]))


@pytest.mark.parametrize("model", [
    planks("(width - 800) / 100", when="width > 900"), planks("max(0, width - 800)"),
    planks("5 - 5 * count(lamp, wood = pine)"),
    planks("1 - 2 * count(lamp, wood = pine)", when="not lamp and wood = oak")])
def test_what_no_product_takes_less_than_none_of_passes(model):
    assert prove(model)


def test_a_rule_can_keep_an_amount_from_being_negative():
    assert prove(planks("1 - count(lamp, wood = pine)")), "the lamp is made for oak only"


def sawn(rule: dict[str, str] | None = None, amount: str = "cut", when: str = "true", most: int = 1800) -> ProductModel:
    """The bench with a price for its cut by width and height: where both are large there is none."""
    grid = {"across": {"of": "width", "up_to": [1200, most]}, "down": {"of": "height", "up_to": [1700, 2200]},
            "amounts": [[10, 20], [30, "none"]]}
    document = to_document(bench())
    return bench(quantities=[*document["quantities"], {"name": "cut", "grid": grid}],
                 rules=[*document["rules"], {"id": "made", **(rule or {"require": "true"})}],
                 prices=[*document["prices"], {"name": "cut", "amount": amount, "when": when}])


@pytest.mark.parametrize("model", [
    sawn(), sawn({"when": "wood = oak", "within": "cut"}), sawn(amount="if lamp then cut else 0"), sawn(most=2400),
    sawn({"require": "height <= 1700"}), sawn({"when": "lamp", "within": "cut"}, when="wood = oak")])
def test_an_amount_that_its_grid_does_not_have_is_refused_with_an_example(model):
    with pytest.raises(Refused, match=r"grid of cut has no amount \(Your height: \d+ mm, Width: \d+ mm\); write a rule "
                                      r"with within: cut"):
        prove(model)


def test_what_has_no_amount_is_told_with_its_sizes_though_all_amounts_are_equal():
    grid = {"across": {"of": "width", "up_to": [1200, 2400]}, "amounts": [[10, "none"]]}
    model = bench(quantities=[*to_document(bench())["quantities"], {"name": "cut", "grid": grid}],
                  prices=[{"name": "cut", "amount": "cut"}])
    with pytest.raises(Refused, match=r"grid of cut has no amount \(Width: \d+ mm\)"):
        prove(model)


@pytest.mark.parametrize("model", [
    sawn({"within": "cut"}), sawn({"require": "width <= 1800 and (width <= 1200 or height <= 1700)"}),
    sawn({"require": "height <= 1700"}, most=2400), sawn({"when": "wood = pine", "within": "cut"}, when="wood = pine"),
    sawn(amount="if width <= 1200 then cut else 99"), sawn(amount="5"),
    sawn({"when": "lamp", "within": "cut"}, amount="if wood = pine then 3 else if lamp then 2 * cut else 0")])
def test_a_grid_that_is_only_asked_where_it_has_an_amount_passes(model):
    assert prove(model)


def test_what_a_grid_is_looked_up_by_has_to_be_in_its_own_grid():
    """One grid leads to another: brackets by the width, and a price by the brackets."""
    def by(of: str, steps: list[int], amounts: list[int]) -> dict[str, object]:
        return {"across": {"of": of, "up_to": steps}, "amounts": [amounts]}

    def brackets(most: int) -> ProductModel:
        return bench(quantities=[{"name": "span", "is": "width"},
                                 {"name": "brackets", "grid": by("width", [1000, most], [2, 3])},
                                 {"name": "brackets_price", "grid": by("brackets", [2, 3], [8, 11])}],
                     prices=[{"name": "brackets", "amount": "brackets_price"}])

    assert prove(brackets(2400))
    with pytest.raises(Refused, match="grid of brackets has no amount"):
        prove(brackets(2000))


def test_quantities_that_use_others_twice_are_looked_at_once():
    """Else their work doubled with each."""
    twice = [{"name": f"twice_{n}", "is": f"{before} - {before}"}
             for n, before in enumerate(["cut", *(f"twice_{n}" for n in range(39))])]
    document = to_document(sawn({"within": "cut"}))
    model = from_document({**document, "quantities": [*document["quantities"], *twice],
                           "prices": [{"name": "cut", "amount": "twice_39"}]})
    assert list(missing(model, 5)) == []
