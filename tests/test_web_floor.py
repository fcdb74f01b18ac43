"""The floor: the queue, the build sheet as a page and a PDF, signing off, shipping."""

import re
from io import BytesIO

from factories import TODAY, bench, member, ordered, published, sent_quote, sign_in
from household import pages_on_sqlite
from pypdf import PdfReader

from configurator.settings import ROOT
from configurator.transaction import transaction
from configurator.web.paper import WORDS, picture_style
from orders.quotation import quotes
from orders.records import Account, Customer
from orders.shipments.posted import Mail

ANSWERS = r'class="mark" data-state="(chosen|proposed|follows)"'
STEPS = "1/1", "1/2", "2/1", "2/2"


pytestmark = pages_on_sqlite


def test_the_queue_stands_by_promised_date(worker, engine, people):
    with transaction(engine) as session:
        customer = session.get(Customer, people.ada.customer_id)
        ordered(session, customer, today=TODAY.replace(year=2026))
        ordered(session, customer, today=TODAY.replace(year=2030))
    page = worker.get("/floor/").text
    assert re.findall(r'mono" href="/floor/orders/(\d+)"', page) == ["2003", "2001", "2002", "2004"]
    assert "late" in page
    assert "0 of 4" in page


def test_the_mark_of_a_state_is_the_same_in_every_list_and_means_nothing_else(worker, rep, ada):
    worker.post("/floor/orders/2001/1/1/sign")
    for page in (worker.get("/floor/"), worker.get("/floor/orders/2001"), rep.get("/desk/clients/1001"),
                 rep.get("/desk/"), rep.get("/orders/2001"), ada.get("/orders"), ada.get("/orders/2001")):
        marks = set(re.findall(r'data-state="(\w+)"><i class="mark"[^>]*></i><span>([^<]*)</span>', page.text))
        assert {words for state, words in marks if state == "in_production"} == {"In production"}, page.request.path
        assert not set(re.findall(ANSWERS, page.text)), page.request.path


def test_marks_of_answers_stand_for_no_quote_mail_change_or_proof(rep, ada, manager, engine, people):
    with transaction(engine) as session:
        customer, there = session.get(Customer, people.ada.customer_id), session.get(Account, people.rep.id)
        customer.made_up = True
        begun = quotes.begin(session, customer, there).number
        sent, asked, revised = (sent_quote(session, customer, there) for _ in range(3))
        quotes.ask(session, asked, "Ada", "Wider, please.")
        quotes.revise(session, revised, there)
        session.add(Mail(customer=customer, quote=sent, kind="quoted", locale="en", recipient="ada@example.com",
                         subject="Your quote", plain="Here it is.", html="Here it is."))
        numbers = [one.number for one in (sent, asked, revised)]
    shown = [rep.get("/outbox/"), rep.get("/desk/clients/1001"), rep.get(f"/desk/quotes/{begun}"),
             *(rep.get(f"/desk/quotes/{number}") for number in numbers),
             *(ada.get(f"/quotes/{number}") for number in numbers),
             ada.get(f"{ada.post('/orders/2001/change').location}/change"), manager.get("/studio/bench/1/proof"),
             manager.get("/studio/bench/1/proof?waits=1")]
    for page in shown:
        assert page.status_code == 200, page.request.path
        assert not set(re.findall(ANSWERS, page.text)), page.request.path
    assert "made up: not sent" in shown[0].text


def test_the_sheet_says_what_to_build(worker):
    page = worker.get("/floor/orders/2001").text
    for words in ("2001", "Ada Winter", "Cut the Oak boards", "1164 mm", "Saw 1", "Stop block", "W-PINE", "A 02",
                  "Engrave Ada Winter", "Panel saw", "20 min", "Sheet 3 of 3", "Catalogue version", "<svg"):
        assert words in page, words
    assert "€" not in page, "a price builds nothing"


def test_the_sheet_is_made_of_the_frozen_order_alone(worker, engine):
    before = worker.get("/floor/orders/2001").text
    with transaction(engine) as session:
        published(session, bench(title="Another", operations=None, items=None, groups=None))
    token = re.compile(r'name="csrf_token" value="[^"]*"')
    assert token.sub("", worker.get("/floor/orders/2001").text) == token.sub("", before)


def test_the_pdf_has_the_same(worker):
    answer = worker.get("/floor/orders/2001.pdf")
    assert answer.mimetype == "application/pdf"
    assert "build-sheet-2001.pdf" in answer.headers["Content-Disposition"]
    read = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    for words in "2001", "Cut the Oak boards", "1164 mm", "Garden bench", "Mon, Jan 11, 2027":
        assert words in read, words


