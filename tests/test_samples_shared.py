"""The sample families are one maker's: what was told of one product serves the next; parts lie in one store."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

import catalog.samples
from catalog.formats import load
from catalog.model import Characteristic, Choice, Number, ProductModel, Text
from catalog.parts import bill
from catalog.pricing import price
from configurator.publication.findings import findings
from configurator.publication.publishing import prove

FAMILIES = ("touring_bicycle", "shirt", "bookcase")


@cache
def family(name: str) -> ProductModel:
    return load(Path(catalog.samples.__file__).with_name(f"{name}.yaml"))


def by_trait() -> dict[str, list[Characteristic]]:
    found: dict[str, list[Characteristic]] = defaultdict(list)
    for name in FAMILIES:
        for characteristic in family(name).characteristics:
            if characteristic.trait:
                found[characteristic.trait].append(characteristic)
    return found


def test_samples_share_facts_about_the_customer() -> None:
    shared = {trait for trait, asking in by_trait().items() if len(asking) > 1}
    assert shared >= {"height", "monogram", "favourite_colour", "packing"}
    assert len(by_trait()["favourite_colour"]) == len(by_trait()["packing"]) == len(FAMILIES)


def test_samples_ask_a_shared_fact_in_the_same_terms() -> None:
    for trait, asking in by_trait().items():
        kinds = {type(characteristic) for characteristic in asking}
        assert len(kinds) == 1, trait
        units = {characteristic.unit for characteristic in asking if isinstance(characteristic, Number)}
        declared = {shared.unit for name in FAMILIES for shared in family(name).traits if shared.name == trait}
        assert units <= declared, trait
        assert len(declared) == 1, trait


@pytest.mark.parametrize(("one", "other"), [*combinations(FAMILIES, 2)])
def test_samples_answer_of_one_family_can_be_an_answer_of_the_other(one: str, other: str) -> None:
    for here in family(one).characteristics:
        for there in family(other).characteristics:
            if here.trait is None or here.trait != there.trait:
                continue
            if isinstance(here, Number) and isinstance(there, Number):
                assert set(here.range) & set(there.range), here.trait
            if isinstance(here, Choice) and isinstance(there, Choice):
                assert len({v.name for v in here.values} & {v.name for v in there.values}) >= 2, here.trait
            if isinstance(here, Text) and isinstance(there, Text):
                assert all(text.admits("A.B") for text in (here, there)), here.trait


def test_samples_colours_of_the_same_name_look_alike() -> None:
    """A wish for grey blue is one wish, on steel, cloth or wood: the swatches are dark or light together."""
    seen: dict[str, list[int]] = defaultdict(list)
    for characteristic in by_trait()["favourite_colour"]:
        for value in characteristic.options:
            if value.swatch:
                seen[value.name].append(sum(int(value.swatch[i:i + 2], 16) for i in (1, 3, 5)) // 3)
    assert sum(len(tones) > 1 for tones in seen.values()) >= 6
    assert all(max(tones) - min(tones) < 100 for tones in seen.values())


def test_samples_store_is_one() -> None:
    """A part number means the same part in every family, and the families do use parts of the common list."""
    parts: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    for name in FAMILIES:
        for part in family(name).parts:
            parts[part.number].add((part.title, part.unit, part.bin, part.lead_days, part.cost))
        for item in family(name).items:
            users[item.part].add(name)
        for characteristic in family(name).characteristics:
            for value in characteristic.options:
                if value.part:
                    users[value.part].add(name)
    assert all(len(meanings) == 1 for meanings in parts.values())
    assert users["PK-LABEL"] == set(FAMILIES)
    assert sum(len(names) > 1 for names in users.values()) >= 3


def test_samples_work_centres_are_one_floor() -> None:
    floors = [{centre.name: centre.title for centre in family(name).work_centres} for name in FAMILIES]
    shared = set.intersection(*map(set, floors))
    assert {"packing"} <= shared
    assert all(len({floor[centre] for floor in floors}) == 1 for centre in shared)
    used = [{operation.work_centre for operation in family(name).operations} for name in FAMILIES]
    assert "packing" in set.intersection(*used)


@pytest.mark.parametrize("name", FAMILIES)
def test_samples_parts_have_a_place_or_are_made(name: str) -> None:
    """What is cut to measure is made here, from what lies in a bin."""
    model = family(name)
    standard = {c.name: c.standard for c in model.characteristics if c.standard is not None}
    assert all(bool(part.bin) is not part.made_here for part in model.parts)
    assert all(line.part.made_here for line in bill(model, standard) if len(line.measures) == 2)


@pytest.mark.parametrize("name", FAMILIES)
def test_samples_parts_cost_less_than_what_is_made_of_them(name: str) -> None:
    model = family(name)
    standard = {c.name: c.standard for c in model.characteristics if c.standard is not None}
    sheet = price(model, standard)
    assert all((part.cost is None) is part.made_here for part in model.parts)
    assert 0.15 < 100 * sum(line.cost or 0 for line in bill(model, standard)) / (sheet.total - sheet.vat) < 0.7


@pytest.mark.parametrize("name", FAMILIES)
def test_samples_name_their_sources(name: str) -> None:
    assert len(family(name).sources) >= 5
    assert any("ISO" in source or "EN " in source for source in family(name).sources)


@pytest.mark.parametrize("name", FAMILIES)
def test_samples_prove_what_they_promise_and_nothing_in_them_is_unmeant(name: str) -> None:
    assert {case.possible for case in family(name).cases} == {True, False}
    assert any(case.costs is not None for case in family(name).cases)
    assert findings(prove(family(name))) == []
