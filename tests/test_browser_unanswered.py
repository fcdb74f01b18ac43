"""What a customer sees when an act is not answered: the page stays, what happened is told, and nothing is lost."""

from __future__ import annotations

from browsing import configure, question, settled
from playwright.sync_api import Page, Route, expect
from visiting import Server


def test_without_a_connection_it_is_told_and_the_next_act_takes_everything_along(page: Page, shop: Server) -> None:
    configure(page, 2)
    page.context.set_offline(True)
    question(page, "Wood").get_by_label("Pine").check()
    expect(page.get_by_role("status").filter(has_text="cannot be reached")).to_be_in_viewport()
    page.context.set_offline(False)
    settled(page, lambda: question(page, "Lamp").get_by_label("No").check())
    expect(page.get_by_text("cannot be reached")).to_have_count(0)
    for title in "Wood", "Lamp":
        expect(question(page, title)).to_contain_text("Your choice")


def test_an_error_of_the_server_is_told_beside_what_was_entered(page: Page, shop: Server) -> None:
    configure(page)
    page.context.clear_cookies()
    page.get_by_label("Your height").fill("190")
    page.keyboard.press("Tab")
    expect(page.locator("#told")).to_contain_text("This request could not be read")
    expect(page.get_by_label("Your height")).to_have_value("190")


def test_an_error_that_is_not_ours_is_told_too(page: Page, shop: Server) -> None:
    configure(page, 2)
    page.route("**/configure/**", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    question(page, "Wood").get_by_label("Pine").check()
    expect(page.locator("#told")).to_contain_text("cannot be reached")
    expect(question(page, "Wood").get_by_label("Pine")).to_be_checked()


def test_an_answer_that_takes_long_is_told_until_it_is_there(page: Page, shop: Server) -> None:
    held: list[Route] = []
    configure(page, 2)
    page.route("**/configure/**", lambda route: held.append(route))
    question(page, "Wood").get_by_label("Pine").check()
    expect(page.get_by_role("status").filter(has_text="takes longer than usual")).to_be_in_viewport()
    settled(page, held[0].continue_)
    expect(page.get_by_text("takes longer than usual")).to_have_count(0)
    expect(question(page, "Wood")).to_contain_text("Your choice")
