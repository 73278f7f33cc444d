"""Checks of thieves who are noticed: how soon, how surely, what a response still finds, and when it is carried out."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, FloatArray, IntArray, to_seconds
from nhilab.base.streams import derived_key, keyed_uniform, stream
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay, replay_entrances
from nhilab.ledger.compromises import Act, Campaigns, Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import GOLDEN, REPLICATIONS, build, length, one_ledger, stage
from nhilab.theory import reach, response

ALL_KINDS: Final = dict.fromkeys(("denied", "out_of_intent", "after_purpose_end", "foreign", "in_pattern"), 1.0)
ASKS: Final = {"verifier": {"self_contained": False}}
_HOP: Final = 30.0
_LIFE: Final = 900.0
_MEAN: Final = 2 * _LIFE
_POOL: Final = 4096


def watched(**detection: Any) -> dict[str, dict[str, Any]]:
    """What a scenario says of those who notice every act, unless told otherwise; for `build` as `more`."""
    return {"threat": {"detection": {"probability": ALL_KINDS, **detection}}}


def databases(*names: str) -> dict[str, Any]:
    """Resources with one operation each."""
    return {n: {"class": "database", "verifier": "verifier", "operations": {"read": {}}} for n in names}


def holding(ledger: Ledger, scenario: Scenario, instants: IntArray, keys: IntArray) -> Compromises:
    """Thieves who have the first credential in hand, each at an instant and with a key of one's own."""
    ways = Entrances.of(entry=np.zeros(len(keys)), entered_at=instants, held=np.zeros(len(keys)), key=keys)
    entries = Entries.of(name=np.array(["held"]), technique=np.array(["T1552"]), weight=[1.0])
    threat = scenario.threat
    return replay_entrances(ledger, ways, entries, hop_time=threat.hop_time, detection=threat.detection)


def _acting(n_acts: int, probability: float, *, unit: str = "credential", **detection: Any) -> Scenario:
    """An identity with one resource that its workload is for, and so many that it is not for, at which thieves show."""
    extra = [f"resource.{i}" for i in range(n_acts)]
    return build(
        stages=[stage(_LIFE, issue_per="identity")], verifiers=ASKS,
        issuers={"issuer": {"service_time": 0, "revocation_unit": unit}},
        workload={"arrivals": {"every": "1m"}, "targets": [{"resources": ["resource"]}]},
        estate={"resources": databases("resource", *extra)},
        more=watched(probability={"out_of_intent": probability}, **detection),
        horizon=2_000.0, warm_up=0.0, follow_up=1_000.0,
    )  # fmt: skip


def expiry_or_detection(size: Size, seed: int) -> Evidence:
    r"""Stolen at a uniform point of its life, a credential dies of expiry or of a detection that takes Exp(μ).

    Each replication visits 55 points of a lattice of phase and detection time at a random shift; the sampled phase
    and detection times less what is expected of them are the controls.
    """
    n, n_replications = 55, REPLICATIONS[size]
    scenario = _acting(1, 1.0, max_responses=1, detection_time={"exponential": length(_MEAN)})
    ledger = one_ledger(scenario, seed)
    phases, times, keys = (np.concatenate(c) for c in zip(
        *(_lattice(ledger, n, seed, replication) for replication in range(n_replications)), strict=True
    ))  # fmt: skip
    instants = ledger.credentials.issued_at[0] + np.floor(phases * _LIFE * SECOND).astype(np.int64)
    found = holding(ledger, scenario, instants, keys).campaigns
    windows = to_seconds(found.access_until - found.entered_at)
    short, soon = np.minimum(times, _LIFE), -math.expm1(-_LIFE / _MEAN)
    squared = 2 * _MEAN * (_MEAN * soon - _LIFE * (1 - soon))
    controls = np.stack([phases - 0.5, short - _MEAN * soon, short**2 - squared], axis=1)
    return Evidence(
        response.expiry_or_detection(_LIFE, 1 / _MEAN), windows.reshape(-1, n).mean(axis=1),
        controls=controls.reshape(-1, n, 3).mean(axis=1),
    )  # fmt: skip


