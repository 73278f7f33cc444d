"""Strategies are hidden and shown, and it is said which."""

from __future__ import annotations

from browser.chromium import Open

TABLES = "#tables ~ .scroll"


def test_a_strategy_that_is_unchecked_is_gone_from_tables_and_verdicts_and_comes_back(show: Open) -> None:
    page, _ = show("compare")
    rows = page.locator(f"{TABLES} tr[data-strategy='session']")
    verdict = page.locator(".verdicts li[data-strategy='session']")
    assert rows.count() >= 4
    page.get_by_role("checkbox", name="session", exact=True).uncheck()
    assert not any(row.is_visible() for row in rows.all())
    assert not verdict.is_visible()
    assert page.locator(f"{TABLES} tr[data-strategy='task']").first.is_visible()
    assert page.get_by_role("status").text_content() == "Hidden: session."
    page.get_by_role("checkbox", name="session", exact=True).check()
    assert all(row.is_visible() for row in rows.all())
    assert verdict.is_visible()
    assert page.get_by_role("status").text_content() == ""


def test_what_is_hidden_stays_hidden_when_a_table_is_sorted(show: Open) -> None:
    page, _ = show("compare")
    page.get_by_role("checkbox", name="session", exact=True).uncheck()
    page.locator("[data-sortable] thead button").nth(1).click()
    assert not any(row.is_visible() for row in page.locator(f"{TABLES} tr[data-strategy='session']").all())


def test_all_are_shown_again_at_once(show: Open) -> None:
    page, _ = show("hard")
    for name in ("static", "session", "minutes-3"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    assert page.get_by_role("status").text_content() == "Hidden: minutes-3, static, session."
    page.get_by_role("button", name="Show all").click()
    assert page.locator("#filter input:not(:checked)").count() == 0
    assert page.locator("tr[data-strategy][hidden]").count() == 0
    assert page.get_by_role("status").text_content() == ""


def test_a_strategy_is_hidden_with_the_keyboard(show: Open) -> None:
    page, _ = show("compare")
    page.get_by_role("checkbox", name="session", exact=True).focus()
    page.keyboard.press("Space")
    assert page.get_by_role("status").text_content() == "Hidden: session."


def test_paper_says_what_is_hidden(show: Open) -> None:
    page, _ = show("compare")
    page.get_by_role("checkbox", name="session", exact=True).uncheck()
    page.emulate_media(media="print")
    assert not page.locator("#filter").is_visible()
    assert page.get_by_role("status").is_visible()


def test_a_page_about_one_strategy_has_no_filter(show: Open) -> None:
    page, _ = show("lone")
    assert page.locator("#filter").count() == 0


def test_a_strategy_that_is_hidden_is_gone_from_the_pictures_and_the_rest_is_not(show: Open) -> None:
    page, _ = show("hard")
    parts = page.locator(".drawing [data-strategy='session']")
    others = page.locator(".drawing [data-strategy='task']")
    assert page.locator(".drawing:has([data-strategy='session'])").count() >= 5
    page.get_by_role("checkbox", name="session", exact=True).uncheck()
    hidden = "all => all.every(e => e.getBoundingClientRect().width === 0)"
    assert parts.evaluate_all(hidden)
    assert not others.evaluate_all(hidden)
