"""One way to round: lines, discounts, tax and totals add up to the minor unit, whatever is quoted."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing import Line, PriceSheet
from orders.quotation.discounts import WHOLE, Discount, together, within
from orders.quotation.rounding import nearest, spread
from orders.quotation.totals import Priced, reckon
from orders.quotation.vat import Vat, charged, included
from orders.records import Account

rates = st.integers(0, 10_000).map(lambda hundredths: Fraction(hundredths, 100))
vats = st.sampled_from([Vat(Fraction(19)), Vat(Fraction(7)), Vat(Fraction(255, 10), "rate"),
                        Vat(Fraction(0), "reverse")])
percents = st.integers(0, WHOLE).map(Discount)


@st.composite
def quotes(draw):
    """Lines, and a discount of all."""
    lines, amounts = [], st.integers(0, 10**7).map(lambda value: Discount(value, "amount"))
    for _ in range(draw(st.integers(1, 8))):
        piece, quantity = draw(st.integers(0, 10**6)), draw(st.integers(1, 40))
        lines.append(Priced(piece, quantity, draw(percents | amounts), draw(vats)))
    return lines, draw(percents | amounts)


@given(quotes())
def test_every_line_and_the_whole_add_up(quote):
    lines, discount = quote
    totals = reckon(lines, discount)
    for line in (*totals.lines, totals.whole):
        assert line.listed - line.discount - line.share == line.gross == line.net + line.tax
        assert min(line.listed, line.discount, line.share, line.gross, line.net, line.tax) >= 0
    for name in "listed", "discount", "share", "gross", "net", "tax":
        assert sum(getattr(line, name) for line in totals.lines) == getattr(totals.whole, name)
        if name in ("gross", "net", "tax"):
            assert sum(getattr(tax, name) for tax in totals.taxes) == getattr(totals.whole, name)


@given(quotes())
def test_each_figure_is_the_exact_one_rounded(quote):
    lines, discount = quote
    totals = reckon(lines, discount)
    left = [line.listed - line.discount for line in totals.lines]
    assert totals.whole.share == discount.off(sum(left))
    for line, amount in zip(totals.lines, left, strict=True):
        assert abs(line.share - Fraction(totals.whole.share * amount, sum(left) or 1)) < 1
    for tax in totals.taxes:
        alike = [sum_ for line, sum_ in zip(lines, totals.lines, strict=True) if line.vat == tax.vat]
        assert tax.gross == sum(line.gross for line in alike)
        assert abs(tax.tax - included(tax.gross, tax.vat.rate)) <= Fraction(1, 2)
        assert all(abs(line.tax - included(line.gross, tax.vat.rate)) < 2 for line in alike)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_what_is_spread_is_all_there_and_in_proportion(total, weights):
    if total and not sum(weights):
        with pytest.raises(ValueError, match="cannot be spread"):
            spread(total, weights)
        return
    shares = spread(total, weights)
    assert sum(shares) == total
    assert all(abs(share - Fraction(total * weight, sum(weights) or 1)) < 1
               for share, weight in zip(shares, weights, strict=True))


def test_of_equal_lines_the_first_bear_the_odd_cents():
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert [nearest(Fraction(n, 2)) for n in (1, 3, -1)] == [1, 2, -1]


@given(st.integers(0, 10**7), rates, rates)
def test_another_rate_is_put_on_what_the_price_is_without_the_makers_own(total, own, rate):
    sheet = PriceSheet((Line("base", "Base", total),), total, nearest(included(total, own)), "EUR")
    now = charged(sheet, own, Vat(rate, "rate"))
    assert sum(line.amount for line in now.lines) == now.total
    assert abs(now.total - Fraction(total * 100) / (100 + own) * (100 + rate) / 100) <= Fraction(1, 2)
    if rate == own:
        assert now == sheet


@given(st.integers(1, 10**6), percents, percents)
def test_a_limit_is_of_both_discounts_together_as_they_were_entered(amount, line, whole):
    part = together(line.part(amount), whole.part(amount))
    allowed = (WHOLE - line.value) * (WHOLE - whole.value) >= WHOLE * (WHOLE - 1000)
    assert within(Account(role="rep", discount_limit=1000), part) == allowed
    assert within(Account(role="manager", discount_limit=0), part)


def test_a_discount_is_never_more_than_all():
    for value, kind in ((-1, "percent"), (WHOLE + 1, "percent"), (-1, "amount")):
        with pytest.raises(ValueError, match="0 to 100"):
            Discount(value, kind)
    assert (Discount(101, "amount").off(100), Discount(101, "amount").part(100)) == (100, 1)
