"""What tests in a browser share: signing in, opening a product, answering, and the windows to look at pages in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from factories import PASSWORD
from playwright.sync_api import Page

from orders.records import Account

Visit = Callable[..., Page]
"""Opens a new visitor's page: the fixture `visit`."""
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
VIEWS = [{"viewport": WIDE, "color_scheme": "light"}, {"viewport": NARROW, "color_scheme": "dark"}]
ADA = Account(email="ada@example.com", name="Ada Winter")
"""Who has the places of the fixture `hall`."""
in_every_view = pytest.mark.parametrize("view", VIEWS, ids=["wide", "narrow and dark"])


def enter(page: Page, account: Account) -> None:
    """Fills in the form for signing in, and sends it."""
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, account: Account) -> None:
    """Signs in by the form, as anybody would."""
    page.goto("/account/login")
    enter(page, account)
    page.get_by_role("banner").get_by_role("link", name=account.name).wait_for()


def ready_to_type(page: Page) -> None:
    """Waits until the page has put the focus where its user begins: a browser does that only after it is loaded."""
    page.locator(":focus").first.wait_for()


def configure(page: Page, group: int = 1, product: str = "Garden bench") -> None:
    """Opens a product from the first page."""
    page.goto("/")
    page.get_by_role("listitem").filter(has_text=product).get_by_role("button", name="Configure").click()
    page.wait_for_url("**/configure/*")
    if group > 1:
        page.goto(f"{page.url.split('?')[0]}?group={group}")


def settled(page: Page, act: Callable[[], Any]) -> None:
    """Does something that sends an answer, and waits until its page is there."""
    page.evaluate("document.addEventListener('htmx:afterSettle', () => document.body.dataset.settled = 1,"
                  " {once: true})")
    act()
    page.locator("body[data-settled]").wait_for()
    page.evaluate("delete document.body.dataset.settled")


def question(page: Page, title: str) -> Any:
    return page.get_by_role("group", name=title)
