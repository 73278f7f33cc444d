"""Strategies are held to limits with as many replications as it takes, and few false alarms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from unit.study.small import small

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.check import Check, check, looks, sought
from nhilab.study.designs.limits import Limit, Verdict, limits_of
from nhilab.study.estimates.estimate import MeanParts, Parts, QuantileParts
from nhilab.study.estimates.trials import Trials
from nhilab.study.intervals.means import Pool, resamples


class Made:
    """Trials of one arm whose replications are made up."""

    def __init__(self, parts: Any) -> None:
        self.make, self.n = parts, 0

    def extend(self, replications: int) -> None:
        self.n = replications

    def parts(self) -> dict[str, Parts]:
        return {"arm": self.make(self.n)}


def verdict_of(make: Any, limit: Limit, planned: tuple[int, ...]) -> tuple[Verdict, int]:
    (judgement,) = sought(cast("Trials", Made(make)), [limit], planned, cap_s=1e9)
    return judgement.verdict, judgement.n


def means(values: FloatArray, *, share: bool = False) -> Any:
    """From replications asked for to parts with a mean of the first so many values."""
    return lambda n: Parts({"reach": MeanParts(values[:n], np.full(n, 100.0), share)}, {}, {"reach": "1"}, n)


def quantiles(samples: FloatArray) -> Any:
    def make(n: int) -> Parts:
        pools = [Pool(np.sort(sample), 1.0) for sample in samples[:n]]
        return Parts({}, {"reach_p95": QuantileParts(pools, 0.95, resamples(n, seed=0))}, {"reach_p95": "1"}, n)

    return make


def checked(scenario: Scenario, limits: dict[str, str], **settings: Any) -> Check:
    with Executor() as executor:
        return check(
            scenario,
            limits_of(scenario, limits),
            seed=0,
            executor=executor,
            campaigns=20,
            **{"replications": 4} | settings,
        )


STUDIES = 1000
PLANNED = looks(8, 64)


@pytest.mark.parametrize("upper", [True, False], ids=["at most", "at least"])
@pytest.mark.parametrize("kind", ["normal", "skewed", "share"])
def test_a_value_exactly_at_its_limit_is_called_broken_in_at_most_5_percent_of_studies(kind: str, upper: bool) -> None:
    chance = stream(1, "false alarms", kind)
    draw = {
        "normal": lambda: chance.normal(500.0, 100.0, 64),
        "skewed": lambda: chance.gamma(4.0, 125.0, 64),
        "share": lambda: chance.binomial(100, 0.1, 64).astype(np.float64),
    }[kind]
    limit = Limit(key="reach", bound=0.1 if kind == "share" else 5.0, unit="1", upper=upper)
    found = [verdict_of(means(draw(), share=kind == "share"), limit, PLANNED)[0] for _ in range(STUDIES)]
    for wrong in ("broken", "met"):
        assert found.count(wrong) <= 0.05 * STUDIES + 2.3 * (0.05 * 0.95 * STUDIES) ** 0.5, wrong
    assert found.count("undecided") < STUDIES


def test_without_the_allowance_for_looks_there_would_be_too_many_false_alarms() -> None:
    chance = stream(1, "false alarms without allowance")
    limit = Limit(key="reach", bound=5.0, unit="1")
    alarms = 0
    for _ in range(STUDIES):
        values = chance.normal(500.0, 100.0, 64)
        alarms += any(verdict_of(means(values), limit, (n,))[0] == "broken" for n in PLANNED)
    assert alarms > 0.08 * STUDIES


def test_a_quantile_exactly_at_its_limit_is_called_broken_in_at_most_5_percent_of_studies() -> None:
    chance, studies = stream(1, "false alarms", "quantile"), 150
    limit = Limit(key="reach_p95", bound=float(-np.log(0.05)), unit="1")
    found = [verdict_of(quantiles(chance.exponential(size=(32, 50))), limit, looks(8, 32))[0] for _ in range(studies)]
    assert found.count("broken") <= 0.05 * studies + 2.3 * (0.05 * 0.95 * studies) ** 0.5


def test_a_verdict_reached_at_an_earlier_look_stands() -> None:
    early = np.concatenate([np.linspace(590.0, 610.0, 8), np.linspace(90.0, 110.0, 56)])
    near = np.tile([450.0, 550.0], 32)

    def make(n: int) -> Parts:
        means = {key: MeanParts(values[:n], np.full(n, 100.0)) for key, values in (("reach", early), ("hops", near))}
        return Parts(means, {}, dict.fromkeys(means, "1"), n)

    limits = [Limit(key="reach", bound=5.0, unit="1"), Limit(key="hops", bound=5.001, unit="1")]
    first, second = sought(cast("Trials", Made(make)), limits, PLANNED, cap_s=1e9)
    assert (first.verdict, first.n) == ("broken", 8)
    assert (second.verdict, second.n) == ("undecided", 64)


def test_a_limit_close_by_takes_more_replications_than_one_far_away() -> None:
    values = np.tile([450.0, 550.0], 32)
    far, near, at = (Limit(key="reach", bound=bound, unit="1") for bound in (7.0, 5.3, 5.0))
    assert verdict_of(means(values), far, PLANNED) == ("met", 8)
    assert verdict_of(means(values), near, PLANNED) == ("met", 32)
    assert verdict_of(means(values), near, (8,)) == ("undecided", 8)
    assert verdict_of(means(values), at, PLANNED) == ("undecided", 64)


def test_a_design_that_keeps_its_limits_and_one_that_breaks_them_are_told_apart(tmp_path: Path) -> None:
    found = checked(small(tmp_path), {"access_window_s_p95": "2h", "issuances_per_task": "0.5"})
    by_strategy = {name: [j.verdict for j in judgements] for name, judgements in found.strategies.items()}
    assert by_strategy == {"static": ["broken", "met"], "session": ["met", "met"], "task": ["met", "broken"]}
    assert all(j.n < 64 for judgements in found.strategies.values() for j in judgements)
    assert found.verdict == "broken"
    assert (found.count("met"), found.count("broken"), found.count("undecided")) == (4, 2, 0)


def test_a_check_is_json_with_finite_numbers_in_the_same_bytes_each_time(tmp_path: Path) -> None:
    limits = {"access_window_s_p95": "2h", "crown_jewel_probability": "10%"}
    texts = [
        json.dumps(
            checked(small(tmp_path), limits, strategies=["static"], max_replications=4).to_json(), allow_nan=False
        )
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    content = json.loads(texts[0])
    assert content["schema"] == "nhilab/check/1"
    assert content["strategies"]["static"]["access_window_s_p95"]["mean"] is None
    jewel = content["strategies"]["static"]["crown_jewel_probability"]
    assert (jewel["verdict"], jewel["reason"]) == ("undecided", "no such case was seen")
