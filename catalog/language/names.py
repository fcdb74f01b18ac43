"""What a word means where it stands: a characteristic, one of its values, a number."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lark import Token, Tree

from catalog.language.literals import write_name
from catalog.language.scope import LanguageError, Scope, listed, nearest, quoted
from catalog.language.syntax import Part, is_word, place
from catalog.model import Boolean, Characteristic, Number, Several, Text
from catalog.nodes import Attribute, Expression, Quantity, Read

_YES_NO: dict[str | None, bool] = {"yes": True, "true": True, "no": False, "false": False}


def wrong(part: Part, message: str, known: Iterable[str] = (), name: str = "") -> LanguageError:
    """The error at a part; with a `name`, it tells the nearest of those known."""
    known = list(known)
    return LanguageError(message, *place(part), known, nearest(name, known) if name else None)


def unquoted(token: Part) -> str:
    """The name that a NAME or STRING token stands for."""
    assert isinstance(token, Token)
    if token.type != "STRING":
        return str(token)
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise wrong(token, "expected \\\" \\\\ \\n or \\uXXXX after a backslash in quotes") from None


def kind(characteristic: Characteristic) -> str:
    """What it is, in words."""
    return {"Choice": "one of several values", "Several": "a several-of", "Boolean": "a yes or no",
            "Number": "a number", "Text": "a text"}[type(characteristic).__name__]


class Names:
    """The names of a scope; what none of them can mean raises LanguageError with what was expected."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def characteristic(self, part: Part) -> Characteristic:
        """The characteristic that a part names."""
        if not is_word(part):
            raise wrong(part, "expected the name of a characteristic")
        name = unquoted(part)
        if name not in self._scope.characteristics:
            if name in self._scope.quantities or name in self._scope.counters:
                raise wrong(part, f"{name} is a computed number, expected a characteristic")
            raise self._unknown(part, name)
        return self._scope.characteristics[name]

    def valued(self, part: Part) -> Characteristic | None:
        """The characteristic on the left of a comparison if it is one with values (or a text), else None: a number."""
        if not is_word(part):
            return None
        characteristic = self._scope.characteristics.get(unquoted(part))
        return None if isinstance(characteristic, Number) else characteristic

    def value(self, name: str, part: Part) -> str | bool:
        """The value of a characteristic on the right of a comparison."""
        characteristic = self._scope.characteristics[name]
        if isinstance(part, Tree) and part.data == "group" and len(part.children) == 1:
            return self.value(name, part.children[0])
        word = unquoted(part) if is_word(part) else str(part) if isinstance(part, Token) else None
        if isinstance(characteristic, Boolean):
            if word not in _YES_NO:
                raise wrong(part, f"expected yes or no for {name}", ["yes", "no"])
            return _YES_NO[word]
        if isinstance(characteristic, Text):
            if word != "" or not is_word(part):
                raise wrong(part, f'{name} is a text: it can only be compared with ""; use size({name})', ['""'])
            return ""
        known = self._scope.values[name]
        if word is None:
            raise wrong(part, f"expected a value of {name}: {listed(known)}", known)
        if word not in known:
            near = nearest(word, known)
            hint = "" if near else f"; expected {listed(known)}"
            raise LanguageError(f"{name} has no value {quoted(word)}{hint}", *place(part), sorted(known), near)
        return word

    def number(self, token: Token) -> Expression:
        """The number that a name alone means: a characteristic, a counter or a quantity."""
        name = unquoted(token)
        characteristic = self._scope.characteristics.get(name)
        if isinstance(characteristic, Number) or name in self._scope.counters:
            return Read(name)
        if name in self._scope.quantities:
            return Quantity(name)
        if characteristic is None:
            raise self._unknown(token, name)
        raise wrong(token, f"expected a number, but {name} is {kind(characteristic)}{self._instead(characteristic)}")

    def attribute(self, token: Part, attribute: Part) -> Expression:
        """The attribute of whatever value is chosen for a characteristic."""
        name, wanted = unquoted(token), unquoted(attribute)
        known = self._scope.attributes[self.characteristic(token).name]
        if wanted not in known:
            raise wrong(attribute, f"no value of {name} has the attribute {quoted(wanted)}", known, wanted)
        return Attribute(name, wanted)

    def _instead(self, characteristic: Characteristic) -> str:
        attributes = self._scope.attributes[characteristic.name]
        if attributes:
            return f" (it has the numbers {listed(f'{characteristic.name}.{a}' for a in attributes)})"
        return f" (use size({characteristic.name}))" if isinstance(characteristic, Text | Several) else ""

    def _unknown(self, part: Part, name: str) -> LanguageError:
        owners = [owner for owner, values in self._scope.values.items() if name in values][:3]
        if owners:
            forms = listed(f"{write_name(owner)} = {write_name(name)}" for owner in owners)
            return LanguageError(f"{quoted(name)} is a value: expected {forms}", *place(part))
        return LanguageError(f"unknown name {quoted(name)}", *place(part), (), self._scope.nearest(name))
