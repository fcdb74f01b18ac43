"""A whole specification in a newer version: what can be kept is, what cannot becomes the nearest, and each is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from brute_force import CHARACTERISTICS, models
from factories import bench, bench_values
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalog.expressions import Whole, holds
from catalog.formats import to_document
from catalog.model import Price, ProductModel
from catalog.nodes import Answer, Const
from catalog.succession import Succession
from configurator.drafts.carrying import Carried, Field, Moved, carry
from configurator.engine import Engine, Impossible, Unbuildable
from configurator.memory import Memory


def carried(old: ProductModel, new: ProductModel, values: dict[str, Answer], choices: tuple[str, ...] = ()
            ) -> tuple[dict[str, Answer], Carried]:
    """The choices that stand, and what became of the whole."""
    engine, succession = Engine(new), Succession([old, new])
    memory = Memory(engine)
    brought = carry(engine, succession, {name: values[name] for name in choices}, values,
                    lambda name: [value for value, _ in memory.rank(engine.start(), name)], memory.propose)
    return brought.choices, Carried(succession, values, brought.values)


def changed(**keys: dict[str, object] | None) -> ProductModel:
    """The bench without rules, of other characteristics: `name=None` takes one out, `name={...}` is new or changed."""
    known = {c["name"]: c for c in to_document(bench())["characteristics"]}
    found = [{"name": name, **known.get(name, {}), **(keys.get(name) or {})} for name in {**known, **keys}
             if keys.get(name, {}) is not None]
    return bench(characteristics=[{key: entry for key, entry in c.items() if key != "operation"} for c in found],
                 rules=None, picture=None, items=None, operations=None)


def kinds(of: Carried) -> dict[str, str]:
    return {field.name: field.kind for field in of.fields}


def wood(*values: object) -> dict[str, object]:
    return {"values": list(values), "standard": "pine"}


def test_in_a_catalogue_that_says_the_same_everything_is_kept():
    stand, whole = carried(bench(), bench(), bench_values(width=777), ("width", "wood"))
    assert stand == {"width": 777, "wood": "oak"}
    assert whole.now == bench_values(width=777)
    assert whole.changes == ()
    assert whole.moved == ()


def test_a_new_name_stays_a_choice_and_a_successor_does_not():
    new = changed(wood={"standard": "larch", "values": [{"name": "oak_oiled", "was": ["oak"]},
                                                        {"name": "larch", "replaces": ["pine"]}]})
    stand, whole = carried(bench(), new, bench_values(wood="oak"), ("wood",))
    assert (stand, kinds(whole)["wood"]) == ({"wood": "oak_oiled"}, "renamed")
    stand, whole = carried(bench(), new, bench_values(wood="pine"), ("wood",))
    assert (stand, kinds(whole)["wood"], whole.now["wood"]) == ({}, "replaced", "larch")


def test_what_a_rule_excludes_becomes_the_nearest_and_says_by_which_rule():
    new = bench(rules=[{"id": "short", "says": "Benches are 90 cm at most.", "require": "width <= 900"}])
    stand, whole = carried(bench(), new, bench_values(), ("width", "wood"))
    assert (whole.now, stand) == (bench_values(width=900), {"wood": "oak"})
    field, = whole.changes
    assert field == Field("changed", "width", "width", 1200, 900, 1200)
    assert whole.why(Engine(new), field).rules == ("short",)


def test_a_value_that_is_gone_has_no_rule_and_a_measure_becomes_the_nearest():
    new = changed(wood=wood("pine"), width={"step": 100, "least": 650, "standard": 650})
    _, whole = carried(bench(), new, bench_values(), ("wood",))
    assert whole.changes == (Field("changed", "width", "width", 1200, 1150, near=True),
                             Field("changed", "wood", "wood", "oak", "pine"))
    assert [whole.why(Engine(new), field) for field in whole.changes] == [None, None]


def test_what_is_asked_anew_is_proposed_and_what_is_not_asked_any_more_is_told_last():
    new = changed(lamp=None, oil={"kind": "choice", "values": ["none", "linseed"], "standard": "linseed"})
    stand, whole = carried(bench(), new, bench_values(lamp=True), ("lamp",))
    assert stand == {}
    assert whole.changes == (Field("asked", None, "oil", None, "linseed"), Field("dropped", "lamp", None, True))


def test_the_product_gives_way_before_the_person_even_if_it_was_chosen():
    new = bench(rules=[{"id": "tall", "says": "Pine is for people up to 1.60 m.", "when": "wood = pine",
                        "then": "height <= 1600"}])
    stand, whole = carried(bench(), new, bench_values(wood="pine", height=1900), ("wood",))
    assert (stand, whole.now) == ({}, bench_values(wood="oak", height=1900))


def test_a_choice_stays_before_what_was_only_shown():
    new = bench(rules=[{"id": "dark", "says": "The lamp is for pine only.", "when": "lamp", "then": "wood = pine"}])
    values = bench_values(lamp=True)
    assert carried(bench(), new, values, ("wood",))[1].now == {**values, "lamp": False}
    assert carried(bench(), new, values, ("lamp",))[1].now == {**values, "wood": "pine"}


def test_the_price_is_compared_part_by_part():
    new = replace(changed(wood=wood({"name": "oak_oiled", "price": 150, "was": ["oak"]}, "pine")), prices=(
        Price(name="base", amount=Const(300)), Price(name="packing", amount=Const(5))))
    _, whole = carried(bench(), new, bench_values(lamp=True))
    then, now = whole.prices
    assert (then.total, now.total) == (48900, 50400)
    assert whole.moved == (Moved("base", 32000, 30000), Moved("packing", None, 500), Moved("wood", 12000, 15000))
    assert sum((part.now or 0) - (part.was or 0) for part in whole.moved) == now.total - then.total


FACTS = ("width", "height")
SMALL = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def personal(model: ProductModel) -> ProductModel:
    return replace(model, characteristics=tuple(
        replace(c, about="person" if c.name in FACTS else "product") for c in model.characteristics))


def built(model: ProductModel) -> Engine:
    try:
        return Engine(model)
    except Unbuildable:
        assume(False)
        raise


@SMALL
@given(models, models, st.data())
def test_it_is_always_a_product_of_the_newer_model_and_people_stay_as_they_are(old, new, data):
    old, new = personal(old), personal(new)
    engine = built(new)
    values = built(old).start().complete({(c.name, value.name): data.draw(st.integers(-5, 5))
                                          for c in CHARACTERISTICS for value in c.options}).values()
    choices = tuple(data.draw(st.lists(st.sampled_from(sorted(values)), unique=True)))
    stand, whole = carried(old, new, values, choices)
    assert all(new[name].admits(value) for name, value in whole.now.items())
    assert all(holds(rule.condition, Whole(whole.now), new) for rule in new.rules)
    assert stand.items() <= whole.now.items()
    try:
        engine.start({name: values[name] for name in FACTS})
    except Impossible:
        return
    assert {name: whole.now[name] for name in FACTS} == {name: values[name] for name in FACTS}
    if all(holds(rule.condition, Whole(values), new) for rule in new.rules):
        assert whole.now == values
        assert whole.changes == ()


@SMALL
@given(models, st.data())
def test_what_is_dropped_and_asked_is_told_of_every_name(old, data):
    gone = data.draw(st.sampled_from(sorted(c.name for c in CHARACTERISTICS)))
    values = built(old).start().complete().values()
    new = replace(old, characteristics=tuple(replace(c, name=f"new {c.name}", was=(c.name,)) if c.name != gone
                                             else replace(c, name="asked") for c in old.characteristics),
                  rules=(), quantities=())
    _, whole = carried(old, new, values)
    assert kinds(whole) == {**{f"new {c.name}": "renamed" for c in CHARACTERISTICS if c.name != gone},
                            "asked": "asked", gone: "dropped"}


@pytest.mark.parametrize("told", [{}, {"width": "wide"}])
def test_what_the_older_version_never_said_is_asked(told):
    _, whole = carried(bench(), bench(), {**bench_values(), **told})
    assert kinds(whole)["width"] == ("changed" if told else "kept")
