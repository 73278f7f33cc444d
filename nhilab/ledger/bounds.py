"""What each step on the way from the issuer to the decision adds to how long a credential is accepted."""

from __future__ import annotations

import dataclasses

import numpy as np

from nhilab.base.estate import Unreachable
from nhilab.base.quantities import IdArray, IntArray
from nhilab.ledger.acceptance import accept_until, scope_verifiers
from nhilab.ledger.rules import layer_steps
from nhilab.ledger.tables import Ledger


def last_verifier(ledger: Ledger, until: IntArray) -> IdArray:
    """The verifier of its scope that honours each credential longest.

    Parameters
    ----------
    ledger : Ledger
    until : ndarray, shape (credentials, verifiers), int64, µs
        Until when each verifier does.

    Returns
    -------
    ndarray, shape (credentials,), int32
        A row of verifiers, the least one of equals; -1 for a credential whose scope is empty.

    Notes
    -----
    Source: ours. Checked by ``tests/unit/ledger/test_bounds.py``.
    """
    guarded = scope_verifiers(ledger)[ledger.credentials.scope]
    if not until.size:
        return np.full(len(until), -1, np.int32)
    latest = np.where(guarded, until, -1).argmax(axis=1)
    return np.where(guarded.any(axis=1), latest, -1).astype(np.int32)


def most_steps(ledger: Ledger) -> int:
    """Number of layers, those of one first-of together, of the verifier that has most."""
    verifiers = range(len(ledger.estate.verifiers))
    return max((len(layer_steps(ledger.estate.layers, verifier)) for verifier in verifiers), default=0)


def accept_behind(ledger: Ledger, n_steps: int) -> IntArray:
    """End of acceptance if only the layers nearest the issuer were there, and no outage let anything in.

    Parameters
    ----------
    ledger : Ledger
    n_steps : int
        How many steps of each verifier are kept; a first-of is one step.

    Returns
    -------
    ndarray, shape (credentials, verifiers), int64, µs
        As `accept_until`; of 0 steps, what the verifier would accept if it asked the issuer each time.

    Notes
    -----
    Definition: the fold of MODEL.md §5, cut short. Checked by ``tests/unit/ledger/test_bounds.py``.
    """
    estate = ledger.estate
    kept = [
        row
        for verifier in range(len(estate.verifiers))
        for step in layer_steps(estate.layers, verifier)[:n_steps]
        for row in step
    ]
    # A layer left out belongs to no verifier: its row stays, since pushes are lost by row.
    owner = np.full(len(estate.layers), -1, np.int32)
    owner[kept] = estate.layers.verifier[kept]
    closed = np.full(len(estate.verifiers), Unreachable.CLOSED, np.int32)
    cut = dataclasses.replace(
        estate,
        layers=dataclasses.replace(estate.layers, verifier=owner),
        verifiers=dataclasses.replace(estate.verifiers, on_unreachable=closed),
    )
    return accept_until(dataclasses.replace(ledger, estate=cut))
