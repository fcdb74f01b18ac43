"""The bench, as somebody with a telephone in the hand goes through it: scan, start, count, done."""

import re
from datetime import date

import pytest
from factories import TODAY, browser, checked, member, ordered, published
from household import pages_on_sqlite
from sqlalchemy import select

from configurator.transaction import transaction
from orders.floor.worked import Trouble, Used, Work
from orders.records import Customer, Order, SignOff

PAGE = "/floor/orders/2001/operations/1"


pytestmark = pages_on_sqlite


def large(page):
    """The step that is shown large."""
    return re.search(r'id="now">([^<]+)<', page)[1]


def test_whoever_scans_signs_in_first_and_comes_back(app, people):
    client = app.test_client()
    answer = client.get(PAGE)
    assert answer.status_code == 303
    answer = client.post(answer.location, data={"email": people.worker.email, "password": "a sentence to sign in with"})
    assert answer.location.endswith(PAGE)
    page = client.get(PAGE).text
    assert large(page) == "Cut the Oak boards"
    for words in "1164 mm", "Saw 1", "Stop block", "2001":
        assert words in page, words


def test_the_next_step_follows_the_one_that_is_done(worker):
    assert worker.post(f"{PAGE}/steps/1/begin").location.endswith("step=1")
    assert "Pause" in worker.get(PAGE).text
    assert worker.post(f"{PAGE}/steps/1/done").location == PAGE
    page = worker.get(PAGE).text
    assert large(page) == "Break the edges"
    assert "Pause" in page, "the work goes on with it"
    worker.post(f"{PAGE}/steps/2/pause")
    assert "Start" in worker.get(PAGE).text
    worker.post(f"{PAGE}/steps/2/done")
    assert "Go on: Fit together" in worker.get(PAGE).text


def test_a_double_tap_is_one(worker, engine):
    for act in "begin", "begin", "done", "done", "begin":
        worker.post(f"{PAGE}/steps/1/{act}")
    with transaction(engine) as session:
        order = session.scalar(select(Order).where(Order.number == "2001"))
        assert len(order.sign_offs) == 1
        assert [(work.step, work.ended is None) for work in session.scalars(select(Work))] == [(1, False), (2, True)]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "then", "2027-01-05T08:00"])
def test_a_moment_that_cannot_be_is_now(worker, at):
    assert worker.post(f"{PAGE}/steps/1/begin", data={"at": at}).status_code == 303
    assert worker.post(f"{PAGE}/steps/1/done", data={"at": at}).status_code == 303


def test_a_clock_is_believed_back_to_the_release_and_to_when_the_step_was_begun(worker, engine, people):
    """A tablet that was off for a year, or is set to the last century, tells nothing of how long something took."""
    with transaction(engine) as session:
        order = ordered(session, session.get(Customer, people.ada.customer_id), today=date(2026, 3, 2))
        page, released = f"/floor/orders/{order.number}/operations/1/steps/1", order.placed_at
    noon = released.replace(hour=12)
    for act, told in (("begin", "1999-12-31T12:00:00Z"), ("pause", noon.isoformat()), ("done", "1999-12-31T12:00:00Z")):
        worker.post(f"{page}/{act}", data={"at": told})
    with transaction(engine) as session:
        work, made = session.scalars(select(Work)).one(), session.scalars(select(SignOff)).one()
        assert (work.started, work.ended, made.at) == (released, noon, released)


def test_a_mistake_is_taken_back_here_too(worker):
    worker.post(f"{PAGE}/steps/1/done")
    assert "Take back" in worker.get(f"{PAGE}?step=1").text
    worker.post(f"{PAGE}/steps/1/undo")
    assert large(worker.get(PAGE).text) == "Cut the Oak boards"


