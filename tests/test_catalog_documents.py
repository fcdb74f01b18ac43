"""Catalogues as documents, keys and values: every model is one, and a wrong one is refused."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from models import products

from catalog.checking import check
from catalog.formats import from_document, to_document
from catalog.model import Boolean
from catalog.problems import CatalogueError


@settings(max_examples=15)
@given(products())
def test_every_model_is_its_document(model):
    assert from_document(json.loads(json.dumps(to_document(model)))) == model


@pytest.mark.parametrize(("change", "message"), [
    ({"include": ["common.yaml"]}, "include: only a file can include others"),
    ({"rules": [{"id": "x", "any": ["a", "b"]}, {"id": "y", "any": "ab"}]}, "rules[1].any: expected a list"),
    ({"rules": [{"id": "x", "require": 3}]}, "rules[0].require: expected a text"),
    ({"rules": [{"id": "x", "any": [["a"]]}]}, "rules[0].any[0]: expected a text, found a list"),
    ({"rules": {"id": "x"}}, "rules: expected a list, found keys and values"),
    ({"quantities": [{"name": "q"}]}, "quantities[0]: expected one of is; grid"),
    ({"lot_one": 2}, "lot_one: expected lot_one: 1"), ({"vat": 1.5}, "vat: expected a number"),
    ({"characteristics": None}, "characteristics: expected a list")])
def test_a_wrong_document_is_refused(change, message):
    document = {"lot_one": 1, "name": "m", "characteristics": [{"name": "a", "kind": "boolean"},
                                                               {"name": "b", "kind": "boolean"}]}
    assert from_document(document).name == "m"
    with pytest.raises(CatalogueError) as caught:
        from_document(document | change)
    assert message in str(caught.value)


def test_a_large_model_is_read_and_written_in_seconds():
    names = [f"Feature {number}" for number in range(2_000)]
    model = {"lot_one": 1, "name": "large", "characteristics": [{"name": name, "kind": "boolean"} for name in names],
             "rules": [{"id": f"c{number}", "any": [f'"{names[number % 2_000]}" = no',
                                                    f'"{names[number * 7 % 2_000]}"']} for number in range(40_000)]}
    started = time.process_time()
    found = from_document(model)
    check(found)
    assert from_document(to_document(found)) == found
    assert time.process_time() - started < 10
    assert isinstance(found["Feature 7"], Boolean)
