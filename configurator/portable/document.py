"""The file that a customer takes along: sections of flat records, as JSON or as one table; see docs/portability.md.

Both say the same, and both are read again by `from_bytes`, which checks every field. In the table a cell that a
spreadsheet would take for a formula has an apostrophe before it; reading takes it off.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from catalog.characters import hidden

VERSION = 1
MOST = 5_000
"""Records that are read,"""
MOST_OF = {"person": 200, "place": 200, "specification": 500, "revision": 1_000}
MOST_OF_OTHERS = 2_000
"""and of one section: nobody waits long while they are taken in."""
DEEPEST = 12
"""Levels of lists and mappings within each other that are read."""
LONGEST = 4_000
"""Characters of a text that is read."""
RISKY = re.compile(r"^['=+\-@\t\r\n]")
"""What a spreadsheet takes for a formula, and what we put before it."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "customer": {"number": "text", "name": "text", "company": "text?", "email": "text", "phone": "text",
                 "at": "moment"},
    "person": {"name": "text", "themself": "yes", "at": "moment"},
    "place": {"name": "text", "plan": "mapping?", "at": "moment"},
    "fact": {"person": "text?", "place": "text?", "trait": "text", "value": "answer", "unit": "text", "at": "moment",
             "source": "text", "taken_by": "text"},
    "specification": {"number": "text", "product": "text", "name": "text", "person": "text?", "place": "text?",
                      "at": "moment"},
    "revision": {"specification": "text", "letter": "text", "version": "whole", "digest": "text", "at": "moment",
                 "choices": "mapping", "values": "mapping"},
    "order": {"number": "text", "product": "text", "version": "whole", "digest": "text", "person": "text?",
              "place": "text?", "specification": "text?", "quantity": "whole", "currency": "text", "total": "whole",
              "promised_on": "day", "state": "text", "inputs": "whole", "at": "moment", "values": "mapping"},
    "order before": {"order": "text", "revision": "whole", "quantity": "whole", "total": "whole", "promised_on": "day",
                     "words": "text", "at": "moment", "values": "mapping"},
    "request": {"order": "text", "kind": "text", "state": "text", "words": "text", "answer": "text", "at": "moment",
                "values": "mapping?"},
    "shipment": {"order": "text", "carrier": "text?", "tracking": "text", "at": "moment", "delivered_at": "moment?",
                 "returned_at": "moment?", "words": "text?"},
    "mail": {"order": "text", "kind": "text", "email": "text", "subject": "text", "text": "text", "at": "moment",
             "sent_at": "moment?"},
    "quote": {"number": "text", "revision": "whole", "currency": "text", "total": "whole", "valid_until": "day",
              "at": "moment", "words": "text", "lines": "mapping"},
    "quote event": {"number": "text", "revision": "whole", "state": "text", "name": "text", "words": "text",
                    "at": "moment"},
    "evidence": {"kind": "text", "product": "text", "version": "whole", "digest": "text", "person": "text?",
                 "place": "text?", "at": "moment", "source": "text", "note": "text", "values": "mapping",
                 "corrected": "mapping?", "verdicts": "mapping"},
    "note": {"text": "text", "pinned": "yes", "at": "moment"},
    "call": {"began_at": "moment", "at": "moment"},
    "follow up": {"about": "text", "done": "text", "until": "day?", "at": "moment"},
    "tier": {"name": "text?", "orders": "whole", "total": "whole", "kinds": "whole", "words": "text", "at": "moment"},
    "tier use": {"order": "text", "what": "text", "at": "moment"},
    "measurement": {"order": "text", "operation": "text", "step": "whole", "piece": "whole", "value": "answer",
                    "unit": "text", "within": "yes", "decision": "text", "words": "text", "at": "moment"},
    "problem": {"order": "text", "operation": "text", "step": "whole", "note": "text", "words": "text", "at": "moment",
                "settled_at": "moment?"},
    "past order": {"product": "text", "day": "day?", "quantity": "whole", "source": "text", "values": "mapping"},
    "draft": {"product": "text", "version": "whole", "digest": "text", "person": "text?", "place": "text?",
              "at": "moment", "choices": "mapping", "values": "mapping"},
    "consent": {"purpose": "text", "given": "yes", "at": "moment"},
    "forgotten": {"person": "text?", "place": "text?", "key": "text", "at": "moment"},
}
"""The fields of each kind of record, and what they hold; `?`: or nothing."""

Record = dict[str, Any]
Document = dict[str, list[Record]]
"""The records of each section."""


class Unreadable(ValueError):
    """A file that cannot be read; says where, and what was expected."""


def to_json(document: Document) -> str:
    """The document as JSON."""
    written = {section: [{name: _plain(record[name]) for name in SECTIONS[section]} for record in records]
               for section, records in document.items()}
    return json.dumps({"lot_one": VERSION, **written}, indent=1, ensure_ascii=False)


def to_csv(document: Document) -> str:
    """The document as one table, a line for each record."""
    table = io.StringIO()
    writer = csv.DictWriter(table, ["record", *_columns()], restval="", lineterminator="\r\n")
    writer.writeheader()
    for section, records in document.items():
        for record in records:
            cells = {name: _cell(kind.rstrip("?"), record[name]) for name, kind in SECTIONS[section].items()}
            writer.writerow({"record": section, **cells})
    return table.getvalue()


