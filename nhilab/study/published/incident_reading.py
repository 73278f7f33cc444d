"""What is read of replayed campaigns to be compared with the figures of an incident."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, FloatArray, IdArray, IntArray, to_seconds
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.metrics.length import elapsed

Read = Callable[[Ledger, Compromises, str], FloatArray]


def read_campaigns(name: str, ledger: Ledger, compromises: Compromises, of: str = "") -> FloatArray:
    """One value per campaign, or per credential taken; lengths in s, ``inf`` where they never end.

    Parameters
    ----------
    name : str
        ``access_window``: from entry until nothing in hand is honoured. ``detected_after``: from entry to the detection
        that ended it. ``revoked_over``: from the response to the last revocation. ``reached_after``: from entry to the
        first resource whose name matches `of`. ``access_after``: from then until nothing in hand is honoured.
        ``taken_after``: from entry to the first credential of identity `of`. ``taken``: how many of those.
        ``residual``: for how long each of those is honoured.
    ledger : Ledger
    compromises : Compromises
    of : str
        Pattern of resources or identities, where one is asked for.

    Returns
    -------
    ndarray, shape (n,), float64
        Campaigns to which the question does not apply are left out.
    """
    return _READ[name](ledger, compromises, of)


def _access_window(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    return _lengths(found.campaigns.entered_at, found.campaigns.access_until)


def _detected_after(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    answered = found.campaigns.detected_at < NEVER
    return _lengths(found.campaigns.entered_at[answered], found.campaigns.detected_at[answered])


def _revoked_over(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    return _lengths(found.campaigns.responded_at, found.campaigns.revoked_at)


def _reached_after(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    at = _first(found, found.reached.campaign, found.reached.reached_at, _resources(ledger, found, of))
    return _lengths(found.campaigns.entered_at, at)


def _access_after(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    at = _first(found, found.reached.campaign, found.reached.reached_at, _resources(ledger, found, of))
    return _lengths(at, found.campaigns.access_until)


def _taken_after(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    at = _first(found, found.taken.campaign, found.taken.taken_at, _credentials(ledger, found, of))
    return _lengths(found.campaigns.entered_at, at)


def _taken(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    kept = found.taken.campaign[_credentials(ledger, found, of)]
    return np.bincount(kept, minlength=len(found.campaigns)).astype(np.float64)


def _residual(ledger: Ledger, found: Compromises, of: str) -> FloatArray:
    kept = _credentials(ledger, found, of)
    return _lengths(found.taken.taken_at[kept], found.taken.honoured_until[kept])


def _lengths(begin: IntArray, end: IntArray) -> FloatArray:
    """Lengths of what begins, in s."""
    begun = begin < NEVER
    return to_seconds(elapsed(begin[begun], end[begun]))


def _first(found: Compromises, campaign: IdArray, at: IntArray, kept: BoolArray) -> IntArray:
    """Earliest instant of each campaign, `NEVER` where there is none."""
    first = np.full(len(found.campaigns), NEVER, np.int64)
    np.minimum.at(first, campaign[kept], at[kept])
    return first


def _resources(ledger: Ledger, found: Compromises, of: str) -> BoolArray:
    return _matching(ledger.estate.resources.name.tolist(), of)[found.reached.resource]


def _credentials(ledger: Ledger, found: Compromises, of: str) -> BoolArray:
    identity = ledger.scopes.identity[ledger.credentials.scope[found.taken.credential]]
    return _matching(ledger.estate.identities.name.tolist(), of)[identity]


def _matching(names: list[str], of: str) -> BoolArray:
    return np.array([fnmatchcase(name, of) for name in names], np.bool_)


_READ: Final[dict[str, Read]] = {
    "access_window": _access_window, "access_after": _access_after, "detected_after": _detected_after,
    "reached_after": _reached_after, "residual": _residual, "revoked_over": _revoked_over, "taken": _taken,
    "taken_after": _taken_after,
}  # fmt: skip
