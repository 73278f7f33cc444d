"""Until when is a credential honoured, adversarially: the thief keeps caches as warm as the rules allow."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import BoolArray, IntArray, add
from nhilab.ledger.tables import Ledger, Source


def accept_until(ledger: Ledger) -> IntArray:
    r"""End of acceptance of every credential at every verifier; a try must arrive before it.

    .. math:: \min(x, e_m(\dots e_1(\mathrm{revoked\_at}))), \quad x = \mathrm{expires\_at} + \mathrm{leeway}

    with the layers' effects :math:`e`, nearest the issuer first; x alone where the verifier is self-contained.

    Returns
    -------
    ndarray, shape (credentials, verifiers), int64, µs
        `NEVER` where acceptance has no end.

    Notes
    -----
    Definition: MODEL.md §5. Oracle: ``tests/reference/slow_honoured.py``, checked by
    ``tests/reference/test_campaign.py``.
    """
    verifiers, layers, credentials = ledger.estate.verifiers, ledger.estate.layers, ledger.credentials
    until = add(credentials.expires_at[:, None], verifiers.leeway[None, :])
    for verifier in np.flatnonzero(~verifiers.self_contained):
        heard_at = credentials.revoked_at
        for layer in np.flatnonzero(layers.verifier == verifier):
            heard_at = add(heard_at, int(layers.ttl[layer]))
        until[:, verifier] = np.minimum(until[:, verifier], heard_at)
    return until


def scope_verifiers(ledger: Ledger) -> BoolArray:
    """Which verifiers guard a permission of each scope; shape (scopes, verifiers), bool."""
    guards = np.zeros((len(ledger.scopes), len(ledger.estate.verifiers)), np.bool_)
    held = ledger.scope_permissions
    resource = ledger.estate.permissions.resource[held.permission]
    guards[held.scope, ledger.estate.resources.verifier[resource]] = True
    return guards


def honoured_until(ledger: Ledger) -> IntArray:
    """Last instant at which any verifier of its scope honours each credential, open sessions included.

    Returns
    -------
    ndarray, shape (credentials,), int64, µs
        Its issue for a credential whose scope is empty; `NEVER` where it has no end.

    Notes
    -----
    Definition: MODEL.md §5. Oracle: ``tests/reference/slow_honoured.py``.
    """
    accepted = add(accept_until(ledger), ledger.estate.verifiers.session_time[None, :])
    guarded = scope_verifiers(ledger)[ledger.credentials.scope]
    latest = np.where(guarded, accepted, -1).max(axis=1, initial=-1)
    at_least: IntArray = np.maximum(latest, ledger.credentials.issued_at)
    return at_least


def issuer_until(ledger: Ledger) -> IntArray:
    """End of each credential's life at its issuer, where it can still mint the next stage; int64, µs."""
    return np.minimum(ledger.credentials.expires_at, ledger.credentials.revoked_at)


def mints_next(ledger: Ledger) -> BoolArray:
    """Stages whose credentials mint the following stage; shape (stages,), bool."""
    mints = np.zeros(len(ledger.stages), np.bool_)
    mints[:-1] = ledger.stages.source[1:] == Source.PREVIOUS
    return mints


def dead_at(ledger: Ledger) -> IntArray:
    """Instant from which a copy is worthless: no verifier accepts it and it mints nothing; int64, µs.

    Notes
    -----
    Definition: MODEL.md §6. Oracle: ``tests/reference/slow_campaign.py``.
    """
    guarded = scope_verifiers(ledger)[ledger.credentials.scope]
    latest = np.where(guarded, accept_until(ledger), -1).max(axis=1, initial=-1)
    stage = ledger.credentials.stage
    minting = np.append(mints_next(ledger), False)[stage]
    dead: IntArray = np.where(minting, np.maximum(latest, issuer_until(ledger)), latest)
    return dead


