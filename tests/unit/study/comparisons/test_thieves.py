"""The automated and the manual thief: same ledgers, another hop; orders that flip, hold or cannot be told."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from unit.study.small import YAML, compared, small, write

from nhilab.base.quantities import MINUTE, SECOND
from nhilab.lab import load_scenario
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.thieves import Change, Pair, kind_of, other_thief, thief_of
from nhilab.study.intervals.means import Contrast

# Whoever reads the log finds a token: one for everything that dies in twenty minutes, or one for a single resource that
# lives for half a day. A script gets further with the first; whoever takes half an hour finds it dead.
FLIPS = """
  wide: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 20m}]}
  narrow: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 12h, scope: [resource]}]}
"""


LEAK = """
  entries:
    log: {timing: at-leak, places: [log], technique: T1552.001}
"""


def by(scenario: Scenario, hop: str) -> Scenario:
    """The scenario with another thief."""
    return edited(scenario, {"threat.hop_time": hop})


def pair(own: tuple[float, float], other: tuple[float, float]) -> Pair:
    contrasts = [Contrast((low + high) / 2, low, high, 1.0) for low, high in (own, other)]
    return Pair("access_window_s", "a", "b", *contrasts)


@pytest.mark.parametrize(
    ("own", "other", "change"),
    [
        ((1, 2), (3, 4), "same"),
        ((0, 0), (0, 0), "same"),
        ((1, 2), (-2, -1), "flips"),
        ((1, 2), (-1, 2), "lost"),
        ((1, 2), (0, 0), "lost"),
        ((-1, 2), (1, 2), "gained"),
        ((0, 0), (-2, -1), "gained"),
        ((-1, 2), (-2, 1), "untold"),
        ((0, 0), (-2, 1), "untold"),
        ((math.nan, math.nan), (1, 2), "gained"),
        ((math.nan, math.nan), (math.nan, math.nan), "untold"),
    ],
)
def test_only_orders_told_at_95_percent_under_both_thieves_flip(
    own: tuple[float, float], other: tuple[float, float], change: Change
) -> None:
    assert pair(own, other).change == change


def test_the_other_of_a_script_works_by_hand_and_the_other_way_round() -> None:
    assert [kind_of(hop) for hop in (0, 5 * MINUTE - 1, 5 * MINUTE)] == ["automated", "automated", "manual"]


def test_the_other_thief_is_of_the_other_kind(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    automated, manual = thief_of(scenario), thief_of(by(scenario, "40m"))
    assert (automated.kind, automated.hop_time) == ("automated", 5 * SECOND)
    assert (other_thief(automated).kind, other_thief(automated).hop_time) == ("manual", 30 * MINUTE)
    assert (other_thief(manual).kind, other_thief(manual).hop_time) == ("automated", 5 * SECOND)


def test_the_other_thief_finds_what_a_comparison_with_its_hop_finds(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    both, slow = compared(scenario).thieves, compared(by(scenario, "30m"))
    assert both is not None
    assert both.campaigns == 20
    for name, estimates in both.strategies.items():
        for key, estimate in estimates.items():
            assert estimate == pytest.approx(slow.strategies[name][key], nan_ok=True), f"{name} {key}"


def test_showing_one_thief_changes_no_number_of_it(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one = compare(scenario, seed=0, replications=3, campaigns=20, thieves="one")
    assert one.thieves is None
    content, other = one.to_json(), compared(scenario).to_json()
    assert content.pop("thieves") == {"own": {"kind": "automated", "hop_s": 5.0}, "other": None}
    other.pop("thieves")
    assert content == other
    assert one.compromises == compared(scenario).compromises


def test_the_json_of_both_thieves_is_finite_and_has_every_pair(tmp_path: Path) -> None:
    content = compared(small(tmp_path)).to_json()["thieves"]
    json.dumps(content, allow_nan=False)
    assert content["other"]["hop_s"] == 1800.0
    assert list(content["pairs"]["reach"]) == ["static - session", "static - task", "session - task"]


def flipping(tmp_path: Path) -> Comparison:
    text = YAML.replace("\nthreat:", FLIPS + "threat:").replace("ttl: 5m", "ttl: 10s")
    text = text.replace("residue: 10m}", "log: log, logs_token_probability: 0.5}\n    log: {kind: log, residue: never}")
    text = text[: text.index("  entries:")] + LEAK
    scenario = load_scenario(write(tmp_path, text))
    return compare(scenario, seed=0, strategies=("wide", "narrow", "static"), replications=4, campaigns=40)


def changes(comparison: Comparison, key: str) -> dict[tuple[str, str], Change]:
    assert comparison.thieves is not None
    return {(p.one, p.other): p.change for p in comparison.thieves.pairs if p.key == key}


def test_a_token_that_dies_before_the_second_hop_flips_the_order_by_reach(tmp_path: Path) -> None:
    comparison = flipping(tmp_path)
    assert comparison.thieves is not None
    assert comparison.strategies["wide"]["reach"].mean > comparison.strategies["narrow"]["reach"].mean
    assert comparison.thieves.strategies["wide"]["reach"].mean == 0
    assert changes(comparison, "reach")["wide", "narrow"] == "flips"


def test_windows_that_no_hop_shortens_keep_their_order(tmp_path: Path) -> None:
    assert set(changes(flipping(tmp_path), "access_window_s").values()) == {"same"}


def test_with_one_replication_no_order_is_told(tmp_path: Path) -> None:
    comparison = compare(small(tmp_path), seed=0, replications=1, campaigns=20)
    assert set(changes(comparison, "reach").values()) == {"untold"}
