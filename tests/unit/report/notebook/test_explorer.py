"""The explorer, moved as its user moves it."""

from __future__ import annotations

from typing import Any

import pytest

from nhilab.base.errors import InputError
from nhilab.report.notebook.explorer import (
    AS_WRITTEN,
    CACHES,
    REVOCATIONS,
    SCOPES,
    TTLS,
    Bench,
    Explorer,
    Setting,
    explore,
)
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, TWO_STAGES, as_scenario


@pytest.fixture
def hourly() -> Scenario:
    in_the_job = HOURLY.replace("timing: uniform", "timing: at-task, offset: 15s, dwell: 5m")
    return as_scenario(in_the_job.replace(", places: [runner]", ""))


@pytest.fixture
def explorer(hourly: Scenario) -> Explorer:
    return explore(hourly, "jit", seed=1, campaigns=20)


@pytest.mark.parametrize(
    ("slider", "value"), [("ttl", "1h"), ("scope", "resource"), ("revoke", "never"), ("cache", "1h")]
)
def test_moving_a_slider_tries_what_it_says_and_moving_it_back_shows_what_was(
    explorer: Explorer, slider: str, value: str
) -> None:
    before = explorer.numbers.value, explorer.picture.value
    getattr(explorer, slider).value = value
    setting = Setting(**{slider: value})
    assert explorer.setting == setting and explorer.picture.value != before[1]
    getattr(explorer, slider).value = AS_WRITTEN
    assert (explorer.numbers.value, explorer.picture.value) == before


def test_a_longer_life_without_revocation_gives_a_thief_more(explorer: Explorer) -> None:
    def window() -> float:
        return explorer.bench.tried(explorer.setting).observations["exposure_window_s"].value

    explorer.revoke.value = "never"
    explorer.ttl.value = "1m"
    short = window()
    explorer.ttl.value = "4h"
    assert window() > 10 * short


@pytest.mark.parametrize("strategy", ["exchange", "keys"])
def test_every_position_of_every_slider_is_tried_or_refused_in_one_line(strategy: str) -> None:
    explorer = explore(as_scenario(TWO_STAGES), strategy, seed=1, campaigns=5)
    for slider, values in (("ttl", TTLS), ("scope", SCOPES), ("revoke", REVOCATIONS), ("cache", CACHES)):
        for value in values:
            getattr(explorer, slider).value = value
            assert explorer.numbers.value.startswith(("<table>", "<p>small.yaml"))
        getattr(explorer, slider).value = AS_WRITTEN
    assert explorer.picture.value.startswith("<svg")


def test_a_setting_is_tried_once(hourly: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import nhilab.report.notebook.explorer as module

    calls, real = [], module.try_strategy

    def counting(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return real(*given, **named)

    monkeypatch.setattr(module, "try_strategy", counting)
    bench = Bench(hourly, "jit", seed=1, campaigns=5)
    for _ in range(3):
        bench.tried(Setting())
        bench.tried(Setting(ttl="1h"))
    assert len(calls) == 2


def test_where_nothing_is_stolen_the_explorer_says_so_instead_of_an_empty_picture() -> None:
    explorer = explore(as_scenario(HOURLY), "jit", seed=1, campaigns=5)
    assert explorer.picture.value == "<p>Nothing was stolen.</p>"


def test_a_mean_of_windows_that_are_cut_is_marked(explorer: Explorer) -> None:
    assert "≥" not in explorer.numbers.value
    explorer.revoke.value, explorer.ttl.value = "never", "never"
    assert "<b>≥ " in explorer.numbers.value and "windows are cut at" in explorer.numbers.value


def test_nothing_moved_changes_nothing(hourly: Scenario) -> None:
    assert Bench(hourly, "jit", seed=1).changes(Setting()) == {}


def test_an_unknown_strategy_is_refused(hourly: Scenario) -> None:
    with pytest.raises(InputError, match="found 'jot'; allowed: one of jit, static"):
        explore(hourly, "jot", seed=1)


def test_a_notebook_shows_the_sliders(explorer: Explorer) -> None:
    assert "application/vnd.jupyter.widget-view+json" in explorer._repr_mimebundle_()
