"""Checks of what a credential is worth to a thief without its key, or without its place."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nhilab.base.quantities import to_seconds
from nhilab.campaign.replay import replay
from nhilab.ledger.compromises import Campaigns
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import build, length, one_ledger, stage

_HOP: Final = 30.0
_DWELL: Final = 100.0


def _campaigns(binding: str, seed: int, *, dwell: float = _DWELL, **entry: Any) -> Campaigns:
    """Thieves at a shared place where one credential for ever lies; a hop takes 30 s."""
    entry = {"timing": "uniform", "places": ["place"], "dwell": length(dwell), **entry}
    scenario = build(
        stages=[stage(1e7, source="standing", issue_per="identity", binding=binding)],
        workload={"arrivals": {"every": "10m"}}, entry=entry, hop=_HOP,
        horizon=5_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip
    return replay(one_ledger(scenario, seed), scenario.threat, campaigns=15, seed=seed).campaigns


def keys(size: Size, seed: int) -> Evidence:
    """Smash and grab: with the key one resource, with the token alone none; a bearer token needs no key."""
    found = [
        _campaigns("exportable-key", seed, dwell=0.0).reach,
        _campaigns("exportable-key", seed, dwell=0.0, takes="tokens").reach,
        _campaigns("bearer", seed, dwell=0.0, takes="tokens").reach,
    ]
    return Evidence.exact(np.repeat([1, 0, 1], [len(x) for x in found]), np.concatenate(found), step=1.0)


def windows(size: Size, seed: int) -> Evidence:
    """Where the key cannot leave, access ends with the foothold: after the dwell, for all bindings but bearer."""
    found, known = [], []
    for binding, takes in (("non-exportable", "tokens-and-keys"), ("brokered", "tokens"), ("exportable-key", "tokens")):
        for dwell in (_HOP, _DWELL):
            campaigns = _campaigns(binding, seed, dwell=dwell, takes=takes)
            found.append(campaigns.access_until - campaigns.entered_at)
            known.append(np.full(len(campaigns), dwell))
    return Evidence.exact(np.concatenate(known), to_seconds(np.concatenate(found)))


def within_reach(size: Size, seed: int) -> Evidence:
    """A hop is made if it is shorter than the dwell: a microsecond more than 30 s is enough, 30 s are not."""
    found = [
        _campaigns(binding, seed, dwell=dwell).reach
        for binding in ("non-exportable", "brokered") for dwell in (_HOP, _HOP + 1e-6)
    ]  # fmt: skip
    return Evidence.exact(np.repeat([0, 1, 0, 1], [len(x) for x in found]), np.concatenate(found), step=1.0)


def brokered(size: Size, seed: int) -> Evidence:
    """Nothing is taken through a broker, and one credential used: (taken, brokered) = (0, 1); else (1, 0)."""
    found = []
    for binding in ("brokered", "non-exportable"):
        campaigns = _campaigns(binding, seed)
        found += [campaigns.n_taken, campaigns.n_brokered]
    return Evidence.exact(np.repeat([0, 1, 1, 0], [len(x) for x in found]), np.concatenate(found), step=1.0)


CHECKS: Final = (
    Check("keys", "Without its key an exportable credential opens nothing.", "resources", keys),
    Check("keys that cannot leave", "A non-exportable or brokered credential's window ends with the foothold.", "s",
          windows),
    Check("keys that cannot leave, reach", "Through a foothold a thief gets as far as it lasts longer than a hop.",
          "resources", within_reach),
    Check("brokered", "A brokered credential is used, never taken.", "credentials", brokered),
)  # fmt: skip
