"""Measures everything, or the modules named, and writes docs/bench.md and bench/results.json."""

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

MODULES = ("engine", "limits", "proof", "memory", "orders", "pages")
ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="NAME", help=f"one of {', '.join(MODULES)}; all by default")
    names = parser.parse_args().modules or MODULES
    tables = []
    for name in names:
        for table in import_module(f"bench.{name}").tables():
            print(table.markdown(), flush=True)
            tables.append(table)
    machine = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    heading = f"""\
# Measured

By `make bench` on {date.today().isoformat()}: {machine}. Where a machine is shared, ratios tell more than times.
`python -m bench engine` (or `limits`, `proof`, `memory`, `orders`, `pages`) measures one part and writes nothing.
"""
    if names is MODULES:
        (ROOT / "docs/bench.md").write_text("\n".join([heading, *(table.markdown() for table in tables)]))
        results = {"machine": machine, "tables": [asdict(table) for table in tables]}
        (ROOT / "bench/results.json").write_text(json.dumps(results, indent=1))


def _processor() -> str:
    """What Linux calls it, else the architecture."""
    told = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", told.read_text()) if told.exists() else []
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
