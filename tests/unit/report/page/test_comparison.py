"""The page of a comparison."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import math
import re
from pathlib import Path

import pytest
from unit.study.small import compared, small

from nhilab.base.errors import InputError
from nhilab.report.page.comparison import comparison_page, write_page
from nhilab.report.page.html import html_of
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def comparison(scenario: Scenario) -> Comparison:
    return compared(scenario)


def test_the_page_asks_nothing_of_the_network(comparison: Comparison, scenario: Scenario) -> None:
    text = html_of(comparison_page(comparison, scenario))
    assert not re.search(r"https?:|//[a-z]|<script .|<link|@import|\bsrc=|\bon[a-z]+=|\bstyle=", text)
    targets = re.findall(r"(?:href|url)[=(][\"']?([^\"')]+)", text)
    assert all(target.startswith("#") for target in targets)


def test_the_page_says_question_verdicts_numbers_and_assumptions(comparison: Comparison, scenario: Scenario) -> None:
    text = html_of(comparison_page(comparison, scenario))
    assert f"<h1>{scenario.content.question}</h1>" in text
    for words in ("<svg", "prefers-color-scheme: dark", "of access on average", "What is assumed", "cap of 2d", "≥"):
        assert words in text
    for name in comparison.strategies:
        assert f'<th scope="row">{name}</th>' in text
    assert "no figure &lt;published&gt;" in text
    assert "issuers.sts.service_time.exponential" in text


def test_the_page_is_well_formed(comparison: Comparison, scenario: Scenario) -> None:
    stack: list[str] = []
    void = {"meta", "input"}

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in void:
                stack.append(tag)

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            pass

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop() == tag

    Reader().feed(html_of(comparison_page(comparison, scenario)))
    assert stack == []


def test_a_page_that_cannot_be_written_is_a_one_line_error(
    comparison: Comparison, scenario: Scenario, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can be written"):
        write_page(tmp_path / "file" / "page.html", comparison, scenario)


def test_an_estimate_without_a_number_is_a_dash_on_the_page(comparison: Comparison, scenario: Scenario) -> None:
    assert math.isinf(comparison.strategies["static"]["access_window_s_p95"].mean)
    assert "above the cap" in html_of(comparison_page(comparison, scenario))
    assert "nan" not in html_of(comparison_page(comparison, scenario)).replace("provenance", "")


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else(
    comparison: Comparison, scenario: Scenario
) -> None:
    text = html_of(comparison_page(comparison, scenario))
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="([^"]+)"', text)[0])
    allowed = dict(part.split(" ", 1) for part in policy.split("; "))
    for tag in ("style", "script"):
        [inside] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert allowed.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert allowed == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
