"""Small models for Hypothesis, and what is true of them by trying every product."""

from functools import cache, reduce
from itertools import combinations, product
from operator import and_

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Boolean, Choice, NamedQuantity, Number, ProductModel, Rule, Several, Text, Value
from catalog.nodes import (
    And,
    Arithmetic,
    Attribute,
    Choose,
    Compare,
    Const,
    Count,
    Implies,
    Is,
    Not,
    Or,
    Quantity,
    Read,
    Size,
    Table,
)

SMALL = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def values(*names):
    return tuple(Value(name=name, attributes={"mass": 3 * i - 2}) for i, name in enumerate(names))


CHARACTERISTICS = (
    Choice(name="frame", values=values("steel", "alloy", "carbon")),
    Boolean(name="rack", yes=Value(name="yes", attributes={"mass": 5})),
    Number(name="width", least=-4, most=5, step=3),
    Number(name="height", least=1, most=3),
    Several(name="extras", values=values("bell", "light", "lock"), least=1, most=2),
    Text(name="engraving", most=1, allowed="ab"),
)
QUANTITIES = (NamedQuantity(name="area", expression=Arithmetic("*", (Read("width"), Read("height")))),)

atoms = st.one_of(
    st.builds(lambda value: Const(value), st.integers(-6, 12)),
    st.sampled_from([Read("width"), Read("height"), Size("engraving"), Size("extras"), Quantity("area"),
                     Attribute("frame", "mass"), Attribute("rack", "mass"), Attribute("extras", "mass")]))


def are(name, *options):
    return st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True).map(lambda v: Is(name, tuple(v)))


@st.composite
def tables(draw):
    names = draw(st.lists(st.sampled_from(["frame", "rack", "width", "height"]), min_size=1, max_size=3, unique=True))
    model = {c.name: c for c in CHARACTERISTICS}
    rows = draw(st.lists(st.tuples(*(st.sampled_from(answers(model[name])) for name in names)), max_size=8))
    return Table(tuple(names), tuple(rows), draw(st.booleans()))


leaves = st.one_of(are("frame", "steel", "alloy", "carbon"), are("rack", True, False),
                   are("extras", "bell", "light", "lock"), st.just(Is("engraving", ("",))), tables())


def numbers_of(conditions):
    return st.recursive(atoms, lambda inner: st.one_of(
        st.builds(lambda op, *both: Arithmetic(op, both), st.sampled_from(["+", "-", "*", "min", "max"]), inner, inner),
        st.builds(lambda a, n: Arithmetic("/", (a, Const(n))), inner, st.sampled_from([-3, 2, 7])),
        st.builds(lambda op, a: Arithmetic(op, (a,)), st.sampled_from(["neg", "abs", "floor", "ceil"]), inner),
        st.builds(lambda c: Count(tuple(c)), st.lists(conditions, min_size=1, max_size=3)),
        st.builds(Choose, conditions, inner, inner)), max_leaves=4)


operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
comparisons = st.builds(Compare, operators, numbers_of(leaves), numbers_of(leaves))
conditions = st.recursive(st.one_of(leaves, comparisons), lambda inner: st.one_of(
    st.builds(Not, inner), st.builds(Implies, inner, inner),
    st.lists(inner, max_size=3).map(lambda c: And(tuple(c))),
    st.lists(inner, min_size=1, max_size=3).map(lambda c: Or(tuple(c)))), max_leaves=4)
models = st.tuples(
    st.lists(st.sampled_from(CHARACTERISTICS), min_size=6, max_size=6, unique_by=lambda c: c.name),
    st.lists(conditions, max_size=4),
).map(lambda parts: ProductModel(
    name="m", characteristics=tuple(parts[0]), quantities=QUANTITIES,
    rules=tuple(Rule(name=f"r{i}", condition=condition) for i, condition in enumerate(parts[1]))))


def answers(characteristic):
    """Every answer; for a text one of each size."""
    match characteristic:
        case Boolean():
            return [False, True]
        case Choice():
            return [value.name for value in characteristic.values]
        case Number():
            return list(characteristic.range)
        case Text():
            return ["a" * size for size in range(characteristic.least, characteristic.most + 1)]
        case Several():
            names = [value.name for value in characteristic.values]
            return [frozenset(chosen) for size in range(characteristic.least, characteristic.limit + 1)
                    for chosen in combinations(names, size)]


class BruteForce:
    """All products of a model, by trying every combination; sets of them are bits of an int."""

    def __init__(self, model):
        self.model = model
        self.names = [c.name for c in model.characteristics]
        self.whole = [dict(zip(self.names, combination, strict=True))
                      for combination in product(*(answers(c) for c in model.characteristics))]
        self.rules = {rule.name: bits(holds(rule.condition, whole, model) for whole in self.whole)
                      for rule in model.rules}
        self.taking = cache(lambda name, value: bits(takes(whole[name], value) for whole in self.whole))
        self.valid = self.fulfilling(self.rules)

    def fulfilling(self, rules):
        return reduce(and_, (self.rules[rule] for rule in rules), (1 << len(self.whole)) - 1)

    def having(self, choices):
        return reduce(and_, (self.taking(*choice) for choice in choices.items()), self.valid)

    @property
    def products(self):
        return [whole for i, whole in enumerate(self.whole) if self.valid >> i & 1]

    def domain(self, name, choices):
        possible = self.having(choices)
        return {answer for answer in answers(self.model[name]) if possible & self.taking(name, answer)}

    def excluded(self, choices, rules, name, value):
        """Whether no product of these rules alone takes the choices and the value."""
        taken = reduce(and_, (self.taking(*choice) for choice in choices.items()), self.taking(name, value))
        return not taken & self.fulfilling(rules)

    def corrections(self, choices, name, value):
        """Every smallest set of choices to retract so that the value is possible."""
        others = [other for other in choices if other != name]
        for size in range(len(others) + 1):
            found = {retract for retract in map(frozenset, combinations(others, size))
                     if self.taking(name, value) & self.having({o: choices[o] for o in others if o not in retract})}
            if found:
                return {retract | ({name} & choices.keys()) for retract in found}
        return set()


def bits(truths):
    return sum(1 << i for i, truth in enumerate(truths) if truth)


def takes(answer, value):
    return value in answer if isinstance(answer, frozenset) and isinstance(value, str) else answer == value
