"""The reach map."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from unit.report.drawn import bars, ticks

from nhilab.report.figures.reach import draw_reach, reach_rows
from nhilab.study.closeups.reach import REACH_SCHEMA


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def fell(strategy: str, resource: str, share: float, *, kind: str = "database", weight: float = 1.0) -> dict[str, Any]:
    known = {"share_low": share / 2, "share_high": (1 + share) / 2, "median_s": 60.0 if share else None}
    return {
        "strategy": strategy, "resource": resource, "class": kind, "environment": "prod", "sensitivity": weight,
        "campaigns": round(100 * share), "share": share, **known,
    }  # fmt: skip


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    empty = dict.fromkeys(REACH_SCHEMA)
    return pl.DataFrame([empty | row for row in rows], schema=REACH_SCHEMA)


BOTH = table(
    fell("a", "db-1", 0.5), fell("a", "db-2", 0.5), fell("a", "vault", 0.2, kind="secret-store", weight=9.0),
    fell("a", "attic", 0.0),
    fell("b", "db-1", 0.1), fell("b", "db-2", 0.1), fell("b", "vault", 0.0, kind="secret-store", weight=9.0),
    fell("b", "attic", 0.0),
)  # fmt: skip


def test_resources_that_always_fall_alike_stand_in_one_row() -> None:
    rows = reach_rows(BOTH)
    found = rows.select("resource", "resources", "strategy").rows()
    assert sorted(found) == [("db-1", 2, "a"), ("db-1", 2, "b"), ("vault", 1, "a"), ("vault", 1, "b")]


def test_what_differs_under_any_strategy_does_not_share_a_row() -> None:
    apart = table(fell("a", "db-1", 0.5), fell("a", "db-2", 0.5), fell("b", "db-1", 0.1), fell("b", "db-2", 0.2))
    assert reach_rows(apart)["resources"].to_list() == [1, 1, 1, 1]


def test_the_heaviest_class_comes_first_by_what_thieves_win_of_it() -> None:
    rows = reach_rows(BOTH)
    assert rows["resource"].unique(maintain_order=True).to_list() == ["vault", "db-1"]
    assert rows.filter(pl.col("resource") == "vault")["weight"][0] == pytest.approx(9.0 * (0.2 + 0.0) / 2)
    assert rows.filter(pl.col("resource") == "db-1")["weight"][0] == pytest.approx(2 * (0.5 + 0.1) / 2)


def test_only_the_heaviest_are_shown() -> None:
    assert reach_rows(BOTH, top=1)["resource"].unique().to_list() == ["vault"]


def test_each_cell_says_share_interval_and_time(axes: Axes) -> None:
    draw_reach(axes, reach_rows(BOTH))
    written = [text.get_text() for text in axes.texts]
    assert written[:4] == ["20 %", "10 to 60 %\nafter 1m", "0 %", "0 to 50 %\n—"]
    assert len(bars(axes, "_cell")) == 4


def test_more_often_is_darker(axes: Axes) -> None:
    draw_reach(axes, reach_rows(table(fell("a", "db", 0.1), fell("b", "db", 0.5), fell("c", "db", 0.9))))
    shades = [sum(bar.get_facecolor()[:3]) for bar in bars(axes, "_cell")]
    assert shades == sorted(shades, reverse=True)


def test_columns_are_strategies_and_rows_resources_under_their_class(axes: Axes) -> None:
    draw_reach(axes, reach_rows(BOTH), hypothetical=["b"])
    assert ticks(axes, "x") == ["a", "b\n(hypothetical)"]
    assert ticks(axes, "y") == ["database", "secret-store", "vault", "db-1\nand 1 more"]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == ["bold", "bold", "normal", "normal"]
    places = dict(zip(ticks(axes, "y"), axes.get_yticks(), strict=True))
    assert places["secret-store"] < places["vault"] < places["database"] < places["db-1\nand 1 more"]


def test_a_map_where_nothing_falls_has_no_rows() -> None:
    assert len(reach_rows(table(fell("a", "db", 0.0)))) == 0
    assert len(reach_rows(table())) == 0
