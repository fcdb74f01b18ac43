"""Stock, buying and hours as whoever works on the floor uses them, and the table that is brought in."""

import io
import re
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from factories import TODAY, a_customer, bench, browser, member, ordered, published
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from catalog.database import now
from catalog.formats import to_document
from catalog.model import Operation, WorkCentre
from catalog.nodes import Const, Is
from configurator import stockfile
from configurator.drafts import sessions, steps
from configurator.drafts.progress import progress_of
from configurator.stockfile import StockFileError, bring, read, write
from configurator.transaction import open_session, transaction
from configurator.web.shop.reasons import Reasons
from orders.records import Order
from orders.supplies import capacity, purchasing, stock
from orders.supplies.supplied import Movement, PurchaseLine, Stock
from orders.supplies.supply import UNIT


@pytest.fixture
def floor(app):
    """A worker's browser; oak is ordered by somebody and nobody has any."""
    with transaction(app.extensions["engine"]) as session:
        published(session)
        stock.keep(session, "W-OAK", "Oak board", "", lead_days=9, lot=4 * UNIT, supplier="Weaver")
        ordered(session, a_customer(session))
        worker = member(session, "fulfilment", "Chloe Maran")
    return browser(app, worker)


def reading(app):
    return open_session(app.extensions["engine"])


def test_what_is_short_is_ordered_and_received(floor, app):
    page = floor.get("/floor/buying").text
    assert "Weaver" in page
    assert 'name="amount.W-OAK" value="4"' in page, "a whole lot"
    assert "below the reorder point" not in page, "somebody waits for it"
    with reading(app) as session:
        supplier = session.get_one(Stock, "W-OAK").supplier_id
    asked = {"supplier": supplier, "part": "W-OAK", "amount.W-OAK": "3"}
    assert floor.post("/floor/buying", data=asked, follow_redirects=True).text.count("P-0001") >= 1
    with reading(app) as session:
        line = session.scalars(select(PurchaseLine)).one()
    assert line.amount == 4 * UNIT
    assert 'name="once"' in page
    assert floor.post("/floor/buying", data={**asked, "supplier": "4711"}).status_code == 404
    for _ in range(2):
        floor.post("/floor/buying", data={**asked, "once": "pressed twice"})
    with reading(app) as session:
        assert len(session.scalars(select(PurchaseLine)).all()) == 2, "one more, however often it was pressed"
    told = floor.post(f"/floor/buying/{line.id}", data={"amount": "4", "rest": "1"}, follow_redirects=True).text
    assert "W-OAK is in stock" in told
    with reading(app) as session:
        assert session.get_one(Stock, "W-OAK").on_hand == 4 * UNIT
        assert session.scalars(select(Movement)).one().account.name == "Chloe Maran"
    assert floor.post("/floor/buying/4711", data={}).status_code == 404


def test_what_cannot_be_bought_is_said_beside_its_field_and_nothing_typed_is_lost(floor, app):
    with reading(app) as session:
        supplier = session.get_one(Stock, "W-OAK").supplier_id
    asked = {"supplier": supplier, "part": "W-OAK", "amount.W-OAK": "some", "due": "1999-12-31"}
    answer = floor.post("/floor/buying", data=asked)
    assert (answer.status_code, "Nothing was ordered." in answer.text) == (422, True)
    for field, words in ("amount.W-OAK", "above 0"), ("due", "from today on"):
        found = re.search(rf'name="{field}"[^>]*value="{asked[field]}"[^>]*aria-describedby="([^"]+)"', answer.text)
        assert words in answer.text.partition(f'id="{found[1]}"')[2][:200]
    assert answer.text.count(" autofocus") == 1, "of two fields that are wrong the first has the focus"
    assert "Tick at least one part." in floor.post("/floor/buying", data={"supplier": supplier}).text
    floor.post("/floor/buying", data={**asked, "amount.W-OAK": "3", "due": ""})
    with reading(app) as session:
        line = session.scalars(select(PurchaseLine)).one().id
    for entered, field in ({"amount": "-1"}, f"came-{line}"), ({"postpone": "1", "due": "soon"}, f"due-of-{line}"), (
            {"postpone": "1", "due": "1999-12-31"}, f"due-of-{line}"):
        answer = floor.post(f"/floor/buying/{line}", data=entered)
        assert (answer.status_code, f'id="{field}-not"' in answer.text) == (422, True)
        assert re.search(rf'id="{field}"[^>]*value="{entered.get("amount") or entered["due"]}"', answer.text)