def _lattice(ledger: Ledger, n: int, seed: int, replication: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """Phases, detection times (s) and keys of some thieves, evenly spread over phase and time together.

    A thief's key decides the detection time, so that the wanted times are chosen, by rank, from a pool of random
    keys: the rank of a uniform variate is uniform, and nothing is biased.
    """
    chance = stream(seed, "verify", "lattice", replication)
    shift, wanted = chance.random(), (np.arange(n) * GOLDEN + chance.random()) % 1
    pool = chance.integers(1 << 63, size=_POOL)
    act = int(np.flatnonzero(ledger.estate.resources.name[ledger.estate.permissions.resource] == "resource.0")[0])
    derived = [derived_key(derived_key(key, 0), int(Act.OUT_OF_INTENT)) ^ act for key in pool.tolist()]
    variates = keyed_uniform(np.array(derived, np.uint64), 1)
    chosen = np.argsort(variates)[(wanted * _POOL).astype(np.int64)]
    return 1 - (np.arange(n) + shift) / n, -_MEAN * np.log1p(-variates[chosen]), pool[chosen]


def noticed(size: Size, seed: int) -> Evidence:
    """Six resources are used at once in every incident, and nothing is ever revoked: incidents that are answered.

    A thief is not answered any more after the first incident that nobody notices.
    """
    n_acts, probability, most, n = 6, 0.5, 20, 5 * REPLICATIONS[size]
    scenario = _acting(n_acts, probability, unit="none", max_responses=most)
    ledger = one_ledger(scenario, seed)
    instants = np.full(n, ledger.credentials.issued_at[0])
    found = holding(ledger, scenario, instants, stream(seed, "verify", "noticed").integers(1 << 63, size=n)).campaigns
    answered = found.n_responses.reshape(REPLICATIONS[size], -1)
    incidents = np.minimum(answered + 1, most)
    theory = response.noticed_probability(n_acts, probability)
    return Evidence(theory, answered.sum(axis=1).astype(np.float64), incidents.sum(axis=1).astype(np.float64))


def _impersonating(links: dict[str, str], **detection: Any) -> Scenario:
    """Identities that may mint each other as told; the first one's credential lies at `place`, the others' elsewhere.

    No trust policy accepts those places, so that all but the first are got by impersonation alone.
    """
    runs = {"arrivals": {"every": "10m"}, "targets": [{"resources": ["*"]}]}
    places = {name: "there" if number else "place" for number, name in enumerate(links)}
    revocation = {"revocation_time": detection.pop("service", 0), "revocation_servers": 10}
    return build(
        stages=[stage(7_200.0, issue_per="identity")], verifiers=ASKS,
        issuers={"issuer": {"service_time": 0, **revocation}},
        estate={
            "resources": {f"mint-{name}": {"class": "service-account", "verifier": "verifier", "operations": {"mint": {
                "opens_identities": [after] if after else []}}} for name, after in links.items()},
            "identities": {name: {"grants": [{"resources": [f"mint-{name}"]}], "mintable_from": ["metadata"]}
                           for name in links},
            "places": {"place": {}, "there": {}, "metadata": {}},
            "workloads": {name: {"identity": name, "place": place, **runs} for name, place in places.items()},
        },
        horizon=7_000.0, warm_up=1_000.0, follow_up=3_000.0, hop=_HOP,
        more=watched(eviction_probability=1.0, **detection),
    )  # fmt: skip


def _hunted(scenario: Scenario, seed: int) -> Campaigns:
    return replay(one_ledger(scenario, seed), scenario.threat, campaigns=4, seed=seed).campaigns


def _windows(found: Campaigns) -> FloatArray:
    """Access windows, s."""
    return to_seconds(np.where(found.access_until >= NEVER, NEVER, found.access_until - found.entered_at))


_ANSWERS: Final = (10.0, _HOP, _HOP + 1e-6, 2 * _HOP, 2 * _HOP + 1e-6, 95.0, 1_000.0)
"""From the first act to the response, s."""


def _chased(answer: float, seed: int) -> Campaigns:
    """Thieves on a chain of six identities, each of which may mint the next."""
    links = {f"i{k}": f"i{k + 1}" if k < 5 else "" for k in range(6)}
    return _hunted(_impersonating(links, response_time=length(answer)), seed)


def contained(size: Size, seed: int) -> Evidence:
    """The first use is at a hop, the k-th link falls at k hops: those before the response to the first use."""
    found = [_chased(answer, seed).reach for answer in _ANSWERS]
    known = [reach.chain(6, hop=_HOP, until=_HOP + answer) for answer in _ANSWERS]
    return Evidence.exact(np.repeat(known, [len(x) for x in found]), np.concatenate(found), step=1.0)


def contained_windows(size: Size, seed: int) -> Evidence:
    """Nothing minted so far outlives the response, at a hop and the time to answer."""
    found = [_windows(_chased(answer, seed)) for answer in _ANSWERS]
    known = _HOP + np.array(_ANSWERS)
    return Evidence.exact(np.repeat(known, [len(x) for x in found]), np.concatenate(found))


_PATHS: Final = (
    (10.0, 0.0), (300.0, 0.0), (20.0, 10.0), (20.0, 10.0 + 1e-6), (15.0, 15.0), (15.0, 16.0), (10.0, 40.0), (40.0, 5.0),
)  # fmt: skip
"""From an act to the response, and from there to the end of each thing it asks for; s."""


def hunted_cycle(size: Size, seed: int) -> Evidence:
    """Two identities that mint each other, and a revocation path that is idle, as fast as a hop, or slower."""
    found, known = [], []
    for answer, service in _PATHS:
        scenario = _impersonating({"a": "b", "b": "a"}, response_time=length(answer), service=length(service))
        found.append(_windows(_hunted(scenario, seed)))
        known += [response.hunted_cycle(hop=_HOP, answer=answer, service=service)] * len(found[-1])
    return Evidence.exact(np.array(known), np.concatenate(found))


def last_revoked(size: Size, seed: int) -> Evidence:
    """Seven or eight credentials lie at a place; one, two or three servers revoke each for 20 s."""
    answer, service = 45.0, 20.0
    found, known = [], []
    for n_credentials in (7, 8):
        for n_servers in (1, 2, 3):
            scenario = build(
                stages=[stage(math.inf, source="standing", issue_per="workload")], verifiers=ASKS,
                issuers={"issuer": {"service_time": 0, "revocation_servers": n_servers, "revocation_time": "20s"}},
                workload={"arrivals": {"every": "10m"}, "count": n_credentials},
                horizon=3_000.0, warm_up=1_000.0, follow_up=1_000.0, hop=_HOP,
                more=watched(response_time=length(answer)),
            )  # fmt: skip
            found.append(_windows(_hunted(scenario, seed)))
            last = response.last_revoked(n_credentials, n_servers, service=service)
            known += [_HOP + answer + last] * len(found[-1])
    return Evidence.exact(np.array(known), np.concatenate(found))


CHECKS: Final = (
    Check("expiry or detection", "Whichever comes first ends access: 1/μ − (1 − e^−μT)/μ²T.", "s",
          expiry_or_detection),
    Check("noticed", "Of k distinct acts at least one is noticed with 1 − (1 − p)^k.", "1", noticed),
    Check("contained", "On a chain of identities a response stops what is not reached yet.", "resources", contained),
    Check("contained, window", "A response at once ends all that was minted before it.", "s", contained_windows),
    Check("hunted cycle", "Two identities that mint each other die if revoked within a hop, else never.", "s",
          hunted_cycle),
    Check("last revoked", "Of n credentials before c servers the last one dies at R + ⌈n/c⌉·s.", "s", last_revoked),
)  # fmt: skip
