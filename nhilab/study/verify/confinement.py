"""Checks of what holds a thief: keys that stay, evictions, networks, the intent of a hijacked agent."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, FloatArray, to_seconds
from nhilab.campaign.draw import draw_entrances
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay, replay_entrances
from nhilab.ledger.compromises import Campaigns, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.detection import ASKS, databases, watched
from nhilab.study.verify.world import REPLICATIONS, build, length, one_ledger, stage

_HOP: Final = 30.0
_DWELL: Final = 400.0
_N: Final = 5


def _campaigns(scenario: Scenario, seed: int, n: int = 8) -> Campaigns:
    return replay(one_ledger(scenario, seed), scenario.threat, campaigns=n, seed=seed).campaigns


def _windows(found: Campaigns) -> FloatArray:
    """Access windows, s."""
    return to_seconds(np.where(found.access_until >= NEVER, NEVER, found.access_until - found.entered_at))


def _two_places(binding: str, *, dwell: float, answer: float | None = None, **more: Any) -> Scenario:
    """At `place` lies a secret for ever that opens five resources, elsewhere one that opens five others."""
    runs = {"arrivals": {"every": "10m"}, "targets": [{"resources": ["*"]}]}
    here, there = ([f"{side}.{i}" for i in range(_N)] for side in ("here", "there"))
    return build(
        stages=[stage(math.inf, source="standing", issue_per="identity", binding=binding)],
        estate={
            "resources": databases(*here, *there),
            "identities": {side: {"grants": [{"resources": [f"{side}.*"]}], "mintable_from": ["metadata"]}
                           for side in ("here", "there")},
            "places": {"place": {"network": "inside"}, "there": {"network": "outside"}, "metadata": {}},
            "workloads": {"here": {"identity": "here", "place": "place", **runs},
                          "there": {"identity": "there", "place": "there", **runs}},
        },
        entry={"timing": "uniform", "places": ["place"], "dwell": length(dwell)},
        horizon=4_000.0, warm_up=1_000.0, follow_up=1_000.0, hop=_HOP,
        more={} if answer is None else watched(response_time=length(answer), eviction_probability=1.0), **more,
    )  # fmt: skip


def keys_that_stay(size: Size, seed: int) -> Evidence:
    """Of ten resources the five of the secret that lies there, held from a hop to the end of the foothold."""
    found, known = [], []
    for dwell in (_HOP, _HOP + 1e-6, _DWELL):
        campaigns = _campaigns(_two_places("non-exportable", dwell=dwell), seed)
        found.append(np.stack([campaigns.reach, campaigns.resource_seconds / _N]).ravel())
        known += [_N if dwell > _HOP else 0] * len(campaigns) + [dwell - _HOP] * len(campaigns)
    return Evidence.exact(np.array(known), np.concatenate(found))


def evicted(size: Size, seed: int) -> Evidence:
    """Nothing can be revoked: with the key left behind access ends at the eviction, with it in hand never."""
    issuers = {"issuer": {"service_time": 0, "revocation_unit": "none"}}
    found, known = [], []
    for answer in (100.0, _DWELL - _HOP, _DWELL):
        for binding, window in (("non-exportable", min(_HOP + answer, _DWELL)), ("bearer", math.inf)):
            campaigns = _campaigns(_two_places(binding, dwell=_DWELL, answer=answer, issuers=issuers), seed)
            found.append(_windows(campaigns))
            known += [window] * len(campaigns)
    return Evidence.exact(np.array(known), np.concatenate(found))


_TTL: Final = 1_200.0


def invisible(size: Size, seed: int) -> Evidence:
    """Of two identities at a place one is invisible: what the thief had of it at the eviction lives to its expiry."""
    answer = 90.0
    runs = {"place": "place", "arrivals": {"every": "1m"}, "targets": [{"resources": ["*"]}]}
    scenario = build(
        stages=[stage(_TTL, issue_per="identity")], verifiers=ASKS,
        estate={
            "identities": {name: {"grants": [{"resources": ["resource"]}], "mintable_from": ["metadata"],
                                  "visible": name == "seen"} for name in ("seen", "unseen")},
            "workloads": {name: {"identity": name, **runs} for name in ("seen", "unseen")},
        },
        horizon=20_000.0, warm_up=1_000.0, follow_up=2_000.0, hop=_HOP,
        more=watched(response_time=length(answer), eviction_probability=1.0),
    )  # fmt: skip
    ledger = one_ledger(scenario, seed)
    made = ledger.credentials
    rows = np.flatnonzero(ledger.estate.identities.name[ledger.scopes.identity[made.scope]] == "unseen")
    issued, ends = made.issued_at[rows], made.expires_at[rows]
    ages = np.arange(0, _TTL, 150) * SECOND
    instants = (issued[issued < ledger.horizon - ledger.follow_up][:, None] + ages.astype(np.int64)).ravel()
    leave = instants + round((_HOP + answer) * SECOND)
    had = np.searchsorted(issued, leave) - 1
    ways = Entrances.of(
        entry=np.zeros(len(leave)), entered_at=instants, place=np.full(len(leave), _row(ledger, "place")),
        unit=np.zeros(len(leave)), dwell=np.full(len(leave), round(3 * _TTL * SECOND)),
    )  # fmt: skip
    entries = Entries.of(name=np.array(["stays"]), technique=np.array(["T1552"]), weight=[1.0])
    threat = scenario.threat
    found = replay_entrances(ledger, ways, entries, hop_time=threat.hop_time, detection=threat.detection).campaigns
    return Evidence.exact(to_seconds(ends[had] - instants), _windows(found))


def _row(ledger: Ledger, place: str) -> int:
    return int(np.flatnonzero(ledger.estate.places.name == place)[0])


def networks(size: Size, seed: int) -> Evidence:
    """Of a verifier's resources, one thief on its network reaches all, for the dwell; one elsewhere none, ever."""
    found, known = [], []
    for accepted, reach, window in (("inside", _N, _DWELL), ("outside", 0, 0.0)):
        verifiers = {"verifier": {"self_contained": True, "accepts_from": accepted}}
        campaigns = _campaigns(_two_places("bearer", dwell=_DWELL, verifiers=verifiers), seed)
        found += [campaigns.reach.astype(np.float64), _windows(campaigns)]
        known += [reach] * len(campaigns) + [window] * len(campaigns)
    return Evidence.exact(np.array(known), np.concatenate(found))


