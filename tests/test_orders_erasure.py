"""Being erased: a word that a customer left everywhere is then found in no table; the books keep what they must."""

from dataclasses import replace
from datetime import timedelta

import pytest
from changes import change
from factories import bench, bench_values, member, ordered, published, read_in, shipped, staff
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from catalog import store
from catalog.database import Base, now, writing
from catalog.nodes import Const
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
WORD = "Zwetschgentoni"


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
    assert any(model.measured.values())
    store.let_go()
    assert not any((model.computed, model.drawn, *model.measured.values()))


def test_what_a_model_keeps_is_let_go_though_a_picture_is_drawn_meanwhile(session):
    model = store.model_of(published(session))

    class Meanwhile(dict):
        def clear(self):
            super().clear()
            model.measured[Const(1)] = {}

    model.measured[Const(0)] = Meanwhile({1: "1"})
    try:
        store.let_go()
        assert not any(model.measured.values())
    finally:
        model.measured.clear()
        model.outlines.clear()
