"""A space whose frontier is counted by hand: tasks on the hour, two calls half an hour apart, nothing random.

A credential is issued a second after its task began and taken four seconds later, so the window is its lifetime less
four seconds. One that lives a quarter of an hour is gone at the second call: two issuances, else one. Unless it is for
the one resource called, it opens all four.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from nhilab.scenario.scenario import Scenario
from scenarios import as_scenario

YAML: Final = """
question: Which lifetime and scope?
horizon: 6h
warm_up: 1h
follow_up: 1h
estate:
  resources:
    bucket: {class: object-store, verifier: signature, count: 4, operations: {read: {}}}
  identities:
    robot: {grants: [{resources: ["bucket-*"]}], mintable_from: []}
  workloads:
    agent:
      {identity: robot, place: runner, arrivals: {cron: "0 * * * *"}, kind: agent, targets: [{resources: [bucket-1]}]}
  places:
    runner: {kind: runner, isolation: task}
profiles:
  default: {calls: 2, call_time: 1s, think_time: 30m}
issuers:
  sts: {service_time: 1s, ttl_range: [1m, 12h], out_of_range: reject}
verifiers:
  signature: {self_contained: true}
strategies:
  static: {stages: [{issuer: sts, from: standing, issue_per: identity, ttl: never}]}
  jit: {stages: [{issuer: sts, from: attested, issue_per: task, ttl: 15m}]}
threat:
  hop_time: 10s
  entries:
    dependency: {timing: at-task, technique: T1195.001, offset: 1805s}
space:
  strategy.jit.ttl: [15m, 1h, 2h]
  strategy.jit.scope: [[], [resource]]
"""

SHORT, LONG = "ttl=15m scope=resource", "ttl=1h scope=resource"
OBJECTIVES: Final = ("access_window_s", "reach_weighted", "issuances_per_task")
FOUND: Final = {
    "ttl=15m scope=none": (896.0, 4.0, 2.0),
    SHORT: (896.0, 1.0, 2.0),
    "ttl=1h scope=none": (3596.0, 4.0, 1.0),
    LONG: (3596.0, 1.0, 1.0),
    "ttl=2h scope=none": (7196.0, 4.0, 1.0),
    "ttl=2h scope=resource": (7196.0, 1.0, 1.0),
}


def hourly_designs(**sections: Any) -> Scenario:
    """The scenario, with other sections."""
    return as_scenario({**yaml.safe_load(YAML), **sections})
