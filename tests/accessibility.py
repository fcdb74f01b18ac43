"""What is wrong with a page for those who use it in another way."""

from __future__ import annotations

from playwright.sync_api import Page

from configurator.settings import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
NOTICED = {"moderate", "serious", "critical"}


def violations(page: Page) -> list[str]:
    """The violations, but for minor ones, that axe-core finds on the page as it is shown, in words."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['help']}: {node['target']}" for one in found if one["impact"] in NOTICED
            for node in one["nodes"]]


def pale(page: Page) -> list[str]:
    """The texts of the page that have less than 7:1 to what they stand on."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({runOnly: ['color-contrast-enhanced']})")["violations"]
    return [f"{node['target']}: {node['failureSummary']}" for one in found for node in one["nodes"]]


def alike(page: Page) -> list[str]:
    """What several buttons of the page are called: who hears only that does not know which is which."""
    return page.evaluate("""() => {
        const buttons = [...document.querySelectorAll("main :is(button:not([aria-labelledby]), summary, a.btn)")];
        const seen = buttons.filter((one) => one.checkVisibility());
        const names = seen.map((one) => one.textContent.trim().replace(/\\s+/g, " "));
        return names.filter((name, at) => names.indexOf(name) !== at);
    }""")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
