"""What the engine is measured on: the samples, the cars and feature models there are, and models made by a rule."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from bench.branches import cut
from bench.tables import DATA
from catalog.formats import load

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "catalog/samples"
FILES = [*(SAMPLES / f"{name}.yaml" for name in ("shirt", "touring_bicycle", "bookcase")),
         *(DATA / f"renault-{size}/constraints.xml" for size in ("small", "medium")),
         *sorted(path for path in (DATA / "feature-models").glob("*") if path.suffix in (".uvl", ".dimacs"))]
GROWING = (1_300, 3_300, 8_300, 21_000)
CAR = DATA / "feature-models/automotive02-v1.uvl"
CUT = (875, 2_200, 5_600, 14_010)
"""Features of the parts of that car maker's model; the last is all of it."""
CLAUSES = 350_000 / 21_000
"""Clauses for each feature of the growing models, as the largest known ones have."""
NEAR, FAR = 50, 500
"""Features exclude each other within families of so many, on conditions up to so far away."""
CHOICES, RULES, PARTS = 20, 40, 20


def made(folder: Path) -> Iterator[Path]:
    """Writes the made models as files; yields their paths."""
    texts = {"window, 10 mm": window(400, 2400, 2200, 10), "window, 1 mm": window(300, 3300, 2800, 1), "watts": watts()}
    for name, text in texts.items():
        yield _written(folder / f"{name}.yaml", text)
    for features in GROWING:
        yield _written(folder / f"grown to {features}.dimacs", grown(features))
    if CAR.exists():
        car = load(CAR)
        for features in CUT:
            yield _written(folder / f"automotive02 cut to {features}.dimacs", cut(car, features))


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def grown(features: int) -> str:
    """A tree of features in families, in which pairs exclude each other if a third one is chosen.

    What depends on what is as near at every size, as where departments describe their parts of a product: only so can
    the cost be told by the size alone.
    """
    chance = random.Random(features)
    clauses = [[1], *([-i, max(1, i // 4)] for i in range(2, features + 1))]
    while len(clauses) < features * CLAUSES:
        first = chance.randrange(0, features - NEAR, NEAR) + 2
        one, other = chance.sample(range(first, min(first + NEAR, features)), 2)
        clauses.append([-one, -other, -chance.randrange(max(2, first - FAR), min(first + FAR, features))])
    lines = [*(f"c {i} f{i}" for i in range(1, features + 1)), f"p cnf {features} {len(clauses)}"]
    return "\n".join([*lines, *(" ".join(map(str, [*clause, 0])) for clause in clauses), ""])


def window(least: int, widest: int, highest: int, step: int) -> str:
    """A window with limits of area, aspect and weight, choices, and rules between them."""
    chance = random.Random(1)
    choices = "".join(
        f"  - {{name: c{i}, kind: choice, values: [{', '.join(_weighed(i, j) for j in range(2 + i % 4))}]}}\n"
        for i in range(CHOICES))
    return f"""lot_one: 1
name: window
characteristics:
  - {{name: width, kind: number, unit: mm, least: {least}, most: {widest}, step: {step}}}
  - {{name: height, kind: number, unit: mm, least: {least}, most: {highest}, step: {step}}}
{choices}quantities:
  - {{name: kilograms, is: "width * height / 1000000 * (10 + {' + '.join(f'c{i}.weight' for i in range(4))})"}}
rules:
  - {{id: area, says: At most 3.2 square metres., require: "width * height <= 3200000"}}
  - {{id: aspect, says: At most three times as high as wide., require: "height <= 3 * width"}}
  - {{id: lying, says: At most two and a half times as wide as high., require: "2 * width <= 5 * height"}}
  - {{id: weight, says: At most 90 kg., require: "kilograms <= 90"}}
{"".join(_rule(i, chance) for i in range(RULES))}"""


def _weighed(choice: int, value: int) -> str:
    return f"{{name: v{value}, attributes: {{weight: {2 * value + choice % 3}}}}}"


def _rule(number: int, chance: random.Random) -> str:
    """Every fourth rule is about a size."""
    one, other = chance.sample(range(CHOICES), 2)
    then = f"c{other} != v{chance.randrange(2)}" if number % 4 else f"width <= {chance.randrange(900, 2300, 100)}"
    return f'  - {{id: r{number}, says: Rule {number}., when: "c{one} = v{chance.randrange(2)}", then: "{then}"}}\n'


def watts() -> str:
    """Parts that draw power from a supply that must feed them all."""
    parts = "".join(
        f"  - {{name: p{i}, kind: choice, values: [{', '.join(_drawing(i, j) for j in range(5))}]}}\n"
        for i in range(PARTS))
    supplies = ", ".join(f"{{name: w{power}, attributes: {{watts: {power}}}}}" for power in range(250, 1001, 150))
    return f"""lot_one: 1
name: watts
characteristics:
  - {{name: supply, kind: choice, values: [{supplies}]}}
{parts}quantities:
  - {{name: drawn, is: "{' + '.join(f'p{i}.watts' for i in range(PARTS))}"}}
rules:
  - {{id: power, says: The supply feeds all parts., require: "drawn <= supply.watts"}}
"""


def _drawing(part: int, value: int) -> str:
    return f"{{name: v{value}, attributes: {{watts: {value * (7 + 5 * part % 23)}}}}}"
