"""Tables are sorted by the numbers behind their cells."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from browser.chromium import Open
from playwright.sync_api import Locator, Page

from nhilab.report.tables.comparison import COST, REACH, RISK

TABLES = {"How long a thief stays in": RISK, "How far": REACH, "What it costs": COST}


def first_cells(table: Locator) -> list[str]:
    return table.locator("tbody th").evaluate_all("all => all.map(e => e.firstChild.textContent)")


def titled(page: Page, title: str) -> Locator:
    return page.locator("table").filter(has=page.get_by_text(title, exact=True))


def numbers(folder: Path, name: str, key: str) -> dict[str, float]:
    """Means by strategy, as written for programs; NaN for null."""
    content = json.loads((folder / name / "numbers.json").read_text(encoding="utf-8"))
    hypothetical = content["hypothetical"]
    named = {n: n + " (hypothetical)" * (n in hypothetical) for n in content["strategies"]}
    found = {named[n]: keys[key]["mean"] for n, keys in content["strategies"].items()}
    return {n: math.nan if mean is None else mean for n, mean in found.items()}


@pytest.mark.parametrize("title", TABLES)
def test_every_column_sorts_upwards_then_downwards_by_its_numbers_then_as_it_was(
    show: Open, folder: Path, title: str
) -> None:
    page, _ = show("hard")
    table = titled(page, title)
    before = first_cells(table)
    for position, column in enumerate(TABLES[title], 1):
        cells = table.locator(f"tbody td:nth-child({position + 1})").all_text_contents()
        capped = {name for name, cell in zip(before, cells, strict=True) if "above the cap" in cell}
        means = numbers(folder, "hard", column.key)
        found = {name: math.inf if name in capped else means[name] for name in before}
        orders = [sorted(before, key=lambda n: (math.isnan(found[n]), sign * found[n])) for sign in (1, -1)]
        heading = table.locator("thead th").nth(position)
        for order, expected in (("ascending", orders[0]), ("descending", orders[1]), (None, before)):
            heading.get_by_role("button", name=column.heading).click()
            assert heading.get_attribute("aria-sort") == order
            assert first_cells(table) == expected


def test_names_sort_by_their_text_and_numbers_in_them_by_size(show: Open) -> None:
    page, _ = show("frontier")
    table = titled(page, "All designs tried")
    table.get_by_role("button", name="design").click()
    names = first_cells(table)
    assert names == [f"ttl={ttl} scope={scope}" for ttl in ("1h", "2h", "15m") for scope in ("none", "resource")]


def test_only_one_column_of_a_table_is_said_to_be_sorted(show: Open) -> None:
    page, _ = show("compare")
    table = page.locator("table[data-sortable]").first
    for button in table.get_by_role("button").all():
        button.click()
    assert table.locator("[aria-sort]").count() == 1


def test_a_table_is_sorted_with_the_keyboard_alone(show: Open) -> None:
    page, _ = show("compare")
    button = page.locator("[data-sortable] thead button").nth(1)
    for _ in range(120):
        page.keyboard.press("Tab")
        if button.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    heading = page.locator("[data-sortable] thead th").nth(1)
    assert heading.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Space")
    assert heading.get_attribute("aria-sort") == "descending"
    assert button.evaluate("e => e === document.activeElement")


def test_the_first_tab_leads_past_everything_to_the_answer(show: Open) -> None:
    page, _ = show("compare")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
