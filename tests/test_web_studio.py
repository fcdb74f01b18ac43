"""The studio: a catalogue is taken whole or not at all, and what is wrong is said with its place."""

import re
from html import unescape
from io import BytesIO

import pytest
from factories import a_customer, bench, bench_values, member, published, sign_in
from household import on_sqlite
from sqlalchemy import func, select

from catalog.formats import dump, load
from catalog.records import Version
from configurator.publication import publishing
from configurator.transaction import transaction
from configurator.web.studio import PROOFS
from orders.specifications import Configured, save
from orders.subjects import Whom


@pytest.fixture
def manager(app, client):
    with transaction(app.extensions["engine"]) as session:
        account = member(session, "manager", "Dan Okafor")
    sign_in(client, account)
    return client


def send(client, *files, act="publish"):
    """Uploads (name, content) pairs."""
    return client.post("/studio/", data={"act": act, "files": [(BytesIO(text.encode()), name) for name, text in files]},
                       content_type="multipart/form-data", follow_redirects=True)


def versions(app):
    with transaction(app.extensions["engine"]) as session:
        return session.scalar(select(func.count()).select_from(Version))


def test_a_file_is_checked_then_published_and_read_again(app, manager):
    text = dump(bench())
    checked = send(manager, ("bench.yaml", text), act="check")
    assert "Garden bench is in order" in checked.text
    assert versions(app) == 0
    page = send(manager, ("bench.yaml", text))
    assert "version 1, is what customers configure" in page.text
    page = manager.get("/studio/bench/1/proof?waits=1")
    for proven in checked, page:
        assert "2,182,812" in proven.text
        assert "whatever their texts say" in proven.text
    assert "Every value can be chosen, every rule says something" in page.text
    shown = manager.get("/studio/bench/1").text
    for words in "The lamp is made for oak only.", "sold now", '<th scope="rowgroup" colspan="5" class="h3">Fit</th>':
        assert words in shown, words
    assert load(manager.get("/studio/bench/1.yaml").text) == bench()
    again = send(manager, ("bench.yaml", text))
    assert "Nothing is published: Garden bench, version 1, says the same already." in again.text
    assert versions(app) == 1, "the same again is no new version"
    send(manager, ("bench.yaml", dump(bench(title="Park bench"))))
    assert versions(app) == 2
    assert "a newer one is sold" in manager.get("/studio/bench/1").text


def test_what_is_probably_not_meant_is_shown_and_keeps_nothing_from_being_sold(app, manager):
    text = dump(bench()).replace("rules:\n", "rules:\n- {id: again, require: not lamp or wood = oak}\n")
    page = send(manager, ("bench.yaml", text), act="check").text
    assert "is in order" in page
    assert "rule again: says nothing that others do not say (because of lamp_oak)" in page
    assert "The lamp is made for oak only." in page, "with the sentences of the rules that cause it"
    published = send(manager, ("bench.yaml", text)).text
    assert "version 1, is what customers configure" in published
    proven = manager.get("/studio/bench/1/proof?waits=1").text
    assert "rule again: says nothing that others do not say (because of lamp_oak)" in proven


def test_what_keeps_a_catalogue_from_being_sold_is_told_with_the_sentences_of_its_rules(app, manager):
    text = dump(bench()).replace("rules:\n", "rules:\n- {id: lit, says: Every bench has a lamp., require: lamp}\n"
                                 "- {id: soft, says: All wood is pine., require: wood = pine}\n")
    for act in "check", "publish":
        page = send(manager, ("bench.yaml", text), act=act)
        assert page.status_code == 422
        assert all(sentence in page.text for sentence in
                   ("Every bench has a lamp.", "All wood is pine.", "The lamp is made for oak only."))
    assert versions(app) == 0


def test_while_a_catalogue_is_checked_others_can_write(app, manager, monkeypatch):
    def prove(model):
        with transaction(app.extensions["engine"]) as session:
            published(session)
        raise ValueError("checked")
    monkeypatch.setattr(publishing, "prove", prove)
    assert "checked" in send(manager, ("bench.yaml", dump(bench()))).text
    assert versions(app) == 1


def test_a_case_that_does_not_hold_keeps_a_catalogue_from_being_sold(app, manager):
    text = f"{dump(bench())}cases:\n- {{id: pine, choose: {{wood: pine, lamp: yes}}}}\n"
    for act in "check", "publish":
        page = send(manager, ("bench.yaml", text), act=act)
        assert page.status_code == 422
        assert "case pine: expected to be possible" in page.text
    assert versions(app) == 0


