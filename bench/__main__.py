"""Measures everything, or the parts named, and writes docs/bench.md and bench/results.json: other parts stay."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
from dataclasses import asdict
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.tables import Table

PARTS = ("engine", "limits", "proof", "memory", "orders", "pages", "clicks", "desk", "sheets", "value")
ROOT = Path(__file__).parents[1]
RESULTS, PAGE = ROOT / "bench/results.json", ROOT / "docs/bench.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []],
                        help=f"one of {', '.join(PARTS)}; all by default")
    for part in parser.parse_args().parts or PARTS:
        tables = []
        for table in import_module(f"bench.{part}").tables():
            print(table.markdown(), flush=True)
            tables.append(asdict(table))
        _keep(part, tables)


def _keep(part: str, tables: list[dict[str, Any]]) -> None:
    """In the place of what the part gave before."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[part] = {"measured": date.today().isoformat(), "machine": _machine(), "tables": tables}
    RESULTS.write_text(json.dumps({part: kept[part] for part in PARTS if part in kept}, indent=1))
    PAGE.write_text(_page(kept))


def _page(kept: dict[str, Any]) -> str:
    heading = """\
# Measured

By `make bench`, or `python -m bench PART` for one part: engine, limits, proof, memory, orders, pages, clicks, desk,
sheets, value. Where a machine is shared, ratios tell more than times. When and where each part was measured:

"""
    when = "".join(f"- {part}: {kept[part]['measured']}, {kept[part]['machine']}\n" for part in PARTS if part in kept)
    tables = [Table(**table).markdown() for part in PARTS for table in kept.get(part, {}).get("tables", ())]
    return heading + "\n".join([when, *tables])


def _machine() -> str:
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    """What Linux calls it, else the architecture."""
    told = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", told.read_text()) if told.exists() else []
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
