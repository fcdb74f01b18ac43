"""The bench, as somebody with a telephone in the hand goes through it: scan, start, measure, done."""

import io
import re
from datetime import date

import pytest
from factories import TODAY, browser, checked, member, ordered, published
from PIL import Image
from sqlalchemy import select

from configurator.transaction import transaction
from orders.floor import photos
from orders.floor.worked import Measurement, Trouble, Used, Work
from orders.records import Customer, Order, SignOff

PAGE = "/floor/orders/2001/operations/1"


@pytest.fixture
def app(app_with):
    return app_with()


@pytest.fixture
def measured(engine, people):
    """The number of an order of two pieces whose first step has a check."""
    with transaction(engine) as session:
        customer = session.get(Customer, people.ada.customer_id)
        return ordered(session, customer, published(session, checked()), quantity=2).number


def picture(size=(40, 30), kind="JPEG", **options):
    content = io.BytesIO()
    Image.new("RGB", size, "#aa3311").save(content, kind, **options)
    return content.getvalue()


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


def test_a_measure_is_told_at_once_and_asks_for_a_decision(worker, engine, measured):
    page = f"/floor/orders/{measured}/operations/1"
    assert "1163 to 1165" in worker.get(page).text
    assert "Measure first: Length, pieces 1, 2" in worker.post(f"{page}/steps/1/done", follow_redirects=True).text
    told = worker.post(f"{page}/steps/1/measured", data={"value": "1166.5", "piece": "1", "once": "a"},
                       follow_redirects=True).text
    assert "1.5&nbsp;mm too much" in told
    assert "What becomes of it?" in told
    assert "out of tolerance: decide" in worker.post(f"{page}/steps/1/done", follow_redirects=True).text
    with transaction(engine) as session:
        value = session.scalar(select(Measurement.id))
    decide = f"{page}/steps/1/measured/{value}"
    assert "Say why" in worker.post(decide, data={"decision": "accept"}, follow_redirects=True).text
    assert "to be made anew" in worker.post(decide, data={"decision": "rework"}, follow_redirects=True).text
    again = worker.post(f"{page}/steps/1/measured", data={"value": "1,164.0", "piece": "1", "once": "b"},
                        follow_redirects=True).text
    assert "In tolerance" in again
    assert "measured again since" in again
    assert "Still to be measured: piece 2" in again
    assert "Length, piece 2." in worker.post(f"{page}/steps/1/done", follow_redirects=True).text
    worker.post(f"{page}/steps/1/measured", data={"value": "1164", "piece": "2", "once": "c"})
    assert worker.post(f"{page}/steps/1/done").location == page


def at_fault(page):
    """The id of the field that has the focus when the page opens: the one that is marked, and says what is wrong."""
    (field,) = re.findall(r"<[^<>]* autofocus>", page)
    found = re.search(r' id="([^"]+)"', field)[1]
    assert f'aria-invalid="true" aria-describedby="{found}-not"' in field
    assert f'id="{found}-not"' in page
    return found


def test_whoever_is_refused_is_where_it_is_mended(worker, engine, measured):
    page = f"/floor/orders/{measured}/operations/1"

    def refused(path, **data):
        answer = worker.post(path, data=data)
        assert "#" not in answer.location, "with a section no browser would put the focus anywhere else"
        return worker.get(answer.location).text
    assert at_fault(refused(f"{page}/steps/1/done")) == "value"
    assert at_fault(refused(f"{page}/steps/1/measured", piece="3", value="1164")) == "piece"
    assert at_fault(refused(f"{page}/steps/1/count", pieces="3")) == "pieces"
    assert at_fault(refused(f"{page}/steps/1/problem", note=" ")) == "note"
    assert at_fault(refused(f"{page}/batches", part="W-OAK", batch=" ", step="1")) == "batch"
    told = refused(f"{page}/steps/1/measured", piece="2", value='"11O4')
    assert at_fault(told) == "value"
    assert 'id="piece" name="piece" inputmode="numeric" required value="2"' in told
    assert 'value="&#34;11O4"' in told, "what was typed is not lost"


