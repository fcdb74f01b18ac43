"""What lots of one save: the parts that a shop holds, against the finished goods it would need to serve as well.

Both are held by a base-stock policy: so much that, at a chosen service, a piece is there when it is asked for while the
one before is being replaced (Zipkin, Foundations of Inventory Management, 2000, chapter 6). Demand for a configuration
is taken for Poisson; for a part, of which an order takes several, for normal. What a finished piece costs is assumed as
a share of what was paid, as is a part where the catalogue does not say it: figures are as good as their Assumptions.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date

import numpy as np
from babel.numbers import get_currency_precision
from scipy.special import ndtr, ndtri, pdtr, pdtrik
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.model import Characteristic, Number, ProductModel, Text, from_plain, to_plain
from catalog.nodes import Answer, Values
from catalog.parts import bill
from catalog.records import Version
from catalog.store import model_of
from orders.memory.remembered import Erasure
from orders.quotation.vat import included
from orders.records import Order
from orders.relation.outcomes import within

SAMPLED = 2_000
"""Orders whose parts are worked out, evenly chosen; of more, the sums are scaled."""


@dataclass(frozen=True)
class Assumptions:
    """What neither the catalogue nor the orders say."""

    service: float = 0.95  # how often a piece is there when it is asked for
    material: float = 0.4  # what the parts of a piece cost, of its price without tax, where that is not known
    finished: float = 0.7  # what a finished piece costs, of its price without tax
    replaced: int = 20  # days until a finished piece that was sold stands there again
    sizes: int = 5  # in how many sizes a number would be offered at least


@dataclass(frozen=True)
class Held:
    """What lies there on an average day: of so many kinds so many pieces, and what it all costs, in minor units.

    What is measured or weighed is no piece.
    """

    kinds: int
    pieces: float
    value: float

    @property
    def each(self) -> float:
        return self.value / self.pieces if self.pieces else 0.0


@dataclass(frozen=True)
class Savings:
    """What was sold in a period, and what is held for it or would be.

    Parts: as long on their way as the catalogue says, and twice as long. Finished goods: those that were ordered, their
    numbers in a few sizes; and exactly those ordered, with one piece of each that could as well have been (how many
    that are: Chao, Scandinavian Journal of Statistics 11, 1984).
    """

    orders: int
    pieces: int
    configurations: int
    once: int  # of them, ordered once only
    parts: tuple[Held, Held]
    finished: tuple[Held, Held]

    @property
    def saved(self) -> tuple[float, float]:
        """How much less is bound in parts, in minor units: at least, and at most."""
        return self.finished[0].value - self.parts[1].value, self.finished[1].value - self.parts[0].value


@dataclass(frozen=True)
class _Lot:
    """An order: of what, exactly and in sizes; what was paid for a piece without tax, in minor units."""

    model: ProductModel
    values: Values
    pieces: int
    paid: float

    def kind(self, sizes: int | None = None) -> Hashable:
        """What tells configurations apart; texts do not, for no shop would hold them."""
        told = {c.name: _sized(c, self.values[c.name], sizes) for c in self.model.characteristics
                if not isinstance(c, Text)}
        return self.model.name, json.dumps(to_plain(told), sort_keys=True)


def savings(session: Session, since: date, until: date, currency: str, assumed: Assumptions) -> Savings | None:
    """From the day `since` until the end of the day `until`; None if nothing was ordered."""
    days, lots = (until - since).days + 1, list(_lots(session, since, until, currency))
    if not lots:
        return None
    counts = Counter(lot.kind() for lot in lots)
    few, exact = (_finished(lots, days, assumed, sizes) for sizes in (assumed.sizes, None))
    unseen = _unseen(Counter(counts.values()))
    all_ = Held(exact.kinds + unseen, exact.pieces + unseen, exact.value + unseen * exact.each)
    return Savings(
        len(lots), sum(lot.pieces for lot in lots), len(counts), sum(count == 1 for count in counts.values()),
        _range(_parts(lots, days, assumed, 1), _parts(lots, days, assumed, 2)), _range(few, all_))


def _range(one: Held, other: Held) -> tuple[Held, Held]:
    """The lower and the higher figures. Of a part that an order takes much of, less lies there if it comes later: what
    is there is soon taken.
    """
    pairs = list(zip(astuple(one), astuple(other), strict=True))
    return Held(*map(min, pairs)), Held(*map(max, pairs))


def _lots(session: Session, since: date, until: date, currency: str) -> Iterator[_Lot]:
    """What was ordered; what was cancelled, or made again, was not sold, and of what erased
    customers ordered nothing is known."""
    told = Order.sheet["price"]["tax"].as_integer()  # as it was charged: abroad, maybe none; old sheets do not say
    rows = session.execute(select(Order.values, Order.quantity, Order.total, told, Version).join(Order.version).where(
        Order.currency == currency, Order.state != "cancelled", Order.remake_of_id.is_(None),
        Order.customer_id.not_in(select(Erasure.customer_id)), *within(since, until)).order_by(Order.id))
    for values, pieces, total, charged, version in rows.yield_per(1_000):
        model = model_of(version)
        tax = float(included(total, model.vat)) if charged is None else charged
        yield _Lot(model, from_plain(values), pieces, (total - tax) / pieces)


def _sized(characteristic: Characteristic, answer: Answer, sizes: int | None) -> Answer:
    """The size that a number would be sold as, counted from 0, if there are but a few; else what it is."""
    if sizes is None or not isinstance(characteristic, Number) or not isinstance(answer, int):
        return answer
    return (answer - characteristic.least) * sizes // (characteristic.most - characteristic.least + 1)


def _finished(lots: Sequence[_Lot], days: int, assumed: Assumptions, sizes: int | None) -> Held:
    """The finished goods that stand there: of each kind that was ordered as many as serve while one is replaced."""
    pieces, paid = defaultdict[Hashable, int](int), defaultdict[Hashable, float](float)
    for lot in lots:
        kind = lot.kind(sizes)
        pieces[kind] += lot.pieces
        paid[kind] += lot.pieces * lot.paid
    each = np.array([paid[kind] / pieces[kind] for kind in pieces]) * assumed.finished
    mean = np.array(list(pieces.values())) * assumed.replaced / days
    short = np.ceil(np.nan_to_num(pdtrik(assumed.service, mean)))
    short -= (short > 0) & (pdtr(short - 1, mean) >= assumed.service)  # the least that demand exceeds seldom enough
    held = (short + 1) * pdtr(short, mean) - mean * np.where(short > 0, pdtr((short - 1).clip(0), mean), 0)
    return Held(len(pieces), float(held.sum()), float((held * each).sum()))


def _unseen(ordered: Counter[int]) -> int:
    """How many configurations at least would have been ordered but were not: Chao's estimate, corrected for bias; from
    how many were ordered once, twice, ...
    """
    once, twice = ordered[1], ordered[2]
    return once * (once - 1) // (2 * (twice + 1))


def _parts(lots: Sequence[_Lot], days: int, assumed: Assumptions, times: int) -> Held:
    """The parts that lie there, if each is `times` as long on its way as the catalogue says."""
    sample = lots[::-(-len(lots) // SAMPLED)]
    takes, worth, leads = defaultdict[str, list[float]](list), defaultdict[str, float](float), dict[str, int]()
    counted = set[str]()
    for lot in sample:
        lines = [line for line in bill(lot.model, lot.values) if not line.part.made_here]  # what is cut lies nowhere
        minor = 10 ** get_currency_precision(lot.model.currency)
        for line in lines:
            number = line.part.number
            takes[number].append(float(line.quantity) * lot.pieces)
            worth[number] += lot.pieces * (lot.paid * assumed.material / len(lines) if line.cost is None
                                           else float(line.cost * minor))
            leads[number] = max(line.part.lead_days, 1)
            if not line.part.unit:
                counted.add(number)
    share = len(lots) / len(sample) / days * times
    held = [_on_hand(np.array(taken), leads[number] * share, assumed.service) for number, taken in takes.items()]
    each = [worth[number] / sum(taken) for number, taken in takes.items()]
    pieces = sum(lies for number, lies in zip(takes, held, strict=True) if number in counted)
    return Held(len(takes), pieces, float(np.dot(held, each)))


def _on_hand(taken: np.ndarray[tuple[int], np.dtype[np.float64]], share: float, service: float) -> float:
    """What is left of a part on average, if orders of the share of the period come in before more of it."""
    mean, deviation = taken.sum() * share, float(np.sqrt((taken ** 2).sum() * share))
    stock = max(mean + ndtri(service) * deviation, taken.max())
    z = (stock - mean) / deviation
    return float(deviation * (z * ndtr(z) + np.exp(-z * z / 2) / np.sqrt(2 * np.pi)))
