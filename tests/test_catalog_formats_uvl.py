"""UVL files: the tree, its groups and the constraints become yes/no questions and rules."""

import itertools
import pathlib
import random
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.solvers import Solver

from catalog.expressions import holds
from catalog.formats import dimacs
from catalog.formats.errors import FormatError
from catalog.formats.foreign import PAGE
from catalog.formats.uvl import dump_text, load_text
from catalog.model import Boolean, Choice, ProductModel, Rule, Value
from catalog.nodes import Is

DATA = pathlib.Path(__file__).parents[2] / "shared/data/feature-models"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the public feature models are not at {DATA}")

SHOP = """namespace "Web shop"

include
    Boolean.group-cardinality

features
    Shop {abstract, version 2, description 'All we sell'}   // the root
        mandatory
            Payment
                or
                    Card {fee 2.5}
                    "Bank transfer"
            Search
                alternative
                    Basic
                    Boolean Advanced
        optional
            Media {tags [a, 'b', 3],
                   nested {x 1}}
                [1..2]
                    Image
                    Video
                    Sound
/* several
   lines */
constraints
    Video => Card & !Basic
    !(Sound | Image) <=> Basic
"""


def built(text: str) -> set[frozenset[str]]:
    """The sets of features that can be built together, by trying them all."""
    model = load_text(text, "small")
    names = [c.name for c in model.characteristics]
    found = set()
    for answers in itertools.product((True, False), repeat=len(names)):
        values = dict(zip(names, answers, strict=True))
        if all(holds(rule.condition, values, model) for rule in model.rules):
            found.add(frozenset(name for name, there in values.items() if there))
    return found


def test_a_tree_means_what_it_says():
    model = load_text(SHOP, "shop")
    assert (model.name, model.title) == ("web_shop", "Web shop")
    shop, card, media = model["Shop"], model["Card"], model["Media"]
    assert shop.description == "All we sell"
    assert (shop.yes.attributes, card.yes.attributes) == ({"version": 2}, {"fee": Fraction(5, 2)})
    assert media.yes.attributes == {}
    expected = set()
    for paid in [{"Card"}, {"Bank transfer"}, {"Card", "Bank transfer"}]:
        for search in "Basic", "Advanced":
            for count in range(3):
                for media in itertools.combinations(["Image", "Video", "Sound"], count):
                    chosen = paid | {search, *media}
                    if "Video" in chosen and ("Card" not in chosen or search == "Basic"):
                        continue
                    if (not chosen & {"Sound", "Image"}) != (search == "Basic"):
                        continue
                    expected.add(frozenset(chosen | {"Shop", "Payment", "Search"} | ({"Media"} if count else set())))
    assert built(SHOP) == expected


def test_rules_have_readable_ids_and_sentences():
    sentences = {rule.name: rule.sentence for rule in load_text(SHOP, "shop").rules}
    assert sentences["Shop.root"] == "Shop is always there."
    assert sentences["Image.parent"] == "Image needs Media."
    assert sentences["Payment.mandatory"] == "Shop always comes with Payment."
    assert sentences["Search.group1"] == "Search needs exactly one of Basic, Advanced."
    assert sentences["Media.group1"] == "Media needs 1 to 2 of Image, Video, Sound."
    assert sentences["constraint_1"] == "Video needs Card and no Basic."


@pytest.mark.parametrize(("group", "counts"), [
    ("or", {1, 2, 3}), ("alternative", {1}), ("optional", {0, 1, 2, 3}), ("mandatory", {3}), ("[2]", {2}),
    ("[2..*]", {2, 3}), ("[0..1]", {0, 1}), ("[0..*]", {0, 1, 2, 3})])
def test_a_group_lets_so_many_be_chosen(group: str, counts: set[int]):
    text = f"features\n\tR\n\t\t{group}\n\t\t\tA\n\t\t\tB\n\t\t\tC\n"
    assert {len(chosen) - 1 for chosen in built(text)} == counts
    assert load_text(dump_text(load_text(text, "x")), "x") == load_text(text, "x")


@pytest.mark.parametrize(("constraint", "expected"), [
    ("A | B & C", {"A", "AB", "AC", "ABC", "BC"}),
    ("A => B => C", {"A", "C", "AC", "BC", "ABC"}),  # from left to right
    ("A <=> B", {"", "C", "AB", "ABC"}),
    ("!!A & !(B | C)", {"A"}),
    ("((((A))))", {"A", "AB", "AC", "ABC"}),
])
def test_a_constraint_binds_as_the_language_says(constraint: str, expected: set[str]):
    text = f"features\n  R\n    optional\n      A\n      B\n      C\nconstraints\n  {constraint}\n"
    assert {"".join(sorted(chosen - {"R"})) for chosen in built(text)} == expected
    assert load_text(dump_text(load_text(text, "x")), "x") == load_text(text, "x")


