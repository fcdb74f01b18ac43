"""Random product models, for Hypothesis: every kind of characteristic, rule and template, with hostile names."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

from catalog import model as m
from catalog import nodes
from catalog.characters import hidden
from catalog.language import Scope, valued

IDENTIFIERS = st.sampled_from(["a", "b2", "size", "min", "frame", "at", "least", "of", "yes", "no", "_x", "count"])
HOSTILE = st.sampled_from([
    "and", "true", "not in", 'say "hi"', "it's", "{x}", "}}", "a: b", "- a", "# no", "~", "null", "1", "0x1f", "1e3",
    "12:30:45", "2026-01-01", "*a", "&a", "!!int", " around ", "é", "日本", "\\", "\\n", "=", "yes", "|", ">", "%", "@",
    "`", ",", "[]", "{}", "a#b", "<b>", "🚲"])
NAMES = IDENTIFIERS | HOSTILE | st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=8)
TEXTS = st.just("") | HOSTILE | st.sampled_from(["tab\there", "two\nlines", "\u2028", "\ufeff", "\u200d"]) | st.text(
    st.characters(exclude_categories=["Cc", "Co", "Cs"]), max_size=20).filter(lambda text: hidden(text) is None)
FORMER = st.lists(st.integers(0, 99), max_size=2, unique=True)
"""Names of earlier versions, by their numbers; see `former`."""
DECIMALS = st.integers(-99, 99) | st.fractions(-9, 9, max_denominator=12) | st.builds(
    Fraction, st.integers(-999, 999), st.sampled_from([10, 100, 1000]))


def exact(number: nodes.Exact) -> nodes.Exact:
    return number.numerator if number.denominator == 1 else number


NUMBERS = DECIMALS.map(exact)


def former(draw: DrawFn, name: str) -> dict[str, tuple[str, ...]]:
    """What a thing of this name has taken over; two things of different names never take over the same."""
    was, replaces = draw(FORMER), draw(FORMER)
    return {"was": tuple(f"{name} before {number}" for number in was),
            "replaces": tuple(f"instead of {number}, {name}" for number in replaces)}


@composite
def values(draw: DrawFn, name: str) -> m.Value:
    return m.Value(
        name=name, **former(draw, name), title=draw(TEXTS), description=draw(TEXTS),
        swatch=draw(st.none() | st.just("#2f4553")), attributes=draw(st.dictionaries(NAMES, NUMBERS, max_size=2)))


@composite
def characteristics(draw: DrawFn, name: str) -> m.Characteristic:
    shared = {"name": name, "title": draw(TEXTS), "description": draw(TEXTS),
              "about": draw(st.sampled_from(["product", "person", "place"])), **former(draw, name)}
    options = tuple(draw(values(option)) for option in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)))
    names = [option.name for option in options]
    match draw(st.sampled_from(["choice", "several", "boolean", "number", "text"])):
        case "choice":
            return m.Choice(**shared, values=options, standard=draw(st.none() | st.sampled_from(names)))
        case "several":
            most = draw(st.none() | st.integers(1, len(options)))
            standard = draw(st.none() | st.just(frozenset(names[:most])))
            return m.Several(**shared, values=options, least=draw(st.integers(0, 1)), most=most, standard=standard)
        case "boolean":
            return m.Boolean(**shared, yes=replace(options[0], name=draw(st.just("yes") | NAMES)),
                             standard=draw(st.none() | st.booleans()))
        case "number":
            least, step = draw(st.integers(-9, 9)), draw(st.integers(1, 3))
            return m.Number(**shared, least=least, most=least + draw(st.integers(0, 6)), step=step,
                            unit=draw(st.sampled_from(["", "mm"])), shown=draw(st.none() | st.just("cm")),
                            standard=draw(st.none() | st.just(least)))
    least = draw(st.integers(0, 1))
    return m.Text(**shared, least=least, most=least + draw(st.integers(0, 2)),
                  allowed=draw(st.sampled_from(["", "a-z", "A-Za-z0-9 -"])))


def families(least: int = 1, most: int = 5) -> SearchStrategy[tuple[m.Characteristic, ...]]:
    """Characteristics with different names."""
    return st.lists(NAMES, min_size=least, max_size=most, unique=True).flatmap(
        lambda names: st.tuples(*map(characteristics, names)))


def expressions(scope: Scope, depth: int = 2) -> SearchStrategy[nodes.Expression]:
    """Numbers that the scope can say; nothing in them divides by a literal 0."""
    known = scope.characteristics.values()
    leaves: list[SearchStrategy[nodes.Expression]] = [st.builds(nodes.Const, NUMBERS)]
    leaves += [st.just(nodes.Read(c.name)) for c in known if isinstance(c, m.Number)]
    leaves += [st.just(nodes.Size(c.name)) for c in known if isinstance(c, m.Several | m.Text)]
    leaves += [st.just(nodes.Attribute(c.name, attribute))
               for c in known for value in valued(c) for attribute in value.attributes]
    leaves += [st.just(nodes.Quantity(name)) for name in scope.quantities]
    leaves += [st.just(nodes.Read(name)) for name in scope.counters]
    if depth == 0:
        return st.one_of(leaves)
    below, holds = expressions(scope, depth - 1), conditions(scope, depth - 1)
    two_or_three = st.lists(below, min_size=2, max_size=3).map(tuple)
    divisors = below.filter(lambda node: node != nodes.Const(0))
    return st.one_of(
        *leaves,
        st.builds(nodes.Arithmetic, st.sampled_from(["+", "*", "min", "max"]), two_or_three),
        st.builds(nodes.Arithmetic, st.just("-"), st.tuples(below, below)),
        st.builds(nodes.Arithmetic, st.just("/"), st.tuples(below, divisors)),
        st.builds(nodes.Arithmetic, st.sampled_from(["neg", "abs", "floor", "ceil", "min"]), st.tuples(below)),
        st.builds(nodes.Count, st.lists(holds, max_size=2).map(tuple)), st.builds(nodes.Choose, holds, below, below))


@composite
def quantities(draw: DrawFn, name: str, scope: Scope) -> m.NamedQuantity:
    """Numbers that are computed, or looked up in a grid."""
    number = expressions(scope)
    if draw(st.booleans()):
        return m.NamedQuantity(name=name, expression=draw(number), title=draw(TEXTS))
    steps = st.lists(NUMBERS, min_size=1, max_size=3, unique=True).map(sorted).map(tuple)
    axes = st.builds(m.Axis, of=number, up_to=steps)
    across, down = draw(axes), draw(st.none() | axes)
    row = st.tuples(*(st.none() | NUMBERS for _ in across.up_to))
    grid = m.Grid(across=across, down=down, amounts=draw(st.tuples(*(row for _ in (down.up_to if down else [0])))))
    return m.NamedQuantity(name=name, expression=grid.expression, grid=grid, unit=draw(TEXTS))


def conditions(scope: Scope, depth: int = 2) -> SearchStrategy[nodes.Condition]:
    """Conditions that the scope can say."""
    leaves = [among(c) for c in scope.characteristics.values() if not isinstance(c, m.Number)]
    leaves += [st.sampled_from([nodes.TRUE, nodes.FALSE])]
    tabular = [c for c in scope.characteristics.values() if isinstance(c, m.Choice | m.Boolean | m.Number)]
    if tabular:
        leaves.append(st.lists(st.sampled_from(tabular), min_size=1, max_size=2).flatmap(tables))
    if depth == 0:
        return st.one_of(leaves)
    number, below = expressions(scope, depth - 1), conditions(scope, depth - 1)
    several = st.lists(below, max_size=3).map(tuple)
    comparisons = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    return st.one_of(
        *leaves, st.builds(nodes.Compare, comparisons, number, number), st.builds(nodes.Not, below),
        st.builds(nodes.And, several), st.builds(nodes.Or, several), st.builds(nodes.Implies, below, below))


def among(c: m.Characteristic) -> SearchStrategy[nodes.Is]:
    known: list[str | bool] = [""] if isinstance(c, m.Text) else [option.name for option in c.options] or [True, False]
    some = st.lists(st.sampled_from(known), max_size=len(known), unique=True)
    return some.map(lambda values: nodes.Is(c.name, tuple(values)))


def tables(columns: list[m.Characteristic]) -> SearchStrategy[nodes.Table]:
    rows = st.tuples(*(st.sampled_from(answers(column)) for column in columns))
    return st.builds(nodes.Table, st.just(tuple(c.name for c in columns)), st.lists(rows, max_size=3).map(tuple),
                     st.booleans())


def answers(c: m.Characteristic) -> list[str | bool | int]:
    """Everything that a choice, yes/no or number can be."""
    if isinstance(c, m.Number):
        return list(c.range)
    return [option.name for option in c.options] or [True, False]


def templates(scope: Scope) -> SearchStrategy[m.Template]:
    shown = [m.Shown(name=c.name) for c in scope.characteristics.values() if not isinstance(c, m.Number)]
    shown += [m.Shown(name=c.name, aspect=aspect) for c in scope.characteristics.values() if c.options
              for aspect in ("swatch", "part")]
    place = expressions(scope, 1).filter(lambda node: getattr(node, "attribute", "") not in ("swatch", "part"))
    places = st.one_of(place, st.sampled_from(shown)) if shown else place
    return st.lists(st.tuples(TEXTS, places), max_size=2).flatmap(lambda pairs: TEXTS.map(lambda end: m.Template(
        pieces=tuple(piece for pair in [*pairs, (end,)] for piece in pair if piece != ""))))


@composite
def products(draw: DrawFn) -> m.ProductModel:
    """Whole models; not every one of them can be built."""
    questions = draw(families())
    quantity = draw(NAMES.filter(lambda name: name not in {c.name for c in questions}))
    inner = Scope({c.name: c for c in questions})
    scope = replace(inner, quantities=frozenset([quantity]))
    number, holds, words = expressions(scope), conditions(scope), templates(scope)
    maybe = st.none() | holds
    computed = draw(quantities(quantity, inner))
    conditioned = st.tuples(holds, st.just(""))
    if computed.grid:
        listed = st.just(computed.grid.listed)
        conditioned |= st.tuples(listed | st.builds(nodes.Implies, holds, listed), st.just(quantity))
    unique = st.lists(NAMES, max_size=2, unique=True)
    parts = draw(unique)
    part = st.none() | st.sampled_from(parts) if parts else st.none()
    centre, operation = draw(NAMES), draw(NAMES)
    group = draw(NAMES)
    counter = draw(NAMES.filter(lambda name: name not in inner.characteristics and name != quantity))
    priced = tuple(_priced(draw, c, st.none() | number, part, group) for c in questions)
    repeat = (counter, nodes.Const(3)) if draw(st.booleans()) else None
    layer = m.Layer(name=draw(NAMES), when=draw(maybe), repeat=repeat, shapes=())
    drawn = templates(scope.within(counter) if layer.repeat else scope)
    shapes = (m.Shape(element="rect", attributes=draw(st.dictionaries(st.sampled_from(["x", "y"]), drawn))),
              m.Shape(element="text", attributes={}, text=draw(drawn)))
    tile = m.Shape(element="rect", attributes={"x": draw(words)})
    pattern = m.Pattern(name=draw(NAMES), width=nodes.Const(9), height=nodes.Const(1), shapes=(tile,),
                        transform=draw(st.none() | words))
    filled = m.Shape(element="rect", attributes={"fill": m.Template(pieces=(pattern.name,))})
    picture = draw(st.none() | st.just(m.Picture(
        view=(nodes.Const(0), nodes.Const(0), draw(number), draw(number)), caption=draw(st.none() | words),
        layers=(replace(layer, shapes=(*shapes, filled)),), patterns=(pattern,))))
    step = steps(words, maybe, number, hands(questions, parts), [layer.name] if picture else [])
    return m.ProductModel(
        name=draw(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)), characteristics=priced, title=draw(TEXTS),
        description=draw(TEXTS), currency=draw(st.sampled_from(["EUR", "CHF"])),
        vat=exact(draw(st.fractions(0, 25, max_denominator=10_000))),
        lead_days=draw(st.none() | number), groups=(m.Group(name=group, title=draw(TEXTS)),),
        traits=tuple(m.Trait(name=name, unit=draw(TEXTS)) for name in draw(unique)),
        quantities=(computed,),
        rules=tuple(m.Rule(name=name, condition=condition, sentence=draw(TEXTS), within=within)
                    for name in draw(unique) for condition, within in [draw(conditioned)]),
        prices=tuple(m.Price(name=name, amount=draw(number), when=draw(maybe)) for name in draw(unique)),
        parts=tuple(m.Part(number=name, title=draw(TEXTS), bin=draw(TEXTS), lead_days=draw(st.integers(0, 9)))
                    for name in parts),
        items=tuple(m.Item(part=name, quantity=draw(number), when=draw(maybe), operation=operation,
                           measures=draw(st.dictionaries(NAMES, number, max_size=2)), note=draw(st.none() | words))
                    for name in parts),
        work_centres=(m.WorkCentre(name=centre, title=draw(TEXTS)),),
        operations=(m.Operation(name=operation, work_centre=centre, minutes=draw(number), when=draw(maybe),
                                setup=draw(st.none() | words), steps=(draw(step),)),),
        picture=picture,
        footprint=draw(st.none() | footprints(number, [
            c.name for c in questions if isinstance(c, m.Number) and c.about == "place"])),
        cases=tuple(draw(cases(name, questions)) for name in draw(unique)),
        sources=tuple(draw(st.lists(TEXTS, max_size=2))))


def steps(words: SearchStrategy[m.Template], maybe: SearchStrategy[nodes.Condition | None],
          number: SearchStrategy[nodes.Expression], hand: SearchStrategy[m.Template | None], layers: list[str],
          ) -> SearchStrategy[m.Step]:
    """What is done with a part, and measured."""
    check = st.builds(m.Check, name=TEXTS, nominal=number, minus=number, plus=number, unit=TEXTS)
    return st.builds(m.Step, text=words, value=st.none() | words, when=maybe, tool=TEXTS, part=hand,
                     picture=st.just(tuple(layers)), check=st.none() | check)


def hands(questions: tuple[m.Characteristic, ...], parts: list[str]) -> SearchStrategy[m.Template | None]:
    """The parts that a step can have in its hand."""
    known: list[str | m.Shown] = [*parts, *(m.Shown(name=c.name, aspect="part") for c in questions
                                            if isinstance(c, m.Choice | m.Boolean))]
    return st.sampled_from([None, *(m.Template(pieces=(part,)) for part in known)])


def footprints(number: SearchStrategy[nodes.Expression], places: list[str]) -> SearchStrategy[m.Footprint]:
    """What pieces take up."""
    asked = st.dictionaries(st.sampled_from(m.MEASURES), st.sampled_from(places)) if places else st.just({})
    return st.builds(m.Footprint, width=number, depth=number, height=number, against=st.sampled_from(["", "wall"]),
                     clearance=st.dictionaries(st.sampled_from(m.SIDES), number, max_size=2), alcove=asked)


@composite
def cases(draw: DrawFn, name: str, questions: tuple[m.Characteristic, ...]) -> m.Case:
    """Some choices, which need not fit together."""
    chosen = draw(st.lists(st.sampled_from(questions), unique_by=lambda c: c.name))
    return m.Case(name=name, title=draw(TEXTS), choices={c.name: draw(choices(c)) for c in chosen},
                  **draw(st.sampled_from([{"possible": False}, {}, {"costs": 0}, {"costs": 49}])))


def choices(c: m.Characteristic) -> SearchStrategy[nodes.Answer]:
    """Answers of every kind; those of texts and several-of are bare."""
    match c:
        case m.Several():
            return st.just(frozenset(value.name for value in c.values[:max(c.least, 1)]))
        case m.Text():
            return st.just("a" * c.most)
    return st.sampled_from(answers(c))


def _priced(draw: DrawFn, c: m.Characteristic, price: SearchStrategy[nodes.Expression | None],
            part: SearchStrategy[str | None], group: str) -> m.Characteristic:
    """The characteristic with prices and parts, which may use every name."""
    match c:
        case m.Choice() | m.Several():
            options = tuple(replace(option, price=draw(price), part=draw(part)) for option in c.values)
            return replace(c, group=group, values=options)
        case m.Boolean():
            return replace(c, group=group, yes=replace(c.yes, price=draw(price), part=draw(part)))
        case m.Number() | m.Text():
            return replace(c, price=draw(price))
    raise TypeError(c)
