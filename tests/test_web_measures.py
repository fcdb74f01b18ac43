"""What is measured at the bench, and told to be wrong: it says at once what is to be done, and where."""

import io
import re

import pytest
from factories import browser, member
from household import pages_on_sqlite
from PIL import Image
from sqlalchemy import select

from configurator.transaction import transaction
from orders.floor import photos
from orders.floor.worked import Measurement, Trouble

PAGE = "/floor/orders/2001/operations/1"


pytestmark = pages_on_sqlite


def picture(size=(40, 30), kind="JPEG", **options):
    content = io.BytesIO()
    Image.new("RGB", size, "#aa3311").save(content, kind, **options)
    return content.getvalue()


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
    told = refused(f"{page}/steps/1/count", pieces="3")
    assert at_fault(told) == "pieces"
    assert re.search(r'name="pieces"[^>]* value="3"', told), "what was typed is not lost"
    assert at_fault(refused(f"{page}/steps/1/problem", note=" ")) == "note"
    for part in "W-OAK", "W-PINE":
        told = refused(f"{page}/batches", part=part, batch=" ", step="1")
        assert at_fault(told) == "batch"
        assert re.findall(r'<option value="([^"]*)" selected', told) == [part], "nor what was chosen"
    told = refused(f"{page}/steps/1/measured", piece="2", value='"11O4')
    assert at_fault(told) == "value"
    assert 'id="piece" name="piece" inputmode="numeric" required value="2"' in told
    assert 'value="&#34;11O4"' in told
    worker.post(f"{page}/steps/1/measured", data={"piece": "1", "value": "1170"})
    with transaction(engine) as session:
        wrong = session.scalar(select(Measurement.id))
    told = refused(f"{page}/steps/1/measured/{wrong}", decision="accept", word="why " * 200)
    assert at_fault(told) == f"word-{wrong}"
    assert f'value="{"why " * 125}"' in told, "as much of it as may be kept, for it stands in the address"


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
