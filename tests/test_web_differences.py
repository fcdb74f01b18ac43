"""What is shown beside an answer is what happens when it is given, and what is shown besides stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from random import Random

import pytest
from factories import a_customer, bench, ordered, published
from household import pages_on_sqlite
from shopping import fields, opened
from sqlalchemy.orm import Session

from catalog.formats import load, to_document
from catalog.model import Boolean, Several
from catalog.nodes import Answer
from catalog.pricing import price
from catalog.store import publish
from configurator.demonstration.shop import SAMPLES
from configurator.drafts import sessions, steps
from configurator.drafts.progress import Progress, progress_of
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from configurator.web.shop.reasons import Reasons
from orders.promises import promise
from orders.subjects import Whom

CLICKS = 8


def offered(progress: Progress) -> Iterator[tuple[str, Answer]]:
    """What the page offers to click, with the answer that a click gives."""
    for c in progress.model.characteristics:
        shown, domain = progress.values[c.name], progress.configuration.alternatives(c.name)
        for value in [True, False] if isinstance(c, Boolean) else [value.name for value in c.options]:
            whole = shown | {str(value)} if isinstance(c, Several) and isinstance(shown, frozenset) else value
            if whole != shown and whole in domain:
                yield c.name, whole


def clicked(session: Session, draft: Draft, name: str, value: Answer) -> Progress:
    """The draft as it would be, without changing it."""
    copy = Draft(version=draft.version, customer=draft.customer, guest=draft.guest, history=draft.history,
                 proposals=draft.proposals, position=draft.position, inputs=draft.inputs)
    assert steps.answer(session, copy, {name: value}) == {}
    return progress_of(session, copy)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_click_changes_the_price_as_was_shown_beside_it(sqlite, path):
    """Every option of a new draft, and some where several were chosen."""
    session = open_session(sqlite)
    draft = sessions.open_draft(session, publish(session, load(path)), guest="a guest")
    for chance in (None, Random(path.stem)):
        for _ in range(CLICKS if chance else 0):
            name, value = chance.choice(list(offered(progress_of(session, draft))))
            assert steps.answer(session, draft, {name: value}) == {}
        before = progress_of(session, draft)
        reasons, now = Reasons(before), price(before.model, before.values).total
        options = list(offered(before))
        for name, value in chance.sample(options, 20) if chance else options:
            effect, after = reasons.effect(name, value), clicked(session, draft, name, value)
            assert effect.difference == price(after.model, after.values).total - now, (name, value)
            assert effect.days == (ready(after) - ready(before)).days, (name, value)
            assert len(effect.also) == sum(after.values[other] != before.values[other] for other in after.values) - 1
        assert len(options) > 30
    session.close()


pytestmark = pages_on_sqlite


def total(page: str) -> int:
    """The price as shown, in minor units."""
    return int(re.sub(r"\D", "", re.search(r'class="price"><span>As shown</span><strong>([^<]*)', page)[1]))


def marked(page: str) -> list[tuple[str, str, int]]:
    """Each radio button that shows a difference: its field, its value, and the difference in minor units."""
    rows = re.findall(r'<label class="opt"><input type="radio" name="([^"]*)" value="([^"]*)".*?'
                      r'<span class="num">([^<]*)(?:<br>[^<]*)?</span></label>', page)
    return [(unescape(name), unescape(value), int(re.sub(r"[^-\d]", "", said.replace("\N{MINUS SIGN}", "-"))))
            for name, value, said in rows if re.search(r"\d", said)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_page_says_what_a_click_costs(client, app, path):
    """By forms alone, and taken back by undo."""
    with transaction(app.extensions["engine"]) as session:
        slug = publish(session, load(path)).product.slug
    url = client.post(f"/products/{slug}").headers["Location"]
    seen = 0
    for group in range(2, 5):
        page = client.get(f"{url}?group={group}").text
        for name, value, difference in Random(group).sample(marked(page), k=min(2, len(marked(page)))):
            after = client.post(f"{url}?group={group}", data={**fields(page), name: value, "answer": ""},
                                follow_redirects=True).text
            assert total(after) - total(page) == difference, (name, value)
            client.post(url, data={"undo": ""})
            assert total(client.get(url).text) == total(page)
            seen += 1
    assert seen


def ready(progress: Progress) -> date:
    return promise(progress.model, progress.values, progress.supply)


def coupled():
    """A bench whose lamp needs a wood that holds it: ash, oak or teak."""
    woods = [{"name": wood, "title": wood.title(), "price": cost}
             for wood, cost in (("pine", 0), ("ash", 60), ("oak", 120), ("teak", 300))]
    document = {"name": "wood", "kind": "choice", "title": "Wood", "group": "look", "standard": "pine", "values": woods}
    look = [c for c in to_document(bench())["characteristics"] if c["name"] != "wood"]
    return bench(characteristics=[*look, document], picture=None, rules=[
        {"id": "lamp", "says": "The lamp is too heavy for pine.", "when": "lamp", "then": "wood != pine"}])


def shown(session: Session, draft: Draft) -> dict[str, Answer]:
    return dict(progress_of(session, draft).values)


def test_what_gives_way_becomes_what_is_most_probable_and_stays_so(session):
    version = published(session, coupled())
    for _ in range(5):  # of fewer nothing is told to others
        ordered(session, a_customer(session), version, wood="oak", lamp=True)
    draft = sessions.open_draft(session, version, guest="a guest")
    steps.answer(session, draft, {"wood": "pine"})
    steps.retract(session, draft, "wood")
    proposed = shown(session, draft)
    steps.answer(session, draft, {"lamp": True})
    assert shown(session, draft)["wood"] == "oak"
    for _ in range(20):
        ordered(session, a_customer(session), version, wood="teak", lamp=True)
    steps.answer(session, draft, {"engraving": "Ada"})
    steps.answer(session, draft, {"lamp": False})
    assert shown(session, draft) == {**proposed, "wood": "oak", "engraving": "Ada"}, "what is shown stays"
    for _ in range(2):
        steps.undo(draft)
    steps.redo(draft)
    assert shown(session, draft) == {**proposed, "wood": "oak", "lamp": True, "engraving": "Ada"}


def test_a_choice_taken_back_is_again_what_was_proposed(session):
    draft = sessions.open_draft(session, published(session), guest="a guest")
    before = shown(session, draft)
    steps.answer(session, draft, {"width": 900})
    steps.answer(session, draft, {"wood": "pine"})
    steps.retract(session, draft, "width")
    assert shown(session, draft) == {**before, "wood": "pine"}
    assert progress_of(session, draft).state("width") == "open"


def test_the_rest_is_proposed_anew_when_that_is_asked_for(session):
    version, family = published(session), a_customer(session)
    father = {"height": 1800, "wood": "oak", "lamp": True, "hooks": frozenset({"left"}), "width": 900}
    son = {"height": 1300, "wood": "pine", "lamp": False, "hooks": frozenset({"right"}), "width": 700}
    for _ in range(3):
        for person in father, son:
            ordered(session, family, version, **person)
    draft = sessions.open_draft(session, version, Whom(family))
    opened_with = progress_of(session, draft)
    other = father if opened_with.values["height"] == son["height"] else son
    steps.answer(session, draft, {"height": other["height"], "width": other["width"]})
    assert {**opened_with.values, "height": other["height"], "width": other["width"]} == shown(session, draft)
    steps.propose_anew(session, draft)
    anew = progress_of(session, draft)
    assert anew.values == {**opened_with.values, **other}
    assert (dict(anew.configuration.choices).keys(), draft.inputs) == ({"height", "width"}, 2)
    position = draft.position
    steps.propose_anew(session, draft)
    assert draft.position == position, "nothing new"
    steps.retract(session, draft, "height")
    assert shown(session, draft)["height"] == opened_with.values["height"]
    steps.undo(draft)
    steps.undo(draft)
    assert shown(session, draft)["wood"] == opened_with.values["wood"]
    steps.start_over(draft)
    assert progress_of(session, draft).values == opened_with.values
    assert draft.proposals.keys() == {step["proposal"] for step in draft.history}


def test_a_draft_is_shown_as_it_was_whatever_others_order_meanwhile(session):
    version = published(session, coupled())
    draft = sessions.open_draft(session, version, guest="a guest")
    before = shown(session, draft)
    for _ in range(30):
        ordered(session, a_customer(session), version, wood="teak", lamp=True)
    assert shown(session, draft) == before
    assert shown(session, sessions.open_draft(session, version, guest="a guest")) != before


def test_a_button_of_the_page_proposes_the_rest_anew(client, app):
    with transaction(app.extensions["engine"]) as session:
        published(session)
    url = opened(client)
    assert "Propose the rest anew" not in client.get(url).text
    client.post(url, data={"a.wood": "pine", "was.wood": "null", "propose_anew": ""})
    page = client.get(url).text
    assert "Propose the rest anew" in page
    assert "1 your choice" in page
