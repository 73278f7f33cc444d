"""The life of one credential."""

from __future__ import annotations

import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from unit.report.drawn import bars, legend, lines, ticks

from nhilab.report.drawing.palette import look, looks_of
from nhilab.report.figures.life import ENDLESS, draw_life, lanes
from nhilab.study.closeups.life import LIFE_SCHEMA

Event = tuple[float | None, str, str | None]


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def lives(**events: list[Event]) -> pl.DataFrame:
    rows = [(name, 7, "robot", "", *event) for name, life in events.items() for event in life]
    return pl.DataFrame(rows, schema=LIFE_SCHEMA, orient="row")


REVOKED: list[Event] = [
    (0.0, "issued", None), (1.0, "used", "gateway"), (2.0, "used", "signature"), (3.0, "purpose end", None),
    (4.0, "revoked", None), (5.0, "honoured until", "gateway"), (10.0, "expires", None),
    (10.0, "honoured until", "signature"),
]  # fmt: skip
LASTING: list[Event] = [
    (0.0, "issued", None), (2.0, "taken", None), (8.0, "purpose end", None), (None, "expires", None),
    (None, "honoured until", "gateway"), (None, "honoured until", "signature"),
]  # fmt: skip


def test_verifiers_that_honour_it_equally_long_share_a_lane() -> None:
    assert [(lane.strategy, lane.verifiers) for lane in lanes(lives(a=REVOKED, b=LASTING))] == [
        ("a", ("gateway",)),
        ("a", ("signature",)),
        ("b", ("gateway", "signature")),
    ]


def test_a_lane_has_the_uses_at_its_own_verifiers() -> None:
    first, second = lanes(lives(a=REVOKED))
    assert [at for event, at in first.marks if event == "used"] == [1.0]
    assert [at for event, at in second.marks if event == "used"] == [2.0]


def test_what_outlives_its_purpose_is_shaded_until_it_is_honoured_no_more(axes: Axes) -> None:
    draw_life(axes, lives(a=REVOKED))
    assert [(bar.get_x(), bar.get_width()) for bar in bars(axes, "_in use")] == [(0.0, 3.0), (0.0, 3.0)]
    shaded = {(bar.get_x(), bar.get_width()) for bar in bars(axes, "_outlives its purpose")}
    assert shaded == {(3.0, 2.0), (3.0, 7.0)}
    assert [text.get_text() for text in axes.texts[:2]] == ["2s", "7s"]
    assert any(bar.get_hatch() for bar in bars(axes, "_outlives its purpose")), "also without colour"


def test_events_are_marked_where_they_happen(axes: Axes) -> None:
    draw_life(axes, lives(a=REVOKED))
    assert [across for across, _ in lines(axes, "_revoked")] == [[4.0], [4.0]]
    assert [across for across, _ in lines(axes, "_used")] == [[1.0], [2.0]]
    assert legend(axes) == ["issued to purpose end", "still honoured, no purpose", "used", "revoked", "expires"]


def test_what_never_ends_is_shaded_to_the_edge_and_said_to_be(axes: Axes) -> None:
    draw_life(axes, lives(b=LASTING))
    edge = axes.get_xlim()[1]
    assert {bar.get_x() + bar.get_width() for bar in bars(axes, "_outlives its purpose")} == {edge}
    assert axes.texts[0].get_text() == ENDLESS
    assert lines(axes, "_expires") == []
    assert [across for across, _ in lines(axes, "_taken")] == [[2.0]]


def test_a_credential_dead_before_its_purpose_ended_is_not_shaded(axes: Axes) -> None:
    early: list[Event] = [(0.0, "issued", None), (9.0, "purpose end", None), (5.0, "honoured until", "gateway")]
    draw_life(axes, lives(a=early))
    assert [bar.get_width() for bar in bars(axes, "_in use")] == [5.0]
    assert bars(axes, "_outlives its purpose") == []
    assert axes.texts[0].get_text() == "not at all"


def test_names_stand_at_the_first_lane_and_verifiers_where_they_differ(axes: Axes) -> None:
    draw_life(axes, lives(a=REVOKED, b=LASTING), hypothetical=["b"])
    assert ticks(axes, "y") == ["a\nat gateway", "at signature", "b\n(hypothetical)"]


def test_a_strategy_keeps_its_colour_when_it_is_drawn_alone(axes: Axes) -> None:
    draw_life(axes, lives(b=LASTING), looks=looks_of(["a", "b"]))
    assert bars(axes, "_in use")[0].get_facecolor()[:3] == pytest.approx(rgb(look(1).colour))


def test_many_uses_are_thinned_to_those_that_can_be_told_apart(axes: Axes) -> None:
    busy: list[Event] = [(i / 1000, "used", "gateway") for i in range(1000)]
    draw_life(axes, lives(a=[*busy, (1.0, "purpose end", None), (2.0, "honoured until", "gateway")]))
    assert 10 < len(lines(axes, "_used")[0][0]) < 100


def test_lives_far_apart_are_drawn_from_nought_by_their_logarithm(axes: Axes) -> None:
    short: list[Event] = [(1.0, "purpose end", None), (86_400.0, "honoured until", "gateway")]
    draw_life(axes, lives(a=short))
    assert axes.get_xscale() == "symlog"
    assert ticks(axes, "x")[0] == "0"


def test_nobody_s_life_is_an_empty_figure(axes: Axes) -> None:
    draw_life(axes, lives())
    assert axes.get_legend() is None


def rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
