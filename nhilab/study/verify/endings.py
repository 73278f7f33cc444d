"""Checks of who dies with whom: revocation by identity, cascades, the platform, crashes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, FloatArray, to_seconds
from nhilab.ledger.tables import Ledger
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import REPLICATIONS, build, ledgers, length, one_ledger, stage

_SHORT: Final = 60.0
_LONG: Final = 600.0


def _two_tasks(unit: str) -> Ledger:
    """Two tasks of one identity begin at each full hour; one is over after a minute, the other after ten."""
    alike = {"identity": "identity", "place": "place", "arrivals": {"cron": "0 * * * *"}}
    scenario = build(
        stages=[stage(3_000.0, revoke=["task-end"])],
        issuers={"issuer": {"service_time": 0, "revocation_time": "5s", "revocation_unit": unit}},
        estate={"workloads": {"short": {**alike, "profile": "short"}, "long": {**alike, "profile": "long"}}},
        more={"profiles": {
            "short": {"calls": 1, "call_time": length(_SHORT), "think_time": 0},
            "long": {"calls": 1, "call_time": length(_LONG), "think_time": 0},
        }},
        horizon=10_800.0, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    return one_ledger(scenario, 1)


def _lives(ledger: Ledger) -> FloatArray:
    """From issue to revocation of each task's credential, in order of workload and arrival; s."""
    made, tasks = ledger.credentials, ledger.tasks
    order = np.lexsort((made.issued_at, tasks.workload[made.owner]))
    return to_seconds((made.revoked_at - made.issued_at)[order])


def by_identity(size: Size, seed: int) -> Evidence:
    """By identity, the first end takes both, 5 s later; by credential, each dies after its own."""
    found = [_lives(_two_tasks(unit)) for unit in ("identity", "credential")]
    known = np.repeat([_SHORT, _SHORT, _SHORT, _LONG], 3) + 5.0
    return Evidence.exact(known, np.concatenate(found))


def cascade(size: Size, seed: int) -> Evidence:
    """Children issued per call from a task's parent of 600 s: with a cascade they die, and expire, with it.

    Without one they live out their own 4000 s, whatever becomes of the parent.
    """
    known, found = [], []
    for cascades in (True, False):
        scenario = build(
            stages=[stage(600.0, revoke=["task-end"]), stage(4_000.0, source="previous", issue_per="call")],
            issuers={"issuer": {"service_time": 0, "revocation_time": "7s", "cascade": cascades}},
            workload={"arrivals": {"every": "10m"}},
            profile={"calls": 3, "call_time": "5s", "think_time": "20s"},
            horizon=5_000.0, warm_up=0.0, follow_up=1.0,
        )  # fmt: skip
        ledger = one_ledger(scenario, seed)
        made, tasks, calls = ledger.credentials, ledger.tasks, ledger.calls
        child = np.flatnonzero(made.stage == 1)
        task = calls.task[made.owner[child]]
        begun = tasks.started_at[task] + 20 * SECOND
        if cascades:
            known += [tasks.ended_at[task] + 7 * SECOND, begun + 600 * SECOND]
        else:
            known += [np.full(len(child), NEVER), made.issued_at[child] + 4_000 * SECOND]
        found += [made.revoked_at[child], made.expires_at[child]]
    return Evidence.exact(to_seconds(np.concatenate(known)), to_seconds(np.concatenate(found)))


def _crashing(probability: float, *, platform: bool, **more: Any) -> dict[str, Any]:
    return {
        "stages": [stage(86_400.0, revoke=["task-end"])],
        "issuers": {"issuer": {"service_time": 0, "revokes_when_owner_gone": platform}},
        "profile": {"calls": 1, "call_time": "5s", "think_time": 0, "crash_probability": probability},
        "warm_up": 0.0, "follow_up": 1.0, **more,
    }  # fmt: skip


def after_crash(size: Size, seed: int) -> Evidence:
    """All tasks crash after 5 s: a platform that notices revokes then, and without it nobody ever does."""
    found = []
    for platform in (True, False):
        world = _crashing(1.0, platform=platform, workload={"arrivals": {"every": "1m"}}, horizon=1_000.0)
        made = one_ledger(build(**world), seed).credentials
        found.append(to_seconds(np.where(made.revoked_at >= NEVER, NEVER, made.revoked_at - made.issued_at)))
    known = np.repeat([5.0, np.inf], [len(x) for x in found])
    return Evidence.exact(known, np.concatenate(found))


def crashes(size: Size, seed: int) -> Evidence:
    """Nobody revokes what a crashed task owned: as many are left over as tasks crash."""
    probability = 0.95
    world = _crashing(probability, platform=False, workload={"arrivals": {"every": "10s"}}, horizon=3_000.0)
    left = [(x.credentials.revoked_at >= NEVER).mean() for x in ledgers(build(**world), REPLICATIONS[size], seed)]
    return Evidence(probability, np.array(left))


CHECKS: Final = (
    Check("revocation by identity", "Where the unit is the identity, one task's end ends the others' credentials.", "s",
          by_identity),
    Check("cascade", "Where the issuer cascades, children die and expire with their parent.", "s", cascade),
    Check("after a crash", "After a crash only a platform revokes.", "s", after_crash),
    Check("crashes", "The share of credentials left over is that of the tasks that crash.", "1", crashes),
)  # fmt: skip
