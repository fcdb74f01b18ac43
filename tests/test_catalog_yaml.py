"""Catalogue files in YAML: nothing is lost, all that is wrong is told with its place, nothing hostile gets in."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from models import products

from catalog import samples
from catalog.checking import check
from catalog.formats import FormatError, dump, from_document, load, to_document
from catalog.formats.source import LARGEST_FILE
from catalog.model import ProductModel, Value
from catalog.nodes import Const
from catalog.problems import CatalogueError

SAMPLES = sorted(path for path in Path(samples.__file__).parent.glob("*.yaml") if path.name != "common.yaml")

BICYCLE = """\
lot_one: 1
name: bicycle
vat: 19
groups:
  - {name: fit, title: Fit}
characteristics:
  - {name: height, kind: number, group: fit, least: 1400, most: 2100, step: 5, unit: mm, standard: 1750}
  - name: frame
    kind: choice
    values:
      - {name: steel, price: "2 * 3", part: FR, attributes: {mass: 2.5}, swatch: "#2f4553"}
      - carbon
  - {name: mudguards, kind: boolean, price: 49}
rules:
  - {id: heavy, says: Steel needs no mudguards., when: frame = steel, then: not mudguards}
  - id: light
    require: >-
      frame.mass < 9
      or mudguards
  - id: long
    require: |
      height > 1400
        and mudguards
  - {id: pairs, table: {columns: [frame, mudguards], rows: [[steel, yes], [carbon, false]]}}
prices:
  - {name: base, amount: 1490}
parts:
  - {number: FR, title: Frame}
picture:
  view: [0, 0, height, "100"]
  patterns:
    - {name: mesh, width: 4, height: height / 350, shapes: [{path: {d: M0 0 L4 4}}]}
  layers:
    - name: dots
      repeat: {i: "3"}
      shapes:
        - circle: {cx: "{i * 10}", r: 5}
        - rect: {fill: mesh}
        - text: {x: 0}
          says: "It''s {height} mm"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "bicycle.yaml"
    path.write_text(text, "utf-8")
    return path


def problems(path: Path) -> FormatError:
    with pytest.raises(FormatError) as caught:
        load(path)
    return caught.value


def sound(model: ProductModel) -> bool:
    try:
        check(model)
    except CatalogueError:
        return False
    return True


@settings(max_examples=15)
@given(products())
def test_every_model_is_loaded_as_it_was_dumped(model):
    assume(sound(model))
    assert load(dump(model)) == model


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_loaded_as_they_were_dumped(path, tmp_path):
    model = load(path)
    assert load(dump(model)) == model
    dump(model, tmp_path / "again.yaml")
    assert load(tmp_path / "again.yaml") == model
    assert from_document(json.loads(json.dumps(to_document(model)))) == model


