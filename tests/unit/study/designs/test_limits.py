"""Limits are read in their units and judged by one-sided bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhilab.base.errors import InputError
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.edit import edited
from nhilab.scenario.study_section import limit_value
from nhilab.study.designs.limits import Judgement, Limit, Verdict, judge, limits_of, overall
from nhilab.study.estimates.estimate import MeanParts, Parts, QuantileParts
from nhilab.study.intervals.means import Pool, resamples
from scenarios import HOURLY, as_scenario

CAP_S = 1000.0
WIDE = [9.0, 11.0, 10.0, 8.0, 12.0, 10.0]
"""About 10, to within some 1.2 either way at 95 %."""


def mean_parts(values: list[float], key: str = "reach", *, endless: float = 0.0) -> Parts:
    once = np.ones(len(values))
    means = {key: MeanParts(np.array(values), once), "unbounded_share": MeanParts(endless * once, once)}
    return Parts(means, {}, dict.fromkeys(means, "1"), len(values))


def quantile_parts(pools: list[list[float]], key: str = "access_window_s_p95") -> Parts:
    n = len(pools)
    of = QuantileParts([Pool(np.sort(np.array(pool)), 1.0) for pool in pools], 0.95, resamples(n, seed=0))
    return Parts({}, {key: of}, {key: "s"}, n)


def judged(parts: Parts, key: str, bound: float, *, upper: bool = True) -> Judgement:
    (judgement,) = judge(parts, [Limit(key=key, bound=bound, unit="1", upper=upper)], cap_s=CAP_S)
    return judgement


def test_the_name_of_a_key_tells_in_which_units_its_limit_may_be_written() -> None:
    for name, metric in METRICS.items():
        keys = [name, *(f"{name}_p{round(100 * q)}" for q in metric.quantiles)]
        for key in keys:
            if metric.unit == "s":
                assert limit_value(key, "15m") == limit_value(key, 900) == limit_value(key, "900") == 900.0
            else:
                with pytest.raises(ValueError, match="a number"):
                    limit_value(key, "15m")
            if metric.unit != "1":
                with pytest.raises(ValueError, match=r"a number|seconds"):
                    limit_value(key, "10%")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("issuances_per_task", "15m", "a number, in the metric's unit"),
        ("standing_privilege", "10%", "a number, in the metric's unit"),
        ("access_window_s", "10%", "seconds or a length"),
        ("access_window_s", "never", "seconds or a length"),
        ("failed_task_share", 5, "a share of at most 1"),
        ("failed_task_share", "200%", "a share of at most 1"),
        ("reach", -1, "at least 0"),
        ("reach", math.nan, "finite"),
        ("reach", True, "a number"),
        ("reach", None, "a number"),
    ],
)
def test_a_limit_that_does_not_fit_its_metric_is_refused_by_its_key(key: str, value: object, said: str) -> None:
    with pytest.raises(InputError, match=rf"limits\.{key}: found .*{said}"):
        edited(as_scenario(HOURLY), {"limits": {"hops": 1, key: value}})


def test_limits_come_in_the_order_of_the_report_and_know_their_direction() -> None:
    scenario = edited(as_scenario(HOURLY), {"limits": {"proof_of_death_share": "90%", "reach_p95": 3, "reach": 2}})
    limits = limits_of(scenario, {"reach": "1", "access_window_s": "15m"})
    assert [(limit.key, limit.bound, limit.upper) for limit in limits] == [
        ("access_window_s", 900.0, True),
        ("reach", 1.0, True),
        ("reach_p95", 3.0, True),
        ("proof_of_death_share", 0.9, False),
    ]


def test_a_key_that_no_report_has_is_refused_with_those_that_look_like_it() -> None:
    scenario = edited(as_scenario(HOURLY), {"limits": {"acess_window_s_p95": "15m"}})
    with pytest.raises(InputError, match=r"small\.yaml: limits\.acess_window_s_p95: .*access_window_s_p95"):
        limits_of(scenario)
    with pytest.raises(InputError, match=r"--limit: found 'jewels'; allowed: a reported key such as "):
        limits_of(as_scenario(HOURLY), {"jewels": "1"})
    with pytest.raises(InputError, match="--limit: reach: found '15m'; allowed: a number"):
        limits_of(as_scenario(HOURLY), {"reach": "15m"})


@pytest.mark.parametrize(
    ("bound", "upper", "verdict"),
    [
        (12.0, True, "met"),
        (10.5, True, "undecided"),
        (8.0, True, "broken"),
        (8.0, False, "met"),
        (9.5, False, "undecided"),
        (12.0, False, "broken"),
    ],
)
def test_the_verdict_is_that_of_the_whole_interval(bound: float, upper: bool, verdict: Verdict) -> None:
    judgement = judged(mean_parts(WIDE), "reach", bound, upper=upper)
    assert judgement.verdict == verdict
    assert judgement.open == (verdict == "undecided")


def test_each_bound_is_one_sided() -> None:
    parts = mean_parts(WIDE)
    judgement = judged(parts, "reach", 12.0)
    two_sided = parts.interval("reach", confidence=0.90)
    assert (judgement.low, judgement.high) == pytest.approx((two_sided.low, two_sided.high))


def test_a_value_without_spread_at_its_limit_keeps_it_whatever_the_rounding() -> None:
    for upper in (True, False):
        for beside in (1 - 1e-12, 1.0, 1 + 1e-12):
            assert judged(mean_parts([beside] * 3), "reach", 1.0, upper=upper).verdict == "met"


def test_an_empty_group_is_undecided_and_more_of_it_would_not_help() -> None:
    empty = Parts({"reach": MeanParts(np.zeros(4), np.zeros(4))}, {}, {"reach": "1"}, 4)
    judgement = judged(empty, "reach", 1.0)
    assert (judgement.verdict, judgement.open) == ("undecided", False)
    assert judgement.reason == "no such case was seen"


def test_one_replication_decides_nothing() -> None:
    judgement = judged(mean_parts([1.0]), "reach", 100.0)
    assert (judgement.verdict, judgement.open) == ("undecided", True)


def test_a_quantile_above_the_cap_breaks_a_limit_below_it_and_leaves_one_above_undecided() -> None:
    endless = quantile_parts([[math.inf] * 50] * 8)
    assert judged(endless, "access_window_s_p95", 900.0).verdict == "broken"
    assert judged(endless, "access_window_s_p95", CAP_S).verdict == "broken"
    beyond = judged(endless, "access_window_s_p95", 2 * CAP_S)
    assert (beyond.verdict, beyond.open) == ("undecided", False)
    assert judged(quantile_parts([[1.0] * 50] * 8), "access_window_s_p95", 900.0).verdict == "met"


def test_a_mean_that_is_cut_at_the_cap_breaks_a_limit_but_never_keeps_one() -> None:
    def cut(bound: float) -> Judgement:
        return judged(mean_parts(WIDE, "access_window_s", endless=0.1), "access_window_s", bound)

    assert cut(8.0).verdict == "broken"
    assert (cut(100.0).verdict, cut(100.0).open) == ("undecided", False)
    assert "cut at the cap" in cut(100.0).reason
    assert cut(10.5).open
    assert judged(mean_parts(WIDE, "access_window_s"), "access_window_s", 100.0).verdict == "met"


def test_all_are_broken_if_one_is_and_undecided_if_one_is() -> None:
    met, undecided, broken = (judged(mean_parts(WIDE), "reach", bound) for bound in (100.0, 10.0, 1.0))
    assert overall([met, undecided, broken]) == "broken"
    assert overall([met, undecided]) == "undecided"
    assert overall([met]) == overall([]) == "met"
