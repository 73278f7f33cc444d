from __future__ import annotations

from pathlib import Path

import pytest
from unit.study.small import small

from nhilab.base.errors import InputError
from nhilab.lab import try_strategy
from nhilab.study.closeups.paths import study_paths


def test_the_thieves_are_those_of_a_comparison_on_the_same_seed(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    study = study_paths(scenario, "task", seed=5, replications=2, campaigns=20, top=2)
    trials = [try_strategy(scenario, "task", seed=5, campaigns=20, replication=r) for r in (0, 1)]
    reach = sum(float(t.compromises.campaigns.reach_weighted.sum()) for t in trials) / 40
    assert study.weighted_reach == pytest.approx(reach)
    assert sum(p.weighted_reach for p in study.paths) == pytest.approx(reach)
    assert 0 < len(study.choke_points) <= 2 <= study.n_parts


def test_every_replay_is_told_and_the_total_is_right_in_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    study = study_paths(
        small(tmp_path), "static", seed=0, replications=2, campaigns=5, top=30, progress=lambda *x: told.append(x)
    )
    total = 2 * (1 + study.n_parts)
    assert [done for done, _, _ in told] == list(range(1, total + 1))
    assert told[-1] == (total, 0, total)


@pytest.mark.parametrize(("strategy", "number"), [("nosuch", {}), ("task", {"top": 0}), ("task", {"replications": 0})])
def test_what_cannot_be_studied_is_refused(tmp_path: Path, strategy: str, number: dict[str, int]) -> None:
    with pytest.raises(InputError):
        study_paths(small(tmp_path), strategy, seed=0, **number)
