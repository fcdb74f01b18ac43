"""What is wrong with a product model as a whole: it is refused whole, with everything that is wrong.

`catalog.language` has checked what it read already; models that come from elsewhere are checked here in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from babel.numbers import list_currencies

from catalog.checking.answers import cases, characteristics
from catalog.checking.evaluation import expressions, shapes
from catalog.checking.names import footprint, former, names, parts, titles, unknown, uses
from catalog.checking.times import times
from catalog.language import quoted
from catalog.model import ProductModel
from catalog.problems import Problem, refuse

FINEST_VAT = 10_000
"""Parts of a per cent; more digits would be no number that a file can hold."""


def check(model: ProductModel) -> None:
    """Raises CatalogueError with everything that is wrong with a model; later checks rely on what earlier ones found.

    Every name is used once and known where it is used, every answer that the maker suggests is one, every expression
    can be evaluated whatever is chosen, every shape is harmless.
    """
    refuse(chain(names(model), titles(model), _product(model)))
    refuse(chain(uses(model), parts(model), footprint(model), characteristics(model), former(model)))
    refuse(cases(model))
    refuse(expressions(model))
    refuse(times(model))
    refuse(shapes(model))


def _product(model: ProductModel) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", model.name):
        yield Problem(("name",), f"expected a name of a to z, 0 to 9 and _ (at most 80), found {quoted(model.name)}")
    yield from unknown(("currency",), model.currency, list_currencies(), "currency")
    if not 0 <= model.ask_after_days <= 3650:
        yield Problem(("ask_after_days",), "expected 0 to 3650 days")
    if not 0 <= model.vat <= 100 or model.vat.denominator > FINEST_VAT:
        yield Problem(("vat",), "expected 0 to 100 per cent, of at most four decimals")
    if not model.characteristics:
        yield Problem(("characteristics",), "expected at least one characteristic")