@pytest.mark.parametrize(("right", "wrong", "found", "message"), [
    ("frame = steel", "frame = stel", "stel", 'frame has no value "stel"; did you mean steel?'),
    ("step: 5", "stepp: 5", "stepp", 'unknown key "stepp"; did you mean step?'),
    ("kind: choice", "kind: choise", "choise", "did you mean choice?"),
    ("kind: choice", "kid: choice", "kid", "did you mean kind?"),
    ("[carbon, false]", "[carbn, false]", "carbn", "did you mean carbon?"),
    ("[carbon, false]", "[carbon]", "[carbon]", "expected a row of 2 values: frame, mudguards"),
    ("columns: [frame, mudguards]", "columns: [fram, mudguards]", "fram,", "did you mean frame?"),
    ('"2 * 3"', '"2 * (3"', '", part', "expected"),
    ("  frame.mass < 9\n", "  frame.mas < 9\n", "mas <", "did you mean mass?"),
    ("or mudguards\n", "or mudguard\n", "mudguard\n", "did you mean mudguards?"),
    ("and mudguards\n", "and\n      mudguard\n", "mudguard\n", "did you mean mudguards?"),
    ("It''s {height}", 'It\\"s\\u0020\\\n      {heigth}', "heigth", "did you mean height?"),
    ('price: "2 * 3"', 'title: "日本 🚲 é", price: "2 * stel"', "stel", 'unknown name "stel"'),
    ("{i * 10}", "{j * 10}", "j * 10", 'unknown name "j"'),
    ("when: frame = steel", "when: 'frame = \"s''l\"'", '"s', "frame has no value"),
    ("amount: 1490", "amount: [1]", "[1]", "expected a text, found a list"),
    ("vat: 19", "vat: much", "much", "expected a number"),
    ("vat: 19", "vat: 190", "190", "0 to 100 per cent"),
    ("least: 1400", "least: 1.5", "1.5", "expected a whole number"),
    ("least: 1400", "least: 2400", "2400", "expected least <= most"),
    ("step: 5", "step: ٣", "٣", "expected a whole number"),
    ("step: 5", "step: 0", "0, unit", "a step of 1 or more"),
    ("standard: 1750", "standard: 1751", "1751", "1751 is none of 1400, 1405 ... 2100"),
    ("group: fit", "group: fitt", "fitt", "did you mean fit?"),
    ("part: FR", "part: FX", "FX", "there is no part"),
    ('"#2f4553"', "red", "red", "expected a colour"),
    ("kind: boolean", "kind: boolean, trait: legs", "legs", "there is no trait"),
    ("circle:", "script:", "script", "there is no element"),
    ('"It\'\'s {height} mm"', "|\n            It's\n              {heigth} mm", "heigth", "did you mean height?"),
    ('"It\'\'s {height} mm"', ">2\n              It's\n\n              {heigth} mm", "heigth", "did you mean height?"),
    ("cx:", "onclick:", "onclick", "there is no attribute"),
    ("fill: mesh", "fill: mehs", "mehs", "or a pattern; did you mean mesh?"),
    ("height / 350", "height - 1400", "height - 1400", "expected 1 mm or more, found down to 0"),
    ("width: 4", "widht: 4", "widht", "did you mean width?"),
    ("  layers:", "    - {name: mesh, width: 4, height: 4, shapes: []}\n  layers:", "mesh, width: 4, height: 4,",
     '"mesh" is here already'),
    ("id: light", "id: heavy", "heavy", '"heavy" is here already'),
    ("- carbon", "- carbon\n      - steel", "steel", '"steel" is here already'),
    ("lot_one: 1", "lot_one: 2", "2", "expected lot_one: 1"),
    ("name: bicycle", "name: Bicycle", "Bicycle", "a name of a to z"),
    ("name: base", "nam: base", "nam", "did you mean name?"),
    ("require: |", "exclude: |", "height > 1400", "expected a list"),
    ("{id: heavy,", "{id: heavy, require: mudguards,", "{id: heavy", "expected one of when and then; require"),
    ("says: Steel", "says: &a Steel", "&a", "expected no anchors"),
    ("says: Steel", "says: *a Steel", "*a", "expected no aliases"),
    ("says: Steel", "says: !!str Steel", "!!str", "expected no tags"),
    ("name: bicycle", "name: bicycle\nname: bicycle", "name: bicycle\nvat", "is here twice"),
    ("vat: 19", "? [vat]\n: 19", "[vat]", "expected a key"),
    ("vat: 19", "vat: [19", None, "this is not YAML"),
    ("name: base", "name: base, title: Frame, fork", "fork", "between braces a value with a comma stands in quotes"),
    ("name: base", "name: base, title: at {x}", None, "put a text with one of , [ ] { } in quotes"),
    ("vat: 19", "vat: \"\\0\"", '"\\0"', "expected visible characters, found U+0000"),
    ("title: Frame", 'title: "Fr\\u202Eame"', '"Fr', "characters, found U+202E RIGHT-TO-LEFT OVERRIDE"),
    ("title: Frame", "title: Fr\u202eame", "\u202e", "expected visible characters, found U+202E"),
    ("title: Frame", "title: Fr\ue000ame", "\ue000", "found U+E000"),
    ("title: Frame", f"title: {'x' * 201}", "xxx", "at most 200 characters, found 201"),
    ("id: light", "id: li\u200bght", "li\u200b", "visible characters in a name, found U+200B ZERO WIDTH SPACE"),
    ("name: base", 'name: "ba\\nse"', 'ba', "visible characters in a name, found U+000A"),
    ("{mass: 2.5}", "{ma\u00adss: 2.5, mass: 2}", "ma\u00ad", "found U+00AD SOFT HYPHEN"),
    ("vat: 19", "currency: EUX", "EUX", "there is no currency"),
    ("r: 5}", 'fill: "url(//evil.example)"}', 'url', "expected a colour"),
    ("r: 5}", 'stroke: "{frame}"}', '{frame}"', "expected a colour"),
    ("r: 5}", 'color: "#{i}"}', '#{i}"', "expected a colour"),
])
def test_what_is_wrong_is_told_with_its_place(tmp_path, right, wrong, found, message):
    text = BICYCLE.replace(right, wrong, 1)
    error = problems(written(tmp_path, text))
    assert message in str(error)
    assert error.file == "bicycle.yaml"
    line = text.split("\n")[error.line - 1]
    if found is not None:
        rest = "\n".join([line[error.column - 1:], *text.split("\n")[error.line:]])
        assert rest.startswith(found), f"{error} points at {rest[:20]!r}"
    assert str(error).startswith(f"bicycle.yaml, line {error.line}, column {error.column}: ")


def test_what_the_guide_calls_optional_may_be_left_out(tmp_path):
    text = BICYCLE.replace("kind: boolean, price: 49", "kind: boolean, yes_value: {title: With mudguards}")
    model = load(written(tmp_path, text + "items:\n  - {part: FR}\n"))
    assert model.items[0].quantity == Const(1)
    assert model["mudguards"].yes == Value(name="yes", title="With mudguards")
    assert load(dump(model)) == model


