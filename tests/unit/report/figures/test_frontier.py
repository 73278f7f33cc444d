"""Tables and figures of a frontier and of a recommendation."""

from __future__ import annotations

import io

import pytest
from matplotlib.figure import Figure
from rich.console import Console
from unit.study.hourly_designs import LONG, OBJECTIVES, SHORT, hourly_designs

from nhilab.report.figures.frontier import draw_frontier, draw_frontiers, frontier_table, sides
from nhilab.report.figures.recommend import COLOURS, draw_recommendation
from nhilab.report.tables.frontier import print_frontier
from nhilab.report.tables.recommend import lacks, recommendation_table
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.explore import Effort
from nhilab.study.designs.frontier import OBJECTIVES as ALL
from nhilab.study.designs.frontier import Frontier, find_frontier
from nhilab.study.designs.recommend import recommend
from nhilab.study.designs.recommendation import Recommendation
from nhilab.study.designs.space import space_of

EFFORT = Effort(seed=0, replications=4, campaigns=30)


def frontier_of(scenario: Scenario, objectives: tuple[str, ...] = OBJECTIVES) -> Frontier:
    return find_frontier(space_of(scenario), effort=EFFORT, executor=Executor(), objectives=objectives)


@pytest.fixture(scope="module")
def frontier() -> Frontier:
    return frontier_of(hourly_designs())


@pytest.fixture(scope="module")
def recommendation() -> Recommendation:
    scenario = hourly_designs(limits={"access_window_s_p95": "30m"})
    return recommend(scenario, seed=0, replications=4, campaigns=30, designs="space")


def printed(frontier: Frontier, scenario: Scenario) -> str:
    stream = io.StringIO()
    print_frontier(Console(file=stream, width=80), frontier, scenario, None)
    return stream.getvalue()


def test_designs_almost_alike_are_printed_once_and_counted() -> None:
    space = {"strategy.jit.ttl": ["15m", "1h"], "strategy.jit.binding": ["bearer", "exportable-key"]}
    text = printed(frontier_of(hourly_designs(space=space)), hourly_designs(space=space))
    assert text.count("and 1 almost alike") == 2
    assert "exportable-key" not in text


def test_five_objectives_with_long_names_fit_80_columns() -> None:
    space = {"strategy.jit.ttl": ["15m", "1h"], "strategy.jit.scope": [["class", "resource", "operation"], []]}
    text = printed(frontier_of(hourly_designs(space=space), ALL), hourly_designs(space=space))
    assert max(map(len, text.splitlines())) <= 80
    assert all(word in text for word in ("failed", "tasks", "latency", "100 %"))


def test_windows_that_never_end_are_printed_as_lower_bounds() -> None:
    scenario = hourly_designs(space={"strategy.jit.ttl": ["15m", "never"]}, issuers={"sts": {"service_time": "1s"}})
    text = printed(frontier_of(scenario), scenario)
    assert "≥ 7d" in text
    assert "access never ends for some; windows are cut at 7d" in " ".join(text.split())


def test_the_dots_are_at_the_means_and_the_best_of_the_two_shown_are_linked(frontier: Frontier) -> None:
    axes = Figure().subplots()
    draw_frontier(
        axes,
        frontier_table(frontier, "access_window_s", "issuances_per_task"),
        risk="access_window_s",
        cost="issuances_per_task",
    )
    lines = [sorted(zip(*line.get_data(), strict=True)) for line in axes.lines]
    assert [(1.0, 3596.0), (1.0, 3596.0), (2.0, 896.0), (2.0, 896.0)] in [
        [(float(x), float(y)) for x, y in line] for line in lines
    ]
    assert {text.get_text() for text in axes.texts} == {"1", "2"}


def test_the_less_sure_a_member_is_the_paler_its_dot(frontier: Frontier) -> None:
    table = frontier_table(frontier, "access_window_s", "issuances_per_task")
    pale = table.with_columns(membership=0.5)
    alphas = []
    for drawn in (table, pale):
        axes = Figure().subplots()
        draw_frontier(axes, drawn, risk="access_window_s", cost="issuances_per_task")
        alphas.append(min(float(c.lines[0].get_alpha() or 1.0) for c in axes.containers))
    assert alphas == [1.0, 0.5]


def test_every_risk_is_drawn_against_every_overhead(frontier: Frontier) -> None:
    figure = draw_frontiers(frontier)
    assert len(figure.axes) == 3
    assert SHORT in figure.axes[-1].texts[0].get_text()
    assert LONG in figure.axes[-1].texts[0].get_text()
    assert sides(("reach", "hops")) == (["reach"], ["hops"])


def test_a_design_is_drawn_in_the_colour_of_its_verdict_on_the_limit(recommendation: Recommendation) -> None:
    axes = Figure().subplots()
    table = recommendation_table(recommendation, "access_window_s_p95")
    draw_recommendation(axes, table, bound=1800.0, length=True)
    dots = {line.get_marker(): line.get_color() for line in axes.lines if line.get_marker() in ("D", "o")}
    assert dots == {"D": COLOURS["met"], "o": COLOURS["broken"]}
    assert [tick.get_text() for tick in axes.get_yticklabels()] == table["design"].to_list()


def test_an_interval_far_wider_than_the_limit_leaves_the_drawing_its_room(recommendation: Recommendation) -> None:
    figure = Figure(figsize=(5, 1.4), layout="constrained")
    table = recommendation_table(recommendation, "access_window_s_p95").with_columns(low=0.0, high=1e6)
    axes = figure.subplots()
    draw_recommendation(axes, table, bound=1800.0, length=True)
    figure.savefig(io.BytesIO())  # warns where there is no room, and a warning is an error here
    assert axes.get_position().width > 0.5


def test_what_candidates_lack_is_said_with_by_how_much(recommendation: Recommendation) -> None:
    told = lacks([c for c in recommendation.advice[0].candidates if c.name == LONG])
    assert told == f"{LONG}: access_window_s_p95 29m56s over."
