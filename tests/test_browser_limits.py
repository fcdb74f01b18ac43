"""Limits, price ranges, the cheapest and the quickest in a browser: live, without script, accessible."""

from __future__ import annotations

from typing import Any

import pytest
from accessibility import overflow, violations
from browsing import NARROW, Visit, configure, question, settled
from playwright.sync_api import Page, expect
from visiting import Server


def limited(page: Page, most: str) -> None:
    page.locator("#limits summary").click()
    page.get_by_label("At most").fill(most)
    page.get_by_role("button", name="Set limit").click()


def test_a_limit_is_set_live_greys_out_what_breaks_it_and_is_lifted(page: Page, shop: Server) -> None:
    configure(page, 2)
    settled(page, lambda: limited(page, "370"))
    expect(page.locator(".limited")).to_contain_text("4 of 6 values remain")
    expect(question(page, "Wood")).to_contain_text("Over your limit of €370.00.")
    assert not violations(page)
    assert overflow(page) <= 0
    settled(page, page.locator(".limited").get_by_role("button", name="Lift the limit").click)
    expect(question(page, "Wood").get_by_label("Oak")).to_be_enabled()
    expect(page.locator(".limited")).to_have_count(0)


def test_the_cheapest_is_proposed_live_and_ranges_are_told(page: Page, shop: Server) -> None:
    configure(page, 2)
    page.locator("#limits summary").click()
    settled(page, page.get_by_role("button", name="Cheapest from here").click)
    expect(page.locator(".price strong")).to_have_text("€260.00")
    expect(page.get_by_role("button", name="Cheapest from here")).to_be_focused()
    page.get_by_role("link", name="Price ranges").click()
    expect(question(page, "Wood")).to_contain_text("from 380.00 to 627.00 in all")
    assert not violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_script_and_narrow_a_limit_works_by_the_form_alone(visit: Visit, shop: Server, scheme: Any) -> None:
    page = visit(java_script_enabled=False, viewport=NARROW, color_scheme=scheme)
    configure(page, 2)
    limited(page, "370")
    expect(page.locator(".limited")).to_contain_text("4 of 6 values remain")
    page.locator("#limits summary").click()
    expect(page.get_by_label("At most")).to_have_value("370.00")


@pytest.mark.parametrize("view", [{"viewport": NARROW, "color_scheme": "dark"},
                                  {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}])
def test_on_the_keyboard_what_makes_no_sense_is_told_and_a_limit_is_set(visit: Visit, shop: Server, view: Any) -> None:
    page = visit(**view)
    configure(page, 2)
    page.locator("#limits summary").press("Enter")
    page.get_by_label("At most").fill("much")
    settled(page, lambda: page.get_by_label("At most").press("Enter"))
    expect(page.locator(".aside", has_text="as an amount, such as")).to_be_visible()
    expect(page.get_by_label("At most")).to_have_value("much")
    assert not violations(page)
    page.get_by_label("At most").fill("370")
    settled(page, lambda: page.get_by_label("At most").press("Enter"))
    expect(page.locator(".limited")).to_contain_text("4 of 6 values remain")
    assert not violations(page)
    assert overflow(page) <= 0
