"""Checks of what is shared and what is left behind: identities, places, copies, logs, secrets nobody manages."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import to_seconds
from nhilab.campaign.replay import replay
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import build, grid, length, one_ledger, stage, steal_at

_N: Final = 5


def _team(strategy: dict[str, Any]) -> Scenario:
    """Five workloads share an identity, which may use each one's own resource; their places lie inside `place`."""
    names = [f"n{i}" for i in range(_N)]
    runs = {"identity": "identity", "arrivals": {"every": "5m"}}
    return build(
        stages=[stage(3_600.0, issue_per="workload")], strategy=strategy,
        estate={
            "resources": {f"resource-{n}": {"class": "database", "verifier": "verifier", "operations": {"read": {}}}
                          for n in names},
            "places": {"place": {}, "metadata": {}, **{n: {"inside": "place"} for n in names}},
            "workloads": {n: {**runs, "place": n, "targets": [{"resources": [f"resource-{n}"]}]} for n in names},
        },
        horizon=5_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip


def _thieves(ledger: Ledger, place: str, seed: int) -> Compromises:
    return steal_at(ledger, grid(ledger, 400.0, seed=seed, replication=0), place=place)


_USED: Final[dict[str, Any]] = {"identities": "per-workload", "grants": "used"}


def identities(size: Size, seed: int) -> Evidence:
    """Reach from one workload's place: all n with a shared identity, or copies of its grants; one with what is used."""
    ways: tuple[tuple[dict[str, Any], int], ...] = (
        ({}, _N), ({"identities": "per-workload", "grants": "copied"}, _N), (_USED, 1),
    )  # fmt: skip
    found = [_thieves(one_ledger(_team(strategy), seed), "n0", seed).campaigns.reach for strategy, _ in ways]
    known = np.repeat([reach for _, reach in ways], [len(x) for x in found])
    return Evidence.exact(known, np.concatenate(found), step=1.0)


def nested(size: Size, seed: int) -> Evidence:
    """Each of n places holds one resource's credential: their pool yields n, a place of it one."""
    ledger = one_ledger(_team(_USED), seed)
    found = [_thieves(ledger, place, seed).campaigns.reach for place in ("place", "n0", "n3")]
    known = np.repeat([_N, 1, 1], [len(x) for x in found])
    return Evidence.exact(known, np.concatenate(found), step=1.0)


_TTL: Final = 5_000.0
_ROTATION: Final = 2_000.0


def _rotated(rotated: bool, *, revoke: bool = False) -> Ledger:
    """A secret of 5000 s, rotated every 2000 s, a copy of which lies on a laptop; thieves come from time 0."""
    scenario = build(
        stages=[stage(
            _TTL, source="standing", issue_per="workload", renew={"every": length(_ROTATION)},
            revoke=["renewal"] if revoke else [],
        )],
        verifiers={"verifier": {"self_contained": False}},
        workload={"arrivals": {"every": "1h"}, "copies_to": [{"place": "laptop", "rotated": rotated}]},
        estate={"places": {"place": {}, "metadata": {}, "laptop": {}}},
        horizon=4 * _ROTATION + 1_000.0, warm_up=0.0, follow_up=1_000.0,
    )  # fmt: skip
    return one_ledger(scenario, 1)


def missed_copies(size: Size, seed: int) -> Evidence:
    """Windows of thieves who come to the laptop at t.

    A rotated copy is the newest one, issued at ⌊t/R⌋R, and has T left from then on. One that rotation misses is the
    first, and dies at T, or at R if rotation revokes what it replaces.
    """
    known, found = [], []
    for rotated, revoke in ((True, False), (False, False), (False, True)):
        ledger = _rotated(rotated, revoke=revoke)
        instants = grid(ledger, 70.0, seed=seed, replication=0)
        found.append(to_seconds(steal_at(ledger, instants, place="laptop").campaigns.access_until - instants))
        at = to_seconds(instants)
        until = at // _ROTATION * _ROTATION + _TTL if rotated else _ROTATION if revoke else _TTL
        known.append(np.maximum(0.0, until - at))
    return Evidence.exact(np.concatenate(known), np.concatenate(found))


def scanner(size: Size, seed: int) -> Evidence:
    """Read as soon as it is printed, a credential lives until the scanner has found it and the issuer is served."""
    delay, served = 300.0, 4.0
    scenario = build(
        stages=[stage(86_400.0)], verifiers={"verifier": {"self_contained": False}},
        issuers={"issuer": {"service_time": 0, "revocation_time": length(served)}},
        estate={"places": {
            "place": {"log": "log", "logs_token_probability": 1.0}, "metadata": {},
            "log": {"scanner_delay": length(delay), "residue": "1d"},
        }},
        workload={"arrivals": {"every": "1m"}},
        entry={"timing": "at-leak", "places": ["log"]},
        horizon=3_000.0, warm_up=0.0, follow_up=600.0,
    )  # fmt: skip
    taken = replay(one_ledger(scenario, seed), scenario.threat, campaigns=25, seed=seed).taken
    return Evidence.exact(delay + served, to_seconds(taken.honoured_until - taken.taken_at))


def unmanaged(size: Size, seed: int) -> Evidence:
    """One that nobody manages never dies; one with an expiry at 9000 s dies then, and rotation touches neither."""
    scenario = build(
        stages=[stage(_TTL, source="standing", issue_per="identity", renew={"every": length(_ROTATION)})],
        estate={
            "places": {"place": {}, "metadata": {}, "attic": {}, "cellar": {}},
            "standing": {
                "orphan": {"identity": "identity", "places": ["attic"]},
                "partner": {"identity": "identity", "places": ["cellar"], "ttl": "9000s"},
            },
        },
        workload={"arrivals": {"every": "10m"}}, horizon=8_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip
    ledger = one_ledger(scenario, seed)
    known, found = [], []
    for place, until in (("attic", math.inf), ("cellar", 9_000.0)):
        campaigns = _thieves(ledger, place, seed).campaigns
        found.append(to_seconds(campaigns.access_until))
        known.append(np.full(len(campaigns), until))
    return Evidence.exact(np.concatenate(known), np.concatenate(found))


CHECKS: Final = (
    Check("identities per workload", "What is shared by n workloads reaches all n; only used grants confine.",
          "resources", identities),
    Check("nested places", "A pool yields what lies in all its places, a place its own.", "resources", nested),
    Check("missed copies", "A copy that rotation misses lives out its life, unless rotation revokes.", "s",
          missed_copies),
    Check("printed and scanned", "What a thief reads in a log lives until the scanner's revocation.", "s", scanner),
    Check("nobody's secret", "No rotation ends a secret that nobody manages.", "s", unmanaged),
)  # fmt: skip