TREE = "features\n\tR\n\t\toptional\n\t\t\tA\n"


@pytest.mark.parametrize(("text", "line", "column", "expected"), [
    ("", 1, None, "expected a section `features`"),
    ("imports\n\tother\n" + TREE, 1, 1, "imports are not supported"),
    ("\tR\n", 1, 2, "expected features or constraints"),
    ("features\n\tR\n\tS\n", 3, 2, "single root"),
    ("features\n\tR\n\t\tsome\n", 3, 3, "expected mandatory"),
    ("features\n\tR\n\t\t[3..1]\n", 3, 3, r"\[least..most\]"),
    ("features\n\tor\n", 2, 2, "name of a feature"),
    ("features\n\tR\n\t\tor\n\t\t\tR\n", 4, 4, "name of its own"),
    ("features\n\tR cardinality [1..3]\n", 2, 2, "feature cardinality"),
    ("features\n\tInteger R\n", 2, 2, "type Integer"),
    ("features\n\tR S\n", 2, 4, "nothing but attributes"),
    ("features\n\tR {cost}}\n", 2, 10, "attributes such as"),
    ("features\n\tR {cost 5\n", 2, None, "closing bracket"),
    ("features\n\tR {constraint A}\n", 2, 5, "constraints as attributes"),
    ("features\n\tR\n        or\n", 3, 9, "tabs and spaces"),
    (TREE + "constraints\n\tA => B\n", 6, 7, 'unknown feature "B"'),
    (TREE + "constraints\n\tA =>\n", 6, 6, "found the end"),
    (TREE + "constraints\n\tsum(cost) > 3\n", 6, 5, "no arithmetic"),
    (TREE + "constraints\n\tA > 3\n", 6, 4, "no arithmetic"),
    (TREE + "constraints\n\t(A &\n\t  Q)\n", 7, 4, 'unknown feature "Q"'),
    ("features\n\tR\n\t\t[1..٣]\n", 3, 3, "cardinality such as"),
    ("features\n\tR {cost ٣}\n", 2, 10, "attributes such as"),
    ('features\n\t"a\tb"\n', 2, 2, r"visible characters in a name, found U\+0009"),
    ("features\n\tR // fine\n/* not closed\n", 3, 1, "for the comment that starts here"),
    (f"features\n\tR\n\t\tor\n\t\t\t{'x' * 251}\n", 4, 4, "1 to 250 characters"),
    ("features\n\tR {cost 9000000000000000}\n", 2, 2, "expected a number up to"),
])
def test_a_wrong_file_is_refused_with_its_place(text: str, line: int, column: int | None, expected: str):
    with pytest.raises(FormatError, match=expected) as caught:
        load_text(text, "wrong")
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("constraint", [
    "!" * 50_000 + "A", " => ".join("A" * 5_000), " <=> ".join("A" * 60), "(" * 50_000])
def test_hostile_nesting_is_refused(constraint: str):
    with pytest.raises(FormatError) as caught:
        load_text(f"{TREE}constraints\n\t{constraint}\n", "deep")
    assert caught.value.line == 6


def test_parentheses_alone_mean_nothing():
    model = load_text(f"{TREE}constraints\n\t{'(' * 50_000}A{')' * 50_000}\n", "deep")
    assert model.rules[-1].condition == Is("A", (True,))


def test_a_deep_tree_does_not_exhaust_the_stack():
    lines = ["features"] + ["\t" * (2 * i + 1) + f"F{i}\n" + "\t" * (2 * i + 2) + "optional" for i in range(400)]
    model = load_text("\n".join(lines), "deep")
    assert len(model.characteristics) == 400
    assert load_text(dump_text(model), "again") == model


def test_indentation_by_tabs_and_by_spaces_mean_the_same():
    assert load_text(SHOP, "x") == load_text(SHOP.replace("    ", "\t"), "x")


@pytest.mark.parametrize("text", [
    "/* " * 100_000, "features\n\tR" + " " * 100_000 + "x\n", "features\n\tR " + "{} " * 50_000 + "x\n",
    "features\n\tR {" + "a [1," * 20_000, "features\n\tR\nconstraints\n\t" + "!" * 50_000 + "R\n"])
def test_hostile_texts_are_refused_quickly(text: str):
    started = time.process_time()
    with pytest.raises(FormatError):
        load_text(text, "hostile")
    assert time.process_time() - started < 3


def test_a_long_name_is_a_name():
    assert load_text(f"features\n\t{'x' * 240}\n", "long").characteristics[0].name == "x" * 240


