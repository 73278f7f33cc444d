"""Figures."""

from __future__ import annotations

from pathlib import Path

import matplotlib.colors
import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from unit.study.small import compared, small

from nhilab.report.comparison_figure import write_svg
from nhilab.report.figures import draw_comparison, draw_survival, draw_windows
from nhilab.report.palette import COLOURS
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparison import Comparison


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def comparison(scenario: Scenario) -> Comparison:
    return compared(scenario)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def survival_table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "strategy": ["a", "a", "b", "b"],
            "time_s": [1.0, 3600.0, 1.0, 3600.0],
            "share": [1.0, 0.5, 0.8, 0.0],
            "low": [0.9, 0.4, None, None],
            "high": [1.0, 0.6, None, None],
        }
    )


def test_survival_has_a_line_and_a_band_for_each_strategy(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    assert np.asarray(axes.lines[1].get_ydata()).tolist() == [0.8, 0.0]
    assert len([c for c in axes.collections if isinstance(c, PolyCollection)]) == 2
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]  # type: ignore[union-attr]


def test_survival_is_drawn_from_nought_to_one_on_a_logarithmic_time_axis(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert axes.get_xscale() == "log"
    assert axes.get_xlim() == (1.0, 3600.0)
    assert axes.get_ylim() == (0.0, 1.02)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1s", "10s", "1m", "10m", "1h"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time since theft", "share still honoured")


def test_strategies_keep_their_colours_by_order(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert [line.get_color() for line in axes.lines] == list(COLOURS[:2])


def test_no_two_colours_look_alike_in_grey_and_hue() -> None:
    rgb = np.array([matplotlib.colors.to_rgb(colour) for colour in COLOURS])
    apart = np.abs(rgb[:, None, :] - rgb[None, :, :]).sum(axis=2)[np.triu_indices(len(COLOURS), 1)]
    assert apart.min() > 0.2


def test_windows_has_a_marker_with_bars_for_each_strategy_with_numbers(axes: Axes) -> None:
    rows = [
        ("a", "access_window_s", 600.0, 500.0, 700.0),
        ("a", "reach", 4.0, 3.0, 5.0),
        ("b", "access_window_s", 60.0, None, None),
        ("b", "reach", 2.0, None, None),
        ("c", "access_window_s", None, None, None),
        ("c", "reach", None, None, None),
    ]
    draw_windows(axes, pl.DataFrame(rows, schema=["strategy", "metric", "mean", "low", "high"], orient="row"))
    assert [container.get_label() for container in axes.containers] == ["a", "b"]
    low, high = axes.get_xlim()
    assert low <= 60.0 / 4 + 1e-9
    assert high >= 700.0
    assert axes.get_ylim()[0] == 0.0
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("access window, mean", "resources reached, mean")


def test_figures_of_nothing_are_empty_and_do_not_fail(axes: Axes) -> None:
    draw_survival(axes, survival_table().clear())
    draw_windows(axes, pl.DataFrame(schema=["strategy", "metric", "mean", "low", "high"]))
    assert axes.lines == [] or len(axes.lines) == 0


def test_a_comparison_is_drawn_with_all_strategies_on_both_axes(comparison: Comparison) -> None:
    left, right = draw_comparison(comparison).axes
    assert [line.get_label() for line in left.lines] == ["static", "session", "task"]
    assert [container.get_label() for container in right.containers] == ["static", "session", "task"]


def test_the_figure_has_the_same_bytes_each_time(comparison: Comparison, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        write_svg(tmp_path / name, comparison)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
