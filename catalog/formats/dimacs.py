"""DIMACS CNF: yes/no variables and clauses. A comment `c N name` names variable N, `c product name` the product.

http://www.satcompetition.org/2009/format-benchmarks2009.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.formats.errors import FormatError
from catalog.formats.foreign import Place, called, family, lossless, paged, sentence
from catalog.language import quoted
from catalog.model import Boolean, ProductModel, Rule
from catalog.nodes import Is, Or
from catalog.occurrences import Path

MOST_VARIABLES = 100_000
_COMMENT = re.compile(r"c\s+([0-9]{1,9}|product)\s+(\S.*)")
_LITERAL = re.compile(r"-?[0-9]{1,9}")
_LITERALS = re.compile(r"(?:\s*-?[0-9]{1,9}(?!\S))*\s*")


def load_text(text: str, name: str) -> ProductModel:
    """The model that a DIMACS text says; `name` is what it is called unless the text says so.

    Raises FormatError with line and column.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    header, variables, clauses = _header(lines)
    comments = _comments(lines)
    names = _names(comments, variables)
    literals = {sign * number: Is(name, (sign > 0,)) for number, name in enumerate(names, 1) for sign in (1, -1)}
    places: dict[Path, Place] = {("characteristics", index): (comments.get(str(index + 1), ("", header))[1], 1)
                                 for index in range(variables)}
    rules: list[Rule] = []
    for clause, line in _clauses(lines, header, variables):
        places["rules", len(rules)] = line, None
        condition = Or(tuple(map(literals.__getitem__, clause)))
        rules.append(Rule(name=f"c{len(rules) + 1}", condition=condition, sentence=sentence(condition)))
    if len(rules) != clauses:
        raise FormatError(f"expected {clauses} clauses as announced, found {len(rules)}", header)
    groups, characteristics = paged([Boolean(name=name) for name in names])
    title = comments["product"][0] if "product" in comments else name
    return family(title, groups, characteristics, tuple(rules), places)


def dump_text(model: ProductModel) -> str:
    """The model as DIMACS; raises ValueError naming what DIMACS cannot express."""
    numbers = {characteristic.name: number for number, characteristic in enumerate(model.characteristics, 1)}
    lines = [f"c product {called(model)}", *(f"c {number} {name}" for name, number in numbers.items()),
             f"p cnf {len(numbers)} {len(model.rules)}"]
    for characteristic in model.characteristics:
        if not isinstance(characteristic, Boolean):
            raise ValueError(f"DIMACS cannot express {characteristic.name}: it is no yes/no")
    lines += [" ".join(map(str, (*_clause(rule, numbers), 0))) for rule in model.rules]
    return lossless(model, "\n".join(lines) + "\n", load_text, "DIMACS")


def _clause(rule: Rule, numbers: dict[str, int]) -> Iterator[int]:
    for literal in rule.condition.operands if isinstance(rule.condition, Or) else [rule.condition]:
        match literal:
            case Is(name, (bool(value),)):
                yield numbers[name] if value else -numbers[name]
            case _:
                raise ValueError(f"DIMACS cannot express rule {rule.name}: it is no clause")


def _header(lines: list[str]) -> tuple[int, int, int]:
    """The line number of `p cnf variables clauses`, and its two counts."""
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("c"):
            continue
        found = re.fullmatch(r"\s*p\s+cnf\s+([0-9]{1,9})\s+([0-9]{1,9})", line)
        if not found:
            raise FormatError("expected the header `p cnf VARIABLES CLAUSES`", number, 1)
        variables, clauses = int(found[1]), int(found[2])
        if variables > MOST_VARIABLES:
            raise FormatError(f"expected at most {MOST_VARIABLES:,} variables, found {variables:,}", number, 1)
        return number, variables, clauses
    raise FormatError("expected the header `p cnf VARIABLES CLAUSES`, found none", len(lines), 1)


def _comments(lines: list[str]) -> dict[str, tuple[str, int]]:
    """What comments name, by variable number or "product": the name and its line."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("c") and (comment := _COMMENT.fullmatch(line)):
            found.setdefault(comment[1].lstrip("0"), (comment[2], number))
    return found


def _names(comments: dict[str, tuple[str, int]], variables: int) -> list[str]:
    """The name of each variable, its number if it has none."""
    names: dict[str, int | None] = {}
    for number in range(1, variables + 1):
        name, line = comments.get(str(number), (str(number), None))
        if name in names:
            raise FormatError(f"expected a name of its own for variable {number}, found {quoted(name)} again",
                              line or names[name], 1)
        names[name] = line
    return list(names)


def _clauses(lines: list[str], header: int, variables: int) -> Iterator[tuple[list[int], int]]:
    """The literals of each clause and the line that it ends in; clauses end with 0, not with the line."""
    clause: list[int] = []
    for number, line in enumerate(lines[header:], header + 1):
        if line.startswith("c"):
            continue
        if line.startswith("%"):  # some collections end their clauses so
            break
        for literal in _literals(line, variables, number):
            if literal:
                clause.append(literal)
            else:
                yield clause, number
                clause = []
    if clause:
        raise FormatError("expected 0 at the end of the last clause", len(lines))


def _literals(line: str, variables: int, number: int) -> list[int]:
    tokens = line.split()
    if _LITERALS.fullmatch(line):
        literals = list(map(int, tokens))
        if not literals or max(literals) <= variables >= -min(literals):
            return literals
    return [_literal(token, variables, number, line) for token in tokens]


def _literal(token: str, variables: int, number: int, line: str) -> int:
    literal = int(token) if _LITERAL.fullmatch(token) else variables + 1
    if abs(literal) > variables:
        raise FormatError(f"expected a variable number up to {variables} or 0, found {quoted(token)}", number,
                          line.index(token) + 1)
    return literal