LETTERS = st.characters(exclude_categories=["C", "Z"], include_characters=" ", exclude_characters='"')
NAMES = st.text(LETTERS, min_size=1, max_size=6).filter(lambda name: name == name.strip()) | st.sampled_from(
    ["or", "Integer", "features", "a.b"])


@st.composite
def trees(draw) -> str:
    """UVL text of a random tree with random constraints."""
    names = draw(st.lists(NAMES, min_size=2, max_size=40, unique=True))
    below: dict[int, dict[str, list[int]]] = {}
    kinds = st.sampled_from(["mandatory", "optional", "or", "alternative", "[1..2]", "[0..*]", "[2..*]"])
    for child in range(1, len(names)):
        parent = draw(st.integers(0, child - 1))
        below.setdefault(parent, {}).setdefault(draw(kinds), []).append(child)

    def lines(feature: int, depth: int) -> list[str]:
        cost = draw(st.sampled_from(["", " {cost 3, abstract true}", " {weight -0.5, description 'It is'}"]))
        found = ["  " * depth + f'"{names[feature]}"{cost}']
        for kind, members in below.get(feature, {}).items():
            found += ["  " * (depth + 1) + kind, *(line for member in members for line in lines(member, depth + 2))]
        return found

    literal = st.sampled_from([f'"{name}"' for name in names])
    terms = st.recursive(literal, lambda inner: st.one_of(
        inner.map("!({})".format), inner.map("!{}".format).filter(lambda text: " " not in text),
        st.tuples(inner, st.sampled_from(["&", "|", "=>", "<=>"]), inner).map("({0[0]}) {0[1]} ({0[2]})".format)),
        max_leaves=6)
    constraints = draw(st.lists(terms, max_size=4))
    return "\n".join(["features", *lines(0, 1), "constraints", *("\t" + text for text in constraints)])


@settings(max_examples=30, deadline=None)
@given(trees())
def test_what_is_written_reads_the_same(text: str):
    model = load_text(text, "Any tree")
    assert load_text(dump_text(model), "another") == model


def test_what_uvl_cannot_express_is_refused_by_name():
    with pytest.raises(ValueError, match="colour: it is no yes/no"):
        dump_text(ProductModel(name="p", characteristics=(Choice(name="colour", values=(Value(name="red"),)),)))
    with pytest.raises(ValueError, match="no tree with one root, but 2"):
        dump_text(ProductModel(name="p", characteristics=(Boolean(name="a"), Boolean(name="b"))))
    model = load_text(TREE, "p")
    renamed = tuple(Rule(name=rule.name, condition=rule.condition, sentence="Otherwise") for rule in model.rules)
    with pytest.raises(ValueError, match="UVL cannot express the rules"):
        dump_text(ProductModel(name="p", groups=model.groups, characteristics=model.characteristics, rules=renamed))


@needs_data
@pytest.mark.parametrize(("file", "features", "rules"), [
    ("automotive01", 2513, 6229), ("automotive02-v1", 14010, 17288), ("berkeleydb", 117, 415), ("eshop", 173, 289),
    ("pc-richmond", 364, 472)])
def test_real_models_are_read_whole(file: str, features: int, rules: int):
    model = load_text((DATA / f"{file}.uvl").read_text(), file)
    assert (len(model.characteristics), len(model.rules)) == (features, rules)
    assert max(sum(c.group == group.name for c in model.characteristics) for group in model.groups[:50]) <= PAGE
    assert load_text(dump_text(model), "again") == model


@needs_data
@pytest.mark.parametrize("file", ["berkeleydb", "eshop", "automotive01"])
def test_both_formats_of_a_real_model_mean_the_same(file: str):
    """Every product that the clauses allow fulfils the tree; what breaks a clause by one feature breaks the tree."""
    tree = load_text((DATA / f"{file}.uvl").read_text(), file)
    flat = dimacs.load_text((DATA / f"{file}.dimacs").read_text(), file)
    names = [c.name for c in flat.characteristics]
    assert set(names) == {c.name for c in tree.characteristics}
    numbers = {name: number for number, name in enumerate(names, 1)}
    chance = random.Random(1)
    with Solver("minisat22", bootstrap_with=[[numbers[x.name] if x.values[0] else -numbers[x.name]
                                              for x in rule.condition.operands] for rule in flat.rules]) as solver:
        for _ in range(3):
            solver.set_phases([chance.choice((-1, 1)) * number for number in numbers.values()])
            assert solver.solve()
            values = {names[abs(number) - 1]: number > 0 for number in solver.get_model()}
            for name in chance.sample(names, 10):
                for product in values, {**values, name: not values[name]}:
                    assert (all(holds(rule.condition, product, tree) for rule in tree.rules)
                            == all(holds(rule.condition, product, flat) for rule in flat.rules))
