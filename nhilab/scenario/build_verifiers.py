"""Verifiers and their layers, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from nhilab.base import estate as tables
from nhilab.scenario.verifier_section import Branch, Verifier

_UNREACHABLE: Final = {u.name.lower(): int(u) for u in tables.Unreachable}
_EXPIRY: Final = {e.name.lower(): int(e) for e in tables.Expiry}


def build_verifiers(verifiers: dict[str, Verifier]) -> tuple[tables.Verifiers, tables.Layers]:
    """Tables of the verifiers, and of all their layers, nearest the issuer first."""
    values = list(verifiers.values())
    rows = list(_layer_rows(values))
    names = sorted({"verifier"}.union(*rows))
    return (
        tables.Verifiers.of(
            name=np.array(list(verifiers), dtype=np.str_),
            self_contained=[v.self_contained for v in values],
            leeway=[v.leeway for v in values],
            session_time=[v.session for v in values],
            on_unreachable=[_UNREACHABLE[v.on_unreachable] for v in values],
            accepts_from=np.array([v.accepts_from or "" for v in values], dtype=np.str_),
        ),
        tables.Layers.of(**{name: [row.get(name, _neutral(name)) for row in rows] for name in names}),
    )


def _neutral(name: str) -> Any:
    return tables.Layers.__dataclass_fields__[name].metadata["neutral"]


def _layer_rows(verifiers: list[Verifier]) -> Iterator[dict[str, Any]]:
    alternative = 0
    for number, verifier in enumerate(verifiers):
        for layer in verifier.layers:
            if layer.first_of is None:
                yield {"verifier": number, **_columns(layer)}
                continue
            for branch in layer.first_of:
                yield {"verifier": number, "alternative": alternative, **_columns(branch)}
            alternative += 1


def _columns(layer: Branch) -> dict[str, Any]:
    if layer.cache is not None:
        cache = layer.cache
        row: dict[str, Any] = {"ttl": cache.ttl, "expiry": _EXPIRY[cache.expiry], "tick": cache.tick}
        row |= {"checks_expiry": cache.checks_expiry, "stale_for": cache.stale_for}
        row |= {"negative_ttl": -1 if cache.negative_ttl is None else cache.negative_ttl}
        return {"kind": tables.LayerKind.CACHE, **row}
    if layer.poll is not None:
        return {"kind": tables.LayerKind.POLL, "period": layer.poll.period, "phase": layer.poll.phase}
    if layer.push is not None:
        push = layer.push
        return {"kind": tables.LayerKind.PUSH, "delay": push.delay, "loss_probability": push.loss_probability}
    if layer.replica is None:
        raise TypeError("a layer of no kind")
    return {"kind": tables.LayerKind.REPLICA, "lag": layer.replica.lag, "n": layer.replica.n}
