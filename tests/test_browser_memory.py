"""What we remember, in a browser: for everybody, by keyboard, without script, narrow and in the dark."""

from datetime import UTC, datetime, timedelta

import pytest
from accessibility import alike, overflow, violations
from browsing import in_every_view, sign_in
from factories import PASSWORD, bench, bench_values, member, ordered, published

from catalog.database import now
from configurator.transaction import transaction
from orders import subjects
from orders.clients import notes
from orders.memory.facts import tell
from orders.memory.remembered import Removal
from orders.records import Customer
from orders.specifications import Configured, save
from orders.subjects import Whom

LAST_YEAR = now().date() - timedelta(300)


@pytest.fixture
def people(server):
    with transaction(server.database) as session:
        ada, version = member(session, name="Ada Winter"), published(session)
        at = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)
        save(session, Whom(ada.customer), "Terrace", Configured(version, bench_values(), bench_values()), ada, at=at)
        for wood in "pine", "oak", "pine":
            ordered(session, ada.customer, version, today=LAST_YEAR, wood=wood, engraving="For Ada")
        session.add(Removal(what="failed sign-ins", count=3))
        subjects.add(session, ada.customer, "person", "N" * subjects.LONGEST_NAME)
        return {"customer": ada, "rep": member(session, "rep"), "manager": member(session, "manager")}


@in_every_view
def test_the_pages_can_be_used_by_everybody(visit, people, view):
    for role, paths in {"customer": ("/memory", "/erasure"), "manager": ("/keeping/",),
                        "rep": ("/desk/clients/1001/memory", "/desk/clients/1001/erasure")}.items():
        page = visit(**view)
        sign_in(page, people[role])
        for path in paths:
            page.goto(path)
            for fold in page.locator("details").all():
                fold.evaluate("fold => fold.open = true")
            assert violations(page) == [], path
            assert overflow(page) <= 0, path
    page = visit(**view)
    sign_in(page, people["customer"])
    page.goto("/memory")
    page.get_by_role("link", name="Correct Height").click()
    page.get_by_label("Height").fill("twelve feet")
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Forget Alcove width").click()
    page.get_by_text("Undo until").wait_for()
    assert violations(page) == []
    assert overflow(page) <= 0


def test_each_button_says_what_of_whom_it_corrects_or_forgets(page, server, people):
    with transaction(server.database) as session:
        customer = session.get_one(Customer, people["customer"].customer_id)
        mila = subjects.add(session, customer, "person", "Mila")
        tell(session, Whom(customer, mila), bench(), {"height": 1510}, "told on the telephone")
        for days, text in enumerate(["Rings on Mondays.", "Speaks Finnish."]):
            notes.write(session, customer, text, people["rep"], now() - timedelta(days))
    sign_in(page, people["rep"])
    for path in "/memory", "/people", "":
        page.goto(f"/desk/clients/1001{path}")
        assert not alike(page), path


@pytest.mark.parametrize("width", [1000, 1190])
def test_orders_do_not_stand_over_what_is_beside_them(visit, people, width):
    page = visit(viewport={"width": width, "height": 800})
    sign_in(page, people["customer"])
    page.goto("/orders")
    right = "one => one.getBoundingClientRect().right"
    table, panel = page.locator("table[aria-label=Orders]"), page.locator("[aria-labelledby=placed]")
    assert table.evaluate(right) <= panel.evaluate(right)


def test_without_script_everything_can_be_done(visit, people):
    page = visit(java_script_enabled=False)
    sign_in(page, people["customer"])
    page.goto("/memory")
    page.get_by_role("link", name="Correct Height").click()
    page.get_by_label("Height").fill("1.82 m")
    page.get_by_label("Measured by").fill("Ben")
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_text("Height: 182 cm").wait_for()
    page.get_by_role("switch", name="My measures, orders and choices").click()
    assert page.get_by_role("switch", name="My measures, orders and choices").get_attribute("aria-checked") == "false"
    with page.expect_download() as file:
        page.get_by_role("link", name="As data, JSON").click()
    taken = file.value.path()
    page.get_by_text("Bring a file along").click()
    page.get_by_label("A file that was taken here").set_input_files(taken)
    page.get_by_role("button", name="Bring it along").click()
    page.locator("#brought").get_by_text("Nothing in the file is new here.").wait_for()
    page.goto("/erasure")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Erase as soon as that is done").click()
    page.get_by_role("button", name="Stay after all").click()
    page.get_by_text("Nothing is erased.").wait_for()


def test_the_keyboard_goes_all_the_way(page, people):
    sign_in(page, people["customer"])
    page.goto("/memory")
    page.get_by_role("link", name="Correct Height").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save the correction").wait_for()
    assert page.evaluate("document.activeElement.id") == "answer"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("190")
    page.keyboard.press("Enter")
    page.get_by_text("Height: 190 cm").wait_for()
    page.get_by_role("switch", name="My choices, without my name").focus()
    page.keyboard.press("Space")
    page.get_by_text("Withdrawn from the next page on.").wait_for()
