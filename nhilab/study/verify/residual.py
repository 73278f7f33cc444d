"""Checks of what a stolen credential is still worth."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nhilab.base.quantities import SECOND
from nhilab.campaign.replay import replay
from nhilab.metrics.windows import access_window_s_given_theft, credential_residual_s
from nhilab.scenario.distributions import Uniform
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import GOLDEN, REPLICATIONS, build, ledgers, length, readings, stage
from nhilab.theory import residual, thief

_DURATION: Final = (60.0, 780.0)
"""Task durations are uniform between these, in s."""


def _moments() -> tuple[float, float]:
    low, high = _DURATION
    mean, second = Uniform.model_validate({"uniform": [length(low), length(high)]}).moments()
    return mean / SECOND, second / SECOND**2


def _tasks(**more: Any) -> dict[str, Any]:
    """Poisson tasks of one call that lasts the whole task, so that a task's credential lives as long as it does."""
    low, high = _DURATION
    return {
        "workload": {"arrivals": {"rate": "1/m"}},
        "profile": {"calls": 1, "call_time": {"uniform": [length(low), length(high)]}, "think_time": 0},
        "warm_up": 1_000.0, "follow_up": 1_000.0, **more,
    }  # fmt: skip


def uniform_phase(size: Size, seed: int) -> Evidence:
    """An identity's credential at a shared place, renewed on use, lies there from issue to expiry.

    Gaps between one expiry and the next use do no harm: what counts is the age of what is taken. With a call a
    minute there is a new one every 16 minutes, whenever the issuer answers; thieves come over a whole number of
    such cycles, so that each phase is met alike.
    """
    ttl, cycle = 900.0, 960.0
    scenario = build(
        stages=[stage(ttl, issue_per="identity")],
        workload={"arrivals": {"every": "1m"}},
        issuers={"issuer": {"service_time": {"exponential": "2s"}}},
        horizon=120 * cycle + 2_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip
    found = readings(scenario, cycle * (1 + GOLDEN), n=REPLICATIONS[size], seed=seed)
    return Evidence.of(residual.uniform_phase(ttl), [credential_residual_s(r) for r in found])


def task_owned(size: Size, seed: int) -> Evidence:
    """A task's credential is gone with its task, and nobody revokes it."""
    ttl, (mean, second) = 900.0, _moments()
    scenario = build(stages=[stage(ttl)], **_tasks(horizon=32_000.0))
    found = readings(scenario, 300.0, n=REPLICATIONS[size], seed=seed)
    return Evidence.of(residual.task_owned(ttl, mean, second_moment=second), [credential_residual_s(r) for r in found])


def length_biased(size: Size, seed: int) -> Evidence:
    """Revoked at the task's end before a verifier that always asks, a credential lives as long as its task."""
    mean, second = _moments()
    stages, verifiers = [stage(900.0, revoke=["task-end"])], {"verifier": {"self_contained": False}}
    scenario = build(stages=stages, verifiers=verifiers, **_tasks(horizon=82_000.0))
    found = readings(scenario, 420.0, n=REPLICATIONS[size], seed=seed)
    return Evidence.of(residual.length_biased(mean, second), [credential_residual_s(r) for r in found])


def at_first_issuance(size: Size, seed: int) -> Evidence:
    """The thief is in the task's own unit from its start, before the busy issuer has answered."""
    ttl = 900.0
    scenario = build(
        stages=[stage(ttl)], place={"isolation": "task"},
        workload={"arrivals": {"rate": "1/m"}},
        profile={"calls": 1, "call_time": "5m", "think_time": {"exponential": "20s"}},
        issuers={"issuer": {"service_time": {"exponential": "30s"}}},
        entry={"timing": "at-task", "workloads": ["*"], "dwell": "1h"},
        horizon=30_000.0, warm_up=0.0, follow_up=7_200.0,
    )  # fmt: skip
    values = []
    for replication, ledger in enumerate(ledgers(scenario, 8 if size == "ci" else 64, seed)):
        compromises = replay(ledger, scenario.threat, campaigns=100, seed=seed, replication=replication)
        taken = compromises.taken
        values.append((taken.honoured_until - taken.taken_at) / SECOND)
    return Evidence(residual.at_first_issuance(ttl), np.concatenate(values), resolution=1e-6)


def two_stages(size: Size, seed: int) -> Evidence:
    """Only the assertion can be taken: it lies at the runner, and sessions vanish within their zero-length call.

    The trust policy accepts another place only, so a foothold on the runner mints no assertion. Assertions follow
    each other without a gap, thieves come over a whole number of their lives.
    """
    assertion, session, hop = 3_600.0, 900.0, 600.0
    scenario = build(
        stages=[
            stage(assertion, issue_per="identity"),
            stage(session, source="previous", issue_per="call"),
        ],
        workload={"arrivals": {"every": "10m"}},
        horizon=120 * assertion + 5_000.0, warm_up=4_000.0, follow_up=1_000.0,
    )  # fmt: skip
    found = readings(scenario, assertion * (1 + GOLDEN), n=REPLICATIONS[size], seed=seed, hop=hop)
    theory = thief.two_stages(assertion, session, hop=hop)
    return Evidence.of(theory, [access_window_s_given_theft(r) for r in found])


CHECKS: Final = (
    Check("uniform phase", "Taken at a uniform point of its life, a credential has half of it left.", "s",
          uniform_phase),
    Check("task-owned", "A credential that vanishes with its task is taken young: T − E[D²]/2E[D].", "s", task_owned),
    Check("at first issuance", "Taken as it is issued, a credential has its whole life left.", "s",
          at_first_issuance),
    Check("length-biased", "A theft meets long lives more often: E[L²]/2E[L].", "s", length_biased),
    Check("two stages", "A stolen assertion mints sessions while it lives: T₁/2 + T₂(1 − h/T₁).", "s", two_stages),
)  # fmt: skip