def test_what_to_buy_is_found_by_part_supplier_order_and_purchase(floor):
    for sought, there in ("w-oak", True), ("weaver", True), ("2001", True), ("nothing like it", False):
        assert ("Oak board" in floor.get("/floor/buying", query_string={"q": sought}).text) == there, sought


def test_what_is_missing_stands_on_the_page_of_its_order(floor, app):
    """The floor reads it on the sheet, the rep on the order; the customer need not know."""
    with transaction(app.extensions["engine"]) as session:
        rep = member(session, "rep", "Ben Rossi")
        number = session.scalar(select(Order.number))
    for browser_, page in (floor, f"/floor/orders/{number}"), (browser(app, rep), f"/orders/{number}"):
        told = browser_.get(page).text
        assert "Part missing" in told
        assert re.search(r"W-OAK</span> Oak board,[^<]*not ordered yet", told)
    with transaction(app.extensions["engine"]) as session:
        purchasing.order(session, None, {"W-OAK": 4 * UNIT}, None, now().date(), date(2099, 1, 1))
    told = floor.get(f"/floor/orders/{number}").text
    assert re.search(r"W-OAK</span> Oak board,[^<]*comes on [^<]*2099", told)
    assert "too late" in told
    assert re.search(r"W-OAK</span> Oak board, [^<]*, comes on [^<]*2099", floor.get("/floor/board").text)
    with transaction(app.extensions["engine"]) as session:
        for line in stock.coming(session, ["W-OAK"]):
            line.due = date(2020, 1, 7)
    told = floor.get(f"/floor/orders/{number}").text
    assert re.search(r"W-OAK</span> Oak board,[^<]*was due on [^<]*2020", told), "nobody waits for a day that is over"
    assert "overdue" in told


def test_pages_say_that_no_day_can_be_promised_and_nothing_is_ordered(floor, app):
    told = floor.post("/floor/hours", data={"centre": "bench_saw", **{f"day{day}": "0" for day in range(7)}},
                      follow_redirects=True).text
    assert "no day can be promised for what passes through it" in told
    with transaction(app.extensions["engine"]) as session:
        ada = member(session)
    shop = browser(app, ada)
    page = shop.post("/products/bench").location
    assert "no day can be promised yet" in shop.get(page).text
    review = shop.get(f"{page}/order")
    assert "no day can be promised yet" in review.text
    fields = dict(re.findall(r'name="(total|ready|agreed|unmeasured)"[^>]* value="([^"]*)"', review.text))
    answer = shop.post(f"{page}/order", data={"quantity": "1", **fields})
    assert answer.status_code == 409
    assert "No day can be promised for this" in answer.text
    with reading(app) as session:
        assert len(session.scalars(select(Order)).all()) == 1


def test_a_value_that_leads_to_where_nobody_works_says_so_before_it_is_chosen(app):
    plain = bench()
    wiring = Operation(name="wire", work_centre="wiring", minutes=Const(30), when=Is("lamp", (True,)))
    with transaction(app.extensions["engine"]) as session:
        published(session, replace(plain, work_centres=(*plain.work_centres, WorkCentre(name="wiring")),
                                   operations=(*plain.operations, wiring)))
        capacity.set_hours(session, "wiring", [0] * 7)
        ada = member(session)
    shop = browser(app, ada)
    page = shop.post("/products/bench").location
    told = re.findall(r'<label class="opt">.*?</label>', shop.get(page, query_string={"group": "2"}).text)
    assert [re.search(r'value="([^"]*)"', one)[1] for one in told if "no day can be promised" in one] == ["yes"]


