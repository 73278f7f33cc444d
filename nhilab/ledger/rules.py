"""Verifiers and their layers as plain numbers, in the order in which questions and answers pass them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from nhilab.base.estate import Estate, Expiry, LayerKind, Layers, Unreachable


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of the layers as plain numbers; `dead_ttl` is how long a cache keeps an answer that says dead."""

    row: int
    kind: LayerKind
    ttl: int
    dead_ttl: int
    access: bool
    checks_expiry: bool
    tick: int
    stale_for: int
    period: int
    phase: int
    delay: int
    lag: int
    n: int

    @classmethod
    def of(cls, layers: Layers, row: int) -> Layer:
        """The layer in this row."""
        ttl, negative = int(layers.ttl[row]), int(layers.negative_ttl[row])
        return cls(
            row, LayerKind(layers.kind[row]), ttl, ttl if negative < 0 else negative,
            bool(layers.expiry[row] == Expiry.ACCESS), bool(layers.checks_expiry[row]), int(layers.tick[row]),
            int(layers.stale_for[row]), int(layers.period[row]), int(layers.phase[row]), int(layers.delay[row]),
            int(layers.lag[row]), int(layers.n[row]),
        )  # fmt: skip

    @property
    def plain(self) -> bool:
        """Whether it is a cache that does nothing but keep each answer for its ttl after it was written."""
        other = self.access or self.tick or self.stale_for or self.dead_ttl != self.ttl
        return self.kind == LayerKind.CACHE and self.checks_expiry and not other


Steps = tuple[tuple[Layer, ...], ...]
"""Layers one behind the other, nearest the issuer first; those of one first-of are one step."""


def layer_steps(layers: Layers, verifier: int) -> list[list[int]]:
    """Rows of a verifier's layers, nearest the issuer first; those of one first-of together."""
    rows = np.flatnonzero(layers.verifier == verifier).tolist()
    together = groupby(rows, key=lambda row: (int(layers.alternative[row]), row if layers.alternative[row] < 0 else -1))
    return [list(step) for _, step in together]


@dataclass(frozen=True, slots=True)
class Rules:
    """One verifier, as its row and its layers say."""

    leeway: int
    self_contained: bool
    on_unreachable: Unreachable
    steps: Steps

    @classmethod
    def of(cls, estate: Estate, verifier: int) -> Rules:
        """The rules of the verifier in this row."""
        row, layers = estate.verifiers, estate.layers
        steps = [tuple(Layer.of(layers, r) for r in step) for step in layer_steps(layers, verifier)]
        unreachable = Unreachable(row.on_unreachable[verifier])
        return cls(int(row.leeway[verifier]), bool(row.self_contained[verifier]), unreachable, tuple(steps))

    def plain_ttls(self) -> list[int] | None:
        """Times to live where all layers are plain caches, the one nearest the issuer first; else None."""
        plain = all(len(step) == 1 and step[0].plain for step in self.steps)
        return [step[0].ttl for step in self.steps] if plain else None
