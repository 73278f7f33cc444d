"""One replication looked at closely."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binomtest
from unit.study.small import small

from nhilab.study.closeup import look_closely
from nhilab.study.closeup_reach import wilson_interval


def test_the_same_arguments_give_the_same_tables(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one, other = (look_closely(scenario, seed=0, campaigns=20) for _ in range(2))
    assert one.reach.equals(other.reach)
    assert one.lives.equals(other.lives)
    assert one.reach["strategy"].unique(maintain_order=True).to_list() == ["static", "session", "task"]


@pytest.mark.parametrize(("hits", "trials"), [(0, 20), (7, 20), (20, 20), (1, 1)])
def test_the_interval_of_a_share_is_that_of_wilson(hits: int, trials: int) -> None:
    low, high = binomtest(hits, trials).proportion_ci(method="wilson")
    assert wilson_interval(hits, trials) == pytest.approx((hits / trials, low, high), abs=1e-12)
