"""Being erased: a word that a customer left everywhere is then found nowhere; the books keep what they must."""

import gc
import io
import json
import linecache
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import CodeType
from unittest.mock import Mock

import pytest
from changes import change
from factories import PASSWORD, bench, bench_values, member, ordered, published, read_in, shipped, sign_in, staff
from psycopg.errors import SerializationFailure
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from catalog import store
from catalog.database import Base, now, writing
from catalog.picture import draw
from catalog.records import Version
from configurator.drafts.sessions import Begun, open_draft
from configurator.transaction import open_session, transaction
from orders import accounts, placing, specifications, subjects
from orders.changes import changing
from orders.clients.noted import Call, Note
from orders.lifecycle import move
from orders.lots import Lot
from orders.memory import consents, erasure, evidence, facts, feedback, pieces, plans
from orders.memory.history import Row
from orders.memory.remembered import Erasure, Evidence, Rereading
from orders.quotation import lines, quotes, vat
from orders.records import Account, Customer, Login, Order, PastOrder, Revision, Specification
from orders.sheets.printing import Paper, pdf
from orders.shipments.posted import Mail
from orders.shipments.shipped import Shipment
from orders.subjects import Whom

LAST_YEAR = now().date() - timedelta(300)
AT = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)
WORD = "Zwetschgentoni"
HEIGHT = 2137  # of nobody else, and no step of the catalogue's: it is found as it is


@pytest.fixture
def planted(session, tmp_path):
    """Somebody who left the word wherever a customer can leave one, and somebody who has nothing to do with it."""
    version = published(session)
    account, other = member(session, name=f"{WORD} Winter"), member(session, name="Mira Álbers")
    customer = account.customer
    customer.phone, customer.company = "+49 171 5550123", f"{WORD} & Daughters"
    rep = staff(session)
    session.add(Note(customer_id=customer.id, author=rep, text=f"{WORD} rings on Mondays"))
    session.add(Call(customer_id=customer.id, account=rep))
    place = subjects.add(session, customer, "place", f"{WORD}'s kitchen")
    child = subjects.add(session, customer, "person", f"Little {WORD}")
    place.plan = {"note": WORD}
    facts.state(session, child, "height", 2130, "mm", "this page", f"Aunt {WORD}")
    values = bench_values(engraving=WORD, height=2130, width=2111)
    revision = specifications.save(session, Whom(customer, person=child, place=place), f"For {WORD}",
                                   specifications.Configured(version, values, values), account)
    placed = [shipped(session, ordered(session, customer, version, today=LAST_YEAR, values=values, revision=revision))
              for _ in range(2)]
    feedback.give(session, placed[0], {"wood": feedback.Verdict("other", "pine", f"{WORD} likes it bright")}, WORD)
    open_draft(session, version, Whom(customer), Begun(choices=values))
    plant_quote(session, customer, version, values)
    pieces.forget(session, customer, pieces.of(session, customer)[0])
    plans.forget(session, place)
    consents.say(session, customer, "analysis", False, account)
    accounts.start_login(session, account, timedelta(days=1))
    plant_changes(session, customer, version, rep)
    accounts.authenticate(session, f"{WORD}@example.com", "wrong password", "127.0.0.1")
    read_in(session, version, tmp_path / "orders.csv", Row((("engraving", WORD),), customer.number, LAST_YEAR))
    ordered(session, other.customer, version, today=LAST_YEAR, engraving="Mira")
    session.flush()
    return account


def plant_changes(session, customer, version, rep):
    """An order that was changed and was asked about, the box of another, and mails about both."""
    order = ordered(session, customer, version, today=LAST_YEAR, engraving=WORD, free_for=timedelta(hours=1))
    change(session, order, rep, engraving=f"{WORD} II", why=f"{WORD} married")
    move(session, order, "released", staff(session, "fulfilment"))
    change(session, order, rep, changing.ask, engraving=f"{WORD} III", why=f"{WORD} again")
    move(session, order, "cancelled", staff(session, "fulfilment"))
    session.add(Shipment(order_id=order.id, customer_id=customer.id, tracking=WORD))
    session.add(Mail(customer_id=customer.id, order=order, kind="placed", locale="en", recipient=f"{WORD}@example.com",
                     subject=WORD, plain=WORD, html=WORD))
    session.flush()


