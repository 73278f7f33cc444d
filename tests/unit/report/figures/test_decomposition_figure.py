"""What the access window is made of."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from unit.report.drawn import NOTHING, bars, estimates, legend, lines, parts, ticks

from nhilab.report.figures.decomposition import PARTS, draw_decomposition

LABELS = tuple(PARTS.values())


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def test_parts_are_stacked_in_order_of_time_and_add_up(axes: Axes) -> None:
    draw_decomposition(axes, estimates({"a": parts(10.0, 20.0, 30.0, 1.0, 9.0, 30.0)}))
    stacked = [bars(axes, label)[0] for label in LABELS]
    assert [bar.get_x() for bar in stacked] == [0.0, 10.0, 30.0, 60.0, 61.0, 70.0]
    assert stacked[-1].get_x() + stacked[-1].get_width() == 100.0
    assert legend(axes) == list(LABELS)
    assert axes.texts[0].get_text() == "1m40s"


def test_every_part_and_the_whole_have_their_intervals(axes: Axes) -> None:
    draw_decomposition(axes, estimates({"a": parts(10.0, 20.0, 30.0, 5.0, 5.0, 30.0)}))
    intervals = [across for across, _ in lines(axes, "_interval")]
    assert intervals == [[9.0, 11.0], [29.0, 31.0], [59.0, 61.0], [64.0, 66.0], [69.0, 71.0], [99.0, 101.0],
                         [99.0, 101.0]]  # fmt: skip
    heights = [up[0] for _, up in lines(axes, "_interval")]
    assert heights == sorted(set(heights)), "no interval hides another"


def test_without_intervals_there_are_only_bars(axes: Axes) -> None:
    draw_decomposition(axes, estimates({"a": parts(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, around=None)}))
    assert lines(axes, "_interval") == []


def test_windows_far_apart_are_drawn_as_shares_with_their_lengths_beside(axes: Axes) -> None:
    draw_decomposition(
        axes,
        estimates({"long": parts(0.0, 0.0, 0.0, 0.0, 0.0, 86_400.0), "short": parts(30.0, 0.0, 0.0, 0.0, 0.0, 30.0)}),
        bounds=["long"],
    )
    assert [bar.get_width() for bar in bars(axes, LABELS[-1])] == [1.0, 0.5]
    assert [text.get_text() for text in axes.texts] == ["≥ 1d", "1m"]
    assert axes.get_xlabel().startswith("share of")
    assert legend(axes) == [LABELS[0], LABELS[-1]]


def test_a_strategy_without_numbers_is_left_out_and_a_hypothetical_one_marked(axes: Axes) -> None:
    found = {"a": parts(1.0, 1.0, 1.0, 1.0, 1.0, 1.0), "b": dict.fromkeys((*PARTS, "access_window_s"), NOTHING)}
    draw_decomposition(axes, estimates(found), hypothetical=["a"])
    assert ticks(axes, "y") == ["a\n(hypothetical)"]


def test_a_window_of_nought_is_no_bar(axes: Axes) -> None:
    draw_decomposition(axes, estimates({"a": parts(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, around=None)}))
    assert axes.texts[0].get_text() == "0"
    assert axes.get_legend() is None
