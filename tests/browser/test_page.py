"""The page opens, says everything, and asks for nothing."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from browser.chromium import DESK, PHONE, Open
from browser.reports import ALL, NAUGHTY

from nhilab.report.page.vector import LETTER_PX


@pytest.mark.parametrize("name", ALL)
def test_the_page_of_every_command_asks_for_itself_alone_and_complains_of_nothing(
    show: Open, folder: Path, name: str
) -> None:
    page, seen = show(name)
    assert seen.requests == [(folder / name / "page.html").as_uri()]
    assert seen.complaints == []
    assert page.locator("h1").count() == 1
    assert page.locator(".verdicts li, .lead").count() >= 1
    assert page.locator("table").count() >= 1


def test_the_policy_of_the_page_refuses_what_is_put_into_it_later(show: Open) -> None:
    page, seen = show("compare")
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", '<img src="https://example.invalid/x.png">');
          const script = document.createElement("script");
          script.textContent = "window.entered = true";
          document.body.append(script);
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.entered") is None
    assert len(seen.complaints) == 2
    assert all("Content Security Policy" in complaint for complaint in seen.complaints)


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("name", ALL)
def test_the_body_never_scrolls_sideways(show: Open, name: str, width: int) -> None:
    page, _ = show(name, width=width)
    for part in page.locator("summary").all():
        part.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ["compare", "factorial", "hard"])
def test_on_a_phone_titles_of_tables_are_read_whole_however_far_a_table_is_scrolled(show: Open, name: str) -> None:
    page, _ = show(name, width=PHONE)
    for part in page.locator("summary").all():
        part.click()
    for title in page.locator("caption span").all():
        for side in ("0", "1e6"):
            title.evaluate(f"title => title.closest('.scroll').scrollLeft = {side}")
            box = title.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE, title.text_content()


@pytest.mark.parametrize("name", ALL)
def test_on_a_phone_the_letters_of_pictures_are_scrolled_and_not_shrunk(show: Open, name: str) -> None:
    page, _ = show(name, width=PHONE)
    for drawing in page.locator(".drawing svg").all():
        drawn, shown = drawing.evaluate("svg => [svg.viewBox.baseVal.width, svg.getBoundingClientRect().width]")
        letters = [float(size) for size in re.findall(r"scale\(([\d.]+) -", drawing.inner_html())]
        assert letters
        assert 100 * min(letters) * shown / drawn > LETTER_PX - 0.1


@pytest.mark.parametrize("name", ALL)
def test_every_page_says_which_controls_its_numbers_speak_to_folded_until_asked(show: Open, name: str) -> None:
    page, _ = show(name)
    section = page.locator("section", has=page.locator("h2", has_text="Controls"))
    assert section.count() == 1
    first = section.locator("table").first
    assert not first.is_visible()
    section.locator("summary").first.click()
    assert first.is_visible()
    meant = set(page.locator("section[aria-labelledby=meanings] code").all_text_contents())
    spoken = {name for cell in section.locator("td:last-child").all_text_contents() for name in cell.split(", ")}
    assert spoken & meant


def test_names_that_look_like_html_are_shown_and_not_obeyed(show: Open) -> None:
    page, seen = show("hard")
    assert page.locator("tbody th", has_text=NAUGHTY).count() >= 3
    assert page.locator("main b, main script").count() == 0
    lone, _ = show("lone")
    assert lone.locator("h1").text_content() == 'Is <em>one</em> & "only" enough?'
    assert lone.locator("h1 em").count() == 0
    assert seen.complaints == []


def test_what_an_issuer_refuses_is_marked_wherever_it_is_named(show: Open) -> None:
    page, _ = show("hard")
    for place in (".verdicts strong", "#filter label", "tbody tr th:first-child"):
        assert page.locator(place, has_text="refused (hypothetical)").count() >= 1


def test_the_page_can_be_read_without_a_script(show: Open) -> None:
    page, seen = show("compare", script=False)
    assert page.locator("table[data-sortable]").first.is_visible()
    assert not page.locator("#filter").is_visible()
    assert not page.locator("#theme").is_visible()
    assert page.locator("thead button").count() == 0
    assert seen.complaints == []


def test_headings_descend_without_a_gap(show: Open) -> None:
    page, _ = show("compare")
    levels = [int(tag[1]) for tag in page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(e => e.tagName)")]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_every_entry_of_the_contents_leads_to_a_heading(show: Open) -> None:
    page, _ = show("frontier")
    targets = page.locator("nav a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert len(targets) >= 5
    assert [page.locator(f"h2{target}").count() for target in targets] == [1] * len(targets)
