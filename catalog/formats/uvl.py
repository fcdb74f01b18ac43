"""UVL, the universal variability language: a tree of features and constraints between them.

Every feature becomes a yes/no characteristic, every relation of the tree a rule with a readable id and sentence.
Numeric attributes become attributes of the yes, the text `description` its description; others have no meaning here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalog.checking.names import LONGEST_TITLE
from catalog.formats.foreign import PAGE, Place, called, family, lossless, sentence
from catalog.formats.uvl_lines import IDENTIFIER
from catalog.formats.uvl_syntax import KEYWORDS, Feature, FeatureGroup, read
from catalog.model import Boolean, Characteristic, Group, ProductModel, Rule, Value
from catalog.nodes import And, Compare, Condition, Const, Count, Exact, Implies, Is, Not, Or
from catalog.occurrences import Path

_RELATION = re.compile(r"(.*)\.(root|parent|mandatory|group\d+)", re.DOTALL)


def load_text(text: str, name: str) -> ProductModel:
    """The model that a UVL text says; `name` is what it is called unless it has a namespace.

    Raises FormatError with line and column.
    """
    document = read(text)
    features = list(document.features.values())
    rules = [(rule, feature.place) for feature in features for rule in _relations(feature)]
    rules += [(Rule(name=f"constraint_{number}", condition=condition, sentence=sentence(condition)), place)
              for number, (condition, place) in enumerate(document.constraints, 1)]
    places: dict[Path, Place] = {("characteristics", index): feature.place for index, feature in enumerate(features)}
    places |= {("rules", index): place for index, (_, place) in enumerate(rules)}
    groups, characteristics = _paged(features)
    return family(document.namespace or name, groups, characteristics, tuple(rule for rule, _ in rules), places)


def _relations(feature: Feature) -> Iterator[Rule]:
    """The rules that place a feature below its parent, and those of the groups below it."""
    name, there = feature.name, _there(feature.name)
    if feature.parent is None:
        yield Rule(name=f"{name}.root", condition=there, sentence=sentence(there))
    else:
        needs = Implies(there, _there(feature.parent.name))
        yield Rule(name=f"{name}.parent", condition=needs, sentence=sentence(needs))
    for number, group in enumerate(feature.groups, 1):
        members = tuple(_there(member.name) for member in group.members)
        if group.kind == "mandatory":
            for member in group.members:
                yield Rule(name=f"{member.name}.mandatory", condition=Implies(there, _there(member.name)),
                           sentence=f"{name} always comes with {member.name}.")
        elif group.kind != "optional":
            condition, words = _selection(members, group)
            yield Rule(name=f"{name}.group{number}", condition=Implies(there, condition),
                       sentence=f"{name} needs {words} of {', '.join(member.name for member in group.members)}.")


def _selection(members: Sequence[Condition], group: FeatureGroup) -> tuple[Condition, str]:
    """That `least` to `most` of the members are there, and the words for it."""
    least, most = group.least, group.most
    if least == 1 and most is None:
        return Or(tuple(members)), "at least one"
    count = Count(tuple(members))
    if least == most:
        return Compare("=", count, Const(least)), f"exactly {'one' if least == 1 else least}"
    at_least = Compare(">=", count, Const(least))
    if most is None:
        return at_least, f"at least {least}"
    return And((at_least, Compare("<=", count, Const(most)))), f"{least} to {most}"


def _there(name: str) -> Is:
    return Is(name, (True,))


def _paged(features: Sequence[Feature]) -> tuple[tuple[Group, ...], tuple[Characteristic, ...]]:
    """The features in groups of up to PAGE, a branch of the tree together if it fits, named after the first feature."""
    sizes = {feature.name: 1 for feature in features}
    for feature in reversed(features):
        if feature.parent is not None:
            sizes[feature.parent.name] += sizes[feature.name]
    groups: list[Group] = []
    characteristics: list[Characteristic] = []
    room = 0
    for feature in features:
        if not room or room < sizes[feature.name] <= PAGE:
            groups.append(Group(name=f"group_{len(groups) + 1}", title=feature.name[:LONGEST_TITLE]))
            room = PAGE
        room -= 1
        yes = Value(name="yes", attributes=feature.attributes)
        characteristics.append(Boolean(name=feature.name, description=feature.description, group=groups[-1].name,
                                       yes=yes))
    return tuple(groups), tuple(characteristics)


def dump_text(model: ProductModel) -> str:
    """The model as UVL; raises ValueError naming what UVL cannot express."""
    features: dict[str, Feature] = {}
    for characteristic in model.characteristics:
        if not isinstance(characteristic, Boolean):
            raise ValueError(f"UVL cannot express {characteristic.name}: it is no yes/no")
        features[characteristic.name] = Feature(characteristic.name, attributes=characteristic.yes.attributes,
                                                description=characteristic.description)
    constraints = _tree(model.rules, features)
    roots = [feature for feature in features.values() if feature.parent is None]
    if len(roots) != 1:
        raise ValueError(f"UVL cannot express this product: its rules are no tree with one root, but {len(roots)}")
    lines = [f"namespace {_name(called(model))}", "", "features", *_written(roots[0]), "", "constraints",
             *(f"\t{_text(constraint)}" for constraint in constraints), ""]
    return lossless(model, "\n".join(lines), load_text, "UVL")


def _tree(rules: Sequence[Rule], features: dict[str, Feature]) -> list[Condition]:
    """Joins the features as the rules say; returns the conditions of the other rules."""
    mandatory: set[str] = set()
    selections: dict[str, FeatureGroup] = {}
    constraints = []
    for rule in rules:
        found = _RELATION.fullmatch(rule.name)
        match (found[2] if found else "", rule.condition):
            case "parent", Implies(Is(child, (True,)), Is(parent, (True,))):
                features[child].parent = features[parent]
            case "mandatory", Implies(_, Is(child, (True,))):
                mandatory.add(child)
            case "", condition:
                constraints.append(condition)
            case kind, Implies(Is(parent, (True,)), condition) if kind.startswith("group"):
                group, members = _group(condition)
                selections |= dict.fromkeys(members, group)
            case _:
                pass  # the root's rule; what does not fit is found when the text is read again
    for feature in features.values():
        if feature.parent is not None:
            _join(feature.parent, feature, selections.get(feature.name), feature.name in mandatory)
    return constraints


def _join(parent: Feature, child: Feature, selection: FeatureGroup | None, mandatory: bool) -> None:
    """Adds a child to the last group of its parent, or to a new one if it belongs to another."""
    kind = "mandatory" if mandatory else "optional"
    last = parent.groups[-1] if parent.groups else None
    if last is None or (last is not selection and (selection is not None or last.kind != kind)):
        last = selection or FeatureGroup(kind)
        parent.groups.append(last)
    last.members.append(child)


def _group(condition: Condition) -> tuple[FeatureGroup, list[str]]:
    """The group that `_selection` made the condition of, still empty, and the names of its members."""
    match condition:
        case Or(members):
            return FeatureGroup("or", 1), _names(members)
        case Compare("=", Count(members), Const(int(number))):
            return FeatureGroup("alternative" if number == 1 else "cardinality", number, number), _names(members)
        case Compare(">=", Count(members), Const(int(least))):
            return FeatureGroup("cardinality", least), _names(members)
        case And((Compare(">=", Count(members), Const(int(least))), Compare("<=", _, Const(int(most))))):
            return FeatureGroup("cardinality", least, most), _names(members)
        case _:
            return FeatureGroup("optional"), []


def _names(members: Sequence[Condition]) -> list[str]:
    return [member.name for member in members if isinstance(member, Is)]


def _written(root: Feature) -> Iterator[str]:
    """The lines of a tree; without recursion, for it may be deep."""
    pending: list[tuple[int, Feature | FeatureGroup]] = [(1, root)]
    while pending:
        depth, item = pending.pop()
        below: Sequence[Feature | FeatureGroup] = item.groups if isinstance(item, Feature) else item.members
        pending += [(depth + 1, child) for child in reversed(below)]
        yield "\t" * depth + (_heading(item) if isinstance(item, FeatureGroup) else _feature(item))


def _heading(group: FeatureGroup) -> str:
    return group.kind if group.kind != "cardinality" else (
        f"[{group.least}..{'*' if group.most is None else group.most}]")


def _feature(feature: Feature) -> str:
    attributes = [f"{_name(name)} {_decimal(number)}" for name, number in feature.attributes.items()]
    if feature.description:
        attributes.append(f"description '{feature.description}'")
    return _name(feature.name) + (f" {{{', '.join(attributes)}}}" if attributes else "")


def _decimal(number: Exact) -> str:
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


def _name(name: str) -> str:
    return name if IDENTIFIER.fullmatch(name) and name not in KEYWORDS else f'"{name}"'


def _text(condition: Condition) -> str:
    match condition:
        case Is(name, (bool(there),)):
            return _name(name) if there else f"!{_name(name)}"
        case Not(operand):
            return f"!{_operand(operand)}"
        case And((Implies(one, other), Implies(back, again))) if one == again and other == back:
            return f"{_operand(one)} <=> {_operand(other)}"
        case And(operands) if len(operands) > 1:
            return " & ".join(map(_operand, operands))
        case Or(operands) if len(operands) > 1:
            return " | ".join(map(_operand, operands))
        case Implies(when, then):
            return f"{_operand(when)} => {_operand(then)}"
        case _:
            raise ValueError("UVL cannot express a rule of this product: only yes/no joined by not, and, or, implies")


def _operand(condition: Condition) -> str:
    return _text(condition) if isinstance(condition, Is) else f"({_text(condition)})"
