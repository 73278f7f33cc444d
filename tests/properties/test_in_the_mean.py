"""What holds in the mean and not on every path: shorter lifetimes, narrower scopes, earlier ends, tighter binding.

Paired replications of three random estates. The 99.9 % interval of the paired difference must not lie on the wrong
side of 0; where the estate makes a difference certain, it must lie on the right one.
"""

from __future__ import annotations

import functools
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from properties.cases import Case
from scipy import stats

from nhilab.base.quantities import MINUTE, SECOND
from nhilab.campaign.entrances import Entrances
from nhilab.engine.run import run
from nhilab.lab import try_strategy
from nhilab.metrics.observation import Observation
from nhilab.scenario.scenario import Scenario
from nhilab.study.intervals.means import pseudo_values
from scenarios import as_scenario, demand_of

REPLICATIONS: Final = 8
CAMPAIGNS: Final = 20
ESTATES: Final = (1, 2, 3)
SIGNED: Final = 3
"""The estate some of whose verifiers never hear of a revocation."""


def _stage(**changes: Any) -> dict[str, Any]:
    return {"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": "30m"} | changes


def _workload_stage(**changes: Any) -> dict[str, Any]:
    return _stage(issue_per="workload", ttl="20m") | changes


def _secret(every: str) -> dict[str, Any]:
    secret = _stage(issue_per="identity", ttl="never", revoke=["renewal"])
    return secret | {"from": "standing", "renew": {"every": every}}


def _lease(login: str) -> list[dict[str, Any]]:
    return [_stage(issuer=login, revoke=["task-end"]), _stage() | {"from": "previous"}]


STRATEGIES: Final[dict[str, dict[str, Any]]] = {
    "plain": {"stages": [_stage()]},
    "short": {"stages": [_stage(ttl="3m")]},
    "narrow": {"stages": [_stage(scope=["resource", "operation"])]},
    "revoked": {"stages": [_stage(revoke=["task-end"])]},
    "bound": {"stages": [_stage(binding="non-exportable")]},
    "own": {"stages": [_stage()], "identities": "per-workload", "grants": "used"},
    "on-use": {"stages": [_workload_stage()]},
    "ahead-late": {"stages": [_workload_stage(renew={"ahead": 0.9})]},
    "ahead-early": {"stages": [_workload_stage(renew={"ahead": 0.5})]},
    "rotated-hourly": {"stages": [_secret("1h")]},
    "rotated-often": {"stages": [_secret("10m")]},
    "lease": {"stages": _lease("login")},
    "lease-that-cascades": {"stages": _lease("vault")},
}


def _estate(number: int) -> dict[str, Any]:
    """Five workloads of three identities at three kinds of places; whoever is at a place mints nothing there."""
    chance = np.random.default_rng(number)
    resources: dict[str, Any] = {
        f"resource-{r}": {
            "class": "database", "verifier": "signature" if number == SIGNED and r % 4 == 3 else "gateway",
            "sensitivity": int(chance.integers(1, 6)), "operations": {"read": {}, "write": {}},
        }
        for r in range(10)
    }  # fmt: skip
    opens_pod = {"admin": {"opens_places": ["pod"], "when": "now"}}
    resources["console"] = {"class": "kubernetes", "verifier": "gateway", "operations": opens_pod}
    identities, workloads = {}, {}
    for i in range(3):
        held = [f"resource-{r}" for r in sorted(chance.choice(10, size=5, replace=False).tolist())]
        also = ["console"] if i == 0 else []
        identities[f"identity-{i}"] = {"mintable_from": [], "grants": [{"resources": held + also}]}
    for w in range(5):
        used = identities[f"identity-{w % 3}"]["grants"][0]["resources"][:2]
        workloads[f"workload-{w}"] = {
            "identity": f"identity-{w % 3}", "place": ["host", "runner", "pod"][int(chance.integers(3)) if w else 0],
            "arrivals": {"rate": f"{int(chance.integers(6, 18))}/h"}, "targets": [{"resources": used}], "profile": "p",
        }  # fmt: skip
    places = {
        "host": {"residue": "2m"}, "runner": {"isolation": "slot", "slots": 4, "residue": "2m"},
        "pod": {"isolation": "task"},
    }  # fmt: skip
    return {"resources": resources, "identities": identities, "workloads": workloads, "places": places}


@functools.cache
def _scenario(number: int) -> Scenario:
    """A random estate, for all strategies."""
    quick = {"service_time": "100ms"}
    ways_in = {
        "host": {"timing": "uniform", "technique": "T1552.001", "places": ["host"], "dwell": "30s"},
        "task": {"timing": "at-task", "technique": "T1195.002", "offset": "10s", "dwell": "30s"},
    }
    profile = {"calls": {"uniform": [1, 4]}, "call_time": "1s", "think_time": {"exponential": "30s"}}
    return as_scenario(
        {
            "question": "What helps in the mean?", "horizon": "3h", "warm_up": "1h", "follow_up": "1h",
            "estate": _estate(number), "profiles": {"p": profile},
            "issuers": {"sts": quick, "login": quick, "vault": quick | {"cascade": True}},
            "verifiers": {"gateway": {"layers": [{"cache": {"ttl": "10s"}}]}, "signature": {"self_contained": True}},
            "strategies": STRATEGIES, "threat": {"hop_time": "5s", "entries": ways_in},
        }
    )  # fmt: skip