def test_what_stands_against_a_step_has_the_focus(worker, engine, measured):
    page = f"/floor/orders/{measured}/operations/1"

    def refused():
        return worker.post(f"{page}/steps/1/done", follow_redirects=True).text
    for piece, value in (1, "1164"), (2, "1170"):
        worker.post(f"{page}/steps/1/measured", data={"piece": piece, "value": value, "once": str(piece)})
    with transaction(engine) as session:
        wrong = session.scalar(select(Measurement.id).where(Measurement.piece == 2))
    assert at_fault(refused()) == f"word-{wrong}"
    worker.post(f"{page}/steps/1/measured/{wrong}", data={"decision": "rework"})
    told = refused()
    assert at_fault(told) == "value"
    assert "Measure first: Length, piece 2." in told, "what was made anew is measured anew"
    assert 'id="piece" name="piece" inputmode="numeric" required value="2"' in told
    worker.post(f"{page}/steps/1/measured", data={"piece": "2", "value": "1164", "once": "again"})
    worker.post(f"{page}/steps/1/problem", data={"note": "A crack", "once": "one"})
    with transaction(engine) as session:
        assert at_fault(refused()) == f"outcome-{session.scalar(select(Trouble.id))}"


def test_what_is_accepted_as_it_is_says_why_who_measured_and_who_decided(app, worker, engine, measured):
    page = f"/floor/orders/{measured}/operations/1/steps/1"
    for _ in range(2):  # a double tap
        worker.post(f"{page}/measured", data={"value": "1162", "piece": "2", "once": "same"})
    with transaction(engine) as session:
        made = session.scalars(select(Measurement)).one()
        assert (made.value, made.piece, made.within) == (1162, 2, False)
        value, other = made.id, member(session, "fulfilment", "Dan Okafor")
    browser(app, other).post(f"{page}/measured/{value}", data={"decision": "accept", "word": "hidden by the rail"})
    shown = worker.get(f"/floor/orders/{measured}/operations/1").text
    assert "accepted as it is: hidden by the rail" in shown
    assert re.search(r"Chloe Maran, [^<]*; decided by Dan Okafor<", shown)
    worker.post(f"{page}/measured", data={"value": "1164", "piece": "1"})
    assert worker.post(f"{page}/done").location.endswith("/operations/1")


def test_a_problem_can_come_of_a_measure_and_stops_the_step(worker, engine, measured):
    page = f"/floor/orders/{measured}/operations/1"
    worker.post(f"{page}/steps/1/measured", data={"value": "1", "piece": "1"})
    with transaction(engine) as session:
        value = session.scalar(select(Measurement.id))
    for _ in range(2):
        worker.post(f"{page}/steps/1/measured/{value}", data={"decision": "problem", "word": "The stop slipped."})
    shown = worker.get(page).text
    assert "Length is 1, not 1163 to 1165 mm. The stop slipped." in shown
    with transaction(engine) as session:
        trouble = session.scalars(select(Trouble)).one().id
    for piece in 1, 2:
        worker.post(f"{page}/steps/1/measured", data={"value": "1164", "piece": piece})
    assert "A problem at this step is open" in worker.post(f"{page}/steps/1/done", follow_redirects=True).text
    settle = f"/floor/orders/{measured}/problems/{trouble}"
    assert "in a few words" in worker.post(settle, data={"outcome": " "}, follow_redirects=True).text
    worker.post(settle, data={"outcome": "Clamped anew."})
    assert "Clamped anew." in worker.get(page).text
    assert worker.post(f"{page}/steps/1/done").location == page


@pytest.mark.parametrize("value", ["", "long", "nan", "inf", "1e999", "--1"])
def test_what_is_no_measure_is_asked_for_again(worker, engine, measured, value):
    page = f"/floor/orders/{measured}/operations/1/steps/1/measured"
    assert "as a number" in worker.post(page, data={"value": value, "piece": "1"}, follow_redirects=True).text
    with transaction(engine) as session:
        assert session.scalars(select(Measurement)).all() == []