def test_a_catalogue_may_include_another_uploaded_file(manager):
    text = dump(bench())
    parts = text[text.index("parts:"):text.index("work_centres:")]
    whole = text.replace(parts, "include: [a_common.yaml]\n")
    files = ("bench.yaml", whole), ("a_common.yaml", f"# of bench.yaml, which says lot_one: 1\n{parts}")
    for sent in files, files[::-1]:  # as a browser sends them: by name
        assert "is in order" in send(manager, *sent, act="check").text


@on_sqlite
@pytest.mark.parametrize(("name", "text", "said"), [
    ("bench.yaml", dump(bench()).replace("wood = oak", "wood = oka"), ["bench.yaml, line", "column", "oak"]),
    ("bench.yaml", "lot_one: 1\nname: [", ["bench.yaml, line 3"]),
    ("bench.exe", "MZ", ["bench.exe"]),
    ("bench.yaml", dump(bench()).replace("wood = oak}", "wood = oak and not lamp}\n- {id: never, require: lamp}"),
     ["can be built", "lamp_oak", "never"]),
    ("a.yaml", "a: &a [x]\nb: [*a, *a]", ["a.yaml, line"]),
    ("a.yaml", "lot_one: 1\nname: x\ninclude: [../../secret.yaml]", ["a.yaml, line 3"]),
    ("a.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><instance>&a;</instance>", ["a.xml"]),
    ("<script>.yaml", "x", ["&lt;script&gt;"]),
])
def test_what_cannot_be_sold_is_refused_whole_and_says_where(app, manager, name, text, said):
    page = send(manager, (name, text))
    assert page.status_code == 422
    assert all(word in page.text for word in said), page.text
    assert "<script>.yaml" not in page.text
    assert versions(app) == 0


def test_no_file_is_said(manager):
    page = manager.post("/studio/", data={"act": "check"})
    assert page.status_code == 422
    assert "Choose a catalogue file" in page.text


def test_versions_that_are_not_there_are_not_found(app, manager):
    with transaction(app.extensions["engine"]) as session:
        published(session)
    assert manager.get("/studio/").status_code == 200
    assert manager.get("/studio/bench/1").status_code == 200
    PROOFS.clear()  # of tests before, in the same process
    waiting, known, later = (manager.get(f"/studio/bench/1/proof{now}") for now in ("", "?waits=1", ""))
    assert waiting.status_code == known.status_code == 200
    assert "Being worked out" in waiting.text
    for page in known, later:
        assert "<dt>Products</dt>" in page.text, "it is worked out once"
    assert manager.get("/studio/bench/2").status_code == 404
    assert manager.get("/studio/bench/2/proof").status_code == 404
    assert manager.get("/studio/nothing/1.yaml").status_code == 404


@pytest.fixture
def kept(app):
    """A bench of oak that a customer has saved."""
    with transaction(app.extensions["engine"]) as session:
        save(session, Whom(a_customer(session)), "Porch", Configured(published(session), bench_values()))


PINE = dump(bench()).replace("price: 120", "price: 130").replace("least: 600", "least: 1300").replace(
    "standard: 1200", "standard: 1300")


def fields(page):
    """The hidden fields of the form that publishes what was checked."""
    form = page[page.index('name="seen"'):]
    found = dict(re.findall(r'<input type="hidden" name="(seen|csrf_token)" value="([^"]*)"', page))
    return {"seen": unescape(found["seen"]), "checked": unescape(re.search(
        r'<textarea hidden name="checked">\n(.*?)</textarea>', form, re.DOTALL)[1]).replace("\n", "\r\n")}


@pytest.mark.parametrize("act", ["check", "publish"])
def test_publishing_first_shows_what_it_does_to_what_is_saved(app, manager, kept, act):
    page = send(manager, ("bench.yaml", PINE), act=act)
    assert page.status_code == (409 if act == "publish" else 200)
    assert versions(app) == 1, "it is only looked at"
    for words in "1 of 1 change", "no longer possible", "S-0001", "higher in 1 specifications", "+20.00":
        assert words in page.text, words
    done = manager.post("/studio/", data={"act": "publish", **fields(page.text)}, follow_redirects=True)
    assert "version 2, is what customers configure" in done.text
    assert versions(app) == 2


def test_what_was_seen_before_somebody_else_published_is_shown_anew(app, manager, kept):
    page = send(manager, ("bench.yaml", PINE), act="check").text
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(title="Park bench"))
    assert manager.post("/studio/", data={"act": "publish", **fields(page)}).status_code == 409
    assert versions(app) == 2


def test_what_changes_nothing_is_published_at_once(app, manager, kept):
    page = send(manager, ("bench.yaml", dump(bench(description="To sit on."))))
    assert "version 2, is what customers configure" in page.text
    page = send(manager, ("bench.yaml", dump(bench(description="To lie on."))), act="check")
    assert "Every specification and every open draft stays as it is" in page.text
