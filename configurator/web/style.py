"""The look of all pages as one file: who visits for the first time waits for one, not for thirty."""

from __future__ import annotations

from pathlib import Path

FILE = "style.css"
"""What it is called among the static files."""
SHEETS = ("tokens", "base", "page", "marks", "controls", "questions", "answers", "groups", "shown", "configure",
          "whom", "room", "dock", "picture", "plan", "tables", "shop", "studio", "desk", "client", "quotes", "orders",
          "became", "feedback", "relation", "memory", "sheet", "floor", "kept", "bench", "supply", "changes", "print")
"""In the order in which they build on one another."""


def style(folder: Path) -> str:
    """The sheets of a folder, one after the other, as they are when the server starts; raises OSError without one."""
    return "\n".join((folder / f"{sheet}.css").read_text("utf-8") for sheet in SHEETS)
