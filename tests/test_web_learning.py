"""What remembering is worth: counted while somebody is at work, shown to a customer and to staff."""

import re
from html import unescape

from factories import a_customer, bench, bench_values, ordered, published, sign_in
from household import pages_on_sqlite
from hypothesis import given
from hypothesis import strategies as st

from configurator.engines import engine_of
from configurator.transaction import open_session, transaction
from configurator.unaided import unaided
from configurator.web.shop.chart import BASE, LEFT, RIGHT, TOP, marks
from orders.records import Order
from orders.relation.learning import ENOUGH, MOST, Spread, Step, curve, own

pytestmark = pages_on_sqlite


def test_an_order_says_what_it_would_have_taken_without_memory(app, engine, people):
    client = app.test_client()
    sign_in(client, people.ada)
    url = client.post("/products/bench").location
    page = client.get(f"{url}/order").text
    fields = dict(re.findall(r'<input type="\w+" name="(\w+)" value="([^"]*)"', page))
    client.post(f"{url}/order", data=fields | {"quantity": "1", "place": ""})
    with open_session(engine) as session:
        order = session.query(Order).filter_by(number="2003").one()
        assert (order.inputs, order.unaided) == (0, 2), "her hook and her text: the rest is as the maker suggests"
        assert order.seconds is not None
        assert 0 <= order.seconds < 60
    page = unescape(client.get("/orders").text)
    assert "For order number 2 of it: 0. Without memory that one would have taken 2." in page
    assert 'class="chart"' in page


def test_without_memory_nothing_is_spared_to_whoever_wants_something_else(session):
    version = published(session)
    plain = engine_of(version).start()
    assert plain.domains()
    assert unaided(version, bench_values(hooks=frozenset())) == 0
    assert unaided(version, bench_values(height=1800, wood="pine", lamp=False, engraving="A")) == 4
    for _ in range(3):
        ordered(session, a_customer(session), version, wood="pine")
    assert unaided(version, bench_values(hooks=frozenset(), wood="pine")) == 1, "what others order changes nothing"


def test_the_curve_counts_orders_by_their_number_among_the_customers_own(session):
    bench_version, stool = published(session), published(session, bench(name="stool", title="Stool"))
    for who in range(ENOUGH):
        customer = a_customer(session, f"Customer {who}")
        for number, inputs in enumerate((10 + who, 4, who % 2)):
            ordered(session, customer, bench_version, inputs=inputs, unaided=12, seconds=None if number else 60 + who)
        ordered(session, customer, stool, inputs=20)
    ordered(session, customer, bench_version, inputs=0)
    first, second, third, fourth = curve(session, bench_version.product_id)
    assert first == Step(1, 5, 5, Spread(11, 12, 13), Spread(12, 12, 12), Spread(61, 62, 63))
    assert (second.inputs, second.seconds) == (Spread(4, 4, 4), None)
    assert third.inputs == Spread(0, 0, 1)
    assert fourth == Step(4, 1, 1, None, None, None), "of so few customers nothing is told"
    both = curve(session)
    assert (both[0].orders, both[0].customers, both[0].inputs) == (10, 5, Spread(12, 14, 20))
    assert len(both) == 4
    assert curve(session, 4711) == []


def test_a_customers_own_curve_goes_by_the_number_of_an_order_of_the_same_product(session):
    version, stool = published(session), published(session, bench(name="stool", title="Stool"))
    ada = a_customer(session)
    for number in range(MOST + 3):  # more than are drawn: the first ones stay
        ordered(session, ada, version, inputs=20 - number)
    for inputs in 9, 1:
        ordered(session, ada, stool, inputs=inputs)
    steps = own(ada.orders)
    assert [step.number for step in steps] == list(range(1, MOST + 1))
    assert [(step.orders, step.inputs.median) for step in steps[:3]] == [(2, 9), (2, 1), (1, 18)]
    drawn = marks(steps)
    assert (drawn[0].x, drawn[-1].x) == (LEFT, RIGHT)
    assert own([]) == []


@given(st.lists(st.integers(0, 40), min_size=ENOUGH, max_size=60))
def test_quartiles_are_values_that_so_many_do_not_exceed(values):
    from collections import Counter

    from orders.relation.learning import spread
    found = spread(Counter(values))
    for share, value in (0.25, found.low), (0.5, found.median), (0.75, found.high):
        assert sum(other <= value for other in values) >= share * len(values)
        assert sum(other < value for other in values) < share * len(values)


def test_the_curve_is_drawn_within_its_frame():
    steps = [Step(n, 9, 9, Spread(8 - n, 9 - n, 12 - n), Spread(10, 11, 12) if n > 1 else None, None)
             for n in range(1, 6)]
    drawn = marks([*steps, Step(6, 1, 1, None, None, None)])
    assert len(drawn) == 5
    assert drawn[0].alone is None
    assert all(TOP <= mark.high <= mark.y <= mark.low <= BASE for mark in drawn)
    assert [mark.y for mark in drawn] == sorted(mark.y for mark in drawn), "fewer inputs stand lower"
    assert marks([]) == []


def test_staff_sees_the_curve_of_the_shop_and_of_each_family(app, engine, people):
    rep = app.test_client()
    sign_in(rep, people.rep)
    page = rep.get("/desk/learning").text
    assert "The curve begins when at least 5 customers have ordered twice." in page
    assert "too few customers to tell" in page
    assert ">2</td>" not in page, "not even how few"
    with transaction(engine) as session:
        for who in range(ENOUGH):
            customer = a_customer(session, f"Customer {who}")
            for inputs in 9, 3:
                ordered(session, customer, inputs=inputs, unaided=11, seconds=200 if inputs > 5 else 40)
    for path in "/desk/learning", "/desk/learning?product=bench":
        page = unescape(rep.get(path).text)
        assert 'class="chart"' in page
        assert 'class="alone"' in page
        for words in "<strong>3</strong>", "<strong>11</strong>", "3\N{NO-BREAK SPACE}min", "40\N{NO-BREAK SPACE}s":
            assert words in page, words
    assert rep.get("/desk/learning?product=boat").status_code == 404
    assert MOST > 2
