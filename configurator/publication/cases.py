"""Trying the cases of a catalogue: what it promises of itself must hold before it is sold."""

from __future__ import annotations

from collections.abc import Iterator

from babel.numbers import get_currency_precision

from catalog.model import Case, ProductModel
from catalog.nodes import Values
from catalog.pricing import PriceSheet, price
from catalog.wording import rounded, title
from catalog.wording import say as in_words
from configurator.engine import Configuration, Engine, Impossible
from configurator.memory import Memory


def failures(engine: Engine) -> Iterator[str]:
    """A sentence for each case that does not hold: which, what was expected and why it is not so."""
    memory = Memory(engine)
    for case in engine.model.cases:
        wrong = _wrong(case, engine, memory)
        if wrong:
            named = f"{case.name} ({case.title})" if case.title else case.name
            yield f"case {named}: {wrong}"


def _wrong(case: Case, engine: Engine, memory: Memory) -> str:
    """What does not hold of a case; "" if it does."""
    try:
        configuration = engine.start(case.choices)
    except Impossible as impossible:
        return _why_not(impossible, case.choices, engine.model) if case.possible else ""
    if not case.possible:
        return f"expected to be impossible, but it can be built: {_choices(case.choices, engine.model)}"
    return "" if case.costs is None else _wrong_price(case, configuration, memory)


def _why_not(impossible: Impossible, choices: Values, model: ProductModel) -> str:
    """That choices cannot be built together, with the sentences of the rules that exclude it."""
    together = {name: choices[name] for name in (*impossible.explanation.choices, impossible.name)}
    rules = [model.rule(name) for name in impossible.explanation.rules]
    told = " ".join(f"{rule.sentence} ({rule.name})" if rule.sentence else f"({rule.name})" for rule in rules)
    return f"expected to be possible, but not together: {_choices(together, model)}. {told}".strip()


def _wrong_price(case: Case, configuration: Configuration, memory: Memory) -> str:
    model = configuration.engine.model
    sheet = price(model, memory.propose(configuration).configuration.values())
    expected = rounded(case.costs or 0, get_currency_precision(model.currency))
    if expected == sheet.total:
        return ""
    lines = ", ".join(f"{line.title} {_money(line.amount, sheet)}" for line in sheet.lines)
    return f"expected to cost {_money(expected, sheet)}, but it costs {_money(sheet.total, sheet)}: {lines}"


def _choices(choices: Values, model: ProductModel) -> str:
    return ", ".join(f"{title(model[name])}: {in_words(model[name], answer)}" for name, answer in choices.items())


def _money(amount: int, sheet: PriceSheet) -> str:
    places = get_currency_precision(sheet.currency)
    return f"{amount / 10**places:,.{places}f} {sheet.currency}"
