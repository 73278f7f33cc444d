"""Pages pass the checks of axe-core, in both themes, on a desk and on a phone."""

from __future__ import annotations

import pytest
from browser.chromium import DESK, PHONE, Open, axe_source
from browser.reports import ALL
from playwright.sync_api import Page

RICHEST = ("compare", "hard")
"""Pages that have all that pages have: seen in all four looks."""


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_source()


def violations(page: Page, axe: str) -> list[str]:
    """Rules broken, each with the first elements that break it."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes'][:3]]}" for v in found["violations"]]


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *((name, *look) for name in ALL for look in ((DESK, "light"), (PHONE, "dark"))),
        *((name, *look) for name in RICHEST for look in ((DESK, "dark"), (PHONE, "light"))),
    ],
)
def test_nothing_on_the_page_breaks_a_rule_of_accessibility(
    show: Open, axe: str, name: str, width: int, scheme: str
) -> None:
    page, _ = show(name, width=width, scheme=scheme)
    for part in page.locator("summary").all():
        part.click()
    assert violations(page, axe) == []


def test_a_page_that_breaks_a_rule_is_found_out(show: Open, axe: str) -> None:
    page, _ = show("lone")
    page.evaluate("document.querySelector('.drawing').removeAttribute('aria-label')")
    assert [line.split(":")[0] for line in violations(page, axe)] == ["role-img-alt"]


def test_every_picture_says_in_words_what_it_shows(show: Open) -> None:
    for name in ALL:
        page, _ = show(name)
        for drawing in page.locator(".drawing").all():
            assert len(drawing.get_attribute("aria-label") or "") > 30
            assert drawing.locator("svg").get_attribute("aria-hidden") == "true"
