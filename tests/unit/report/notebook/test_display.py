"""What a notebook shows: short, escaped, counted by hand, in people's units; and plain texts of one line."""

from __future__ import annotations

import dataclasses
import html
import re
import subprocess
import sys
from typing import Any

import pytest

import nhilab
from nhilab.base.errors import InputError
from nhilab.report.figures.comparison import draw_comparison
from nhilab.report.notebook.cards import counted
from nhilab.report.notebook.display import SHOWN, html_of, picture_of
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, TWO_STAGES, as_scenario

EFFORT: dict[str, Any] = {"seed": 1, "replications": 2, "campaigns": 10}


@pytest.fixture(scope="module")
def hourly() -> Scenario:
    more = {"limits": {"reach": 5}, "controls": {"short": {"strategy.jit.ttl": "1m"}}}
    return edited(as_scenario(HOURLY), more)


@pytest.fixture(scope="module")
def nouns(hourly: Scenario) -> dict[str, Any]:
    trial = nhilab.try_strategy(hourly, "jit", seed=1, campaigns=10)
    ways = {"strategy": "jit", "against": "static"}
    return {
        "Scenario": hourly, "Demand": nhilab.sample(hourly, seed=1), "Ledger": trial.ledger,
        "Compromises": trial.compromises, "Trial": trial, "Comparison": nhilab.compare(hourly, **EFFORT),
        "Sweep": nhilab.sweep(hourly, {"strategy.jit.ttl": ["1m", "15m"]}, **EFFORT),
        "BreakEven": nhilab.break_even(hourly, "strategy.jit.ttl=1m..15m", **ways, **EFFORT),
        "Factorial": nhilab.factorial(hourly, **EFFORT),
        "Check": nhilab.check(hourly, {"failed_task_share": "1%"}, max_replications=2, **EFFORT),
        "Recommendation": nhilab.recommend(hourly, **EFFORT),
    }  # fmt: skip


def text_of(noun: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", html_of(noun)))


@pytest.mark.parametrize("name", SHOWN)
def test_every_noun_is_shown_short_and_as_balanced_html(nouns: dict[str, Any], name: str) -> None:
    shown = html_of(nouns[name])
    assert type(nouns[name]).__name__ == name and type(nouns[name]).__module__ == SHOWN[name][0]
    assert 20 < len(shown) < 8_000
    for tag in ("div", "table", "tr", "td", "th"):
        assert shown.count(f"<{tag}>") + shown.count(f"<{tag} ") == shown.count(f"</{tag}>")
    assert "array(" not in shown and "nan" not in shown


@pytest.mark.parametrize("name", SHOWN)
def test_the_plain_text_of_every_noun_is_one_short_line(nouns: dict[str, Any], name: str) -> None:
    assert repr(nouns[name]).startswith(f"{name}(")
    assert "\n" not in repr(nouns[name]) and len(repr(nouns[name])) < 250


def test_a_scenario_shows_its_question_what_exists_and_its_strategies(hourly: Scenario) -> None:
    shown = text_of(hourly)
    for part in (
        hourly.content.question,
        "1 identity, 1 resource, 1 workload, 1 place",
        "work for 6h",
        "jit",
        "static",
    ):
        assert part in shown


def test_a_ledger_is_counted_and_timed(nouns: dict[str, Any]) -> None:
    shown = text_of(nouns["Ledger"])
    assert "6 tasks in 6h: 6 done" in shown and "12 calls, 12 done" in shown
    assert "6 credentials, 6 revoked, 0 that never expire" in shown and "15m" in shown


def test_a_ledger_whose_issuer_delivers_otherwise_is_called_hypothetical(hourly: Scenario) -> None:
    strict = edited(hourly, {"issuer.sts.ttl_range": ["1m", "5m"], "issuer.sts.out_of_range": "reject"})
    assert "cannot deliver" in text_of(nhilab.run(strict, "jit", nhilab.sample(strict, seed=1)))


def test_thieves_are_counted_by_way_in() -> None:
    scenario = as_scenario(TWO_STAGES)
    found = nhilab.try_strategy(scenario, "keys", seed=1, campaigns=40).compromises
    shown = text_of(found)
    assert all(name in shown for name in ("code", "dependency", "logs")) and "Compromises of 40 campaigns" in shown
    assert "access never ends in" in shown and "never" in shown


def test_a_comparison_shows_intervals_and_what_is_not_resolved(nouns: dict[str, Any]) -> None:
    shown = text_of(nouns["Comparison"])
    assert "2 replications of 6h, 10 campaigns each, seed 1; 95 % intervals" in shown
    assert "static: some access never ends; windows are cut at" in shown and "≥" in shown


def test_one_replication_says_that_there_are_no_intervals(hourly: Scenario) -> None:
    assert "no intervals" in text_of(nhilab.compare(hourly, seed=1, replications=1, campaigns=5))


def test_what_stands_in_a_file_is_escaped(hourly: Scenario) -> None:
    evil = edited(hourly, {"question": "<script>alert(1)</script>"})
    named = dataclasses.replace(evil, name="<b>&")
    assert (
        "<script>" not in html_of(named) and "&lt;script&gt;" in html_of(named) and "&lt;b&gt;&amp;" in html_of(named)
    )


def test_a_drawn_scenario_is_shown_as_one(hourly: Scenario) -> None:
    class Drawn(Scenario):
        pass

    drawn = Drawn(**{field.name: getattr(hourly, field.name) for field in dataclasses.fields(hourly)})
    assert html_of(drawn) == html_of(hourly)


def test_ipython_shows_a_noun_once_the_lab_is_imported_and_loads_nothing_for_that() -> None:
    code = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import nhilab")
assert "numpy" not in sys.modules or "nhilab.lab" not in sys.modules
shell.run_cell("from nhilab.demand.demand import Demand, DemandCalls, DemandTasks")
made = shell.run_cell("Demand(tasks=DemandTasks.empty(), calls=DemandCalls.empty())").result
print(shell.display_formatter.format(made)[0]["text/html"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "0 tasks, 0 calls, none that arrives" in done.stdout


@pytest.mark.parametrize("name", SHOWN)
def test_frames_become_pandas_frames_with_the_same_rows(nouns: dict[str, Any], name: str) -> None:
    noun = nouns[name]
    tables = [noun] if hasattr(noun, "frame") else [t for t in vars(noun).values() if hasattr(t, "frame")]
    for table in tables:
        assert list(table.frame().to_pandas().columns) == table.frame().columns
        assert len(table.frame().to_pandas()) == len(table.frame())


def test_a_figure_of_the_lab_becomes_a_picture(nouns: dict[str, Any]) -> None:
    assert picture_of(draw_comparison(nouns["Comparison"])).startswith(b"\x89PNG")


def test_counted_things_are_singular_where_there_is_one() -> None:
    assert (counted(1, "identity"), counted(0, "stay"), counted(2_000, "task")) == (
        "1 identity",
        "0 stays",
        "2,000 tasks",
    )


def test_a_check_without_limits_is_refused(hourly: Scenario) -> None:
    with pytest.raises(InputError, match="limits: found 'nothing'"):
        nhilab.check(edited(hourly, {"limits": {}}), seed=1)
