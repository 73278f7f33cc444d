"""A scenario that takes a few milliseconds, for the tests of study, report, command line and ledger store."""

from __future__ import annotations

from pathlib import Path

from nhilab.lab import load_scenario
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, code_digest
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison

YAML = """
question: how long is a stolen token honoured?
horizon: 4h
warm_up: 30m
follow_up: 1h
cap: 2d
seed: 7
estate:
  places:
    runner: {kind: runner, isolation: slot, slots: 2, residue: 10m}
  resources:
    db: {class: database, verifier: gw, count: 3}
    bucket: {class: object-store, verifier: gw}
  identities:
    app: {grants: [{resources: ["*"]}]}
  workloads:
    job: {identity: app, place: runner, arrivals: {rate: 10/h}, targets: [{resources: ["db*"]}]}
profiles:
  default: {calls: {geometric: 3}, call_time: {exponential: 200ms}, task_time: {quantiles: [1s, 1m, 10m]}}
issuers: {sts: {servers: 1, service_time: {exponential: {value: 20ms, assumed: "no figure <published>"}}}}
verifiers: {gw: {layers: [{cache: {ttl: 5m}}]}}
strategies:
  static: {stages: [{issuer: sts, from: standing, issue_per: identity, ttl: never}]}
  session: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 1h}]}
  task: {stages: [{issuer: sts, from: attested, issue_per: task, ttl: 15m, scope: [class], revoke: [task-end]}]}
threat:
  hop_time: 5s
  entries:
    runner: {timing: uniform, places: [runner], technique: T1552.001}
    dependency: {timing: at-task, technique: T1195.001, dwell: 1m}
"""


def write(folder: Path, text: str = YAML) -> Path:
    """The scenario as a file."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def small(folder: Path) -> Scenario:
    """The scenario, loaded."""
    return load_scenario(write(folder))


def compared(scenario: Scenario, strategies: tuple[str, ...] = ()) -> Comparison:
    """A small comparison."""
    return compare(scenario, seed=0, strategies=strategies, replications=3, campaigns=20)


def cell(scenario: Scenario, replication: int = 0, strategy: str = "task") -> Cell:
    """A small cell."""
    return Cell(
        scenario=scenario.digest_of(strategy),
        strategy=strategy,
        seed=0,
        replication=replication,
        campaigns=20,
        code=code_digest(),
    )
