"""The keys of a catalogue file: what the loader reads, and the JSON schema that editors use.

A key's kind is a leaf (`text`, `name`, `integer`, `number`, `flag`, `answer`, `cell`, `expression`, `condition`,
`template`, `amount`), the name of another table in KEYS, `[kind]` for a list or `{kind}` for a mapping of names to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class Key:
    """One key: what stands there, what it means, and whether it must be there."""

    kind: str
    about: str
    required: bool = False


_NAME = Key("name", "The name that the rest of the file uses.", required=True)
_TITLE = Key("text", "What people read; the name if there is none.")
_DESCRIPTION = Key("text", "A sentence or two for people.")
_WHEN = Key("condition", "Only while this holds.")

_EXTRAS = {
    "price": Key("expression", "What it costs, in the product's currency, tax included."),
    "part": Key("text", "The number of the part it adds, once."),
    "layer": Key("text", "The layer of the picture that it shows."),
    "swatch": Key("text", "Its colour, #rrggbb."),
    "attributes": Key("{number}", "Numbers that expressions read as name.attribute."),
}
_CHARACTERISTIC = {
    "name": _NAME,
    "kind": Key("text", "choice, several, boolean, number or text.", required=True),
    "title": _TITLE,
    "description": _DESCRIPTION,
    "group": Key("text", "The group it stands in."),
    "trait": Key("text", "The trait that makes it the same fact in every family."),
    "about": Key("text", "Whether it is a fact about the product (if left out), a person or a place."),
    "operation": Key("text", "The operation that uses the part of the chosen value."),
    "standard": Key("answer", "What the maker suggests."),
    "was": Key("[name]", "The names that this same question had in earlier versions."),
    "replaces": Key("[name]", "The questions of earlier versions whose answers tell this one; several may share one."),
}
_FORMER = {
    "was": Key("[name]", "The names that this same thing had in earlier versions."),
    "replaces": Key("[name]", "The values of earlier versions that it stands in for."),
}
_VALUES = Key("[value]", "The values, in the order they are shown; a text alone is a value's name.", required=True)
_SHARED = {
    "traits": Key("[trait]", "Facts about customers that several families ask for."),
    "parts": Key("[part]", "Parts that are bought or made to stock."),
    "work_centres": Key("[work_centre]", "Where work is done."),
}

KINDS = ("choice", "several", "boolean", "number", "text")
"""The kinds of characteristics; each has a table of its own."""
RULES = (("when", "then"), ("require",), ("exclude",), ("any",), ("table",), ("within",))
"""The forms of a rule: the keys of exactly one of these; `within` may have a `when` beside it."""
QUANTITIES = (("is",), ("grid",))
"""The forms of a quantity."""

KEYS: dict[str, dict[str, Key]] = {
    "product": {
        "lot_one": Key("integer", f"The version of this format: {VERSION}.", required=True),
        "name": Key("name", "The product's name, [a-z][a-z0-9_]*; addresses use it.", required=True),
        "title": _TITLE,
        "description": _DESCRIPTION,
        "currency": Key("text", "ISO 4217, EUR if left out."),
        "vat": Key("number", "Per cent, included in the prices."),
        "lead_days": Key("expression", "Working days before production starts."),
        "ask_after_days": Key("integer", "Days in the customer's hands until they are asked whether it is right; 7 if "
                              "left out."),
        "include": Key("[text]", "Files beside this one with shared parts, traits and work centres."),
        "sources": Key("[text]", "Where its facts come from."),
        "groups": Key("[group]", "The pages of questions, in order."),
        **_SHARED,
        "characteristics": Key("[characteristic]", "The questions that a customer can answer.", required=True),
        "quantities": Key("[quantity]", "Numbers that the model computes."),
        "rules": Key("[rule]", "What every product fulfils."),
        "prices": Key("[price]", "Amounts on top of the values' own prices."),
        "items": Key("[item]", "Parts with computed quantities."),
        "operations": Key("[operation]", "The routing: the stages of making it, in order."),
        "picture": Key("picture", "The drawing that follows every choice."),
        "footprint": Key("footprint", "What it takes up in the room where it stands."),
        "cases": Key("[case]", "What must be possible, what must not, and what it costs: tried before publishing."),
    },
    "shared": {"lot_one": Key("integer", f"The version of this format: {VERSION}."), **_SHARED},
    "group": {"name": _NAME, "title": _TITLE},
    "trait": {"name": _NAME, "title": _TITLE, "unit": Key("text", "The unit it is kept in.")},
    "part": {
        "number": Key("name", "The part's number.", required=True),
        "title": _TITLE,
        "unit": Key("text", "Left out for pieces, else mm, m, m2, g ..."),
        "bin": Key("text", "Where it lies."),
        "lead_days": Key("integer", "Working days until it is in the house."),
        "made_here": Key("flag", "Whether it is cut or made for each order, so that nobody buys or picks it."),
        "cost": Key("number", "What one unit costs you, in the product's currency, without tax; no customer sees it."),
    },
    "work_centre": {"name": _NAME, "title": _TITLE},
    "choice": {**_CHARACTERISTIC, "values": _VALUES},
    "several": {
        **_CHARACTERISTIC,
        "values": _VALUES,
        "least": Key("integer", "The fewest values together, 0 if left out."),
        "most": Key("integer", "The most values together, all if left out."),
    },
    "boolean": {**_CHARACTERISTIC, **_EXTRAS, "yes_value": Key("yes", "How the answer yes is named.")},
    "number": {
        **_CHARACTERISTIC,
        "least": Key("integer", "The smallest.", required=True),
        "most": Key("integer", "The largest.", required=True),
        "step": Key("integer", "From one to the next, 1 if left out."),
        "unit": Key("text", "The unit that rules count in; none for a count."),
        "shown": Key("text", "The unit it is read and written in on pages."),
        "price": _EXTRAS["price"],
    },
    "text": {
        **_CHARACTERISTIC,
        "most": Key("integer", "The most characters.", required=True),
        "least": Key("integer", "The fewest characters, 0 if left out."),
        "allowed": Key("text", "The characters allowed, with ranges such as A-Z; every printable one if left out."),
        "price": _EXTRAS["price"],
    },
    "value": {"name": _NAME, "title": _TITLE, "description": _DESCRIPTION, **_EXTRAS, **_FORMER},
    "yes": {"name": Key("name", "Its name, yes if left out."), "title": _TITLE, "description": _DESCRIPTION, **_FORMER},
    "quantity": {
        "name": _NAME,
        "title": _TITLE,
        "unit": Key("text", "Its unit."),
        "is": Key("expression", "How it is computed."),
        "grid": Key("grid", "Where it is looked up."),
    },
    "grid": {
        "across": Key("axis", "What the columns go by.", required=True),
        "down": Key("axis", "What the rows go by; a single row if left out."),
        "amounts": Key("[[amount]]", "A row for each step down, in it a number for each step across, or none.",
                       required=True),
    },
    "axis": {
        "of": Key("expression", "The number that is looked up.", required=True),
        "up_to": Key("[number]", "The steps, each more than the one before: 600 is for what is at most 600.",
                     required=True),
    },
    "rule": {
        "id": Key("name", "The rule's name.", required=True),
        "says": Key("text", "The sentence that a customer reads."),
        "when": Key("condition", "While this holds, `then` must; or there must be an amount."),
        "then": Key("condition", "What must hold while `when` does."),
        "require": Key("condition", "What must hold."),
        "exclude": Key("[condition]", "What must never hold all together."),
        "any": Key("[condition]", "Of these at least one must hold."),
        "table": Key("table", "The combinations of some characteristics that are allowed, or those that are not."),
        "within": Key("name", "The grid that must have an amount; only while `when` holds, if that is said."),
    },
    "table": {
        "columns": Key("[name]", "The characteristics: choices, yes or no, numbers.", required=True),
        "rows": Key("[[cell]]", "One value for each column.", required=True),
        "allowed": Key("flag", "Whether the rows alone are allowed (true if left out) or are forbidden (false)."),
    },
    "price": {
        "name": _NAME,
        "title": _TITLE,
        "amount": Key("expression", "How much, in the product's currency, tax included.", required=True),
        "when": _WHEN,
    },
    "item": {
        "part": Key("name", "The part's number.", required=True),
        "quantity": Key("expression", "How many, in the part's unit; 1 if left out, none if 0, never less."),
        "when": _WHEN,
        "operation": Key("text", "The operation that uses it."),
        "measures": Key("{expression}", "What it is cut to, in mm: length, width ..."),
        "note": Key("template", "A remark for the person who takes it."),
    },
    "operation": {
        "name": _NAME,
        "title": _TITLE,
        "work_centre": Key("text", "Where it is done.", required=True),
        "minutes": Key("expression", "How long it takes.", required=True),
        "when": _WHEN,
        "setup": Key("template", "What it is set up for; work with the same text is done in one go."),
        "steps": Key("[step]", "What is done, in order: one action each."),
    },
    "step": {
        "do": Key("template", "What is done.", required=True),
        "value": Key("template", "The value to reach."),
        "when": _WHEN,
        "station": Key("text", "Where."),
        "tool": Key("text", "With what."),
        "part": Key("template", "The number of the part in hand, or {name.part}: that of what is chosen."),
        "picture": Key("[name]", "The layers of the picture that it is about."),
        "check": Key("check", "What is measured."),
    },
    "check": {
        "name": Key("text", "What is measured, as people read it.", required=True),
        "nominal": Key("expression", "What it should be.", required=True),
        "minus": Key("expression", "By how much it may be less; 0 if left out, never less."),
        "plus": Key("expression", "By how much it may be more; 0 if left out, never less."),
        "unit": Key("text", "The unit it is measured in."),
    },
    "picture": {
        "view": Key("[expression]", "x, y, width and height, in mm.", required=True),
        "caption": Key("template", "The line below."),
        "patterns": Key("[pattern]", "What shapes can be filled with: a fill names one of these, or is a colour."),
        "layers": Key("[layer]", "From back to front.", required=True),
    },
    "pattern": {
        "name": _NAME,
        "width": Key("expression", "Of the tile that is repeated, in mm; at least 1.", required=True),
        "height": Key("expression", "Of the tile, in mm; at least 1.", required=True),
        "transform": Key("template", "What moves or turns all tiles: rotate(45)."),
        "shapes": Key("[shape]", "What is drawn on each tile; what goes beyond it is cut off.", required=True),
    },
    "layer": {
        "name": _NAME,
        "when": _WHEN,
        "repeat": Key("{expression}", "One name and how often: the layer is drawn with the name counting 0, 1, ..."),
        "shapes": Key("[shape]", "An element of SVG with its attributes; a text `says` something.", required=True),
    },
    "footprint": {
        "width": Key("expression", "Along its back, in mm.", required=True),
        "depth": Key("expression", "From its back to its front, in mm.", required=True),
        "height": Key("expression", "From the floor, in mm.", required=True),
        "clearance": Key("{expression}", "What stays free at its front, back, left and right, in mm; 0 if left out."),
        "against": Key("text", "wall, if its back stands against one."),
        "alcove": Key("{name}", "The questions about the alcove's width, depth and height, which a plan answers."),
    },
    "case": {
        "id": Key("name", "The case's name.", required=True),
        "title": _TITLE,
        "choose": Key("{answer}", "What is chosen: names with their answers.", required=True),
        "possible": Key("flag", "Whether that can be built together (true if left out)."),
        "costs": Key("number", "What one piece costs, tax included; the rest is as proposed to somebody unknown."),
    },
}

FIELDS = {"id": "name", "choose": "choices", "says": "sentence", "do": "text", "is": "expression", "columns": "names",
          "yes_value": "yes"}
"""The fields of `catalog.model` that are not named as their keys."""
OF_YES = tuple(_EXTRAS)
"""The keys of a yes/no that say what its yes costs, adds and shows."""
REQUIRED = {name: frozenset(key for key, entry in keys.items() if entry.required) for name, keys in KEYS.items()}
FORM_KEYS = frozenset(key for form in RULES for key in form)


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a catalogue file, for editors; the loader alone decides what is right."""
    tables = {name: _table(keys) for name, keys in KEYS.items() if name not in KINDS}
    tables |= {f"{kind}_characteristic": _table(KEYS[kind]) for kind in KINDS}
    tables["characteristic"] = {
        "type": "object", "required": ["name", "kind"], "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": [{"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                   "then": {"$ref": f"#/$defs/{kind}_characteristic"}} for kind in KINDS]}
    tables["value"] = {"anyOf": [{"type": "string"}, tables["value"]]}
    for kind, forms in ("rule", RULES), ("quantity", QUANTITIES):
        tables[kind]["oneOf"] = [{"required": list(form)} for form in forms]
    tables["shape"] = {
        "type": "object", "minProperties": 1, "maxProperties": 2, "properties": {"says": _kind("template")},
        "additionalProperties": {"type": "object", "additionalProperties": _kind("template")}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Lot One catalogue",
            "if": {"required": ["name"]}, "then": {"$ref": "#/$defs/product"}, "else": {"$ref": "#/$defs/shared"},
            "$defs": tables}


def _table(keys: dict[str, Key]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False,
            "required": [key for key, entry in keys.items() if entry.required],
            "properties": {key: {"description": entry.about, **_kind(entry.kind)} for key, entry in keys.items()}}


_SCALAR = {"type": ["string", "number", "boolean"]}
_LEAVES: dict[str, dict[str, Any]] = {
    "text": _SCALAR, "name": _SCALAR, "integer": {"type": "integer"}, "number": {"type": ["number", "string"]},
    "amount": {"type": ["number", "string"]},
    "flag": {"enum": [True, False, "yes", "no"]}, "cell": _SCALAR, "expression": {"type": ["string", "number"]},
    "condition": _SCALAR, "template": {"type": ["string", "number"]},
    "answer": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
}


def _kind(kind: str) -> dict[str, Any]:
    if kind.startswith("["):
        return {"type": "array", "items": _kind(kind[1:-1])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": _kind(kind[1:-1])}
    return _LEAVES.get(kind) or {"$ref": f"#/$defs/{kind}"}
