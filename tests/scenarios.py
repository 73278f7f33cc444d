"""Small random scenarios and what comes of them (`nhilab.testing`); and a few fixed ones, as texts, to be loaded."""

from __future__ import annotations

from typing import Any, Final

import hypothesis
import numpy as np
import yaml
from hypothesis import HealthCheck
from hypothesis import strategies as st

from nhilab.base.quantities import SECOND
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from nhilab.engine.run import run
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.testing.scenario import scenario_contents, scenario_of, scenarios

# Fixed scenarios -------------------------------------------------------------------------------------------

HOURLY: Final = """
question: One agent, one bucket, one credential per task; every length constant, nothing random but the phase.
horizon: 6h
warm_up: 1h
follow_up: 1h
estate:
  resources:
    bucket: {class: object-store, verifier: gateway}
  identities:
    robot: {grants: [{resources: [bucket]}]}
  workloads:
    agent: {identity: robot, place: runner, arrivals: {cron: "0 * * * *"}, kind: agent}
  places:
    runner: {kind: runner}
profiles:
  default: {calls: 2, call_time: 1s, think_time: 10s}
issuers:
  sts: {service_time: 1s}
verifiers:
  gateway: {layers: [{cache: {ttl: 30s}}]}
strategies:
  jit: {stages: [{issuer: sts, from: attested, issue_per: task, ttl: 15m, revoke: [task-end]}]}
  static: {stages: [{issuer: sts, from: standing, issue_per: identity, ttl: never}]}
threat:
  hop_time: 10s
  entries:
    runner: {timing: uniform, technique: T1552.001, places: [runner]}
"""
"""Tasks on the hour, so nearly everything in it can be counted by hand."""

TWO_STAGES: Final = """
question: Two identities at three kinds of places; an opening of each kind; two stages, scoped by resource.
horizon: 2h
warm_up: 10m
follow_up: 30m
estate:
  resources:
    bucket: {class: object-store, environment: dev, verifier: gateway, count: 2}
    vault: {class: secret-store, environment: prod, verifier: signature, crown_jewel: true, sensitivity: 5}
    console:
      class: kubernetes
      environment: prod
      verifier: signature
      operations: {read: {}, admin: {opens_places: [pod], opens_identities: [deployer], when: next-task}}
  identities:
    agent: {grants: [{resources: ["bucket-*"]}, {resources: [console]}]}
    deployer: {grants: [{resources: [vault, bucket-1]}]}
  workloads:
    agents: {identity: agent, place: runner, arrivals: {rate: 12/h}, kind: agent, count: 2, profile: agent}
    deploys: {identity: deployer, place: pod, arrivals: {every: 10m, jitter: 30s}, targets: [{resources: [vault]}]}
    nightly: {identity: deployer, place: host, arrivals: {cron: "*/20 * * * MON"}, kind: batch}
  places:
    runner: {kind: runner, isolation: slot, slots: 2, log: logs, logs_token_probability: 0.3}
    pod: {kind: runner, isolation: task}
    host: {residue: 1m}
    logs: {kind: log, residue: 1h}
profiles:
  agent: {calls: {geometric: 3}, call_time: {exponential: 2s}, task_time: {lognormal: {median: 2m, sigma: 0.5}}}
  default: {calls: {uniform: [1, 3]}, call_time: 1s, think_time: {exponential: 20s}}
issuers:
  login: {servers: 1, service_time: {exponential: 200ms}}
  sts: {servers: 2, service_time: {uniform: [50ms, 150ms]}, revocation_time: 100ms}
verifiers:
  gateway: {leeway: 5s, layers: [{cache: {ttl: 30s}}, {cache: {ttl: 10s}}]}
  signature: {self_contained: true, leeway: 10s}
strategies:
  exchange:
    stages:
      - {issuer: login, from: attested, issue_per: workload, ttl: 15m}
      - {issuer: sts, from: previous, issue_per: task, ttl: 5m, scope: [resource], revoke: [task-end]}
  keys: {stages: [{issuer: login, from: standing, issue_per: identity, ttl: never}]}
threat:
  hop_time: 5s
  entries:
    code: {timing: uniform, technique: T1195.001, places: [runner, pod], dwell: 1m}
    dependency: {timing: at-task, technique: T1195.002, workloads: [agents], offset: 20s, dwell: 10s}
    logs: {timing: at-leak, technique: T1552.001, places: [logs], lag: 1m, dormancy: 10s}
"""
"""Small, but with a bit of everything."""


def as_content(text: str) -> dict[str, Any]:
    """Plain content of a scenario text, to be changed before it is assembled."""
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


def as_scenario(content: dict[str, Any] | str, *, file: str = "small.yaml") -> Scenario:
    """Scenario of a text, or of content, tags allowed."""
    return scenario_of(as_content(content) if isinstance(content, str) else content, file=file)


def share(percent: int, **more: Any) -> hypothesis.settings:
    """Settings with a share of the profile's examples: for tests that would take long."""
    examples = max(5, hypothesis.settings().max_examples * percent // 100)
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return hypothesis.settings(max_examples=examples, suppress_health_check=slow, deadline=None, **more)


# Random scenarios ------------------------------------------------------------------------------------------

contents = scenario_contents


def demand_of(scenario: Scenario) -> Demand:
    """The scenario's own demand."""
    return sample(scenario, seed=scenario.content.seed)


@st.composite
def runs(draw: Any) -> tuple[Scenario, Ledger]:
    """A scenario and the ledger of its first strategy."""
    scenario = draw(scenarios())
    return scenario, run(scenario, "a", demand_of(scenario))


def micros(*seconds: float) -> list[int]:
    """Whole µs of seconds."""
    return np.rint(np.array(seconds) * SECOND).astype(np.int64).tolist()
