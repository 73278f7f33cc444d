"""How long a verifier may still honour what the issuer has revoked, from what stands between the two."""

from __future__ import annotations

import math

from nhilab.base.quantities import NEVER, add
from nhilab.scenario.verifier_section import Branch, Verifier


def after_revocation(verifier: Verifier) -> int:
    """Longest time from a revocation until the verifier refuses, if no message is lost; µs.

    Parameters
    ----------
    verifier : Verifier

    Returns
    -------
    int
        `NEVER` where it never learns of it, or where use keeps a cache warm: expiry alone ends acceptance then.

    Notes
    -----
    Definition: the effects of MODEL.md §5, each at its worst phase, added up. Checked by
    ``tests/unit/study/explanations/test_revocation_bounds.py``.

    Examples
    --------
    >>> after_revocation(Verifier.model_validate({"layers": [{"poll": {"period": "2m"}}, {"cache": {"ttl": "30s"}}]}))
    150000000
    """
    if verifier.self_contained:
        return NEVER
    bound = 0
    for layer in verifier.layers:
        bound = add(bound, min(_longest(branch) for branch in layer.first_of or (layer,)))
    return bound


def chance_of_loss(verifier: Verifier) -> float:
    """Chance that a message is lost on which the bound rests; a first-of loses only what all its branches lose."""
    heard = 1.0
    for layer in verifier.layers:
        branches = layer.first_of or (layer,)
        heard *= 1 - math.prod(branch.push.loss_probability if branch.push else 0.0 for branch in branches)
    return 1 - heard


def _longest(layer: Branch) -> int:
    if layer.cache is not None:
        if layer.cache.expiry == "access":
            return NEVER
        return layer.cache.ttl + layer.cache.tick + layer.cache.stale_for
    if layer.poll is not None:
        return layer.poll.period
    if layer.push is not None:
        return layer.push.delay
    return layer.replica.lag if layer.replica is not None else 0
