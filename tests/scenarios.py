"""Hypothesis strategies: small random scenarios; and a few fixed ones, as texts, that any test may load."""

from __future__ import annotations

import copy
from typing import Any, Final

import hypothesis
import mechanisms
import numpy as np
import yaml
from hypothesis import HealthCheck
from hypothesis import strategies as st
from mechanisms import length, seconds

from nhilab.base.quantities import SECOND
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from nhilab.engine.run import run
from nhilab.ledger.tables import Ledger
from nhilab.scenario.load import assemble
from nhilab.scenario.provenance import read_provenance
from nhilab.scenario.scenario import Scenario

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
    raw = as_content(content) if isinstance(content, str) else copy.deepcopy(content)
    plain, provenance = read_provenance(raw, file)
    return assemble(plain, file=file, provenance=provenance)


def share(percent: int, **more: Any) -> hypothesis.settings:
    """Settings with a share of the profile's examples: for tests that would take long."""
    examples = max(5, hypothesis.settings().max_examples * percent // 100)
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return hypothesis.settings(max_examples=examples, suppress_health_check=slow, deadline=None, **more)


# Random scenarios ------------------------------------------------------------------------------------------

_CRONS = (
    "*/10 * * * *", "0,30 * * * MON-FRI", "5-20/5 * * * Mon", "*/7 0 5 1 sun", "@hourly", "3 * * jan,FEB 1-3",
    "10/15 0-1 * * *", "0 * 5 * *",
)  # fmt: skip


def _arrivals(draw: Any, minutes: int, *, certain: bool) -> dict[str, Any]:
    kind = "every" if certain else draw(st.sampled_from(["every", "cron", "rate"]))
    given: dict[str, Any] = {
        "every": lambda: f"{draw(st.integers(2, minutes // 2))}m",
        "cron": lambda: draw(st.sampled_from(_CRONS)),
        "rate": lambda: f"{draw(st.integers(1, 20))}/h",
    }
    jitter = {"jitter": seconds(draw, 1, 60)} if not certain and draw(st.booleans()) else {}
    return {kind: given[kind]()} | jitter


def _places(draw: Any) -> dict[str, Any]:
    """Places to run at; then a queue and a shelf, which are shared, and a log that a scanner may watch."""
    places: dict[str, Any] = {}
    for p in range(draw(st.integers(1, 3))):
        isolation = draw(st.sampled_from(["shared", "slot", "task"]))
        place = {"kind": "runner", "isolation": isolation, "residue": draw(st.sampled_from(["0", "0", "20s", "3m"]))}
        place["network"] = draw(st.sampled_from(mechanisms.NETWORKS))
        if draw(st.booleans()):
            place["slots"] = draw(st.integers(1, 3))
        if draw(st.booleans()):
            place |= {"log": "logs", "logs_token_probability": draw(st.sampled_from([0.2, 1.0]))}
        outer = [name for name, other in places.items() if other["isolation"] == "shared"]
        if outer and draw(st.booleans()):
            place["inside"] = draw(st.sampled_from(outer))
        places[f"place-{p}"] = place
    logs = {"kind": "log", "residue": draw(st.sampled_from(["1m", "10m", "never"]))}
    if mechanisms.often(draw, 40):
        logs["scanner_delay"] = seconds(draw, 0, 120)
    shelf = {"kind": "secret-store", "residue": draw(st.sampled_from(["0", "1m"]))}
    return places | {"queue": {"kind": "queue"}, "shelf": shelf, "logs": logs}


def _resources(draw: Any, identities: list[str], places: list[str], verifiers: list[str]) -> dict[str, Any]:
    """Resource 0 opens nothing, so that every identity has something to call."""
    resources = {}
    for r in range(draw(st.integers(2, 4))):
        operations: dict[str, Any] = {"read": {}}
        if r and draw(st.integers(0, 2)):
            opens = draw(st.sampled_from(["opens_places", "opens_identities"]))
            targets = identities if opens == "opens_identities" else places
            operations["admin"] = {opens: [draw(st.sampled_from(targets))]}
            operations["admin"]["when"] = draw(st.sampled_from(["now", "next-task"]))
        elif draw(st.booleans()):
            operations["write"] = {}
        resources[f"resource-{r}"] = {
            "class": draw(st.sampled_from(["database", "secret-store"])), "operations": operations,
            "environment": draw(st.sampled_from(["dev", "prod"])), "verifier": draw(st.sampled_from(verifiers)),
            "crown_jewel": draw(st.booleans()), "count": draw(st.sampled_from([1, 1, 2])),
        }  # fmt: skip
        if mechanisms.often(draw, 25):
            resources[f"resource-{r}"]["place"] = "shelf"
    return resources


def _estate(draw: Any, minutes: int, verifiers: list[str], *, clocked: bool) -> dict[str, Any]:
    places = _places(draw)
    running = [p for p in places if p.startswith("place-")]
    names = [f"identity-{i}" for i in range(draw(st.integers(1, 3)))]
    resources = _resources(draw, names, running, verifiers)
    identities = {}
    for name in names:
        also = draw(st.sets(st.sampled_from(sorted(resources))))
        identities[name] = {"grants": [{"resources": [r, f"{r}-*"]} for r in sorted({"resource-0"} | also)]}
        if draw(st.integers(0, 4)) == 0:
            identities[name]["mintable_from"] = sorted(draw(st.sets(st.sampled_from(running), max_size=2)))
    workloads = {}
    for w in range(draw(st.integers(1, 4))):
        workload = {
            "identity": draw(st.sampled_from(names)), "place": draw(st.sampled_from(running)),
            "arrivals": _arrivals(draw, minutes, certain=w == 0), "count": draw(st.sampled_from([1, 1, 2])),
            "profile": draw(st.sampled_from(["brief", "long"])),
            "kind": draw(st.sampled_from(["agent", "pipeline", "batch"])),
        }  # fmt: skip
        if draw(st.booleans()):
            workload["targets"] = [{"resources": ["*"]}]
        workloads[f"workload-{w}"] = workload
    if mechanisms.often(draw, 40):
        mechanisms.delegation(draw, places, workloads)
    mechanisms.elsewhere(draw, places, workloads)
    orphans = mechanisms.standing(draw, names, sorted(places)) if clocked else {}
    return {
        "resources": resources, "identities": identities, "workloads": workloads, "places": places,
        "standing": orphans,
    }  # fmt: skip


def _threat(draw: Any, estate: dict[str, Any]) -> dict[str, Any]:
    running = [p for p in estate["places"] if p.startswith("place-")]
    speed = {"dwell": seconds(draw, 0, 300), "dormancy": seconds(draw, 0, 30), "technique": "T1552.001"}
    entries = {
        "uniform": {"timing": "uniform", "places": sorted(draw(st.sets(st.sampled_from(running), min_size=1)))} | speed,
        "at-task": {"timing": "at-task", "offset": seconds(draw, 0, 60)} | speed,
        "at-leak": {"timing": "at-leak", "places": ["logs"], "lag": seconds(draw, 0, 120)} | speed,
    }
    return {"hop_time": seconds(draw, 0, 20), "entries": entries}


def _profiles(draw: Any) -> dict[str, Any]:
    """A brief one with think times and a long one with calls spread over it; now and then of uncertain ends."""
    profiles: dict[str, Any] = {
        "brief": {"calls": draw(st.sampled_from([1, {"uniform": [1, 3]}])), "call_time": length(draw, 2),
                  "think_time": length(draw, 20)},
        "long": {"calls": {"geometric": draw(st.sampled_from([1, 3]))}, "call_time": length(draw, 2),
                 "task_time": length(draw, 240)},
    }  # fmt: skip
    for profile in profiles.values():
        for what in ("drift_probability", "crash_probability"):
            if mechanisms.often(draw, 25):
                profile[what] = draw(st.sampled_from([0.2, 1.0]))
    return profiles


@st.composite
def contents(draw: Any, *, clocked: bool = True) -> dict[str, Any]:
    """Content of a small random scenario with strategies a and b.

    `clocked` allows what happens at instants of its own, whenever tasks arrive: what stands from 0, rotation and
    renewal until the end of the run, outages, polls and ticks.
    """
    minutes = draw(st.sampled_from([10, 20, 40]))
    verifiers = {f"verifier-{v}": mechanisms.verifier(draw, clocked=clocked) for v in range(draw(st.integers(1, 2)))}
    issuers = {name: mechanisms.issuer(draw, clocked=clocked) for name in ("login", "sts")}
    estate = _estate(draw, minutes, list(verifiers), clocked=clocked)
    return {
        "question": "Does it hold for this one too?", "horizon": f"{minutes}m", "warm_up": "1m", "follow_up": "5m",
        "seed": draw(st.integers(0, 3)), "estate": estate, "issuers": issuers, "verifiers": verifiers,
        "profiles": _profiles(draw),
        "strategies": {name: mechanisms.strategy(draw, list(issuers), clocked=clocked) for name in ("a", "b")},
        "threat": _threat(draw, estate),
    }  # fmt: skip


def scenarios(*, clocked: bool = True) -> st.SearchStrategy[Scenario]:
    """Small random scenarios."""
    return contents(clocked=clocked).map(as_scenario)


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
