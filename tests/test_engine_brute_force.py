"""On small models the engine says exactly what trying every product says."""

from functools import cache, reduce
from itertools import chain, combinations, product
from operator import and_

import pytest
from hypothesis import HealthCheck, assume, given, settings
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
from configurator.engine import Engine, Impossible, harvest, propagation, search
from configurator.engine import comparisons as comparing
from configurator.engine import frontier as fronting

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


def check_domains(c, brute):
    decided = True
    for characteristic in brute.model.characteristics:
        name = characteristic.name
        expected = brute.domain(name, c.choices)
        domain = c.domain(name)
        assert all((answer in domain) == (answer in expected) for answer in answers(characteristic))
        if isinstance(characteristic, Several):
            assert set(domain) == set(chain.from_iterable(expected))
            assert domain.required == frozenset.intersection(*expected)
        elif not isinstance(characteristic, Text):
            assert list(domain) == [answer for answer in answers(characteristic) if answer in expected]
        single = len(expected) == 1 and (not isinstance(characteristic, Text) or expected == {""})
        decided = decided and (single or name in c.choices)
        if name not in c.choices:
            assert (c.forced()[name] in expected) if single else name not in c.forced()
    assert c.is_complete == decided


@pytest.fixture(autouse=True, params=["enumerated", "frontiers", "learnt"], scope="module")
def _written(request):
    """Small comparisons are written by their frontiers; here they are also enumerated, and learnt as large ones are.

    And witnesses are drawn towards models, values laid over them or refused together, as they are where many are open.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "enumerated":
            patch.setattr(comparing, "ENUMERATED", 0)
            patch.setattr(harvest, "DRAWING", 0)
            patch.setattr(harvest, "DEAR", -1_000_000)  # always laid
            patch.setattr(propagation, "REFUSED", 1)
            patch.setattr(propagation, "EXCHANGED", 1)
            patch.setattr(search, "MANY", 2)
        if request.param != "frontiers":
            patch.setattr(fronting, "POINTS", 0)
        yield


@SMALL
@given(models, st.data())
def test_domains_are_exact_along_any_session(model, data):
    brute = BruteForce(model)
    if not brute.valid:
        with pytest.raises(ValueError, match="nothing can be built"):
            Engine(model)
        return
    c = Engine(model).start()
    check_domains(c, brute)
    for _ in range(6):
        name = data.draw(st.sampled_from(brute.names))
        if name in c.choices and data.draw(st.booleans()):
            c = c.retract(name)
        else:
            alternatives = sorted(brute.domain(name, {o: v for o, v in c.choices.items() if o != name}), key=str)
            c = c.choose(name, data.draw(st.sampled_from(alternatives)))
        if data.draw(st.booleans()):  # what is asked for first changes nothing
            few = data.draw(st.sets(st.sampled_from(brute.names)))
            assert c.domains(few).keys() == few
            assert c.unchecked(few) == {}
        check_domains(c, brute)
    again = Engine(model).start(c.choices)
    assert again.choices == c.choices
    assert again.domains() == c.domains()
    assert again.forced() == c.forced()


@SMALL
@given(models, st.data())
def test_explanations_are_minimal_and_repairs_are_all_the_smallest(model, data):
    brute = BruteForce(model)
    assume(brute.valid)
    choices = data.draw(st.sampled_from(brute.products))
    choices = {name: choices[name] for name in data.draw(st.sets(st.sampled_from(brute.names)))}
    c = Engine(model).start(choices)
    for name in brute.names:
        rest = {other: value for other, value in choices.items() if other != name}
        members = [v.name for v in model[name].values] if isinstance(model[name], Several) else []
        for value in [*answers(model[name]), *members]:
            why = c.explain(name, value)
            repairs = [frozenset(repair.retract) for repair in c.repairs(name, value, limit=100)]
            sizes = [len(retract) for retract in repairs]
            assert sizes == sorted(sizes)
            smallest = {retract for retract in repairs if len(retract) == sizes[0]}
            assert smallest == brute.corrections(choices, name, value)
            if not brute.excluded(rest, brute.rules, name, value):
                assert why.choices == why.rules == ()
                continue
            kept = {other: rest[other] for other in why.choices}
            assert brute.excluded(kept, why.rules, name, value)
            for dropped in kept:
                assert not brute.excluded({o: v for o, v in kept.items() if o != dropped}, why.rules, name, value)
            for dropped in why.rules:
                assert not brute.excluded(kept, [rule for rule in why.rules if rule != dropped], name, value)


@SMALL
@given(models, st.data())
def test_an_impossible_choice_is_refused_with_its_explanation(model, data):
    brute = BruteForce(model)
    assume(brute.valid)
    c = Engine(model).start()
    for name in brute.names:
        for value in set(answers(model[name])) - brute.domain(name, {}):
            with pytest.raises(Impossible) as refused:
                c.choose(name, value)
            assert (refused.value.name, refused.value.value) == (name, value)
            assert refused.value.explanation.choices == ()
            assert brute.excluded({}, refused.value.explanation.rules, name, value)


@SMALL
@given(models, st.data())
def test_a_completion_keeps_the_choices_and_weighs_most(model, data):
    brute = BruteForce(model)
    assume(brute.valid)
    whole = data.draw(st.sampled_from(brute.products))
    choices = {name: whole[name] for name in data.draw(st.sets(st.sampled_from(brute.names), max_size=2))}
    keys = [(name, value) for name in brute.names for value in answers(model[name])]
    keys += [("extras", member) for member in ("bell", "light", "lock")]
    weights = data.draw(st.dictionaries(st.sampled_from(keys), st.floats(-4, 4)))

    def weight(values):
        return sum(weight for (name, value), weight in weights.items() if takes(values[name], value))

    done = Engine(model).start(choices).complete(weights)
    assert done.is_complete
    assert {name: done.choices[name] for name in choices} == choices
    assert all(holds(rule.condition, done.values(), model) for rule in model.rules)
    best = max(weight(product) for product in brute.products if choices.items() <= product.items())
    assert weight(done.values()) == pytest.approx(best)


@settings(SMALL, max_examples=10)
@given(models, st.data())
def test_what_is_settled_after_one_another_is_the_first_wanted_that_fits_or_the_nearest_number(model, data):
    brute = BruteForce(model)
    assume(brute.valid)
    whole = data.draw(st.sampled_from(brute.products))
    choices = {name: whole[name] for name in data.draw(st.sets(st.sampled_from(brute.names), max_size=3))}
    wanted = {name: data.draw(st.lists(st.sampled_from(answers(model[name])), max_size=3)) for name in brute.names}
    found = Engine(model).start(whole).settled(set(choices), wanted.__getitem__).choices
    assert choices.items() <= found.items()
    assert all(holds(rule.condition, found, model) for rule in model.rules)
    for name in brute.names:
        possible = brute.domain(name, choices)
        if isinstance(model[name], Number) and wanted[name] and name not in choices:
            assert found[name] == min(possible, key=lambda number: (abs(number - wanted[name][0]), number))
        elif name not in choices:
            assert found[name] == next(filter(possible.__contains__, wanted[name]), found[name])
        choices[name] = found[name]