def test_pieces_of_a_lot_are_counted_until_it_is_done(worker, measured):
    page = f"/floor/orders/{measured}/operations/2"
    for entered in "3", "-1", "one":
        assert "does not have so many" in worker.post(f"{page}/steps/1/count", data={"pieces": entered},
                                                      follow_redirects=True).text
    worker.post(f"{page}/steps/1/count", data={"pieces": "1"})
    assert 'name="pieces" inputmode="numeric" required value="1"' in worker.get(page).text
    worker.post(f"{page}/steps/1/count", data={"pieces": "2"})
    assert "Every step of it is done" in worker.get(page).text


def test_a_problem_is_told_with_a_photo_that_says_nothing_else(worker, people, engine, app):
    told = picture((3000, 2000), exif=gps())
    assert b"Exif" in told
    worker.post(f"{PAGE}/steps/1/problem", data={"note": "A crack", "once": "one",
                                                 "photo": (io.BytesIO(told), "../../x.html")})
    page = worker.get(PAGE).text
    assert "A crack" in page
    source = re.search(r'src="(/floor/orders/2001/problems/\d+\.jpg)"', page)[1]
    answer = worker.get(source)
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    with Image.open(io.BytesIO(answer.data)) as kept:
        assert max(kept.size) == photos.SIDE
        assert not kept.getexif()
    assert b"Exif" not in answer.data
    assert worker.get(source.replace("2001", "2002")).status_code == 404
    assert browser(app, people.ada).get(source).status_code == 403


def gps():
    written = Image.Exif()
    written[0x010F] = "A telephone"
    written.get_ifd(0x8825)[1] = "N"
    return written


def mangled():
    """A photo to be turned upright, with a width in letters written along."""
    content, written = io.BytesIO(), Image.Exif()
    written[0x010F], written[0x0112] = "A telephone", 6
    Image.new("RGB", (60, 40)).save(content, "JPEG", exif=written)
    return content.getvalue().replace(b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02")


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 50, b"\xff\xd8\xff\xe0 no more",
                                     b"%PDF-1.7", mangled()])
def test_what_is_no_photo_is_not_kept_whatever_it_is_called(worker, engine, content):
    told = worker.post(f"{PAGE}/steps/1/problem", data={"note": "Look", "photo": (io.BytesIO(content), "photo.jpg")},
                       follow_redirects=True).text
    assert "no photo that can be kept" in told
    assert "The problem is noted" in told, "what was typed is not lost with it"
    with transaction(engine) as session:
        assert [(trouble.note, trouble.photo) for trouble in session.scalars(select(Trouble))] == [("Look", None)]


def test_a_photo_may_be_larger_than_other_requests(worker, app):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    large = picture((900, 900), "PNG", compress_level=0)
    assert len(large) > 1_000_000
    sent = {"note": "Look", "photo": (io.BytesIO(large), "x")}
    assert worker.post(f"{PAGE}/steps/1/problem", data=sent).status_code == 303
    assert worker.post(f"{PAGE}/steps/1/count", data={"pieces": "1" * 2000}).status_code == 413


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
    assert "6" in worker.get("/floor/pick").text.split("S 03")[1]
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


def test_a_sheet_that_is_superseded_says_so(worker):
    assert "no longer valid" in worker.get(f"{PAGE}?revision=7").text
    assert "no longer valid" not in worker.get(f"{PAGE}?revision=1").text


def test_what_was_done_upon_an_old_sheet_is_refused(worker, engine):
    answer = worker.post(f"{PAGE}/steps/1/done", data={"revision": "7"}, follow_redirects=True)
    assert "The sheet was changed: revision 1 counts." in answer.text
    assert large(answer.text) == "Cut the Oak boards"
    assert worker.post(f"{PAGE}/steps/1/done", data={"revision": "1"}).location == PAGE
