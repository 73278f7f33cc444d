from __future__ import annotations

import math

import pytest
from unit.metrics.tiny import compromises, estate, ledger, observe

BOTH = {  # bucket and vault, the vault through two openings, 12 s after entry
    "entered_at": 100, "reach": 2, "reach_weighted": 6.0, "resource_seconds": 80.0, "crown_jewel_at": 112, "n_hops": 2,
    "environments": 2,
}  # fmt: skip
VAULT_LATE = {
    "entered_at": 10, "reach": 1, "reach_weighted": 5.0, "resource_seconds": 10.0, "crown_jewel_at": 40, "n_hops": 3,
    "environments": 1,
}  # fmt: skip
NOTHING = {"n_taken": 0, "entered_at": 500}
FOUND = compromises([BOTH, NOTHING, VAULT_LATE, NOTHING])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("reach", (2 + 0 + 1 + 0) / 4),
        ("reach_share", (2 + 0 + 1 + 0) / (4 * 3)),
        ("reach_weighted", (6 + 5) / 4),
        ("resource_seconds", (80 + 10) / 4),
        ("crown_jewel_probability", 2 / 4),
        ("time_to_crown_jewel_s", (12 + 30) / 2),
        ("hops", (2 + 3) / (2 + 1)),
        ("environments_reached", (2 + 1) / 4),
    ],
)
def test_reach_is_counted_over_all_campaigns_and_paths_over_what_was_reached(metric: str, expected: float) -> None:
    assert observe(metric, found=FOUND).value == pytest.approx(expected)


def test_the_sample_of_reach_holds_every_campaign() -> None:
    assert observe("reach", found=FOUND).sample.tolist() == [2.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize("metric", ["time_to_crown_jewel_s", "hops"])
def test_how_one_got_there_is_not_a_number_when_nobody_did(metric: str) -> None:
    assert math.isnan(observe(metric, found=compromises([NOTHING])).value)


def test_crown_jewels_not_reached_are_a_probability_of_zero() -> None:
    assert observe("crown_jewel_probability", found=compromises([NOTHING])).value == 0


def test_an_estate_that_names_no_crown_jewel_has_no_probability_of_losing_one() -> None:
    without = ledger(world=estate(crown_jewel=False))
    assert math.isnan(observe("crown_jewel_probability", without, compromises([NOTHING])).value)
