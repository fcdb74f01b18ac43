"""The account's pages in a browser: by keyboard, without script, narrow, in the dark."""

import pytest
from accessibility import overflow, violations
from browsing import in_every_view, sign_in
from factories import PASSWORD, member

from configurator.transaction import transaction

PAGES = "/account/login", "/account/signup", "/account/", "/no-such-page"


@pytest.fixture
def account(server):
    with transaction(server.database) as session:
        return member(session)


@in_every_view
def test_the_pages_can_be_used_by_everybody(visit, account, view):
    page = visit(**view)
    sign_in(page, account)
    page.get_by_role("link", name="Ada Winter").wait_for()
    for path in PAGES:
        page.goto(path)
        assert violations(page) == []
        assert overflow(page) <= 0
    page.goto("/account/")
    page.get_by_role("button", name="Change password").click()
    assert page.get_by_text("Enter a password.").is_visible()
    assert violations(page) == []


def test_without_script_one_signs_up_and_out(visit):
    page = visit(java_script_enabled=False)
    page.goto("/account/signup")
    page.get_by_label("Name").fill("Ada Winter")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("link", name="Ada Winter").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_the_keyboard_goes_all_the_way(page, account):
    page.goto("/account/login")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(account.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ada Winter").wait_for()


def test_a_script_that_got_into_a_page_would_not_run(browser, server):
    page = browser.new_page(base_url=server.url)
    page.goto("/account/login")
    assert page.evaluate("typeof htmx") == "object"
    for inserted in "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))", \
                    "document.body.innerHTML = '<img src=/nothing onerror=\"window.ran = 1\">'":
        page.evaluate(inserted)
    page.wait_for_timeout(200)
    assert page.evaluate("typeof window.ran") == "undefined"
    page.close()
