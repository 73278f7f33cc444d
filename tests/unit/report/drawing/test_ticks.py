"""Axes that people read."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from unit.report.drawn import ticks

from nhilab.report.drawing.ticks import Side, fit_axis, time_ticks


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


@pytest.mark.parametrize("side", ["x", "y"])
def test_values_close_together_begin_at_nought(axes: Axes, side: Side) -> None:
    fit_axis(axes, side, [600.0, 1200.0, None], [500.0, 1800.0], "s")
    limits = axes.get_xlim() if side == "x" else axes.get_ylim()
    assert limits == pytest.approx((0.0, 1.12 * 1800.0))
    assert ticks(axes, side) == ["0", "10m", "20m", "30m"]


def test_values_far_apart_are_drawn_by_their_logarithm(axes: Axes) -> None:
    fit_axis(axes, "x", [60.0, 86_400.0], [30.0, 100_000.0], "s")
    assert axes.get_xscale() == "log"
    low, high = axes.get_xlim()
    assert low < 30.0 and high > 100_000.0
    assert ticks(axes, "x")[0] == "30s" and "1h" in ticks(axes, "x")


def test_an_interval_alone_makes_no_axis_logarithmic(axes: Axes) -> None:
    fit_axis(axes, "y", [4.0, 5.0], [0.01, 9.0], "resources")
    assert axes.get_yscale() == "linear"


def test_an_interval_down_to_nought_does_not_stretch_a_logarithmic_axis(axes: Axes) -> None:
    fit_axis(axes, "y", [4.0, 500.0], [0.0, 900.0], "resources")
    assert axes.get_ylim()[0] == pytest.approx(4.0 / 1.8)


def test_nought_has_a_place_beside_values_far_apart(axes: Axes) -> None:
    fit_axis(axes, "x", [0.0, 1.0, 3600.0], [], "s")
    assert axes.get_xscale() == "symlog"
    assert axes.get_xlim()[0] < 0
    assert ticks(axes, "x")[0] == "0"


def test_shares_are_written_in_per_cent(axes: Axes) -> None:
    fit_axis(axes, "x", [0.1, 0.2], [], "%")
    assert axes.xaxis.get_major_formatter()(0.15, 0) == "15 %"


def test_nothing_known_is_an_axis_from_nought_to_one(axes: Axes) -> None:
    fit_axis(axes, "x", [None], [None, float("inf")], "s")
    assert axes.get_xlim() == (0.0, 1.0)


def test_times_have_ticks_that_people_know(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xlim(1.0, 3600.0)
    time_ticks(axes, "x")
    assert ticks(axes, "x") == ["1s", "10s", "1m", "10m", "1h"]
