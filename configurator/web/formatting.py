"""Money, numbers, measures and dates as the reader's locale writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision
from flask import Flask, current_app, request
from flask_babel import get_timezone

from catalog.nodes import Exact
from catalog.units import convert, written
from configurator.limits import today
from configurator.web import phrases
from configurator.web.access import current_account
from orders.supplies.supply import NO_DAY

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
DIGITS = 3
"""Decimal places shown of a number that has no end."""
KEPT = 10_000
"""Numbers and dates of each kind that are remembered as they were written: pages repeat them."""
HUGE = 10**21
"""From here on a count is rounded."""
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def money(minor: int, currency: str) -> str:
    """1234.50 euros from 123450 cents, with the currency."""
    return _currency(minor, currency, _locale())


def amount(minor: int, currency: str) -> str:
    """The same without the currency: for columns whose total carries it."""
    return _decimal(_major(minor, currency), _pattern(currency), _locale())


def whole(minor: int, currency: str) -> str:
    """The same in whole units: for sums that are estimates, or are compared."""
    return _decimal(_major(minor, currency), "#,##0", _locale())


def difference(minor: int, currency: str) -> str:
    """A price difference: always with its sign, without the currency."""
    pattern = _pattern(currency)
    signed = f"+{pattern};-{pattern}" if minor else pattern
    return _decimal(_major(minor, currency), signed, _locale())


def number(exact: Exact, grouped: bool = True) -> str:
    """A number, exact to DIGITS decimal places; in a field to be edited its thousands are not `grouped`."""
    return _number(exact, grouped, _locale())


def many(count: int) -> str:
    """A count of things, however many: 278,744; 5.279 × 10²¹⁰."""
    if count < HUGE:
        return number(count)
    figures, power = f"{Decimal(count):.3e}".split("e+")
    return f"{number(Fraction(figures))} × 10{power.translate(RAISED)}"


def measure(exact: Exact, unit: str = "", shown: str | None = None) -> str:
    """A number with its unit, converted exactly if it is `shown` in another one: 820 mm as 82 cm."""
    if shown and shown != unit:
        exact, unit = convert(exact, unit, shown), shown
    return f"{number(exact)}{SPACE}{written(unit)}" if unit else number(exact)


def lasting(seconds: int) -> str:
    """How long something took, as one would say it: 40 s, 3 min."""
    return measure(seconds, "s") if seconds < 60 else measure(round(seconds / 60), "min")


def day(when: date) -> str:
    """Thu, 14 Jan 2027; in words if there is none."""
    if when == NO_DAY:
        return phrases.gettext("no day can be promised yet")
    return _date(_local(when), "yMMMEd", _locale())


def dated(when: date) -> str:
    """14 Jan 2027: a day that is over, whose weekday says nothing."""
    return _date(_local(when), "yMMMd", _locale())


def month(when: date) -> str:
    """May; May 2025 if that is not this year."""
    if _local(when).year == _local(datetime.now(UTC)).year:
        return format_date(_local(when), "MMMM", _locale())
    return _date(_local(when), "yMMMM", _locale())


def moment(when: datetime) -> str:
    """14 Jan 2027, 09:05, in the shop's time zone."""
    return f"{dated(when)}, {format_time(when, 'short', tzinfo=get_timezone(), locale=_locale())}"


def clock(when: datetime) -> str:
    """09:05, in the shop's time zone: of today."""
    return format_time(when, "short", tzinfo=get_timezone(), locale=_locale())


def past(when: date) -> bool:
    """Whether a day is over in the shop's time zone."""
    return when < today()


def choose_locale() -> Locale:
    """The reader's: what their account says, else the first known one that their browser asks for, else the shop's."""
    account = current_account()
    asked = [account.locale] if account and account.locale else []
    asked += [language.replace("-", "_") for language in request.accept_languages.values()]
    return next(filter(None, map(_parse, [*asked[:20], current_app.config["BABEL_DEFAULT_LOCALE"], "en"])))


def register(app: Flask) -> None:
    """Makes them filters of the templates."""
    for filter_ in (money, amount, whole, difference, number, many, measure, written, lasting, day, dated, moment,
                    clock, past):
        app.add_template_filter(filter_)


@lru_cache(100)
def _parse(name: str) -> Locale | None:
    try:
        return Locale.parse(name)
    except (ValueError, UnknownLocaleError):
        return None


def _local(when: date) -> date:
    """Of a moment, the day in the shop's time zone."""
    return when.astimezone(get_timezone()).date() if isinstance(when, datetime) else when


def _locale() -> Locale:
    return phrases.locale() or Locale("en")


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def _pattern(currency: str) -> str:
    places = get_currency_precision(currency)
    return "#,##0" + ("." + "0" * places if places else "")


@lru_cache(KEPT)
def _currency(minor: int, currency: str, locale: Locale) -> str:
    return _minus(format_currency(_major(minor, currency), currency, locale=locale))


@lru_cache(KEPT)
def _number(exact: Exact, grouped: bool, locale: Locale) -> str:
    rounded = Decimal(round(Fraction(exact) * 10**DIGITS)).scaleb(-DIGITS)
    return _decimal(rounded, "#,##0." + "#" * DIGITS, locale, grouped)


@lru_cache(KEPT)
def _decimal(number: Decimal, pattern: str, locale: Locale, grouped: bool = True) -> str:
    return _minus(format_decimal(number, pattern, locale=locale, group_separator=grouped))


@lru_cache(KEPT)
def _date(when: date, skeleton: str, locale: Locale) -> str:
    return format_skeleton(skeleton, when, locale=locale)


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