def test_colours_are_written_or_chosen(tmp_path):
    for colour in "none", "currentColor", "#fff", "#2f4553", "{frame.swatch}":
        load(written(tmp_path, BICYCLE.replace("r: 5}", f'fill: "{colour}"}}')))


@pytest.mark.parametrize("text", [f"title: {'x' * 1_000_000}", f"lead_days: '{'1+' * 500_000}1'",
                                  f"lead_days: \"{'(' * 1_000_000}\"", f"name: {'x' * 1_000_000}",
                                  f"picture: {{view: [0, 0, 1, 1], caption: '{'x{1}' * 250_000}', layers: []}}"])
def test_a_megabyte_in_one_text_is_refused_at_once(tmp_path, text):
    path = written(tmp_path, BICYCLE.split("groups:")[0].replace("vat: 19", text) + "characteristics: []\n")
    started = time.process_time()
    assert problems(path).line
    assert time.process_time() - started < 1


@pytest.mark.parametrize(("content", "place", "found"), [
    (b"lot_one: 1\nname: b\xffcycle\n", (2, 8), "the byte FF"),
    ("lot_one: 1\ntitle: Räd\0er\n".encode(), (2, 11), "U+0000"),
    (b"lot_one: 1\ntitle: \xed\xa0\x80\n", (2, 8), "the byte ED"),
    ("lot_one: 1\ntitle: Rä\x1b[2J\n".encode(), (2, 10), "U+001B"),
    ("\ufefflot_one: 1\x07\n".encode(), (1, 11), "U+0007"),
])
def test_bytes_that_are_no_text_are_told_with_their_place(tmp_path, content, place, found):
    for suffix in ".yaml", ".uvl", ".dimacs", ".xml":
        path = tmp_path / f"bytes{suffix}"
        path.write_bytes(content)
        error = problems(path)
        assert (error.file, error.line, error.column) == (path.name, *place)
        assert found in str(error)


def test_several_problems_are_told_at_once(tmp_path):
    text = BICYCLE.replace("frame = steel", "frame = stel").replace("not mudguards", "not mudguard").replace(
        "amount: 1490", "amount: frme")
    told = str(problems(written(tmp_path, text))).split("\n")
    assert [line.split("; ")[-1] for line in told] == [
        "did you mean steel?", "did you mean mudguards?", "did you mean frame?"]


def test_a_file_may_include_others_beside_it(tmp_path):
    (tmp_path / "parts.yaml").write_text("parts:\n  - {number: A, title: Axle}\n  - {number: FR}\n")
    text = BICYCLE.replace("name: bicycle", "name: bicycle\ninclude: [parts.yaml]")
    assert "parts.yaml" not in dump(load(written(tmp_path, text.replace("number: FR,", "number: FX,"))))
    error = problems(written(tmp_path, text))
    assert (error.file, error.line, error.message) == ("bicycle.yaml", 29, '"FR" is here already')
    (tmp_path / "parts.yaml").write_text("parts:\n  - {number: A}\n  - {number: A}\n")
    error = problems(written(tmp_path, text))
    assert (error.file, error.line, error.column) == ("parts.yaml", 3, 14)


@pytest.mark.parametrize(("name", "message"), [
    ("../secret.yaml", "plain name"), ("/etc/passwd", "plain name"), ("bicycle.yam", "plain name"),
    ("prts.yaml", "did you mean parts.yaml?"), ("bicycle.yaml", "an included file has only"),
    ("..\\\\x.yaml", "plain name")])
def test_an_include_stays_beside_the_file(tmp_path, name, message):
    (tmp_path / "parts.yaml").write_text("parts: []\n")
    error = problems(written(tmp_path, BICYCLE.replace("name: bicycle", f'name: bicycle\ninclude: ["{name}"]')))
    assert message in str(error)


def test_text_alone_includes_nothing():
    with pytest.raises(FormatError, match="only a file can include"):
        load(BICYCLE.replace("name: bicycle", "name: bicycle\ninclude: [parts.yaml]"))


@pytest.mark.parametrize("text", [
    "[" * 200_000, "{a: " * 50_000, "- " * 100_000, "a: " + "[" * 900 + "]" * 900, "? " * 10_000,
    "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "!!python/object/apply:os.system [ls]\n", "a: 1\n---\nb: 2\n",
    "", "\n", "just text", "- a\n- b\n", "\0\n", "a: \ud800\n", "%YAML 9.9\n---\na: 1\n", "a:\n\t- b\n",
    "lot_one: 1\n" + "x" * 100_000 + ": 1\n"])
def test_hostile_files_are_refused_quickly(text, tmp_path):
    started = time.process_time()
    path = tmp_path / "hostile.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(FormatError):
        load(path)
    assert time.process_time() - started < 5


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(FormatError, match="expected at most"):
        load(path)


def test_a_name_of_no_known_format_is_refused():
    with pytest.raises(FormatError, match="expected a file that ends in"):
        load("catalogue.json")
