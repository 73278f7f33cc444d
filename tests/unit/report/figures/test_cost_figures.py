"""Figures of money and of losses draw what their tables say."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from nhilab.report.drawing.palette import COLOURS
from nhilab.report.figures.cost import draw_exceedance, draw_money
from nhilab.study.costs.losses import loss_table, losses_of

ITEMS = ("issuance", "decision", "approval", "failed_task")


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def money_table() -> pl.DataFrame:
    amounts = {"a": (1.0, 0.0, 2.0, 0.5), "b": (4.0, 0.0, 0.0, 0.0)}
    rows = []
    for name, each in amounts.items():
        rows += [(name, item, mean, 0.9 * mean, 1.1 * mean) for item, mean in zip(ITEMS, each, strict=True)]
        rows.append((name, "per_task", sum(each), 0.9 * sum(each), 1.1 * sum(each)))
    table = pl.DataFrame(rows, schema=["strategy", "item", "mean", "low", "high"], orient="row")
    return table.with_columns(unit=pl.lit("EUR/task"))


def test_money_is_a_bar_for_each_strategy_of_items_end_to_end_with_the_interval_of_their_sum(axes: Axes) -> None:
    draw_money(axes, money_table())
    assert [container.get_label() for container in axes.containers] == ["issuing", "approving", "failed tasks"]
    spans = [[(bar.get_x(), bar.get_width()) for bar in container] for container in axes.containers]  # type: ignore[union-attr]
    assert spans == [[(0.0, 1.0), (0.0, 4.0)], [(1.0, 2.0), (4.0, 0.0)], [(3.0, 0.5), (4.0, 0.0)]]
    assert np.allclose([np.asarray(line.get_xdata()) for line in axes.lines], [[3.15, 3.85], [3.6, 4.4]])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]
    assert axes.get_xlabel() == "EUR/task"


def test_exceedance_has_a_line_and_a_band_for_each_strategy_on_logarithmic_axes(axes: Axes) -> None:
    found = losses_of({"a": np.array([[5.0, 20.0], [9.0, 30.0]]), "b": np.array([[0.0, 90.0], [0.0, 50.0]])}, 2.0)
    table = loss_table(found, "EUR")
    draw_exceedance(axes, table)
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    assert [line.get_color() for line in axes.lines] == list(COLOURS[:2])
    for name, line in zip(("a", "b"), axes.lines, strict=True):
        rows = table.filter(pl.col("strategy") == name)
        assert np.array_equal(np.asarray(line.get_ydata(), np.float64), rows["probability"].to_numpy())
    assert len([c for c in axes.collections if isinstance(c, PolyCollection)]) == 2
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("loss in a year, EUR", "chance of a greater one")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]  # type: ignore[union-attr]


def test_losses_that_never_happen_are_drawn_without_failing(axes: Axes) -> None:
    draw_exceedance(axes, loss_table(losses_of({"a": np.zeros((1, 3))}, 2.0), "EUR"))
    assert [line.get_label() for line in axes.lines] == ["a"]
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
