"""Risk against overhead."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from unit.report.drawn import NOTHING, Triple, estimates, legend, lines

from nhilab.report.drawing.palette import looks_of
from nhilab.report.figures.overhead import draw_overhead, frontier_of

COST, RISK = "issuances_per_task", "access_window_s"


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def row(cost: Triple, risk: Triple) -> dict[str, Triple]:
    return {COST: cost, RISK: risk}


TABLE = estimates(
    {
        "cheap": row((1.0, 0.9, 1.1), (500.0, 400.0, 600.0)),
        "beaten": row((2.0, 1.9, 2.1), (600.0, 500.0, 700.0)),
        "safe": row((3.0, None, None), (100.0, None, None)),
        "unknown": row(NOTHING, (100.0, 90.0, 110.0)),
    }
)


def test_each_strategy_is_a_point_at_its_means(axes: Axes) -> None:
    draw_overhead(axes, TABLE, cost=COST)
    assert {name: lines(axes, name) for name in ("cheap", "safe")} == {
        "cheap": [([1.0], [500.0])],
        "safe": [([3.0], [100.0])],
    }
    assert legend(axes) == ["cheap", "beaten", "safe"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("issuances per task, mean", "access window, mean")


def test_both_intervals_are_drawn_where_there_are_any(axes: Axes) -> None:
    draw_overhead(axes, TABLE, cost=COST)
    segments = [[s.tolist() for c in bar[2] for s in c.get_segments()] for bar in axes.containers]
    assert segments[0] == [[[0.9, 500.0], [1.1, 500.0]], [[1.0, 400.0], [1.0, 600.0]]]
    assert segments[2] == []


def test_those_that_none_beats_are_joined(axes: Axes) -> None:
    draw_overhead(axes, TABLE, cost=COST)
    assert lines(axes, "_not beaten") == [([1.0, 3.0], [500.0, 100.0])]
    assert frontier_of(TABLE, cost=COST) == ["cheap", "safe"]


def test_colours_are_those_of_the_scenario_not_of_the_table(axes: Axes) -> None:
    looks = looks_of(["other", "cheap", "beaten", "safe", "unknown"])
    draw_overhead(axes, TABLE, cost=COST, looks=looks)
    colours = {line.get_label(): line.get_color() for line in axes.lines}
    assert colours["cheap"] == looks["cheap"].colour != looks_of(["cheap"])["cheap"].colour


def test_a_point_under_another_is_larger_and_shows_round_it(axes: Axes) -> None:
    same = row((1.0, None, None), (60.0, None, None))
    draw_overhead(axes, estimates({"a": same, "b": same, "c": same}), cost=COST)
    sizes = [line.get_markersize() for line in axes.lines if line.get_label() in ("a", "b", "c")]
    assert sizes[0] > sizes[1] > sizes[2]


def test_a_hypothetical_strategy_and_a_lower_bound_are_marked(axes: Axes) -> None:
    draw_overhead(axes, TABLE, cost=COST, hypothetical=["safe"], bounds=["cheap"])
    assert legend(axes)[2] == "safe (hypothetical)"
    assert lines(axes, "_bound") == [([1.0], [500.0])]


def test_no_strategies_are_an_empty_figure(axes: Axes) -> None:
    draw_overhead(axes, TABLE.clear(), cost=COST)
    assert axes.get_legend() is None
