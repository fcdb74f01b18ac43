"""Damaged and hostile files: whatever comes in, a clear FormatError comes out, and soon."""

from __future__ import annotations

import gzip
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from factories import bench
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite
from test_catalog_documentation import EXAMPLE, SHARED

from catalog import samples
from catalog.formats import FormatError, load
from orders.memory import history

SECONDS = 3
SAMPLE = Path(samples.__file__).with_name("bookcase.yaml").read_bytes()
EVERY_KEY = EXAMPLE.encode()
FOREIGN = {
    ".uvl": b"""namespace N
features
  R {abstract, cost 5, d "x", list [1, 2]}
    mandatory
      A
      "B c"
    [1..2]
      C
      D {m 2.5}
constraints
  (A | !C) & "B c" => D // why
  C <=> !A
""",
    ".dimacs": b"""c product P
c 1 a
c 2 b c
p cnf 3 3
1 -2 0
-1 2
3 0 -3 0
""",
    ".xml": b"""<?xml version="1.0"?>
<instance>
<presentation name="car" format="XCSP 2.1"/>
<domains nbDomains="2"><domain name="D0" nbValues="2">0 1</domain>
<domain name="D1" nbValues="3">-1 2..3</domain></domains>
<variables><variable name="e" domain="D0"/><variable name="r" domain="D1"/></variables>
<relations><relation name="R0" arity="2" nbTuples="2" semantics="supports">0 2|1 3</relation></relations>
<constraints><constraint name="C0" arity="2" scope="e r" reference="R0"/></constraints>
</instance>
"""}
HISTORY = b"""wood,width,lamp,hooks,engraving,who,on,n
oak,900,yes,left|right,Ada,1001,2026-01-02,3
pine,1200,no,,,,,1
"""
PIECES = [b"\xff", b"\xed\xa0\x80", b"9" * 400, b"(" * 99, *(text.encode() for text in (
    "\x00", "\x1b", "\u202e", "\u0663", "\U0001f6b2", "{", "}", "[", "]", '"', "'", "\\", "\n", "\r", "\t", " ", ":",
    "-", "<!DOCTYPE a>", "&#0;", "&#xd800;", "&a", "*a", "!!x", "#", "|", ">", "<", "%", "-1", "0", "1e9", "]]>",
    "null", "<<: "))]
HOSTILE: list[Any] = [
    None, True, -1, 0, 10**30, 1.5, float("nan"), "", " ", "0", "true", "{", "{{", "x" * 300, "1 / 0", "\0", [], [[]],
    {}, {"": ""}, [None], {"name": "a"}, ["a", "a"], "\u202e", "ß" * 50, "(" * 200, "-" * 200]


@composite
def damaged(draw: DrawFn, whole: bytes) -> bytes:
    """The bytes with some flipped, left out, doubled, moved or put in."""
    content = whole
    for _ in range(draw(st.integers(1, 4))):
        start, size = draw(st.integers(0, len(content))), draw(st.integers(0, 40))
        before, piece, after = content[:start], content[start:start + size], content[start + size:]
        match draw(st.sampled_from(["flip", "leave out", "double", "move", "put in", "end"])):
            case "flip":
                bit = 1 << draw(st.integers(0, 7))
                content = before + bytes(byte ^ bit for byte in piece[:1]) + piece[1:] + after
            case "leave out":
                content = before + after
            case "double":
                content = before + piece * draw(st.integers(2, 9)) + after
            case "move":
                content = before + after[:size] + piece + after[size:]
            case "put in":
                content = before + draw(st.sampled_from(PIECES)) + piece + after
            case "end":
                content = before
    return content


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything in a document."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else []
    return [path, *(found for key, value in inner for found in places(value, (*path, key)))]


@composite
def distorted(draw: DrawFn, whole: bytes) -> bytes:
    """The document with values of wrong types, keys swapped or gone, and entries doubled."""
    document = yaml.safe_load(whole)
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(document)[1:]))
        parent = document
        for step in path:
            parent = parent[step]
        match draw(st.sampled_from(["other", "gone", "renamed", "moved"])):
            case "other":
                parent[last] = draw(st.sampled_from(HOSTILE))
            case "gone":
                del parent[last]
            case "renamed" if isinstance(parent, dict):
                parent[draw(st.sampled_from([*parent, "title", "when", "x", ""]))] = parent.pop(last)
            case "moved":
                target = draw(st.sampled_from(places(document)[1:]))
                moved, place = parent[last], document
                for step in target[:-1]:
                    place = place[step]
                place[target[-1]] = yaml.safe_load(yaml.safe_dump(moved))
        if not isinstance(document, dict) or len(places(document)) < 2:
            break
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode("utf-8", "surrogatepass")


def refused_or_loaded(path: Path, content: bytes) -> None:
    """A file is loaded, or refused with file and line, and soon."""
    path.write_bytes(content)
    started = time.process_time()
    try:
        load(path)
    except FormatError as error:
        for each in (error, *error.also):
            assert each.file == path.name
            assert each.line, each
            assert 1 <= each.line <= content.count(b"\n") + content.count(b"\r") + 2
    assert time.process_time() - started < SECONDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile")
    (path / "workshop.yaml").write_text(SHARED, "utf-8")
    (path / "common.yaml").write_bytes(Path(samples.__file__).with_name("common.yaml").read_bytes())
    return path


def fuzz(content: SearchStrategy[bytes], examples: int) -> Any:
    return lambda test: settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])(
        given(content=content)(test))


@fuzz(damaged(EVERY_KEY) | distorted(EVERY_KEY), 100)
def test_a_damaged_catalogue_is_refused_or_loaded(folder: Path, content: bytes) -> None:
    refused_or_loaded(folder / "shelf.yaml", content)


@fuzz(damaged(SAMPLE), 8)
def test_a_damaged_sample_is_refused_or_loaded(folder: Path, content: bytes) -> None:
    refused_or_loaded(folder / "bookcase.yaml", content)


@pytest.mark.parametrize("suffix", FOREIGN)
def test_the_snippets_are_sound(folder: Path, suffix: str) -> None:
    (folder / f"sound{suffix}").write_bytes(FOREIGN[suffix])
    assert len(load(folder / f"sound{suffix}").rules) > 0


@fuzz(st.sampled_from(sorted(FOREIGN)).flatmap(
    lambda suffix: damaged(FOREIGN[suffix]).map(lambda content: suffix.encode() + b"\0" + content)), 200)
def test_a_damaged_foreign_file_is_refused_or_loaded(folder: Path, content: bytes) -> None:
    suffix, _, rest = content.partition(b"\0")
    refused_or_loaded(folder / f"foreign{suffix.decode()}", rest)


@fuzz(damaged(HISTORY) | damaged(gzip.compress(HISTORY, mtime=0)), 120)
@example(content=b"width,n\n--5,1\n5-,1\n" + b"9" * 5000 + b",1\n")
@example(content="width,n\n\u0663,\u0663\n\u00b2,\u00b2\n".encode())
@example(content=b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff")
def test_a_damaged_history_is_counted_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "history.csv"
    path.write_bytes(content)
    for layout in history.Layout(), history.Layout(customer="who", date="on", count="n"):
        with suppress(history.HistoryError):
            report = history.read(path, bench(), lambda _: None, layout)
            assert report.rows == report.valid + report.with_unknown + sum(report.malformed.values())