def _hijacked(n_targets: int, n_others: int, false_allow: float) -> Scenario:
    """Agents with tasks of four calls, half of them out of plan, judged one by one; thieves act through them only."""
    targets = [f"aim.{i}" for i in range(n_targets)]
    return build(
        stages=[stage(math.inf, source="standing", issue_per="identity")],
        strategy={"authorize": {"false_allow_probability": false_allow}},
        workload={"arrivals": {"every": "10m"}, "kind": "agent", "targets": [{"resources": ["aim.*"]}]},
        profile={"calls": 4, "call_time": "5s", "think_time": "20s", "drift_probability": 0.5},
        estate={
            "resources": databases(*targets, *(f"other.{i}" for i in range(n_others))),
            "identities": {"identity": {"grants": [{"resources": ["*"]}], "mintable_from": ["metadata"]}},
        },
        entry={"timing": "at-task", "workloads": ["*"], "takes": "nothing", "resident": True},
        horizon=20_000.0, warm_up=0.0, follow_up=1_000.0, hop=10.0,
    )  # fmt: skip


def _intended(ledger: Ledger, task: int) -> set[int]:
    """Resources that a task's calls in intent are for."""
    mine = (ledger.calls.task == task) & ledger.calls.in_intent
    return set(ledger.estate.permissions.resource[ledger.calls.permission[mine]].tolist())


def in_intent(size: Size, seed: int) -> Evidence:
    """Judged without error, a hijacked agent reaches what its task's own calls are for, and nothing else."""
    scenario = _hijacked(6, 20, 0.0)
    ledger = one_ledger(scenario, seed)
    tasks = draw_entrances(ledger, scenario.threat, n=40, seed=seed).task.tolist()
    found = replay(ledger, scenario.threat, campaigns=40, seed=seed).campaigns.reach
    return Evidence.exact([len(_intended(ledger, task)) for task in tasks], found, step=1.0)


def falsely_allowed(size: Size, seed: int) -> Evidence:
    """Of all resources that are not in the task's own intent, the share that a hijacked agent reaches."""
    allowed, n = 0.75, 25
    scenario = _hijacked(1, 60, allowed)
    ledger, beyond, others = one_ledger(scenario, seed), [], []
    for replication in range(REPLICATIONS[size]):
        tasks = draw_entrances(ledger, scenario.threat, n=n, seed=seed, replication=replication).task.tolist()
        found = replay(ledger, scenario.threat, campaigns=n, seed=seed, replication=replication).campaigns.reach
        intended = sum(len(_intended(ledger, task)) for task in tasks)
        beyond.append(float(found.sum()) - intended)
        others.append(float(n * len(ledger.estate.resources) - intended))
    return Evidence(allowed, np.array(beyond), np.array(others))


CHECKS: Final = (
    Check("keys that stay", "Where no key can leave, the entry's own resources are held while it lasts.",
          "resources, s", keys_that_stay),
    Check("evicted", "Who has no key in hand is out when evicted, though nothing is revoked.", "s", evicted),
    Check("invisible", "Evicted, a thief lives on by the expiry of what responders cannot see.", "s", invisible),
    Check("network", "A verifier on a network is reached from there, for as long as there is a foothold.",
          "resources, s", networks),
    Check("in intent", "A hijacked agent reaches what its task is for.", "resources", in_intent),
    Check("falsely allowed", "False allows add their share of everything else: q·n.", "1", falsely_allowed),
)  # fmt: skip
