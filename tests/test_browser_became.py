"""What became of something older, in a browser: seen before ordering, without script, narrow, in the dark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from accessibility import overflow, violations
from browsing import NARROW, WIDE, Visit, sign_in
from factories import bench_values, member, published
from playwright.sync_api import Page, expect
from test_web_became import newer
from visiting import Server

from catalog.formats import dump
from configurator.transaction import transaction
from orders.records import Account
from orders.specifications import Configured, save
from orders.subjects import Whom


def saved(server: Server, role: str = "customer") -> Account:
    """Somebody with an account, in a shop where a customer has saved a bench."""
    with transaction(server.database) as session:
        customer, account = member(session), member(session, "manager")
        save(session, Whom(customer.customer), "Porch",
             Configured(published(session), bench_values(width=1400, lamp=True), {"wood": "oak"}), customer)
        return account if role == "manager" else customer


@pytest.mark.parametrize("view", [
    {"viewport": NARROW, "color_scheme": "dark", "java_script_enabled": False},
    {"viewport": NARROW, "color_scheme": "light"}, {"viewport": WIDE, "color_scheme": "dark"}])
def test_something_old_is_ordered_with_every_difference_in_sight(visit: Visit, server: Server, view: Any) -> None:
    page = visit(**view)
    sign_in(page, saved(server))
    with transaction(server.database) as session:
        published(session, newer())
    page.goto("/specifications/S-0001")
    expect(page.locator("#became")).to_contain_text("3 answers change. One is only called otherwise. "
        "The price of a piece was €509.00 and is €450.00")
    page.get_by_text("What became of it, answer by answer").click()
    expect(page.get_by_role("row", name=re.compile("^Oil"))).to_contain_text("asked anew")
    checked(page, view)
    page.get_by_role("button", name="Open rev. A").click()
    page.wait_for_url("**/configure/*")
    expect(page.get_by_role("row", name="Width").first).to_contain_text("Benches are 1 m at most.")
    checked(page, view)
    page.get_by_role("button", name=re.compile("^Order")).locator("visible=true").first.click()
    page.wait_for_url("**/order")
    expect(page.get_by_role("row", name="Timber").first).to_contain_text("the same, called otherwise")
    checked(page, view)
    for tick in page.get_by_role("checkbox", name="Build it unmeasured").all():
        tick.check()
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", name="Order 2001")).to_be_visible()


def checked(page: Page, view: Any) -> None:
    assert overflow(page) <= 0
    if view.get("java_script_enabled", True):
        assert not violations(page)


@pytest.mark.parametrize("view", [{"viewport": NARROW, "java_script_enabled": False}, {"viewport": WIDE}])
def test_a_manager_publishes_what_was_seen_with_one_button(visit: Visit, server: Server, view: Any) -> None:
    page = visit(**view)
    sign_in(page, saved(server, "manager"))
    page.goto("/studio/")
    file = {"name": "bench.yaml", "mimeType": "application/yaml", "buffer": dump(newer()).encode()}
    page.get_by_label("Catalogue file").set_input_files([file])
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_role("row", name="Width")).to_contain_text("S-0001")
    checked(page, view)
    page.get_by_role("button", name="as shown here").click()
    expect(page.locator("#told")).to_contain_text("version 2, is what customers configure from now on")
