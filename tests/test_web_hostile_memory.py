"""Whoever tries to learn of somebody else from what is proposed, searched, taken along, brought or asked by the API."""

import io
import json
import re
from collections import deque
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from factories import bench_values, member, ordered, published, shipped, sign_in
from household import pages_on_sqlite

from catalog.database import now
from configurator.drafts.sessions import Begun, open_draft
from configurator.transaction import transaction
from orders import subjects
from orders.memory import facts, feedback
from orders.specifications import Configured, save
from orders.subjects import Whom

LAST_YEAR = now().date() - timedelta(300)
AT = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)
SECRET = "Xanthippe"
MOST_PAGES = 60


pytestmark = pages_on_sqlite


@pytest.fixture
def ada(engine):
    """Somebody whose every text is a secret; and nine more who order the same, engraving and all."""
    with transaction(engine) as session:
        version, account = published(session), member(session, name=f"{SECRET} Winter")
        customer = account.customer
        child = subjects.add(session, customer, "person", f"Little {SECRET}")
        place = subjects.add(session, customer, "place", f"{SECRET}'s kitchen")
        facts.state(session, child, "height", 1530, "mm", f"told by {SECRET}", f"Aunt {SECRET}", AT)
        values = bench_values(engraving=SECRET, wood="pine", width=2113)
        save(session, Whom(customer, person=child, place=place), f"For {SECRET}", Configured(version, values, values),
             account, at=AT)
        order = ordered(session, customer, version, today=LAST_YEAR, values=values)
        shipped(session, order)
        feedback.give(session, order, {"wood": feedback.Verdict("other", "oak", SECRET)}, SECRET)
        open_draft(session, version, Whom(customer), Begun(choices=values))
        for _ in range(9):
            ordered(session, member(session, name=f"{SECRET} too").customer, version, today=LAST_YEAR, values=values)
    return account


@pytest.fixture
def mira(app, engine, ada):
    with transaction(engine) as session:
        account = member(session, name="Mira Álbers")
        ordered(session, account.customer, published(session), today=LAST_YEAR, engraving="Mira")
    client = app.test_client()
    sign_in(client, account)
    return client


@pytest.fixture
def guest(app, ada):
    return app.test_client()


def crawled(client, *starts):
    """Every page that links lead to, and what each of them says."""
    waiting, seen = deque(starts), set(starts)
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        answer = client.get(address)
        if answer.status_code == 200:
            yield address, unescape(answer.data.decode(errors="replace"))
            for link in re.findall(r'href="(/[^"#]*)', answer.text) if answer.mimetype == "text/html" else ():
                if unescape(link) not in seen and not link.startswith("/static"):
                    seen.add(unescape(link))
                    waiting.append(unescape(link))


def test_no_page_says_a_text_of_somebody_else_however_often_it_was_ordered(mira, guest):
    for client in mira, guest:
        draft = client.post("/products/bench").location
        pages = dict(crawled(client, "/", draft, f"{draft}?group=2&ranges=1", f"{draft}/order", "/memory"))
        assert len(pages) >= 5
        assert [address for address, text in pages.items() if SECRET.lower() in text.lower()] == []
        assert [address for address, text in pages.items() if "211.3" in text or "2113" in text] == []


def test_no_start_and_no_other_proposal_says_it(mira, guest):
    for client in mira, guest:
        draft = client.post("/products/bench").location
        for form in ({"start": "most"}, {"start": "same"}, {"start": "known"}, {"propose": "yes"},
                     {"least": "cheapest"}, {"retract": "engraving"},
                     {"a.wood": "pine", "was.wood": '["oak"]', "answer": "enter"}):
            client.post(draft, data=form)
            for group in 1, 2:
                assert SECRET not in client.get(f"{draft}?group={group}").text


def test_the_api_says_nothing_of_it(mira, guest):
    for client in mira, guest:
        opened = client.post("/api/products/bench/drafts", json={})
        draft = f"/api/drafts/{opened.json['id']}" if "id" in opened.json else opened.headers["Location"]
        answers = [opened, client.get(draft), client.get("/api/people"), client.get("/api/products"),
                   client.get(f"{draft}/why", query_string={"name": "engraving", "value": json.dumps(SECRET[:-1])}),
                   client.get(f"{draft}/ranges", query_string={"name": "wood"}),
                   client.post(draft, json={"act": "start_over"})]
        assert not [answer for answer in answers if SECRET in answer.text]
        assert opened.status_code == 201


def test_the_people_and_places_of_somebody_else_are_none_of_ours(mira, engine, ada):
    with transaction(engine) as session:
        theirs = [subject.id for subject in session.merge(ada).customer.subjects]
    draft = mira.post("/products/bench").location
    api = f"/api/drafts/{draft.rpartition('/')[2]}/for"
    for subject in theirs:
        for kind in "person", "place":
            assert mira.post("/api/products/bench/drafts", json={kind: subject}).status_code in (400, 404, 422)
            assert mira.post(api, json={kind: subject}).status_code in (400, 404, 422)
            answer = mira.post("/products/bench", data={kind: str(subject)})
            assert SECRET not in mira.get(answer.location or "/").text
        assert mira.get("/memory", query_string={"piece": json.dumps([subject, "height"])}).status_code == 404


def test_the_search_is_for_those_who_may_and_nobody_is_found_by_a_measure(mira, app, engine):
    assert mira.get("/desk/", query_string={"q": SECRET}).status_code == 403
    with transaction(engine) as session:
        rep = member(session, "rep")
    desk = app.test_client()
    sign_in(desk, rep)
    assert "Nobody is called that" in desk.get("/desk/", query_string={"q": "1530"}).text


def test_what_is_taken_along_is_ours_alone(mira):
    for suffix in "json", "csv":
        taken = mira.get(f"/memory/take.{suffix}").text
        assert "Mira" in taken
        assert SECRET not in taken


def test_a_file_that_names_somebody_elses_things_reaches_none_of_them(mira, app, engine, ada):
    client = app.test_client()
    sign_in(client, ada)
    before = client.get("/memory/take.json").json
    theirs = json.loads(json.dumps(before))
    for person in theirs["person"]:
        person["themself"] = False
    for kept in theirs["specification"]:
        kept["name"] = "Taken over"
    mira.post("/memory/bring", data={"file": (io.BytesIO(json.dumps(theirs).encode()), "theirs.json")})
    assert client.get("/memory/take.json").json == before
    kept = re.findall(r"/specifications/(S-\d+)", mira.get("/specifications").text)
    assert kept
    assert theirs["specification"][0]["number"] not in kept


@pytest.mark.parametrize(("others", "told"), [(3, False), (4, False), (9, True)])
def test_what_few_chose_is_not_told_as_what_others_choose(app, engine, others, told):
    """Of a new choice of the catalogue's one could see who among three it was."""
    with transaction(engine) as session:
        version = published(session)
        for _ in range(others):
            ordered(session, member(session).customer, version, today=LAST_YEAR, wood="pine")
    client = app.test_client()
    text = client.get(f"{client.post('/products/bench').location}?group=2").text
    assert bool(re.search(r"in 100 choose it|everybody chooses it", text)) is told


def test_one_customer_alone_is_never_others_however_much_they_order(app, engine):
    with transaction(engine) as session:
        version, customer = published(session), member(session).customer
        for _ in range(20):
            ordered(session, customer, version, today=LAST_YEAR, wood="pine", lamp=False, hooks=frozenset({"right"}))
    client = app.test_client()
    text = client.get(f"{client.post('/products/bench').location}?group=2").text
    assert not re.search(r"in 100 choose it|everybody chooses it", text)
