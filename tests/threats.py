"""Hypothesis strategies for what thieves meet: networks, planted keys, owners, slow revocation; and who watches."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from hypothesis import strategies as st

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Source
from nhilab.scenario.threat_section import Detection


def _column(draw: Any, n: int, values: st.SearchStrategy[Any]) -> list[Any]:
    return [draw(values) for _ in range(n)]


def _with(table: Any, **columns: Any) -> Any:
    return type(table).of(**(table.columns() | columns))


@st.composite
def guarded(draw: Any, ledger: Ledger) -> Ledger:
    """The same ledger in an estate with networks, planted keys, hidden and ownerless identities, slow revocation."""
    estate, stages = ledger.estate, ledger.stages
    networks = st.sampled_from(["", "", "", "n1", "n2"]) if draw(st.booleans()) else st.just("")
    n_openings, opened = len(estate.openings), estate.openings.identity >= 0
    changed = dataclasses.replace(
        estate,
        verifiers=_with(estate.verifiers, accepts_from=np.array(_column(draw, len(estate.verifiers), networks), "U2")),
        places=_with(estate.places, network=np.array(_column(draw, len(estate.places), networks), "U2")),
        identities=_with(
            estate.identities,
            visible=_column(draw, len(estate.identities), st.sampled_from([True, True, True, False])),
            owner=np.array(_column(draw, len(estate.identities), st.sampled_from(["team", ""])), "U4"),
        ),
        openings=_with(
            estate.openings,
            plants=opened & np.array(_column(draw, n_openings, st.sampled_from([False, False, True])), np.bool_),
        ),
    )
    n = len(stages)
    slow = _with(
        stages,
        revocation_servers=[draw(st.integers(1, 2))] * n,
        revocation_mean=[draw(st.sampled_from([0, 0, 1, 5]))] * n,
        judged=[draw(st.booleans())] * n,
        false_allow_probability=[draw(st.sampled_from([0.0, 0.3]))] * n,
    )
    return dataclasses.replace(ledger, estate=changed, stages=slow)


@st.composite
def ways(draw: Any, ledger: Ledger, entrance: dict[str, Any]) -> dict[str, Any]:
    """An entrance as drawn, or one by a task, a held credential or a signing key; and the thief's key."""
    more: dict[str, Any] = entrance | {"key": draw(st.integers(0, 2**63 - 1))}
    how = draw(st.sampled_from(["as drawn", "as drawn", "task", "held", "signer"]))
    if how == "task" and len(ledger.tasks):
        task = draw(st.integers(0, len(ledger.tasks) - 1))
        start, end = int(ledger.tasks.started_at[task]), int(ledger.tasks.ended_at[task])
        place = int(ledger.estate.workloads.place[ledger.tasks.workload[task]])
        unit = [0, int(ledger.tasks.slot[task]), task][ledger.estate.places.isolation[place]]
        if start < end < NEVER:
            more |= {"entered_at": draw(st.integers(start, end - 1)), "place": place, "unit": unit, "copy": -1}
            more |= {"task": task, "inside": draw(st.booleans()), "stays_until": draw(st.sampled_from([0, end]))}
    elif how == "held" and len(ledger.credentials):
        held = draw(st.integers(0, len(ledger.credentials) - 1))
        at = int(ledger.credentials.issued_at[held]) + draw(st.integers(0, 20))
        more |= {"entered_at": at, "place": -1, "unit": -1, "copy": -1, "held": held}
    elif how == "signer":
        signers = [k for k, source in enumerate(ledger.stages.source.tolist()) if source != Source.STANDING]
        if signers:
            at = draw(st.integers(0, 40))
            more |= {"entered_at": at, "place": -1, "unit": -1, "copy": -1, "signer": draw(st.sampled_from(signers))}
    return more


def _time(draw: Any) -> Any:
    kind = draw(st.sampled_from(["constant", "constant", "exponential", "uniform"]))
    length = f"{draw(st.sampled_from([0, 1, 2, 5, 12, 30]))}us"
    if kind == "uniform":
        return {"uniform": ["0us", length]}
    return {kind: length}


@st.composite
def detections(draw: Any) -> Detection:
    """Who watches, as a scenario says it."""
    chance = st.sampled_from([0.0, 0.0, 0.3, 1.0])
    kinds = ("denied", "out_of_intent", "after_purpose_end", "foreign", "in_pattern")
    says: dict[str, Any] = {"probability": {kind: draw(chance) for kind in kinds}}
    says |= {name: _time(draw) for name in ("detection_time", "triage_time", "response_time")}
    if draw(st.booleans()):
        says["triage_time_without_owner"] = _time(draw)
    says["eviction_probability"] = draw(st.sampled_from([0.0, 0.5, 1.0]))
    says["max_responses"] = draw(st.integers(1, 6))
    return Detection.model_validate(says)
