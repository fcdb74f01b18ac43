"""Tax and limits in a browser without script: the firm keeps its table, customers say where and what they are."""

import re

from factories import a_customer, browser, house, member, staff
from remembering import text_of
from sqlalchemy import select

from catalog.database import now
from configurator.transaction import open_session, transaction
from orders.quotation import vat
from orders.records import Account, Customer, Order


def test_the_firm_keeps_its_table_of_tax_and_the_limits_of_reps(app):
    with transaction(app.extensions["engine"]) as session:
        boss, rep = member(session, "manager"), staff(session)
        client = a_customer(session, "Hotel Sacher")
        rep_id, number = rep.id, client.number
    manager = browser(app, boss)
    manager.post("/charges/rules/begin", data={"home": "DE"})
    shown = manager.get("/charges/").text
    listed = list(dict.fromkeys(re.findall(r'<th scope="row">([^<]+)</th>', shown)))
    assert listed == [*sorted(listed[:-1]), "every other country"], "as they are called, not by their codes"
    assert "Austria" in listed
    assert "reverse charge" in shown
    rule = {"country": "CH", "kind": "person", "treatment": "rate", "valid_from": "2026-01-01"}
    assert manager.post("/charges/rules", data={**rule, "rate": "8,15555"}).status_code == 422
    manager.post("/charges/rules", data={**rule, "rate": "8.1"})
    manager.post(f"/charges/limits/{rep_id}", data={"limit": "7.5"})
    assert manager.post(f"/charges/limits/{rep_id}", data={"limit": "101"}).status_code == 422
    manager.post("/charges/rules", data={**rule, "rate": "9", "valid_from": "9999-01-01"})
    manager.post("/charges/rules", data={**rule, "rate": "7.7", "valid_from": "2018-01-01"})
    swiss = text_of(manager.get("/charges/").text.partition(">Switzerland<")[2].partition("</tr>")[0])
    said = [swiss.index(words) for words in (
        "9 % not before", "8.1 % from Jan 1, 2026 Remove", "7.7 % from Jan 1, 2018, no more", "no rule of its own")]
    assert said == sorted(said)
    with transaction(app.extensions["engine"]) as session:
        client = session.scalar(select(Customer).where(Customer.number == number))
        for country, kind, id_, rate in (("CH", "person", "", 8.1), ("AT", "firm", "ATU12345678", 0),
                                         ("AT", "firm", "", 20), ("DE", "firm", "DE123456789", 19),
                                         ("US", "person", "", 0)):
            vat.settle(client, country, kind, id_)
            assert float(vat.of(session, client, 19, now().date()).rate) == rate
        assert session.get(Account, rep_id).discount_limit == 750


def test_customers_say_themselves_where_and_what_they_are(app):
    with transaction(app.extensions["engine"]) as session:
        ada = house(session).ada
    browser_ = browser(app, ada)
    browser_.post("/charges/mine", data={"country": "AT", "kind": "firm", "vat_id": "atu 1234-5678"})
    assert "ATU12345678" in browser_.get("/account/").text
    refused = browser_.post("/charges/mine", data={"country": "AT", "kind": "firm", "vat_id": "<b>"},
                            follow_redirects=True)
    assert "begins with the two letters" in refused.text
    with open_session(app.extensions["engine"]) as session:
        said = session.get(Account, ada.id).customer
        assert (said.country, said.kind, said.vat_id) == ("AT", "firm", "ATU12345678")


def test_an_order_charges_what_a_quote_would(app):
    with transaction(app.extensions["engine"]) as session:
        there = house(session)
        vat.begin(session, "DE", now().date(), None)
        vat.settle(session.get(Account, there.ada.id).customer, "AT", "firm", "ATU12345678")
    ada = browser(app, there.ada)
    draft = ada.post("/products/bench").location
    review = ada.get(f"{draft}/order").text
    assert "Reverse charge" in review
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', review))
    placed = ada.post(f"{draft}/order", data={**fields, "quantity": "1"})
    assert "/orders/" in placed.location
    assert "Reverse charge" in ada.get(placed.location).text
    with open_session(app.extensions["engine"]) as session:
        order = session.scalars(select(Order).order_by(Order.id.desc())).first()
        assert order.sheet["price"]["tax"] == 0
        assert sum(line["amount"] for line in order.sheet["price"]["lines"]) == order.total
