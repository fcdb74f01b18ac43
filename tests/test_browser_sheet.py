"""The build sheet on a tablet whose connection comes and goes: nothing pressed is lost, and nothing counts twice."""

import pytest
from browsing import sign_in
from factories import checked, house, ordered, published
from sqlalchemy import select

from configurator.transaction import transaction
from orders.records import Customer, SignOff

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
SHEET = "/floor/orders/2001"


@pytest.fixture
def people(server):
    with transaction(server.database) as session:
        return house(session)


@pytest.fixture
def tablet(visit, people):
    page = visit(**TABLET)
    sign_in(page, people.worker)
    page.goto(SHEET)
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # from now on the worker sees what is asked for
    page.evaluate("new Promise(done => navigator.serviceWorker.controller ? done() : setTimeout(done, 500))")
    return page


def signed(server):
    with transaction(server.database) as session:
        return sorted((one.operation, one.step) for one in session.scalars(select(SignOff)))


def done(page, step):
    return page.get_by_role("button", name=f"Done: Cut to size, step {step}")


def test_what_is_pressed_without_a_connection_is_kept_and_sent_when_it_is_back(tablet, server):
    tablet.context.set_offline(True)
    for step in (1, 2):
        done(tablet, step).tap()
    tablet.get_by_text("Kept on this device").wait_for()
    assert tablet.locator("form[data-unsent]").count() == 2
    assert signed(server) == []
    tablet.reload()
    tablet.get_by_text("Kept on this device").wait_for()
    assert tablet.locator("form[data-unsent]").count() == 2, "the sheet and its marks are there without a connection"
    tablet.context.set_offline(False)
    tablet.get_by_text("2 of 4 steps done").wait_for()
    assert tablet.locator("#kept").is_hidden()
    assert signed(server) == [("saw", 1), ("saw", 2)]


def test_what_the_server_says_at_the_bench_is_read_and_the_next_step_follows(tablet):
    tablet.goto(f"{SHEET}/operations/1")
    tablet.get_by_label("Batch or serial number").fill(" ")
    tablet.get_by_role("button", name="Note").tap()
    tablet.get_by_role("status").get_by_text("Enter the number of the batch").wait_for()
    tablet.get_by_role("button", name="Done").tap()
    tablet.get_by_text("Step 2 of").wait_for()


def test_what_is_refused_on_the_sheet_is_told_there(visit, server, people):
    with transaction(server.database) as session:
        number = ordered(session, session.get(Customer, people.ada.customer_id), published(session, checked())).number
    page = visit(**TABLET)
    sign_in(page, people.worker)
    page.goto(f"/floor/orders/{number}")
    page.get_by_label("Length, mm: Cut to size, step 1").fill("11O4")
    page.get_by_label("Length, mm: Cut to size, step 1").press("Enter")
    page.get_by_text("Enter what you measured as a number.").wait_for()
    assert page.url.endswith(number)


def test_an_answer_that_was_lost_on_the_way_counts_once(tablet, server):
    lost = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()

    tablet.context.route("**/1/1/sign", lose)
    done(tablet, 1).tap()
    tablet.get_by_text("1 of 4 steps done").wait_for()
    assert lost == [303]
    assert signed(server) == [("saw", 1)]


def test_what_one_has_pressed_is_not_sent_by_another(visit, tablet, people, server):
    tablet.context.set_offline(True)
    done(tablet, 1).tap()
    tablet.get_by_text("Kept on this device").wait_for()
    tablet.evaluate("document.getElementById('kept').dataset.who = 'somebody else'")
    tablet.context.set_offline(False)
    tablet.evaluate("dispatchEvent(new Event('online'))")
    tablet.wait_for_timeout(300)
    assert signed(server) == []
    tablet.reload()
    tablet.get_by_text("1 of 4 steps done").wait_for()


def test_what_a_thumb_in_a_glove_presses_is_large(tablet):
    for target in tablet.locator(".steps button, .steps a.btn, .steps .input, .sheet-acts .row a").all():
        assert target.bounding_box()["height"] >= 48, target.inner_text()
