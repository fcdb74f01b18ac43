"""The shelf that tests of checking are about, its expressions, and what is said when it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog.checking import check
from catalog.language import Scope, read_expression
from catalog.model import Boolean, Choice, Number, ProductModel, Several, Text, Value
from catalog.nodes import Expression
from catalog.problems import CatalogueError


def shelf(**changes: Any) -> ProductModel:
    model = ProductModel(name="shelf", characteristics=(
        Number(name="width", least=600, most=2400), Number(name="bays", least=0, most=4),
        Choice(name="board", values=(Value(name="oak", attributes={"mm": 19}), Value(name="birch"))),
        Boolean(name="back"), Several(name="extras", values=(Value(name="light"), Value(name="ladder"))),
        Text(name="plate", most=9)))
    return replace(model, **changes)


def number(text: str) -> Expression:
    return read_expression(text, Scope.of(shelf()))


def refused(model: ProductModel) -> str:
    with pytest.raises(CatalogueError) as caught:
        check(model)
    return str(caught.value)
