"""A quote is drawn up in a browser without script: what is entered is kept or told beside its field, line by line."""

import re

from factories import bench, published
from offering import begun, fields_of, sent, stored, the_quote

from configurator.transaction import open_session, transaction
from orders.quotation.quoted import QuoteLine


def test_a_line_that_the_new_catalogue_cannot_take_is_named(app, rep):
    """It is sold in francs from now on, and the quote is in euros: revising it says which line, sending it does not."""
    page = begun(rep)
    sent(rep, page)
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(currency="CHF"))
    told = rep.post(f"{page}/revise", follow_redirects=True).text
    assert "Line 1, Garden bench, cannot be brought into the newest catalogue" in told
    assert "Say who accepts" not in told
    assert the_quote(app) == "draft"
    told = rep.post(page, data={**fields_of(rep.get(page).text), "issue": ""}, follow_redirects=True).text
    assert "Line 2, Garden bench, cannot be brought into the newest catalogue" in told
    assert the_quote(app) == "draft"


def test_what_is_sold_in_another_currency_is_told_with_what_to_do(app, rep):
    page = begun(rep)
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(name="stool", title="Stool", currency="CHF"))
    told = rep.post(f"{page}/lines", data={"product": "stool"}, follow_redirects=True).text
    assert "Stool is sold in another currency than what is on the quote" in told


def test_a_line_that_is_opened_says_whose_prices_it_shows(app, rep):
    page = begun(rep)
    line = stored(app, QuoteLine).id
    assert "prices of the catalogue" in rep.post(f"{page}/lines/{line}/open", follow_redirects=True).text


def test_what_cannot_be_read_is_said_beside_the_field_and_nothing_is_lost(app, rep):
    page = begun(rep)
    fields = fields_of(rep.get(page).text)
    name = next(name for name in fields if name.startswith("quantity-"))
    answer = rep.post(page, data={**fields, name: "many", "discount": "120", "terms": "Kept as typed",
                                  "words": "Dear\N{RIGHT-TO-LEFT OVERRIDE}"})
    assert answer.status_code == 422
    for said in ('value="many"', "a character in it that cannot be seen", 'value="120"',
                 "Kept as typed", "A whole number from 1 to 999",
                 "From 0 to 100 per cent"):
        assert said in answer.text
    assert the_quote(app, "terms") == ""
    assert stored(app, QuoteLine).quantity == 1


def test_a_number_that_is_nobodys_stays_in_its_field_with_what_is_wrong(app, rep):
    answer = rep.post(f"{begun(rep)}/lines", data={"from": "S-9999"})
    assert answer.status_code == 422
    field = re.search(r'<input [^>]*name="from" value="S-9999"[^>]*aria-describedby="from-not"[^>]*>', answer.text)
    assert "Write the number of a specification" in answer.text[field.end():].partition('id="from-not"')[2][:300]


def test_the_kind_of_a_discount_means_nothing_without_its_value(app, rep):
    """Else 5000.00 off would be 5000 per cent, and the quote could not be opened any more."""
    page = begun(rep)
    fields = fields_of(rep.get(page).text) | {"kind": "amount", "discount": "5000"}
    rep.post(page, data=fields)
    assert rep.post(page, data={"kind": "percent"}).status_code == 303
    assert rep.get(page).status_code == 200
    assert (the_quote(app, "discount_kind"), the_quote(app, "discount")) == ("amount", 500000)


def test_lines_are_moved_removed_and_changed(app, rep):
    page = begun(rep)
    fields = fields_of(rep.get(page).text)
    first, second = (name.partition("-")[2] for name in fields if name.startswith("quantity-"))
    rep.post(page, data={**fields, f"quantity-{second}": "7", f"discount-{second}": "12.5", "up": second})
    shown = rep.get(page).text
    assert shown.index(f"line-{second}") < shown.index(f"line-{first}")
    assert 'value="7"' in shown
    assert 'value="12.5"' in shown
    assert "its discount" not in shown
    assert "beyond your limit" in shown
    rep.post(page, data={**fields_of(shown), "remove": first})
    assert rep.get(page).text.count("<fieldset") == 1


def test_a_line_opens_in_the_configuring_page_and_comes_back(app, rep):
    page = begun(rep)
    fields = fields_of(rep.get(page).text)
    first = next(name.partition("-")[2] for name in fields if name.startswith("quantity-"))
    opened = rep.post(page, data={**fields, "open": first})
    draft = rep.post(opened.location).location
    assert "Put it back on quote Q-0001" in rep.get(draft).text
    assert "Put it on a quote" not in rep.get(draft).text, "it is on one"
    rep.post(draft, data={"a.width": "1500", "was.width": '["1200"]', "answer": "enter"})
    back = rep.post(f"{draft}/quote", data={"quote": "Q-0001"})
    assert back.location == f"{page}#line-{first}"
    with open_session(app.extensions["engine"]) as session:
        assert session.get(QuoteLine, int(first)).values["width"] == {"value": 1500} or 1500 in session.get(
            QuoteLine, int(first)).values.values()
    assert rep.get(page).text.count("<fieldset") == 2


def test_a_configuration_in_progress_is_put_on_a_new_quote(app, rep):
    draft = rep.post("/desk/clients/1001/order/bench").location
    assert "Put it on a quote" in rep.get(draft).text
    page = rep.post(f"{draft}/quote", data={"quote": "new"}).location
    assert "It is on quote Q-0001" in rep.get(page).text