def test_counting_says_whether_the_book_was_right(floor, app):
    assert "Counted: the book is corrected." in floor.post(
        "/floor/stock/W-OAK", data={"count": "1", "on_hand": "2"}, follow_redirects=True).text
    assert "the book was right" in floor.post(
        "/floor/stock/W-OAK", data={"count": "1", "on_hand": "2"}, follow_redirects=True).text
    for wrong in "-1", "0.0001", "many", "1e9999":
        assert floor.post("/floor/stock/W-OAK", data={"count": "1", "on_hand": wrong}).status_code == 422
    with reading(app) as session:
        assert session.get_one(Stock, "W-OAK").on_hand == 2 * UNIT


def test_a_part_of_the_catalogue_is_kept_from_now_on(floor, app):
    assert "bought for each order" in floor.get("/floor/stock/L-1").text
    kept = {"lead_days": "5", "lot": "", "reorder": "2.5", "supplier": "Lamps"}
    assert floor.post("/floor/stock/L-1", data=kept).status_code == 303
    assert "short" in floor.get("/floor/stock?q=lamps&short=1").text
    assert "W-OAK" not in floor.get("/floor/stock?q=lamps").text
    assert floor.post("/floor/stock/L-1", data={**kept, "lead_days": "99999"}).status_code == 422
    assert floor.get("/floor/stock/nothing/like/it").status_code == 404


def test_hours_and_closed_days_are_kept(floor):
    week = {f"day{day}": "4,5" if day < 5 else "" for day in range(7)}
    assert "Kept" in floor.post("/floor/hours", data={"centre": "bench_saw", **week}, follow_redirects=True).text
    page = floor.get("/floor/hours").text
    assert 'name="day0" value="4.5"' in page
    assert "22.5 hours a week" in page
    assert "<details class=\"more\" open>" not in page, "it is folded, for there may be many work centres"
    assert floor.post("/floor/hours", data={"centre": "elsewhere", **week}).status_code == 404
    answer = floor.post("/floor/hours", data={"centre": "bench_saw", **week, "day1": "-1"})
    assert (answer.status_code, "Nothing was changed" in answer.text) == (422, True)
    assert re.search(r'name="day1" value="-1"[^>]*aria-describedby="(h-1-1-not)"[^>]*><span[^>]*id="\1">.*Enter 0 to',
                     answer.text)
    assert 'name="day0" value="4,5"' in answer.text, "what was typed beside it stays"
    assert answer.text.count('<details class="more" open>') == 1, "what is wrong is in view"
    for hostile in "inf", "nan", "1e999999":
        assert floor.post("/floor/hours", data={"centre": "bench_saw", **week, "day1": hostile}).status_code == 422
        assert floor.post("/floor/stock/W-OAK", data={"count": "1", "on_hand": hostile}).status_code == 422
        answer = floor.post("/floor/buying", data={"supplier": "", "part": "W-OAK", "amount.W-OAK": hostile})
        assert answer.status_code == 422
    assert "&lt;b&gt;" in floor.post("/floor/hours/closed", data={"day": "2099-12-25", "title": "<b>Feast"},
                                     follow_redirects=True).text
    assert "Feast" not in floor.post("/floor/hours/closed", data={"day": "2099-12-25", "open": "1"},
                                     follow_redirects=True).text
    assert "Enter the day" in floor.post("/floor/hours/closed", data={"day": "soon"}, follow_redirects=True).text


def test_a_table_is_brought_in_whole_or_not_at_all(floor, app):
    def send(text):
        return floor.post("/floor/stock", data={"file": (io.BytesIO(text.encode()), "stock.csv")})
    assert send("number;on_hand;lead_days\r\nW-OAK;12,5;3\r\n").status_code == 303
    with reading(app) as session:
        oak = session.get_one(Stock, "W-OAK")
        assert (oak.on_hand, oak.lead_days, oak.lot, oak.supplier.name) == (12_500, 3, 4 * UNIT, "Weaver")
    wrong = send("number,on_hand\nW-OAK,1\nW-PINE,minus\nW-OAK,2\n")
    assert wrong.status_code == 422
    assert "line 3: on_hand is an amount" in wrong.text
    assert "line 4: part W-OAK is on line 2 already" in wrong.text
    assert "line 2: part W-OAK is counted in pieces already" in send("number,unit\nW-OAK,kg\n").text
    assert "expected the columns" in send("part,stock\n1,2\n").text
    with reading(app) as session:
        assert session.get_one(Stock, "W-OAK").on_hand == 12_500
    table = floor.get("/floor/stock.csv").data.decode("utf-8-sig")
    assert table.splitlines()[1] == "W-OAK,Oak board,,Weaver,3,4,0,12.5"


LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(st.dictionaries(LINE, st.tuples(LINE, st.sampled_from(["", "m"]), st.integers(0, 99), st.integers(0, 10**9)),
                       max_size=5))
def test_what_is_written_is_read_as_it_was(parts):
    class Parts:
        def scalars(self, _):
            return [Stock(number=number, title=title, unit=unit, lead_days=days, lot=amount, reorder=0, on_hand=amount)
                    for number, (title, unit, days, amount) in parts.items()]
    rows = read(write(Parts()))
    assert {row.number: (row.title, row.unit, row.lead_days, row.on_hand) for row in rows.values()} == parts


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with suppress(StockFileError):
        assert all(row.number for row in read(f"number,title\n{text}").values())
    with suppress(StockFileError):
        assert read(text) == {} or "number" in text


def test_a_value_says_what_it_costs_in_days(sqlite):
    with open_session(sqlite) as session:
        version = published(session)
        stock.keep(session, "W-OAK", "Oak", "", lead_days=0)
        stock.keep(session, "W-PINE", "Pine", "", lead_days=0)
        draft = sessions.open_draft(session, version, guest="a guest")
        steps.answer(session, draft, {"wood": "pine"})
        assert Reasons(progress_of(session, draft)).effect("wood", "oak").days == 0
        stock.keep(session, "W-OAK", "Oak", "", lead_days=10)
        effect = Reasons(progress_of(session, draft)).effect("wood", "oak")
        before, after = progress_of(session, draft), steps.answer(session, draft, {"wood": "oak"})
        assert after == {}
        days = before.supply.days
        assert effect.days == (days[11] - days[3]).days > 7


def test_the_files_limits_are_told(monkeypatch):
    monkeypatch.setattr(stockfile, "MOST_LINES", 1)
    with pytest.raises(StockFileError, match="at most 1 parts"):
        read("number\nA\nB\n")


def test_needs_of_an_empty_shop(session):
    assert purchasing.needs(session, TODAY) == {}
    assert bring(session, "number,title\nA,'=1+1\n", None) == 1
    assert session.get_one(Stock, "A").title == "=1+1"
    assert "'=1+1" in write(session)


def test_what_is_made_here_says_so_and_nobody_is_asked_to_keep_or_pick_it(floor, app):
    document = to_document(bench())
    with transaction(app.extensions["engine"]) as session:
        version = published(session, bench(parts=[
            {**part, "made_here": part["number"] == "W-PINE"} for part in document["parts"]]))
        order = ordered(session, a_customer(session), version)
    assert "made here" in floor.get("/floor/stock?q=W-PINE").text
    part = floor.get("/floor/stock/W-PINE").text
    assert "made here for each order" in part
    assert 'name="lead_days"' not in part
    for page in floor.get(f"/floor/pick?order={order.number}").text, floor.get(f"/floor/buying?q={order.number}").text:
        assert "SCREW" in page
        assert "W-PINE" not in page
    assert "made here" in floor.get(f"/floor/orders/{order.number}").text


def test_a_part_that_is_kept_without_a_title_is_called_as_in_the_catalogue_else_by_its_number(floor, app):
    numbers = "X-1", "W-PINE"
    with transaction(app.extensions["engine"]) as session:
        for number in numbers:
            stock.keep(session, number, "", "", lead_days=1)
    page = floor.get("/floor/stock").text
    assert '<td class="desc">X-1' in page
    assert '<td class="desc">Pine board' in page
    assert "<h1>X-1</h1>" in floor.get("/floor/stock/X-1").text
    with reading(app) as session:
        assert [session.get_one(Stock, number).title for number in numbers] == ["", ""], "looking writes nothing"
