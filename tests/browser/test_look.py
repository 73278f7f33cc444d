"""Light, dark and paper."""

from __future__ import annotations

import re
import zlib

import pytest
from browser.chromium import Open
from browser.reports import ALL
from playwright.sync_api import Page

GROUND = "getComputedStyle(document.body).backgroundColor"


def lightness(page: Page) -> float:
    """Of the page's ground, from 0 to 255."""
    return sum(map(int, re.findall(r"\d+", page.evaluate(GROUND))[:3])) / 3


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_is_as_dark_as_the_system_until_told_otherwise(show: Open, scheme: str, dark: bool) -> None:
    page, _ = show("compare", scheme=scheme)
    button = page.get_by_role("button", name="Dark")
    assert (lightness(page) < 128) == dark
    assert button.get_attribute("aria-pressed") == str(dark).lower()
    button.click()
    assert (lightness(page) < 128) != dark
    assert button.get_attribute("aria-pressed") == str(not dark).lower()
    button.click()
    assert (lightness(page) < 128) == dark


def test_the_letters_of_pictures_have_the_colour_of_the_page(show: Open) -> None:
    page, _ = show("compare", scheme="dark")
    drawing = page.locator(".drawing").first
    assert drawing.locator("[fill='currentColor'], [stroke='currentColor']").count() > 0
    colour = "e => getComputedStyle(e).color"
    light, _ = show("compare", scheme="light")
    assert drawing.evaluate(colour) != light.locator(".drawing").first.evaluate(colour)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_and_has_no_controls(show: Open, scheme: str) -> None:
    page, _ = show("compare", scheme=scheme)
    page.emulate_media(media="print")
    assert lightness(page) > 250
    for control in ("#theme", "#filter", "nav", ".skip"):
        assert not page.locator(control).is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('thead button'), '::after').content") == "none"


def test_on_paper_nothing_is_folded_and_no_table_is_cut(show: Open) -> None:
    page, _ = show("compare")
    page.set_viewport_size({"width": 720, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("details p").first.is_visible()
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.locator(".scroll").evaluate_all(cut) == 0


@pytest.mark.parametrize("name", ALL)
def test_every_page_prints_on_a_handful_of_sheets(show: Open, name: str) -> None:
    page, _ = show(name)
    assert 1 <= sheets(page.pdf(format="A4")) <= 24


def test_printing_leaves_the_page_as_it_was(show: Open) -> None:
    page, _ = show("compare")
    page.pdf(format="A4")
    assert page.locator("details[open]").count() == 0


def sheets(pdf: bytes) -> int:
    """Pages of a PDF, counted in its objects, packed or not."""
    packed = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    plain = b"".join(map(_unpacked, packed)) + pdf
    return len(re.findall(rb"/Type\s*/Page\b", plain))


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""
