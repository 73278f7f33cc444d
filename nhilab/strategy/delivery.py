"""What an issuer delivers of what a stage asks: lifetime, scope, revocation; and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass

from nhilab.scenario.issuer_section import DIMENSIONS, Dimension, Issuer
from nhilab.scenario.strategy_section import Stage


@dataclass(frozen=True)
class Delivery:
    """A stage as delivered.

    Attributes
    ----------
    ttl : int, µs
    scope : dict of resource class to tuple of dimensions
        What is narrowed for resources of a class; ``default`` for the classes not named.
    revoke : tuple of str
        When the issuer is told.
    hypothetical : bool
        The issuer refuses what was asked, which is in force all the same.
    """

    ttl: int
    scope: dict[str, tuple[Dimension, ...]]
    revoke: tuple[str, ...]
    hypothetical: bool

    def dimensions(self, resource_class: str) -> tuple[Dimension, ...]:
        """Dimensions narrowed for a resource class."""
        return self.scope.get(resource_class, self.scope["default"])

    def narrowed(self) -> tuple[Dimension, ...]:
        """Dimensions narrowed for some class."""
        return tuple(d for d in DIMENSIONS if any(d in of_class for of_class in self.scope.values()))


def deliver(stage: Stage, issuer: Issuer) -> Delivery:
    """What a stage's issuer delivers.

    Notes
    -----
    Definition: MODEL.md §2, asked and delivered. Standing secrets are provisioned, not issued for a while: the range
    of lifetimes does not bind them. Checked by ``tests/unit/strategy/test_delivery.py``.
    """
    asked = {"default": stage.scope}
    low, high = issuer.ttl_range or (0, stage.ttl)
    ttl = stage.ttl if stage.source == "standing" else min(max(stage.ttl, low), high)
    narrows = {"default": DIMENSIONS} | issuer.narrows
    scope = {kind: tuple(d for d in stage.scope if d in allowed) for kind, allowed in narrows.items()}
    revoke = () if issuer.revocation_unit == "none" else stage.revoke
    short = any(dimensions != stage.scope for dimensions in scope.values())
    if issuer.out_of_range == "reject" and (ttl != stage.ttl or short or revoke != stage.revoke):
        return Delivery(stage.ttl, asked, stage.revoke, hypothetical=True)
    return Delivery(ttl, scope, revoke, hypothetical=False)
