"""Money, measures and dates as the reader writes them."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from factories import member, sign_in

from catalog.units import convert, written
from configurator.transaction import transaction
from configurator.web import formatting

SPACE, MINUS = formatting.SPACE, formatting.MINUS


@pytest.fixture
def reading(app_with):
    """What a filter says to a reader with this Accept-Language."""
    app = app_with()

    def say(language, filter_, *arguments):
        with app.test_request_context(headers={"Accept-Language": language}):
            return getattr(formatting, filter_)(*arguments)
    return say


@pytest.mark.parametrize(("language", "filter_", "arguments", "said"), [
    ("en-GB", "money", (338530, "EUR"), "€3,385.30"),
    ("de-DE", "money", (338530, "EUR"), "3.385,30\N{NO-BREAK SPACE}€"),
    ("en", "money", (1500, "JPY"), "¥1,500"),
    ("en", "money", (1234567, "KWD"), "KWD1,234.567"),
    ("en", "money", (-5, "EUR"), f"{MINUS}€0.05"),
    ("en", "amount", (10470, "EUR"), "104.70"),
    ("en", "difference", (148000, "EUR"), "+1,480.00"),
    ("en", "difference", (-9000, "EUR"), f"{MINUS}90.00"),
    ("de", "difference", (148000, "EUR"), "+1.480,00"),
    ("en", "difference", (0, "EUR"), "0.00"),
    ("en", "number", (1206,), "1,206"),
    ("en", "number", (Fraction(1, 3),), "0.333"),
    ("de", "number", (Fraction(-5, 2),), f"{MINUS}2,5"),
    ("en", "measure", (1206, "mm"), f"1,206{SPACE}mm"),
    ("de", "measure", (825, "mm", "cm"), f"82,5{SPACE}cm"),
    ("en", "measure", (1840, "mm", "m"), f"1.84{SPACE}m"),
    ("en", "measure", (2150, "g", "kg"), f"2.15{SPACE}kg"),
    ("en", "measure", (2, "kg", "g"), f"2,000{SPACE}g"),
    ("en", "measure", (4,), "4"),
    ("en", "measure", (5, "m2"), f"5{SPACE}m²"),
    ("en-GB", "day", (date(2027, 1, 14),), "Thu, 14 Jan 2027"),
    ("en-US", "day", (date(2027, 1, 14),), "Thu, Jan 14, 2027"),
    ("de", "day", (date(2027, 1, 14),), "Do., 14. Jan. 2027"),
    ("de", "moment", (datetime(2027, 1, 14, 23, 5, tzinfo=UTC),), "14. Jan. 2027, 23:05")])
def test_as_the_reader_writes_it(reading, language, filter_, arguments, said):
    assert reading(language, filter_, *arguments) == said


def test_units_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="kg cannot be shown in mm"):
        convert(1, "kg", "mm")


def test_powers_are_written_as_people_do_and_read_either_way():
    assert [written(unit) for unit in ("m2", "mm3", "m", "kg", "", "E27", "m2 net")] == [
        "m²", "mm³", "m", "kg", "", "E27", "m2 net"]
    assert convert(3, "m²", "m2") == 3


def test_conversion_is_exact():
    assert convert(1, "mm", "m") == Fraction(1, 1000)
    assert convert(convert(7, "min", "h"), "h", "min") == 7


@pytest.mark.parametrize(("asked", "said"), [
    ("", "€1.00"), ("xx, de;q=0.5", "1,00\N{NO-BREAK SPACE}€"), ("*", "€1.00"), ("../../etc", "€1.00"),
    ("x" * 5000, "€1.00"), (", ".join(["xx"] * 99) + ", de", "€1.00")], ids=range(6))
def test_a_language_that_is_not_known_falls_to_the_next_and_at_last_to_the_shops(reading, asked, said):
    assert reading(asked, "money", 100, "EUR") == said


def test_the_account_decides_before_the_browser(app_with, sqlite):
    with transaction(sqlite) as session:
        account = member(session)
        account.locale = "de_AT"
    client = app_with().test_client()
    sign_in(client, account)
    with client:
        client.get("/account/", headers={"Accept-Language": "en"})
        assert str(formatting.choose_locale()) == "de_AT"


def test_moments_are_the_shops(app_with):
    with app_with(timezone="Europe/Vienna").test_request_context(headers={"Accept-Language": "de"}):
        assert formatting.moment(datetime(2027, 7, 14, 23, 5, tzinfo=UTC)) == "15. Juli 2027, 01:05"