def test_two_at_one_step_are_told(app, worker, engine):
    with transaction(engine) as session:
        account = member(session, "fulfilment", "Dan Okafor")
    other = browser(app, account)
    worker.post(f"{PAGE}/steps/1/begin")
    page = other.get(PAGE).text
    assert "Chloe Maran is at this step since" in page
    other.post(f"{PAGE}/steps/1/begin")
    page = worker.get(PAGE)
    assert "Dan Okafor is at this step since" in page.text
    asked = worker.get(f"{PAGE}/steps/1/others")
    assert "Dan Okafor" in asked.text
    known = {"If-None-Match": asked.headers["ETag"]}
    assert worker.get(f"{PAGE}/steps/1/others", headers=known).status_code == 304
    other.post(f"{PAGE}/steps/1/done")
    assert "Dan Okafor has done this step" in worker.get(f"{PAGE}/steps/1/others", headers=known).text


def test_pieces_of_a_lot_are_counted_until_it_is_done(worker, measured):
    page = f"/floor/orders/{measured}/operations/2"
    for entered in "3", "-1", "one":
        assert "does not have so many" in worker.post(f"{page}/steps/1/count", data={"pieces": entered},
                                                      follow_redirects=True).text
    worker.post(f"{page}/steps/1/count", data={"pieces": "1"})
    assert 'name="pieces" inputmode="numeric" required value="1"' in worker.get(page).text
    worker.post(f"{page}/steps/1/count", data={"pieces": "2"})
    assert "Every step of it is done" in worker.get(page).text


def test_batches_are_traced_both_ways(worker, engine):
    for number, batch in ("2001", "B-77"), ("2001", "B-77"), ("2002", "B-77"), ("2002", "B-78"):
        worker.post(f"/floor/orders/{number}/operations/1/batches", data={"part": "W-OAK", "batch": f" {batch} "})
    with transaction(engine) as session:
        assert len(session.scalars(select(Used)).all()) == 3
    page = worker.get("/floor/batches?q=2001").text
    assert "B-77" in page
    assert ">2002<" in page, "where else it went"
    rows = re.findall(r'mono" href="/floor/orders/(\d+)"', worker.get("/floor/batches?q=B-77").text)
    assert rows == ["2002", "2001"]
    assert "B-78" in worker.get("/floor/batches?q=W-OAK").text
    assert "No batch" in worker.get("/floor/batches?q=nothing").text
    assert "nowhere else" in worker.get("/floor/batches?q=B-78").text


def test_what_the_sheet_does_not_have_is_not_there(worker):
    for path in f"{PAGE}0", "/floor/orders/2001/operations/0", "/floor/orders/4711/operations/1":
        assert worker.get(path).status_code == 404
    for path in "steps/9/begin", "steps/0/done", "steps/1/measured", "steps/9/problem":
        assert worker.post(f"{PAGE}/{path}", data={"value": "1", "piece": "1", "note": "x"}).status_code == 404, path
    assert worker.post(f"{PAGE}/batches", data={"part": "L-99", "batch": "B"}).status_code == 404
    assert worker.post("/floor/orders/2001/problems/99", data={"outcome": "x"}).status_code == 404
    assert large(worker.get(f"{PAGE}?step=99").text) == "Cut the Oak boards"


def test_nothing_is_done_on_an_order_that_left_the_floor(worker, engine):
    for operation in 1, 2:
        for step in 1, 2:
            worker.post(f"/floor/orders/2001/operations/{operation}/steps/{step}/done")
    with transaction(engine) as session:
        order = session.scalar(select(Order).where(Order.number == "2001"))
        assert order.state == "built"
        order.state = "shipped"
    for act in "begin", "done", "undo", "problem", "count":
        told = worker.post(f"{PAGE}/steps/1/{act}", data={"note": "x", "pieces": 1}, follow_redirects=True).text
        assert "not on the floor" in told, act


