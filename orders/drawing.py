"""The life cycle as a page of the documentation: drawn from the one table, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator

from orders.lifecycle import ENDS, TRANSITIONS, Transition

HEADING = """# The life cycle of an order

Drawn from the table in `orders/lifecycle.py` by `lotone lifecycle > docs/lifecycle.md`; a test compares the two.
"""
TITLES = {"order": "An order", "request": "What is asked for after the release"}


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
    return [step for step in TRANSITIONS if step.of == of]
