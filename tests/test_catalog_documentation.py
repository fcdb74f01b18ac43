"""docs/catalogue.md and the schema for editors say what the loader does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from catalog import samples
from catalog.formats import load
from catalog.formats.schema import FORM_KEYS, KEYS, KINDS, json_schema
from catalog.language import Scope, read_condition, read_expression, read_template
from catalog.model import ProductModel

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/catalogue.md").read_text("utf-8")
EXAMPLE, SHARED = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
SCHEMA = json.loads((ROOT / "docs/catalogue.schema.json").read_text("utf-8"))
SAMPLES = sorted(Path(samples.__file__).parent.glob("*.yaml"))
WRITE = 'import json; from catalog.formats.schema import json_schema; print(json.dumps(json_schema(), indent=1))'


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ProductModel:
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "workshop.yaml").write_text(SHARED, "utf-8")
    (folder / "shelf.yaml").write_text(EXAMPLE, "utf-8")
    return load(folder / "shelf.yaml")


def keys(data: Any) -> set[str]:
    """Every key in a document."""
    if isinstance(data, dict):
        return data.keys() | set().union(*map(keys, data.values()))
    return set().union(*map(keys, data)) if isinstance(data, list) else set()


def test_the_example_can_be_loaded(example):
    assert example.name == "shelf"
    assert {part.number for part in example.parts} == {"SC-4", "BO-OAK", "BO-BI", "WS-30", "WAX"}


def test_classes_of_the_picture_are_those_of_the_style_sheet():
    style = (ROOT / "configurator/web/static/css/picture.css").read_text("utf-8")
    assert set(re.findall(r"pic-[a-z]+", GUIDE)) <= set(re.findall(r"\.(pic-[a-z]+)\b(?!-)", style))


def test_the_example_has_every_key_and_every_kind():
    written = yaml.safe_load(EXAMPLE)
    assert {key for table in KEYS.values() for key in table} <= keys(written)
    assert {c["kind"] for c in written["characteristics"]} == set(KINDS)
    assert set().union(*written["rules"]) >= FORM_KEYS


@pytest.mark.parametrize("table", KEYS)
def test_every_key_is_explained(table):
    for key, entry in KEYS[table].items():
        row = rf"^\| `{key}`( \(required\))? \| [^|]+ \| {re.escape(entry.about)} \|$"
        assert re.search(row, GUIDE, re.MULTILINE), key


def section(title: str) -> list[str]:
    """What stands in backticks in the first column of a section's table."""
    text = GUIDE.split(f"### {title}\n")[1].split("\n##")[0]
    rows = [re.split(r"(?<!\\)\|", row)[1] for row in text.split("\n") if row.startswith("| `")]
    return [written for row in rows for written in re.findall(r"`(.+?)`", row)]


@pytest.mark.parametrize(("title", "read"), [
    ("Numbers", read_expression), ("Conditions", read_condition), ("Texts with places", read_template)])
def test_every_line_about_the_language_can_be_read(title, read, example):
    written = section(title)
    assert len(written) > 3
    for text in written:
        read(text, Scope.of(example))


def test_the_schema_for_editors_is_that_of_the_loader():
    assert json_schema() == SCHEMA, f"write it anew: python -c '{WRITE}' > docs/catalogue.schema.json"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_the_samples(path):
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), SCHEMA)


def test_the_schema_accepts_the_examples():
    for text in EXAMPLE, SHARED:
        jsonschema.validate(yaml.safe_load(text), SCHEMA)


@pytest.mark.parametrize(("right", "wrong"), [
    ("kind: number", "kind: numbr"), ("step: 1", "steps: 1"), ("require: sag <= 30", "when: sag <= 30"),
    ("name: shelf", "")])
def test_the_schema_refuses_what_the_loader_refuses(right, wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(EXAMPLE.replace(right, wrong)), SCHEMA)
