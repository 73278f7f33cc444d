"""Tables and figures of sweeps and break-evens."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from rich.console import Console
from unit.study.small import small

from nhilab.report.drawing.palette import COLOURS
from nhilab.report.figures.break_even import draw_break_even
from nhilab.report.figures.sweep import curves, draw_curves, draw_sweep, places
from nhilab.report.tables.break_even import sentence
from nhilab.report.tables.sweep import print_sweep, short_names
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.experiments.break_even import BreakEven, Tried
from nhilab.study.experiments.sweep import Sweep, sweep
from nhilab.study.experiments.vary import read_axis
from nhilab.study.intervals.crossing import Crossing
from nhilab.study.intervals.means import Contrast


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def grid(scenario: Scenario) -> Sweep:
    axes = [read_axis("strategy.session.ttl=1m,1h,never"), read_axis("verifiers.gw.layers.0.ttl=0,5m")]
    return sweep(scenario, axes, seed=0, strategies=("session",), replications=2, campaigns=10, executor=Executor())


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def even(crossing: Crossing, *differences: float, low: float = 1.0) -> BreakEven:
    """Answer and differences made up."""
    estimate = Estimate(1.0, 0.5, 1.5, "s", 3)
    tried = (Tried(60.0 * (i + 1), estimate, estimate, Contrast(d, d - low, d + low, 1.0), False)
             for i, d in enumerate(differences))  # fmt: skip
    return BreakEven(
        scenario="small", scenario_digest="", seed=0, replications=3, campaigns=10, path="strategy.jit.ttl",
        lowest=60.0, highest=3600.0, unit="s", logarithmic=True, strategy="jit", against="revoked",
        metric="access_window_s", metric_unit="s", tolerance=0.01, crossing=crossing, tried=tuple(tried),
    )  # fmt: skip


def test_a_grid_fits_80_columns_and_marks_lower_bounds(grid: Sweep, scenario: Scenario) -> None:
    console = Console(width=80)
    with console.capture() as captured:
        print_sweep(console, grid, scenario)
    text = captured.get()
    assert max(map(len, text.splitlines())) <= 80
    assert "layers.0.ttl" in text
    assert "≥ 1d" in text or "≥ 2d" in text
    assert "the mean is a lower bound" in text


def test_names_of_axes_are_as_short_as_tells_them_apart() -> None:
    assert short_names(["strategy.jit.ttl"]) == ["ttl"]
    assert short_names(["strategy.a.ttl", "strategy.b.ttl"]) == ["a.ttl", "b.ttl"]


def test_nought_and_never_have_places_off_the_scale() -> None:
    where = places(read_axis("a=never,1m,0,1h"))
    assert [joined for _, joined in where] == [False, True, False, True]
    never, minute, nought, hour = (x for x, _ in where)
    assert nought < minute < hour < never
    assert hour - minute == pytest.approx(np.log10(60))


def test_other_values_are_drawn_in_order_and_never_joined() -> None:
    assert places(read_axis("a=[],[class],null")) == [(0.0, False), (1.0, False), (2.0, False)]
    assert places(read_axis("a=1,2,5")) == [(1.0, True), (2.0, True), (5.0, True)]


def test_a_curve_has_a_line_for_each_value_of_the_second_axis_with_intervals(grid: Sweep, axes: Axes) -> None:
    table = curves(grid, "access_window_s")
    assert table["line"].unique(maintain_order=True).to_list() == ["layers.0.ttl = 0", "layers.0.ttl = 5m"]
    assert table.filter(pl.col("value") == "never")["bound"].all()
    draw_sweep(axes, table)
    assert len(axes.containers) == 2
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1m", "1h", "never"]
    assert axes.lines[0].get_color() == COLOURS[0]


def test_a_figure_has_a_panel_for_each_metric(grid: Sweep) -> None:
    titles = [axes.get_title() for axes in draw_curves(grid).axes if axes.get_title()]
    assert titles == ["access window", "weighted reach", "issuances per task", "added latency", "failed tasks"]


def test_a_difference_is_drawn_with_its_band_and_nought(axes: Axes) -> None:
    draw_break_even(axes, even(Crossing("found", 120.0, 60.0, 180.0, 1), -3.0, 0.0, 3.0).frame())
    assert np.asarray(axes.lines[0].get_ydata()).tolist() == [-3.0, 0.0, 3.0]
    assert len([c for c in axes.collections if isinstance(c, PolyCollection)]) == 1
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize(
    ("crossing", "said"),
    [
        (Crossing("found", 120.0, 60.0, 180.0, 1), "equals that of revoked at ttl = 2m (1m to 3m)."),
        (Crossing("found", 120.0, None, 180.0, 1), "(up to 3m; the lower end lies outside the range)"),
        (Crossing("found", 120.0, 60.0, None, 1), "(from 1m on; the upper end lies outside the range)"),
        (Crossing("found", 120.0, None, None, 1), "its interval covers the whole range: more replications"),
        (Crossing("found", 120.0, 60.0, 180.0, 3), "first equals"),
        (Crossing("none"), "None in range: the access window of jit lies above that of revoked between 1m and 1h."),
        (Crossing("undefined"), "has no value between 1m and 1h"),
        (Crossing("flat"), "never equals that of revoked between 1m and 1h"),
    ],
)
def test_every_kind_of_answer_is_a_sentence(crossing: Crossing, said: str) -> None:
    assert said in sentence(even(crossing, 3.0, 3.0, 3.0))


def test_an_answer_without_intervals_says_so() -> None:
    found = even(Crossing("found", 120.0, None, None, 1), -1.0, 0.0, 1.0, low=float("nan"))
    assert sentence(found).endswith("without an interval.")