@functools.cache
def _found(number: int, strategy: str) -> list[dict[str, Observation]]:
    scenario = _scenario(number)
    return [
        try_strategy(scenario, strategy, seed=number, campaigns=CAMPAIGNS, replication=r).observations
        for r in range(REPLICATIONS)
    ]


class Gap(NamedTuple):
    """Ends of the interval of a paired difference."""

    low: float
    high: float


def _gap(number: int, metric: str, less: str, more: str) -> Gap:
    """Of the first strategy minus the second: 99.9 %, jackknife over replications."""
    parts = []
    for strategy in (less, more):
        observed = [each[metric] for each in _found(number, strategy)]
        parts.append(
            pseudo_values(np.array([o.numerator for o in observed]), np.array([o.denominator for o in observed]))
        )
    difference = parts[0] - parts[1]
    half = stats.t.ppf(0.9995, len(difference) - 1) * difference.std(ddof=1) / np.sqrt(len(difference))
    return Gap(float(difference.mean() - half), float(difference.mean() + half))


EXPECTED: Final = (
    ("access_window_s", "short", "plain"),
    ("exposure_window_s", "short", "plain"),
    ("credential_residual_s", "short", "plain"),
    ("overhang_s", "short", "plain"),
    ("reach_weighted", "narrow", "plain"),
    ("access_window_s", "revoked", "plain"),
    ("overhang_s", "revoked", "plain"),
    ("reach", "revoked", "plain"),
    ("reach", "bound", "plain"),
    ("access_window_s", "bound", "plain"),
    ("reach", "own", "plain"),
    ("access_window_s", "rotated-often", "rotated-hourly"),
    ("credential_residual_s", "rotated-often", "rotated-hourly"),
    ("credential_residual_s", "ahead-late", "ahead-early"),
    ("credential_residual_s", "on-use", "ahead-early"),
    ("overhang_s", "lease-that-cascades", "lease"),
)
"""Metric, the strategy with less of it, the one with more: renewed at half-life, the newest lives longer on."""

CERTAIN: Final = (
    ("credential_residual_s", "short", "plain"),
    ("access_window_s", "short", "plain"),
    ("overhang_s", "short", "plain"),
    ("reach_weighted", "narrow", "plain"),
    ("overhang_s", "revoked", "plain"),
    ("access_window_s", "revoked", "plain"),
    ("reach", "own", "plain"),
    ("access_window_s", "bound", "plain"),
    ("overhang_s", "lease-that-cascades", "lease"),
    ("credential_residual_s", "rotated-often", "rotated-hourly"),
    ("credential_residual_s", "ahead-late", "ahead-early"),
)
"""Those that tasks much shorter than lifetimes, unused grants and verifiers that hear of revocations make large."""


@pytest.mark.parametrize("number", ESTATES)
def test_in_the_mean_no_control_is_worse_than_going_without_it_and_where_it_must_show_it_is_better(
    number: int,
) -> None:
    gaps = {expected: _gap(number, *expected) for expected in EXPECTED}
    wrong = {expected: gap for expected, gap in gaps.items() if gap.low > 0 or not np.isfinite(gap).all()}
    certain = CERTAIN if number != SIGNED else ()
    unseen = {expected: gaps[expected] for expected in certain if not gaps[expected].high < 0}
    assert (wrong, unseen) == ({}, {})


# Not on every path -----------------------------------------------------------------------------------------

CLOCKWORK: Final = """
question: Jobs at fixed minutes share one token on a host; nothing in it is random.
horizon: 3h
warm_up: 10m
follow_up: 1h
estate:
  resources: {bucket: {class: object-store, verifier: signature}}
  identities: {robot: {mintable_from: [], grants: [{resources: [bucket]}]}}
  workloads: {job: {identity: robot, place: host, arrivals: {cron: "0,25,50 * * * *"}}}
  places: {host: {}}
profiles: {default: {calls: 1, call_time: 1s, think_time: 0s}}
issuers: {sts: {service_time: 1s}}
verifiers: {signature: {self_contained: true}}
strategies:
  60m: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 60m}]}
  40m: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 40m}]}
  40m-renewed: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 40m, renew: {ahead: 0.5}}]}
threat:
  hop_time: 1s
  entries: {host: {timing: uniform, technique: T1552.001, places: [host]}}
"""


def _window(strategy: str, minute: int) -> float:
    """Seconds from a theft at a minute until what was taken dies."""
    scenario = as_scenario(CLOCKWORK)
    ledger = run(scenario, strategy, demand_of(scenario))
    ways = Entrances.of(entry=[0], entered_at=[minute * MINUTE], place=[0], unit=[0])
    found = Case(ledger, ways, scenario.threat.hop_time).replayed().campaigns
    assert found.n_taken[0] == 1 and found.n_minted[0] == 0
    return float((found.access_until[0] - found.entered_at[0]) / SECOND)


def test_a_shorter_lifetime_gives_a_thief_longer_where_a_reissue_lands_just_before_the_theft() -> None:
    assert _window("60m", 51) == 9 * 60 + 1
    assert _window("40m", 51) == 39 * 60 + 1


def test_renewal_at_half_life_gives_a_thief_longer_where_the_old_credential_was_about_to_die() -> None:
    assert _window("40m", 39) == 60 + 1
    assert _window("40m-renewed", 39) == 21 * 60 + 2
