"""A button that is pressed twice in quick succession does once what it does, and says so once."""

from __future__ import annotations

import pytest
from browsing import configure, sign_in
from factories import House, house
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from visiting import Server

from configurator.transaction import open_session, transaction
from orders.clients.noted import Note
from orders.quotation.quoted import Quote
from orders.records import Specification

PRESSED = 20  # ms: clicks at the same moment are one for a browser


@pytest.fixture
def people(server: Server) -> House:
    with transaction(server.database) as session:
        return house(session)


def counted(server: Server, record: type) -> int:
    with open_session(server.database) as session:
        return session.scalar(select(func.count()).select_from(record)) or 0


def test_a_rep_begins_one_quote_and_keeps_one_note(page: Page, server: Server, people: House) -> None:
    sign_in(page, people.rep)
    page.goto("/desk/clients/1001")
    page.get_by_label("New note").fill("Rings on Mondays.")
    page.get_by_role("button", name="Save note").dblclick(delay=PRESSED)
    page.get_by_role("button", name="Unpin").or_(page.get_by_role("button", name="Pin")).first.wait_for()
    page.get_by_role("button", name="New quote").dblclick(delay=PRESSED)
    page.wait_for_url("**/quotes/*")
    assert (counted(server, Note), counted(server, Quote)) == (1, 1)


def test_it_is_told_once(page: Page, people: House) -> None:
    sign_in(page, people.ada)
    page.goto("/memory")
    page.get_by_role("button", name="Forget").first.dblclick(delay=PRESSED)
    expect(page.get_by_text("is used no more")).to_have_count(1)


def test_a_specification_is_saved_once(page: Page, server: Server, people: House) -> None:
    sign_in(page, people.ada)
    before = counted(server, Specification)
    configure(page)
    page.locator("#keep-it summary").click()
    page.locator("#keep-it").get_by_label("Name").fill("Terrace")
    page.locator("#keep-it").get_by_role("button", name="Save specification").dblclick(delay=PRESSED)
    expect(page.locator("#told")).to_contain_text("Saved as")
    page.reload()
    assert counted(server, Specification) == before + 1
