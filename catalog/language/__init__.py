"""The rule language: text <-> the nodes of `catalog.expressions`.

Reading resolves every name and checks every type, so that an expression that was read can be evaluated. Text is
untrusted: length, nesting and numbers are bounded, and nothing is ever executed. docs/catalogue.md describes the
language, grammar.lark has its grammar.
"""

from __future__ import annotations

from catalog.intervals import LARGEST
from catalog.language.literals import exact, read_number, write_name, write_number
from catalog.language.reader import Reader, shallow
from catalog.language.scope import LanguageError, Scope, listed, nearest, quoted, valued
from catalog.language.syntax import DEEPEST, LONGEST, deeper, parse
from catalog.language.templates import read_template, write_template
from catalog.language.writer import write
from catalog.nodes import Condition, Expression

__all__ = [
    "DEEPEST", "LARGEST", "LONGEST", "LanguageError", "Scope", "deeper", "exact", "listed", "nearest", "quoted",
    "read_condition", "read_expression", "read_number", "read_template", "valued", "write", "write_name",
    "write_number", "write_template",
]


def read_expression(text: str, scope: Scope) -> Expression:
    """The number that a text means; raises LanguageError."""
    return shallow(Reader(scope).number(parse(text)))


def read_condition(text: str, scope: Scope) -> Condition:
    """The condition that a text means; raises LanguageError."""
    return shallow(Reader(scope).condition(parse(text)))
