"""Changes for the worse on one fixed ledger without response: each can only give the thief more.

Each draws its change of a case, and is None where the case has nothing to be changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from properties.cases import Case, around, changed, with_credentials, with_estate

from nhilab.base.estate import Isolation, LayerKind, Layers
from nhilab.base.quantities import NEVER, add
from nhilab.ledger.tables import Binding, Cause, Ledger

Change = Callable[[Any, Case], Case | None]


def more_time(data: st.DataObject, case: Case) -> int:
    """Up to a bit more than the time watched: seconds on the ledger of a run, µs on one made by hand."""
    return data.draw(st.integers(0, 40) | st.integers(0, max(400, case.ledger.follow_up * 4 // 3)))


def _on(case: Case, ledger: Ledger) -> Case:
    return dataclasses.replace(case, ledger=ledger)


# What verifiers hear late ----------------------------------------------------------------------------------


def with_layer(ledger: Ledger, at: int, **layer: Any) -> Ledger:
    """The ledger with one more layer as row `at`; lost pushes keep their layers."""
    layers, lost = ledger.estate.layers, ledger.credentials.lost_pushes
    neutral = {f.name: f.metadata["neutral"] for f in dataclasses.fields(layers)} | layer
    columns = {name: np.insert(values, at, neutral[name]) for name, values in layers.columns().items()}
    below = lost & ((1 << at) - 1)
    lost = below | ((lost - below) << 1)
    return with_credentials(with_estate(ledger, layers=Layers(**columns)), lost_pushes=lost)


def a_layer(data: st.DataObject, case: Case) -> Case:
    """Before a verifier; behind a cache that keeps dead credentials, one that does so too (MODEL.md §5).

    Behind a poll, push or replica the issuer is never out: only where that lets nobody in may one be added.
    """
    estate, length = case.ledger.estate, more_time(data, case)
    verifier = data.draw(st.integers(0, len(estate.verifiers) - 1))
    own = estate.layers.verifier == verifier
    if data.draw(st.booleans()):
        return _on(case, with_layer(case.ledger, len(own), verifier=verifier, ttl=length,
                                    checks_expiry=bool(estate.layers.checks_expiry[own].all())))  # fmt: skip
    kinds: list[dict[str, Any]] = [{"ttl": length}, {"ttl": length, "stale_for": more_time(data, case)}]
    if not len(case.ledger.outages):
        kinds += [
            {"kind": LayerKind.PUSH, "delay": length},
            {"kind": LayerKind.REPLICA, "lag": length},
            {"kind": LayerKind.POLL, "period": length + 1, "phase": length // 2},
        ]
    return _on(case, with_layer(case.ledger, 0, verifier=verifier, **data.draw(st.sampled_from(kinds))))


def a_longer_layer(data: st.DataObject, case: Case) -> Case | None:
    """A cache that keeps longer, a push or a replica that is later."""
    layers = case.ledger.estate.layers
    rows = np.flatnonzero(layers.kind != LayerKind.POLL)
    if not len(rows):
        return None
    row = data.draw(st.sampled_from(rows.tolist()))
    columns = {name: getattr(layers, name).copy() for name in ("ttl", "delay", "lag")}
    for values in columns.values():
        values[row] += more_time(data, case) * max(1, int(layers.tick[row]))
    return _on(case, with_estate(case.ledger, layers=changed(layers, **columns)))


def more_leeway(data: st.DataObject, case: Case) -> Case:
    verifiers = case.ledger.estate.verifiers
    leeway = verifiers.leeway.copy()
    leeway[data.draw(st.integers(0, len(leeway) - 1))] += more_time(data, case)
    return _on(case, with_estate(case.ledger, verifiers=changed(verifiers, leeway=leeway)))


def longer_sessions(data: st.DataObject, case: Case) -> Case:
    verifiers = case.ledger.estate.verifiers
    longer = changed(verifiers, session_time=add(verifiers.session_time, more_time(data, case)))
    return _on(case, with_estate(case.ledger, verifiers=longer))


# The thief -------------------------------------------------------------------------------------------------


def more_dwell(data: st.DataObject, case: Case) -> Case:
    longer = changed(case.entrances, dwell=case.entrances.dwell + more_time(data, case))
    return dataclasses.replace(case, entrances=longer)


def a_faster_thief(data: st.DataObject, case: Case) -> Case:
    return dataclasses.replace(case, hop_time=data.draw(st.integers(0, case.hop_time)))


def less_dormancy(data: st.DataObject, case: Case) -> Case:
    sooner = changed(case.entrances, dormancy=case.entrances.dormancy // data.draw(st.integers(2, 5)))
    return dataclasses.replace(case, entrances=sooner)


def a_longer_observation(data: st.DataObject, case: Case) -> Case:
    return _on(case, dataclasses.replace(case.ledger, follow_up=case.ledger.follow_up + more_time(data, case)))


def a_thief_who_takes_keys(data: st.DataObject, case: Case) -> Case:
    takes_keys = np.ones(len(case.entrances), np.bool_)
    return dataclasses.replace(case, entrances=changed(case.entrances, takes_keys=takes_keys))


# Credentials and their copies ------------------------------------------------------------------------------


def _credential(data: st.DataObject, case: Case) -> int | None:
    n = len(case.ledger.credentials)
    return data.draw(st.integers(0, n - 1)) if n else None


def a_looser_binding(data: st.DataObject, case: Case) -> Case | None:
    """Of some credentials that permit something; a bearer one without any permission is honoured nowhere."""
    binding = case.ledger.credentials.binding.copy()
    filled = np.isin(case.ledger.credentials.scope, case.ledger.scope_permissions.scope)
    rows = np.flatnonzero((binding != Binding.BEARER) & filled).tolist()
    if not rows:
        return None
    for row in data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True)):
        binding[row] = data.draw(st.sampled_from([b for b in Binding if b < binding[row]]))
    return _on(case, with_credentials(case.ledger, binding=binding))


def a_wider_scope(data: st.DataObject, case: Case) -> Case | None:
    row = _credential(data, case)
    if row is None:
        return None
    scope = case.ledger.credentials.scope.copy()
    scope[row] = case.ledger.scopes.identity[scope[row]]
    return _on(case, with_credentials(case.ledger, scope=scope))


def a_later_end(data: st.DataObject, case: Case) -> Case | None:
    row = _credential(data, case)
    if row is None:
        return None
    column = data.draw(st.sampled_from(["expires_at", "revoked_at"]))
    ends = getattr(case.ledger.credentials, column).copy()
    ends[row] = NEVER if data.draw(st.booleans()) else min(ends[row] + more_time(data, case), NEVER)
    return _on(case, with_credentials(case.ledger, **{column: ends}))


def more_residue(data: st.DataObject, case: Case) -> Case | None:
    copies = case.ledger.copies
    if not len(copies):
        return None
    until = copies.until_at.copy()
    row = data.draw(st.integers(0, len(copies) - 1))
    until[row] = min(until[row] + more_time(data, case), NEVER)
    return _on(case, dataclasses.replace(case.ledger, copies=changed(copies, until_at=until)))


def a_key_beside_a_copy(data: st.DataObject, case: Case) -> Case | None:
    copies = case.ledger.copies
    if not len(copies):
        return None
    cause = copies.cause.copy()
    cause[data.draw(st.integers(0, len(copies) - 1))] = int(Cause.COPIED)
    return _on(case, dataclasses.replace(case.ledger, copies=changed(copies, cause=cause)))


# Places ----------------------------------------------------------------------------------------------------


def a_place_inside_another(data: st.DataObject, case: Case) -> Case | None:
    places = case.ledger.estate.places
    pairs = [
        (inner, int(outer))
        for inner in np.flatnonzero(places.inside < 0).tolist()
        for outer in np.flatnonzero(places.isolation == Isolation.SHARED)
        if inner not in around(places.inside, int(outer))
    ]
    if not pairs:
        return None
    inner, outer = data.draw(st.sampled_from(pairs))
    inside = places.inside.copy()
    inside[inner] = outer
    return _on(case, with_estate(case.ledger, places=changed(places, inside=inside)))


CHANGES: Final[dict[str, Change]] = {
    "a layer": a_layer, "a longer layer": a_longer_layer, "leeway": more_leeway, "sessions": longer_sessions,
    "dwell": more_dwell, "a faster thief": a_faster_thief, "less dormancy": less_dormancy,
    "observation": a_longer_observation, "keys": a_thief_who_takes_keys, "a looser binding": a_looser_binding,
    "a wider scope": a_wider_scope, "a later end": a_later_end, "residue": more_residue,
    "a key beside a copy": a_key_beside_a_copy, "a place inside another": a_place_inside_another,
}  # fmt: skip
