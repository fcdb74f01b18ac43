"""Past orders out of files: what can be built is kept once, what cannot is reported with the reason."""

import gzip
import pathlib

import pytest
from click.testing import CliRunner
from factories import a_customer, bench, published
from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.formats import load
from catalog.model import from_plain
from configurator.commands.history import conflicts, describe, history
from configurator.engine import Engine
from orders.memory import erasure, experience
from orders.memory.history import HistoryError, Layout, Report, read
from orders.records import PastOrder

DATA = pathlib.Path(__file__).parents[2] / "shared/data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the public histories are not at {DATA}")

BENCHES = """wood,lamp,width,hooks,engraving,fold,who,when,pieces
oak,yes,1200,left|right,For Ada,0,1001,2026-05-04,1
oak,yes,1200,left|right,For Ada,3,1001,2026-05-04,2
pine,no,,,,1,,,1
pine,yes,1200,,,1,,,1
steel,no,99999,,,1,,,1
pine,no,1200,left|left|middle,,1,,,1
pine,no,1200,,,1,,soon,1
pine,no,1200,,,1,,,0
pine,no
pine,0,,,,1,9999,,4
"""
LAYOUT = Layout(customer="who", date="when", count="pieces")


def told(folder: pathlib.Path, text: str = BENCHES, layout: Layout | None = LAYOUT, packed: bool = False) -> Report:
    path = folder / ("history.csv.gz" if packed else "history.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    model = bench()
    return read(path, model, conflicts(Engine(model)), layout)


@pytest.mark.parametrize("packed", [False, True])
def test_every_row_is_valid_or_invalid_for_a_reason(tmp_path: pathlib.Path, packed: bool):
    report = told(tmp_path, packed=packed)
    assert (report.rows, report.valid, report.invalid) == (10, 4, 6)
    assert report.left_out == ("fold",)
    assert report.unknown == {("wood", "steel"): 1, ("width", "99999"): 1, ("hooks", "left|left|middle"): 1}
    assert report.with_unknown == 2
    assert report.excluded == {("lamp_oak",): 1}
    assert report.malformed.total() == 3


def test_rows_that_are_alike_are_counted_together(tmp_path: pathlib.Path):
    rows = {row.values: (row.customer, str(row.placed_on), count) for row, count in told(tmp_path).orders.items()}
    assert rows[("wood", "oak"), ("lamp", True), ("width", 1200), ("hooks", frozenset({"left", "right"})),
                ("engraving", "For Ada")] == ("1001", "2026-05-04", 3)
    assert len(rows) == 2  # both the pine bench of nobody and of 9999 say the same


@pytest.mark.parametrize(("text", "layout", "expected"), [
    ("", None, "expected the first line to name characteristics"),
    ("colour,size\nred,1\n", None, "such as engraving, height"),
    ("wood,wood\noak,oak\n", None, "each column once"),
    ("wood\n\"oak\n", None, "expected a CSV file"),
    ("wood,whoo\noak,1\n", LAYOUT, "did you mean whoo"),
    ("wood\n" + "x" * 1_100_000, None, "longer than")])
def test_a_file_that_is_no_history_is_refused(tmp_path: pathlib.Path, text: str, layout: Layout | None, expected: str):
    with pytest.raises(HistoryError, match=expected):
        told(tmp_path, text, layout)


def test_a_file_that_is_cut_off_is_refused(tmp_path: pathlib.Path):
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(BENCHES.encode())[:-20])
    with pytest.raises(HistoryError, match=r"cut.csv.gz: expected a CSV file"):
        read(tmp_path / "cut.csv.gz", bench(), lambda _: None)


def test_semicolons_and_a_byte_order_mark_are_read_too(tmp_path: pathlib.Path):
    report = told(tmp_path, "\ufeffwood;lamp\r\noak;true\r\npine;false\r\n", None)
    assert (report.valid, report.left_out) == (2, ())


def kept(session: Session) -> list[tuple[int | None, int, dict]]:
    return sorted(((order.customer_id, order.count, from_plain(order.values)) for order in
                   session.scalars(select(PastOrder))), key=lambda row: row[1])


def test_what_is_kept_belongs_to_its_customer_and_is_never_doubled(session: Session, tmp_path: pathlib.Path):
    product = published(session).product
    ada = a_customer(session)
    report = told(tmp_path, BENCHES.replace("1001", ada.number))
    path = tmp_path / "history.csv"
    assert experience.known(session, product, path) is None
    assert experience.keep(session, product, path, report) == {"9999": 4}
    first = kept(session)
    assert [(customer, count) for customer, count, _ in first] == [(ada.id, 3), (None, 5)]
    assert first[1][2] == {"wood": "pine", "lamp": False}
    assert experience.known(session, product, path)
    experience.keep(session, product, path, report)
    assert kept(session) == first
    erasure.erase(session, ada)
    assert experience.keep(session, product, path, report) == {"9999": 4, ada.number: 3}
    assert {customer for customer, _, _ in kept(session)} == {None}


def test_the_command_reports_keeps_and_refuses_the_same_file(sqlite: Database, tmp_path: pathlib.Path,
                                                             monkeypatch: pytest.MonkeyPatch):
    with Session(sqlite) as session:
        published(session)
        session.commit()
    monkeypatch.setenv("LOTONE_DATABASE_URL", str(sqlite.url))
    path = tmp_path / "benches.csv"
    path.write_text(BENCHES)
    run = CliRunner().invoke
    command = ["import", "bench", str(path), "--customer", "who", "--date", "when", "--count", "pieces"]
    assert "10 rows: 4 can be built, 6 cannot" in run(history, [*command, "--check"]).output
    first = run(history, command)
    assert first.exit_code == 0, first.output
    assert "lamp_oak: The lamp is made for oak only" in first.output
    assert "Kept 8 orders." in first.output
    assert "4 of 10 rows" in run(history, ["list"]).output
    again = run(history, command)
    assert again.exit_code == 1
    assert "benches.csv was read on" in again.output
    assert run(history, [*command, "--again"]).exit_code == 0
    with Session(sqlite) as session:
        assert sum(order.count for order in session.scalars(select(PastOrder))) == 8
    assert "There is no product chair" in run(history, ["import", "chair", str(path)]).output


@needs_data
@pytest.mark.parametrize(("folder", "rows", "valid"), [("renault-small", 27_088, 710),
                                                       ("renault-medium", 14_786, 8_252)])
def test_of_a_real_history_exactly_the_buildable_rows_are_valid(folder: str, rows: int, valid: int):
    model = load(DATA / folder / "constraints.xml")
    report = read(DATA / folder / "history.csv.gz", model, conflicts(Engine(model)))
    assert (report.rows, report.valid, report.left_out) == (rows, valid, ("fold",))
    assert report.orders.total() == valid
    assert report.with_unknown + report.excluded.total() == report.invalid
    assert any("cannot" in line for line in describe(report, model))