def plant_quote(session, customer, version, values):
    """A quote that was asked about, revised and ordered."""
    rep = staff(session)
    quote = quotes.begin(session, customer, rep)
    quote.words = f"Dear {WORD}"
    vat.settle(customer, "AT", "firm", "ATU5550123")
    lot = Lot(version, bench(), values, 1)
    lines.add(session, quote, subjects.Whom(customer), lot, placing.Entered(0), values)
    quotes.issue(session, quote, rep, LAST_YEAR)
    quotes.ask(session, quote, WORD, f"{WORD} wants it wider")
    for order in quotes.accept(session, quote, 1, f"{WORD} Winter", LAST_YEAR):
        shipped(session, order)


def everything(session):
    """All rows of all tables, as text."""
    session.flush()
    return {table.name: "\n".join(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables}


def test_nothing_of_the_person_is_left_in_any_table(session, planted):
    number, mira = planted.customer.number, session.scalar(select(Customer).where(Customer.name == "Mira Álbers"))
    before = {name: len(rows.splitlines()) for name, rows in everything(session).items()}
    assert {name for name, rows in everything(session).items() if WORD in rows} >= {
        "account", "customer", "subject", "fact", "specification", "revision", "order", "evidence", "draft",
        "past_order", "quote", "quote_line", "quote_revision", "quote_event", "note",
        "superseded", "request", "shipment", "mail", "forgotten"}
    assert {name for name, rows in everything(session).items() if WORD.lower() in rows} == {"client_word", "spelling"}
    erasure.erase(session, planted.customer)
    rows = everything(session)
    for planted_word in WORD, WORD.lower(), "5550123", "2130", "2111":
        assert [name for name, text_ in rows.items() if planted_word in text_] == []
    assert len(rows["order"].splitlines()) == before["order"]
    assert session.scalar(select(Customer).where(Customer.number == number)).name == erasure.NAME
    assert session.scalars(select(Account.name).where(Account.role == "customer")).all() == ["Mira Álbers"]
    assert session.scalars(select(Login)).all() == []
    assert session.scalars(select(PastOrder)).all() == []
    assert {piece.customer_id for piece in session.scalars(select(Evidence))} == {mira.id}
    assert mira.orders[0].values["engraving"] == "Mira"


def test_the_books_keep_what_they_must(session, planted):
    customer = planted.customer
    before = [(order.number, order.total, order.currency, order.placed_at, order.promised_on, order.quantity,
               order.sheet["price"], order.sheet["product"]) for order in customer.orders]
    erasure.erase(session, customer)
    assert [(order.number, order.total, order.currency, order.placed_at, order.promised_on, order.quantity,
             order.sheet["price"], order.sheet["product"]) for order in customer.orders] == before
    assert customer.orders[0].values == {"wood": "oak", "lamp": False, "hooks": ["left"]}
    assert [row["said"] for group in customer.orders[0].sheet["groups"] for row in group["rows"]] == [
        "Oak", "no", "Left"]
    assert pdf([Paper.of(customer.orders[0])]).startswith(b"%PDF")


def test_while_something_is_being_made_nobody_is_erased(session):
    customer = member(session).customer
    order = ordered(session, customer, published(session), today=LAST_YEAR, engraving=WORD)
    for state in "in_production", "built":
        with pytest.raises(erasure.StillMaking, match=order.number):
            erasure.erase(session, customer)
        move(session, order, state, staff(session, "fulfilment"))
    assert WORD in str(order.sheet)
    assert session.get(Erasure, customer.id) is None
    move(session, order, "shipped", staff(session, "fulfilment"))
    erasure.erase(session, customer)
    assert WORD not in str(order.sheet)


def test_memories_notice_although_what_told_them_to_read_anew_is_deleted(session, planted):
    newest = select(func.max(Rereading.id))
    before, customer = session.scalar(newest), planted.customer
    erasure.erase(session, customer)
    after = session.scalar(newest)
    assert after > before
    erasure.let_orders_go(session, customer)
    evidence.changed(session, session.scalar(select(Customer)))
    assert session.scalar(newest) > after


def test_whoever_did_nothing_is_erased_too(session):
    customer = member(session).customer
    erasure.erase(session, customer)
    assert customer.name == erasure.NAME


def test_an_order_of_somebody_who_is_there_stays_frozen(session):
    erased, other = member(session).customer, member(session).customer
    orders = [shipped(session, ordered(session, one, published(session), today=LAST_YEAR)) for one in (erased, other)]
    erasure.erase(session, erased)
    orders[1].values = {}
    with pytest.raises(Exception, match="cannot be changed"):
        session.flush()


def order(session, customer, version):
    ordered(session, customer, version, engraving=WORD)


def save(session, customer, version):
    specifications.save(session, Whom(customer), WORD, specifications.Configured(version, bench_values()))


@pytest.mark.parametrize("act", [order, save])
def test_nothing_is_ordered_or_saved_for_somebody_who_is_erased(session, act):
    customer = member(session).customer
    erasure.erase(session, customer)
    with pytest.raises(ValueError, match="is erased"):
        act(session, customer, published(session))


@pytest.mark.parametrize("act", [order, save])
@pytest.mark.parametrize("first", ["act", "erase"])
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_ordering_and_erasing_at_the_same_time_leave_no_name(database, act, first):
    """Neither would see what the other does of a product that asks about nobody; whoever comes second starts over."""
    model = bench(traits=None)
    impersonal = replace(model, characteristics=tuple(replace(c, about="product", trait=None)
                                                      for c in model.characteristics))
    with transaction(database) as session:
        id_, version_id = member(session).customer.id, published(session, impersonal).id
    with open_session(writing(database)) as one, open_session(writing(database)) as other:
        customers = [opened.get(Customer, id_) for opened in (one, other)]
        acts = [lambda session, customer: act(session, customer, session.get(Version, version_id)), erasure.erase]
        mine, theirs = acts if first == "act" else reversed(acts)
        mine(one, customers[0])
        one.commit()
        with pytest.raises(OperationalError, match="could not serialize"):
            theirs(other, customers[1])


def test_when_nobody_has_to_keep_them_the_orders_go(session, planted):
    customer, placed = planted.customer, len(planted.customer.orders)
    erasure.erase(session, customer)
    assert erasure.let_orders_go(session, customer) == placed
    assert session.scalars(select(Customer.name)).all() == ["Mira Álbers"]
    assert len(session.scalars(select(Order)).all()) == 1


def test_the_orders_go_although_something_came_after_the_erasure(session, planted):
    customer, placed = planted.customer, len(planted.customer.orders)
    erasure.erase(session, customer)
    version = published(session)
    late = Specification(number="S-9", customer_id=customer.id, product_id=version.product_id, name="Late")
    session.add(Revision(specification=late, number=1, version=version, choices={}, values={}))
    session.flush()
    assert erasure.let_orders_go(session, customer) == placed
    assert session.scalars(select(Customer.name)).all() == ["Mira Álbers"]


# through the pages


@pytest.fixture
def served(app_with, caplog):
    caplog.set_level(logging.DEBUG)
    return app_with()


@pytest.fixture
def left(served):
    """A browser of somebody who left the word through the pages, and their number."""
    with transaction(served.extensions["engine"]) as session:
        published(session)
    client = served.test_client()
    client.post("/account/login", data={"email": f"{WORD}@nowhere.example", "password": WORD + "-password"})
    client.post("/account/signup", data={"name": f"{WORD} Winter", "email": f"{WORD}@example.com",
                                         "password": PASSWORD})
    draft = client.post("/products/bench").location
    client.post(draft, data={"a.engraving": WORD, "was.engraving": '[""]', "answer": "enter"})
    client.get(draft)
    client.post(draft, data={"save": "new", "name": f"{WORD}'s bench"})
    review = client.get(f"{draft}/order").text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', review))
    placed = client.post(f"{draft}/order", data={**fields, "quantity": "1"})
    assert "/orders/" in placed.location, placed.text
    client.post(draft.replace("configure", "products"), data={"engraving": WORD})
    taken = client.get("/memory/take.json").data
    client.post("/memory/bring", data={"file": (io.BytesIO(taken), f"{WORD}.json")})
    client.get("/desk/", query_string={"q": WORD})
    client.get(f"/nowhere/{WORD}")
    page = client.get("/memory").text
    name = re.search(r'name="piece" value="([^"]+)"', page)[1].replace("&#34;", '"')
    client.post("/memory/correct", data={"piece": name, "answer": "1800", "taken_by": WORD})
    client.post("/account/profile", data={"name": f"{WORD} Summer", "phone": "", "locale": ""})
    return client, placed.location.rpartition("/")[2]


def finish(app, number):
    with transaction(app.extensions["engine"]) as session:
        shipped(session, session.scalar(select(Order).where(Order.number == number)))


def files_of(app):
    folder = app.extensions["settings"].instance
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_word_is_in_no_byte_no_log_and_no_page_afterwards(served, left, caplog):
    client, number = left
    finish(served, number)
    with transaction(served.extensions["engine"]) as session:
        rep, admin = member(session, "rep", "Ben Rossi"), member(session, "admin", "Eva Lind")
    desk = served.test_client()
    sign_in(desk, rep)
    assert WORD in desk.get("/desk/", query_string={"q": WORD}, follow_redirects=True).text  # it can be found
    assert any(WORD.encode() in content for content in files_of(served).values())
    assert client.post("/erasure", data={"password": "not the password"}).status_code == 422
    answer = client.post("/erasure", data={"password": PASSWORD})
    assert answer.status_code == 303
    for name, content in files_of(served).items():
        assert WORD.encode() not in content, name
        assert WORD.lower().encode() not in content.lower(), name
    assert WORD.lower() not in caplog.text.lower().replace(f"/nowhere/{WORD}".lower(), "")
    for seeing in rep, admin:
        browser = served.test_client()
        sign_in(browser, seeing)
        for path in pages_of_a_rep(served, number):
            shown = browser.get(path)
            assert shown.status_code in ((200,) if seeing is admin else (200, 403, 404)), path
            assert WORD.lower() not in words_of(shown).lower(), path
        assert "Nobody is called that" in browser.get("/desk/", query_string={"q": WORD[:6]}).text
    assert client.get("/memory").status_code == 303  # the browser is signed out
    again = client.post("/account/login", data={"email": f"{WORD}@example.com", "password": PASSWORD})
    assert "do not belong together" in again.text


def words_of(answer):
    """A page or a file as text."""
    if answer.mimetype == "application/pdf":
        return "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.data)).pages)
    return answer.text


def pages_of_a_rep(app, number):
    with open_session(app.extensions["engine"]) as session:
        order = session.scalar(select(Order).where(Order.number == number))
        client = order.customer.number
        return ["/desk/", f"/desk/clients/{client}", f"/desk/clients/{client}/memory",
                f"/desk/clients/{client}/memory/take.json", f"/desk/clients/{client}/memory/take.csv",
                f"/desk/clients/{client}/erasure", f"/desk/clients/{client}/people", f"/orders/{number}",
                f"/floor/orders/{number}", f"/floor/orders/{number}.pdf", "/floor/", "/", "/products/bench"]


def in_memory(word):
    """The texts of this process that say a word, in whatever they are held, but for this file's own."""
    linecache.clearcache()  # lines of this file that a warning or a failure has shown
    gc.collect()
    held, found = gc.get_objects(), set()
    seen = set(map(id, held))
    while held:  # what the collector does not look into, such as tuples of texts, is followed from what holds it
        inside = gc.get_referents(*(one for one in held if not isinstance(one, CodeType)))
        found |= {text for text in inside if isinstance(text, str) and word in text and text is not word}
        held = [one for one in {id(one): one for one in inside}.values() if id(one) not in seen]
        seen |= set(map(id, held))
    return found


def test_no_process_has_it_in_memory(served, left):
    """Everything that this process keeps, and another one that serves the same database."""
    client, number = left
    with transaction(served.extensions["engine"]) as session:
        worker = member(session, "fulfilment", "Chloe Maran")
    floor = served.test_client()
    sign_in(floor, worker)
    for path in "/floor/", f"/floor/orders/{number}", f"/floor/orders/{number}.pdf":
        assert floor.get(path).status_code == 200
    finish(served, number)
    other = served.test_client()
    with transaction(served.extensions["engine"]) as session:
        mira = member(session, name="Mira")
    sign_in(other, mira)
    client.get("/products/bench")
    client.post("/erasure", data={"password": PASSWORD})
    client.get("/")
    assert in_memory(WORD) == set()


def test_an_erasure_that_met_an_order_starts_over(served, left, monkeypatch):
    client, number = left
    finish(served, number)
    met = OperationalError("", {}, SerializationFailure())
    monkeypatch.setattr("orders.subjects.lock", Mock(side_effect=[met, None]))
    assert client.post("/erasure", data={"password": PASSWORD}).status_code == 303
    assert client.get("/memory").status_code == 303  # signed out
    with open_session(served.extensions["engine"]) as session:
        assert session.scalars(select(Customer.name)).all() == [erasure.NAME]


def test_another_process_lets_go_as_soon_as_it_is_asked(served, left, app_with, monkeypatch):
    client, number = left
    finish(served, number)
    other = app_with()
    monkeypatch.setattr("configurator.web.memory.erasing.LOOK", 0)
    browser = other.test_client()
    browser.get("/products/bench")
    cleared = []
    monkeypatch.setattr("configurator.web.memory.erasing.let_go", cleared.append)
    browser.get("/products/bench")
    assert cleared == []
    client.post("/erasure", data={"password": PASSWORD})
    cleared.clear()
    browser.get("/products/bench")
    assert cleared == [other.extensions["engine"]]


def test_with_something_being_made_it_is_noted_and_can_be_taken_back(served, left):
    client, number = left
    page = client.get("/erasure").text
    assert "Erase as soon as that is done" in page
    assert number in page
    client.post("/erasure", data={"password": PASSWORD})
    noted = client.get("/erasure").text
    assert "Stay after all" in noted
    assert noted.count("It is done as soon as nothing is being made") == 1
    with open_session(served.extensions["engine"]) as session:
        customer = session.scalar(select(Order).where(Order.number == number)).customer
        assert (customer.name, erasure.wish(session, customer) is None) == (f"{WORD} Summer", False)
    client.post("/erasure", data={"password": PASSWORD})  # in another window
    client.post("/erasure", data={"stay": "yes"})
    page = client.get("/erasure").text
    assert "Erase as soon as that is done" in page
    assert "Nothing is erased." in page
    assert "It is done as soon as" not in page
    client.post("/erasure", data={"stay": "yes"})  # once more
    assert "Nothing is erased." not in client.get("/erasure").text


def test_whoever_ordered_nothing_is_not_told_of_orders_that_stay(served):
    with transaction(served.extensions["engine"]) as session:
        account = member(session)
    client = served.test_client()
    sign_in(client, account)
    page = client.post("/erasure", data={"password": PASSWORD}, follow_redirects=True).text
    assert "Erased." in page
    assert "The orders stay" not in page


def test_a_rep_erases_a_client_who_asks_for_it(served, left):
    client, number = left
    finish(served, number)
    with transaction(served.extensions["engine"]) as session:
        rep = member(session, "rep", "Ben Rossi")
    desk = served.test_client()
    sign_in(desk, rep)
    assert desk.post("/desk/clients/1001/erasure", data={"number": "1002"}).status_code == 422
    assert desk.post("/desk/clients/1001/erasure", data={"number": "1001"}).location == "/desk/"
    assert client.get("/memory").status_code == 303
    assert json.loads(desk.get("/desk/clients/1001/memory/take.json").text)["fact"] == []
    for keeps in "people", "memory/bring", "memory/consent", "erasure":
        assert desk.post(f"/desk/clients/1001/{keeps}", data={"number": "1001"}).status_code == 404, keeps


def test_a_log_does_not_keep_what_a_statement_was_given(database):
    with database.connect() as connection, pytest.raises(Exception, match=r"no such table|does not exist") as caught:
        connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": WORD})
    assert WORD not in str(caught.value)


def test_who_worked_for_the_customer_stays(session, planted):
    rep = staff(session)
    order = shipped(session, ordered(session, planted.customer, today=LAST_YEAR, placed_by=rep))
    erasure.erase(session, planted.customer)
    assert order.rep is rep


def test_what_a_model_keeps_of_answers_is_let_go(session):
    model = store.model_of(published(session))
    draw(model, bench_values())
    assert model.drawn
    assert model.measured
    store.let_go()
    assert not any((model.computed, model.drawn, model.measured))