def test_queues_show_what_is_ready_first_alike_together(worker, engine, people):
    with transaction(engine) as session:
        customer = session.get(Customer, people.mira.customer_id)
        version = published(session, checked())
        for wood, day in ("pine", 1), ("oak", 4), ("pine", 5):
            ordered(session, customer, version, wood=wood, today=TODAY.replace(year=2028, month=2, day=day))
    page = worker.get("/floor/centres").text
    assert page.index("Set up: Pine") < page.index("Set up: Oak")
    numbers = re.findall(r'href="/floor/orders/(\d+)/operations/(\d)"', page)
    assert numbers[:2] == [("2001", "1"), ("2002", "1")], "without a set-up, promised first"
    assert numbers[2:5] == [("2003", "1"), ("2005", "1"), ("2004", "1")]
    assert "after: Cut to size" in page
    worker.post("/floor/orders/2003/operations/1/steps/1/problem", data={"note": "Broken"})
    assert ("2003", "1") not in re.findall(r'href="/floor/orders/(\d+)/operations/(\d)"',
                                           worker.get("/floor/centres").text.split("<details")[0])


def test_parts_are_picked_over_many_orders(worker):
    page = worker.get("/floor/pick").text
    assert re.findall(r'<p class="bin mono">([^<]+)<', page) == ["A 01", "A 02", "S 03"]
    assert "12" in page.split("S 03")[1], "six screws for each of two orders"
    sent = {"part": "SCREW", "for": ["2001", "2002"], "order": ["2001", "2002"]}
    for _ in range(2):
        answer = worker.post("/floor/pick", data=sent)
    assert answer.location == "/floor/pick?order=2001&order=2002#part-1"
    screws = worker.get(answer.location).text.split("S 03")[1]
    assert screws.count(">Put back<") == 2
    worker.post("/floor/pick/back", data={"part": "SCREW", "for": ["2002"]})
    left = worker.get("/floor/pick").text.split("S 03")[1]
    assert "6" in left
    shares = re.sub(r"\s*\n\s*", "", left)
    assert re.search(r"2001</span> 6 picked, <span[^>]*>2002</span> 6<", shares), "who has theirs"
    assert worker.post("/floor/pick", data={"part": "NOTHING", "for": ["2001"]}).status_code == 404
    assert "2002" not in worker.get("/floor/pick?order=2001").text.split('class="pick"')[1]


def test_the_board_says_what_is_late_and_why_and_only_when_it_changed(worker):
    first = worker.get("/floor/board")
    known = {"If-None-Match": first.headers["ETag"]}
    again = worker.get("/floor/board", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    worker.post(f"{PAGE}/steps/1/problem", data={"note": "The board is split"})
    changed = worker.get("/floor/board", headers=known)
    assert changed.status_code == 200
    assert "The board is split" in changed.text
    known = {"If-None-Match": changed.headers["ETag"]}
    assert worker.get("/floor/board", headers=known).status_code == 304


def test_a_problem_told_at_length_is_kept_to_its_last_word(worker, engine):
    said = "\n".join(["x" * 99] * 19 + ["y" * 95 + "split"])
    assert len(said) == 2000
    worker.post(f"{PAGE}/steps/1/problem", data={"note": said.replace("\n", "\r\n")})  # as browsers send it
    with transaction(engine) as session:
        assert session.scalar(select(Trouble)).note == said


def test_a_sheet_that_is_superseded_says_so(worker):
    assert "no longer valid" in worker.get(f"{PAGE}?revision=7").text
    assert "no longer valid" not in worker.get(f"{PAGE}?revision=1").text


def test_what_was_done_upon_an_old_sheet_is_refused(worker, engine):
    answer = worker.post(f"{PAGE}/steps/1/done", data={"revision": "7"}, follow_redirects=True)
    assert "The sheet was changed: revision 1 counts." in answer.text
    assert large(answer.text) == "Cut the Oak boards"
    assert worker.post(f"{PAGE}/steps/1/done", data={"revision": "1"}).location == PAGE
