"""Small worlds for checks: scenario content as dictionaries, runs, and thieves on a grid of instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, IntArray
from nhilab.base.streams import stream
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.demand.sample import sample
from nhilab.engine.run import run
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.metrics.reading import Reading
from nhilab.scenario.load import assemble
from nhilab.scenario.provenance import Provenance
from nhilab.scenario.scenario import Scenario

STRATEGY: Final = "studied"
GOLDEN: Final = (5**0.5 - 1) / 2
"""A step of this share of a period visits its phases most evenly."""
_UNIFORM: Final = {"timing": "uniform", "places": ["place"]}
REPLICATIONS: Final = {"ci": 48, "full": 192}


def length(seconds: float) -> str:
    """Seconds as a scenario file writes them.

    Examples
    --------
    >>> length(0.5)
    '500000us'
    """
    return "never" if seconds * SECOND >= NEVER else f"{round(seconds * SECOND)}us"


def stage(ttl: float, *, source: str = "attested", issue_per: str = "task", **more: Any) -> dict[str, Any]:
    """A stage of the one issuer, `ttl` in seconds."""
    return {"issuer": "issuer", "from": source, "issue_per": issue_per, "ttl": length(ttl), **more}


def build(
    *,
    stages: list[dict[str, Any]],
    horizon: float,
    warm_up: float,
    follow_up: float,
    workload: dict[str, Any] | None = None,
    profile: dict[str, Any] | None = None,
    entry: dict[str, Any] | None = None,
    hop: float = 0.0,
    estate: dict[str, Any] | None = None,
    issuers: dict[str, Any] | None = None,
    verifiers: dict[str, Any] | None = None,
    place: dict[str, Any] | None = None,
    strategy: dict[str, Any] | None = None,
    more: Mapping[str, dict[str, Any]] | None = None,
) -> Scenario:
    """Scenario of one workload, identity, place and resource, changed where a check says so; lengths in s.

    The identity's trust policy accepts another place only, so that a foothold yields what lies there, no more.
    `strategy` is what a strategy says beside its stages; `more` adds to any section.
    """
    one_of_each = {
        "resources": {"resource": {"class": "database", "verifier": "verifier"}},
        "identities": {"identity": {"grants": [{"resources": ["resource*"]}], "mintable_from": ["metadata"]}},
        "places": {"place": place or {}, "metadata": {}},
        "workloads": {"workload": {"identity": "identity", "place": "place", **(workload or {})}},
    }
    content: dict[str, Any] = {
        "question": "Does the lab agree with theory?",
        "horizon": length(horizon), "warm_up": length(warm_up), "follow_up": length(follow_up), "cap": "3650d",
        "estate": {**one_of_each, **(estate or {})},
        "profiles": {"default": profile or {"calls": 1, "call_time": 0, "think_time": 0}},
        "issuers": issuers or {"issuer": {"service_time": 0}},
        "verifiers": verifiers or {"verifier": {"self_contained": True}},
        "strategies": {STRATEGY: {"stages": stages, **(strategy or {})}},
        "threat": {"hop_time": length(hop), "entries": {"entry": {"technique": "T1552", **(entry or _UNIFORM)}}},
    }  # fmt: skip
    content |= {section: {**content.get(section, {}), **added} for section, added in (more or {}).items()}
    return assemble(content, file="verification.yaml", provenance=Provenance({}))


def ledgers(scenario: Scenario, n: int, seed: int, strategy: str = STRATEGY) -> Iterator[Ledger]:
    """One ledger per replication."""
    for replication in range(n):
        yield run(scenario, strategy, sample(scenario, seed=seed, replication=replication))


def one_ledger(scenario: Scenario, seed: int, strategy: str = STRATEGY) -> Ledger:
    """The ledger of one replication: all that a case counted by hand needs."""
    return next(ledgers(scenario, 1, seed, strategy))


def at_once(n: int) -> dict[str, Any]:
    """What a workload says whose `n` instances all have a task at the same instant, once an hour."""
    return {"count": n, "arrivals": {"cron": "0 * * * *"}}


def grid(ledger: Ledger, step: float, *, seed: int, replication: int) -> IntArray:
    """Instants of the theft interval a step (s) apart, the first at a random instant of the first step; µs.

    Systematic sampling: each instant is uniform, so means over them are unbiased, and they are spread evenly,
    so their variance is small. They depend on each other: only replications are independent.
    """
    first = stream(seed, "verify", "grid", replication).random()
    span = ledger.horizon - ledger.follow_up - ledger.warm_up
    n = int(np.ceil(span / (step * SECOND) - first))
    offsets: IntArray = np.floor((first + np.arange(max(n, 0))) * step * SECOND).astype(np.int64)
    return ledger.warm_up + offsets


def steal_at(ledger: Ledger, instants: IntArray, *, place: str = "place", hop: float = 0.0) -> Compromises:
    """Smash-and-grab thieves at a shared place, one per instant."""
    n = len(instants)
    row = ledger.estate.places.name.tolist().index(place)
    entrances = Entrances.of(
        entry=np.zeros(n), entered_at=instants, place=np.full(n, row), unit=np.zeros(n), dwell=np.zeros(n)
    )
    entries = Entries.of(name=np.array(["grid"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(ledger, entrances, entries, hop_time=round(hop * SECOND))


def readings(
    scenario: Scenario, step: float, *, n: int, seed: int, place: str = "place", hop: float = 0.0
) -> Iterator[Reading]:
    """Ledgers with the campaigns of thieves who come every `step` seconds, one per replication."""
    for replication, ledger in enumerate(ledgers(scenario, n, seed)):
        instants = grid(ledger, step, seed=seed, replication=replication)
        yield Reading(ledger, steal_at(ledger, instants, place=place, hop=hop))
