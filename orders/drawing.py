"""The life cycles as a page of the documentation: drawn from their tables, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator

from orders import lifecycle
from orders.lifecycle import Transition
from orders.quotation import quotes

HEADING = """# The life cycle of an order, and of a quote

Drawn from the tables in `orders/lifecycle.py` and `orders/quotation/quotes.py` by
`lotone lifecycle > docs/lifecycle.md`; a test compares them.
"""
TITLES = {"order": "An order", "request": "What is asked for after the release", "quote": "A quote"}
ENDS = {**lifecycle.ENDS, "quote": quotes.ENDS}


def page() -> str:
    """Diagrams and tables, as Markdown."""
    return HEADING + "".join(f"\n## {title}\n\n{_diagram(of)}\n{_table(of)}" for of, title in TITLES.items())


def _diagram(of: str) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *_lines(of), "```", ""])


def _lines(of: str) -> Iterator[str]:
    """Several acts between two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in _of(of):
        arrows.setdefault((step.before or "[*]", step.after), []).append(step.act)
    yield from (f"    {before} --> {after}: {', '.join(acts)}" for (before, after), acts in arrows.items())
    yield from (f"    {end} --> [*]" for end in ENDS[of])


def _table(of: str) -> str:
    rows = [f"| {step.act} | {step.before or '-'} | {step.after} | {', '.join(step.who)} |" for step in _of(of)]
    return "\n".join(["| what | from | to | who may |", "|---|---|---|---|", *rows, ""])


def _of(of: str) -> list[Transition]:
    return [step for step in (*lifecycle.TRANSITIONS, *quotes.TRANSITIONS) if step.of == of]
