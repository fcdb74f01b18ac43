"""On small models the engine says exactly what trying every product says."""

from itertools import chain

import pytest
from brute_force import SMALL, BruteForce, answers, models, takes
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Number, Several, Text
from configurator.engine import Engine, Impossible, explanation, harvest, propagation, search
from configurator.engine import comparisons as comparing
from configurator.engine import frontier as fronting


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
@given(models, st.sampled_from([0, explanation.DEARER]), st.data())
def test_explanations_are_minimal_and_repairs_are_all_the_smallest(model, dearer, data):
    brute = BruteForce(model)
    assume(brute.valid)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explanation, "DEARER", dearer)  # at 0 the rules that matter are always looked at by themselves
        check_explanations(model, brute, data)


def check_explanations(model, brute, data):
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