def from_bytes(content: bytes) -> Document:
    """A document as either of them wrote it; raises Unreadable for anything else."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("the file is no text in UTF-8") from error
    lines = _of_json(text) if text.lstrip()[:1] == "{" else _of_csv(text)
    document: Document = {section: [] for section in SECTIONS}
    for count, (where, section, fields) in enumerate(lines):
        if count >= MOST:
            raise Unreadable(f"{where}: the file has more than {MOST} records")
        if len(document[section]) >= (most := MOST_OF.get(section, MOST_OF_OTHERS)):
            raise Unreadable(f"{where}: the file has more than {most} records of {section}")
        document[section].append(_checked(where, section, fields))
    return document


def _columns() -> list[str]:
    return list(dict.fromkeys(name for fields in SECTIONS.values() for name in fields))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date, too


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    text = str(_plain(value)) if kind in ("text", "moment", "day") else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if RISKY.match(text) else text


def _of_json(text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Where each record is, its section and its fields."""
    try:
        read = json.loads(text, parse_constant=_refuse, parse_float=_refuse)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("the file is no JSON that was written here: its numbers are whole, and its lists few and "
                         "shallow") from error
    if read.pop("lot_one", None) != VERSION:
        raise Unreadable(f'expected "lot_one": {VERSION} at the beginning')
    for section, records in read.items():
        if section not in SECTIONS or not isinstance(records, list):
            raise Unreadable(f"{section[:80]!r}: expected a list of records under one of {', '.join(SECTIONS)}")
        for number, record in enumerate(records, 1):
            if not isinstance(record, dict):
                raise Unreadable(f"{section} {number}: expected a record")
            yield f"{section} {number}", section, record


def _of_csv(text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(reader, [])
        if head[:1] != ["record"] or set(head[1:]) - set(_columns()):
            raise Unreadable(f"expected a table with the columns record, {', '.join(_columns())}, or JSON")
        for cells in reader:
            where = f"line {reader.line_num}"
            if len(cells) != len(head):
                raise Unreadable(f"{where}: expected {len(head)} cells, not {len(cells)}")
            row = {name: cell[1:] if cell[:1] == "'" and RISKY.match(cell[1:]) else cell
                   for name, cell in zip(head, cells, strict=True)}
            section = row.pop("record")
            if section not in SECTIONS:
                raise Unreadable(f"{where}: {section[:80]!r} is none of {', '.join(SECTIONS)}")
            yield where, section, {name: _uncelled(where, name, kind, row.get(name, ""))
                                   for name, kind in SECTIONS[section].items()}
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num}: {error}") from error


def _uncelled(where: str, name: str, kind: str, cell: str) -> Any:
    if cell == "" and kind.endswith("?"):
        return None
    if kind.rstrip("?") in ("text", "moment", "day"):
        return cell
    try:
        return json.loads(cell, parse_constant=_refuse, parse_float=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{where}: {name} cannot be read; expected {_EXPECTED[kind.rstrip('?')]}") from error


def _refuse(text: str) -> None:
    raise ValueError(f"{text[:80]} is no whole number")


def _checked(where: str, section: str, fields: Mapping[str, Any]) -> Record:
    """The record with moments and days read."""
    known = SECTIONS[section]
    if strange := set(fields) - set(known):
        raise Unreadable(f"{where}: there is no field {min(strange)[:80]!r}; expected {', '.join(known)}")
    record: Record = {}
    for name, kind in known.items():
        value = fields.get(name)
        if value is None and kind.endswith("?"):
            record[name] = None
            continue
        try:
            record[name] = _READ[kind.rstrip("?")](value)
        except (ValueError, TypeError, OverflowError) as error:
            raise Unreadable(f"{where}: {name} cannot be read; expected {_EXPECTED[kind.rstrip('?')]}") from error
    return record


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or hidden(value) is not None:
        raise ValueError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) >= 1 << 31:
        raise ValueError(value)
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _moment(value: Any) -> datetime:
    read = datetime.fromisoformat(_text(value))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _answer(value: Any) -> Any:
    """JSON that is not deep, and has no text or number that a database cannot hold."""
    level = [value]
    for _ in range(DEEPEST):
        if not level:
            return value
        for one in level:
            if isinstance(one, str):
                _text(one)
            elif type(one) is int:
                _whole(one)
        level = [inner for one in level if isinstance(one, dict | list)
                 for inner in ((*one, *one.values()) if isinstance(one, dict) else one)]
    raise ValueError(value)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(value)
    read: dict[str, Any] = _answer(value)
    return read


_READ: Mapping[str, Callable[[Any], Any]] = {
    "text": _text, "whole": _whole, "yes": _yes, "moment": _moment, "mapping": _mapping, "answer": _answer,
    "day": lambda value: date.fromisoformat(_text(value))}
_EXPECTED = {"text": f"a text of at most {LONGEST} characters that can be seen", "whole": "a whole number",
             "yes": "true or false", "moment": "a moment such as 2026-05-04T09:30:00+00:00",
             "day": "a day such as 2026-05-04", "mapping": "names with their values",
             "answer": "a text, a whole number, true or false, or a list of texts"}