def test_steps_are_signed_off_one_by_one_until_it_ships(worker):
    for done, step in enumerate(STEPS, 1):
        answer = worker.post(f"/floor/orders/2001/{step}/sign")
        assert answer.location == f"/floor/orders/2001#step-{step.replace('/', '-')}"
        page = worker.get("/floor/orders/2001").text
        assert f"{done} of 4 steps done" in page
        assert ("Ship order 2001" in page) == (done == 4)
    assert "Chloe Maran" in page
    assert "is shipped" in worker.post("/floor/orders/2001/ship", follow_redirects=True).text
    assert "2001" not in re.findall(r'mono" href="/floor/orders/(\d+)"', worker.get("/floor/").text)
    page = worker.get("/floor/orders/2001").text
    assert "Take back" not in page
    assert "not on the floor" in worker.post("/floor/orders/2001/1/1/undo", follow_redirects=True).text


def test_a_mistake_is_taken_back_by_who_made_it(app, worker, engine):
    with transaction(engine) as session:
        other = member(session, "fulfilment", "Dan Okafor")
    theirs = app.test_client()
    sign_in(theirs, other)
    worker.post("/floor/orders/2001/1/1/sign")
    assert "Take back" not in theirs.get("/floor/orders/2001").text
    assert "Only who signed" in theirs.post("/floor/orders/2001/1/1/undo", follow_redirects=True).text
    assert "1 of 4 steps done" in theirs.get("/floor/orders/2001").text
    assert "Take back" in worker.get("/floor/orders/2001").text
    worker.post("/floor/orders/2001/1/1/undo")
    assert "0 of 4 steps done" in theirs.get("/floor/orders/2001").text
    assert "Released" in theirs.get("/floor/orders/2001").text


def test_nothing_ships_unfinished(worker):
    assert "is not built" in worker.post("/floor/orders/2001/ship", follow_redirects=True).text


def test_what_is_not_there_is_not_found(worker):
    assert worker.get("/floor/orders/4711").status_code == 404
    assert worker.get("/floor/orders/4711.pdf").status_code == 404
    for step in "1/3", "1/0", "3/1", "0/1", "99/1":
        assert worker.post(f"/floor/orders/2001/{step}/sign").status_code == 404


def test_a_rep_may_read_the_sheet_but_signs_nothing(app, people):
    client = app.test_client()
    sign_in(client, people.rep)
    page = client.get("/floor/orders/2001")
    assert page.status_code == 200
    assert "1/1/sign" not in page.text
    assert client.post("/floor/orders/2001/1/1/sign").status_code == 403


def test_every_word_of_the_pdf_can_be_translated():
    folder = ROOT / "orders/sheets"
    templates = "".join((folder / name).read_text() for name in ("sheet.typ", "labels.typ", "parcel.typ"))
    heads = "".join(re.findall(r"table\.header\(\.\.\(([^)]+)\)\.map", templates))
    assert {*re.findall(r'w\("([^"]+)"\)', templates), *re.findall(r'"([^"]+)"', heads)} == set(WORDS)


def test_the_pictures_style_leaves_nothing_to_a_browser():
    style = picture_style()
    assert ".pic-tube {" in style
    for left in "var(", "light-dark(", "/*":
        assert left not in style


def test_many_sheets_labels_and_tables_are_taken_away(worker):
    assert worker.get("/floor/print").text.count('name="order"') == 2
    every = worker.get("/floor/sheets.pdf")
    assert len(PdfReader(BytesIO(every.data)).pages) == 6, "the queue, without a choice"
    assert len(PdfReader(BytesIO(worker.get("/floor/sheets.pdf?order=2002").data)).pages) == 3
    boxes = PdfReader(BytesIO(worker.get("/floor/labels.pdf?order=2001&order=2002&kind=box").data)).pages
    assert ["2001" in page.extract_text() for page in boxes] == [True, False]
    parts = worker.get("/floor/parts.csv?order=2001")
    assert (parts.mimetype, "W-PINE" in parts.text) == ("text/csv", True)
    assert "Engrave Mira" in worker.get("/floor/steps.csv?order=2002").text
    sheets = worker.get("/floor/sheets.json?order=2001").json
    assert [(sheet["order"], sheet["revision"], sheet["customer"]["name"]) for sheet in sheets] == [
        ("2001", 1, "Ada Winter")]
    assert worker.get("/floor/sheets.pdf?order=2001&order=4711").status_code == 404
    assert worker.get("/floor/parts.csv?" + "&".join(["order=2001"] * 201)).status_code == 422
