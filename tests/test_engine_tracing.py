"""A rule can be traced: what it has to do with a configuration, and with a value, now."""

import pytest
from brute_force import SMALL, BruteForce, answers, models, takes
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.expressions import names
from catalog.formats import load
from catalog.model import Several, Text
from configurator.engine import Engine, trace

BICYCLE = """
lot_one: 1
name: bicycle
characteristics:
- {name: frame, kind: choice, values: [{name: steel}, {name: carbon}]}
- {name: fork, kind: choice, values: [{name: steel}, {name: carbon}, {name: sprung}]}
- {name: brakes, kind: choice, values: [{name: rim}, {name: disc}]}
- {name: rotor, kind: number, least: 0, most: 200, step: 20}
- {name: rack, kind: boolean}
rules:
- {id: light, when: frame = carbon, then: fork = carbon}
- {id: mounts, when: fork = carbon, then: brakes = disc}
- {id: rotor_needed, when: brakes = disc, then: rotor >= 140}
- {id: rotor_useless, when: brakes = rim, then: rotor = 0}
"""


def bicycle(**choices):
    return Engine(load(BICYCLE)).start(choices)


def test_a_rule_tells_what_it_reads_and_what_it_leaves():
    found = trace(bicycle(), "rotor_needed")
    assert (found.satisfied, found.decided, found.through) == (False, {}, None)
    assert set(found.alone["brakes"]) == {"rim", "disc"}
    assert found.alone["rotor"].intervals == ((0, 200),)
    assert found.together["rotor"].intervals == ((0, 0), (140, 200))


def test_a_rule_that_binds_tells_what_it_excludes_alone_and_together_with_others():
    found = trace(bicycle(frame="carbon"), "mounts")
    assert found.decided == {"fork": "carbon", "brakes": "disc"}, "they follow"
    assert found.satisfied
    found = trace(bicycle(rotor=140), "light")
    assert set(found.alone["fork"]) == set(found.together["fork"]) == {"steel", "carbon", "sprung"}
    found = trace(bicycle(brakes="rim"), "light")
    assert found.decided == {"frame": "steel"}
    assert (set(found.alone["fork"]), set(found.together["fork"])) == (
        {"steel", "carbon", "sprung"}, {"steel", "sprung"})


def test_a_rule_tells_through_what_it_reaches_a_value():
    c = bicycle(frame="carbon")
    assert trace(c, "light", "rotor", 0).through == ("fork", "brakes", "rotor")
    assert trace(c, "rotor_needed", "rotor", 0).through == ("rotor",)
    assert trace(c, "rotor_useless", "rotor", 0).through is None, "it is not needed to exclude it"
    assert trace(c, "light", "rotor", 160).through is None, "nothing excludes it"


def test_the_characteristic_of_the_value_asked_about_counts_as_open():
    c = bicycle(frame="carbon", brakes="disc")
    found = trace(c, "mounts", "brakes", "rim")
    assert (found.decided, set(found.alone["brakes"]), set(found.together["brakes"])) == (
        {"fork": "carbon"}, {"disc"}, {"disc"})
    assert not found.satisfied


@pytest.mark.parametrize(("asked", "says"), [
    (("heavy",), "no rule 'heavy'"), (("light", "wheels", "x"), "wheels"), (("light", "fork", "tin"), "tin")])
def test_what_the_model_does_not_have_is_a_value_error(asked, says):
    with pytest.raises(ValueError, match=says):
        trace(bicycle(), *asked)


@SMALL
@given(models, st.data())
def test_traces_say_what_trying_every_product_says(model, data):
    brute = BruteForce(model)
    assume(brute.valid and model.rules)
    rule = data.draw(st.sampled_from(model.rules))
    whole = data.draw(st.sampled_from(brute.products))
    choices = {name: whole[name] for name in data.draw(st.sets(st.sampled_from(brute.names), max_size=3))}
    c = Engine(model).start(choices)
    found = trace(c, rule.name)
    read = names(rule.condition, model)
    assert found.decided == {name: answer for name, answer in c.values().items() if name in read}
    assert found.alone.keys() == found.together.keys() == read - found.decided.keys()
    fitting = [product for i, product in enumerate(brute.whole) if brute.rules[rule.name] >> i & 1
               and all(product[name] == answer for name, answer in found.decided.items())]
    every = sum(all(product[name] == answer for name, answer in found.decided.items()) for product in brute.whole)
    assert found.satisfied == (len(fitting) == every)
    for name, left in found.alone.items():
        characteristic = model[name]
        if isinstance(characteristic, Text):
            continue
        members = [value.name for value in characteristic.values] if isinstance(characteristic, Several) else []
        for value in members or answers(characteristic):
            assert (value in left) == any(takes(product[name], value) for product in fitting)
            assert (value in found.together[name]) == (value in c.domain(name))


@SMALL
@given(models, st.data())
def test_the_rules_of_an_explanation_reach_the_value_and_no_others_do(model, data):
    brute = BruteForce(model)
    assume(brute.valid)
    whole = data.draw(st.sampled_from(brute.products))
    c = Engine(model).start({name: whole[name] for name in data.draw(st.sets(st.sampled_from(brute.names)))})
    name = data.draw(st.sampled_from(brute.names))
    value = data.draw(st.sampled_from(answers(model[name])))
    needed = c.explain(name, value).rules
    for rule in model.rules:
        through = trace(c, rule.name, name, value).through
        assert (through is not None) == (rule.name in needed)
        if through:
            assert through[0] in names(rule.condition, model)
            assert through[-1] == name
