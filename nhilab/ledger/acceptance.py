"""Until when is a credential honoured, adversarially: the thief keeps caches as warm as the rules allow."""

from __future__ import annotations

import numpy as np

from nhilab.base.estate import Expiry, LayerKind, Unreachable
from nhilab.base.quantities import NEVER, BoolArray, IntArray, add
from nhilab.ledger.rules import layer_steps
from nhilab.ledger.tables import Ledger, Source


def accept_until(ledger: Ledger) -> IntArray:
    r"""End of acceptance of every credential at every verifier; a try must arrive before it.

    .. math:: \min(x, e_m(\dots e_1(\mathrm{revoked\_at}))), \quad x_0 = \mathrm{expires\_at} + \mathrm{leeway}

    with the layers' effects :math:`e`, nearest the issuer first, and :math:`x = x_0` unless a cache does not check
    the expiry; :math:`x_0` alone where the verifier is self-contained.

    Returns
    -------
    ndarray, shape (credentials, verifiers), int64, µs
        `NEVER` where acceptance has no end.

    Notes
    -----
    Definition: MODEL.md §5. Oracle: ``tests/reference/slow_honoured.py``, checked by
    ``tests/reference/test_campaign.py``. No answer of the state machine in `nhilab.ledger.verdicts` outlives it:
    ``tests/unit/ledger/test_verdicts.py``.
    """
    verifiers, credentials = ledger.estate.verifiers, ledger.credentials
    until = add(credentials.expires_at[:, None], verifiers.leeway[None, :])
    for verifier in np.flatnonzero(~verifiers.self_contained):
        ends_at = until[:, verifier].copy()
        until[:, verifier] = _through_layers(ledger, int(verifier), ends_at, credentials.revoked_at)
        if verifiers.on_unreachable[verifier] != Unreachable.CLOSED and _asks_issuer(ledger, int(verifier)):
            out_until = np.minimum(ends_at, _last_outage_end(ledger, ends_at))
            until[:, verifier] = np.maximum(until[:, verifier], out_until)
    return until


def _asks_issuer(ledger: Ledger, verifier: int) -> bool:
    """Whether a verifier's questions can reach the issuer: no layer on the way only carries its state."""
    layers = ledger.estate.layers
    return all(any(layers.kind[layer] == LayerKind.CACHE for layer in step) for step in layer_steps(layers, verifier))


def _last_outage_end(ledger: Ledger, before: IntArray) -> IntArray:
    """End of the last outage of each credential's stage that begins before an instant; -1 if there is none.

    Open and stale alike: a thief who leaves the caches alone after the last live answer finds it held in any outage.
    """
    stage, outages = ledger.credentials.stage, ledger.outages
    latest = np.full(len(stage), -1, np.int64)
    for one in np.unique(outages.stage):
        rows = np.flatnonzero(outages.stage == one)
        rows = rows[np.argsort(outages.from_at[rows], kind="stable")]
        ends = np.append(-1, np.maximum.accumulate(outages.until_at[rows]))
        mine = stage == one
        latest[mine] = ends[np.searchsorted(outages.from_at[rows], before[mine])]
    return latest


def _through_layers(ledger: Ledger, verifier: int, ends_at: IntArray, heard_at: IntArray) -> IntArray:
    """End of acceptance behind all layers of a verifier, of what the issuer accepts until `heard_at`."""
    layers, last = ledger.estate.layers, ends_at
    for step in layer_steps(layers, verifier):
        if len(step) == 1 and layers.kind[step[0]] == LayerKind.CACHE:
            unchecked = not layers.checks_expiry[step[0]]
            last = _effect(ledger, step[0], last, NEVER) if unchecked else ends_at
        branches = [_effect(ledger, layer, heard_at, last) for layer in step]
        heard_at = np.minimum(np.minimum.reduce(branches), last)
    return np.minimum(last, heard_at)


def _effect(ledger: Ledger, layer: int, at: IntArray, kept_warm: IntArray | int) -> IntArray:
    """Until when a layer can answer live if what is behind it does until `at`; until `kept_warm` at every use."""
    layers, kind = ledger.estate.layers, LayerKind(ledger.estate.layers.kind[layer])
    after: IntArray = at
    if kind is LayerKind.CACHE and layers.expiry[layer] == Expiry.ACCESS:
        after = np.broadcast_to(np.asarray(kept_warm, np.int64), at.shape)
    elif kind is LayerKind.CACHE:
        tick = int(layers.tick[layer])
        entered_at = _next(at, 0, tick) if tick else at
        after = add(add(entered_at, int(layers.ttl[layer])), int(layers.stale_for[layer]))
    elif kind is LayerKind.POLL:
        after = _next(at, int(layers.phase[layer]), int(layers.period[layer]))
    elif kind is LayerKind.PUSH:
        lost = (ledger.credentials.lost_pushes >> layer & 1).astype(np.bool_)
        after = np.where(lost, NEVER, add(at, int(layers.delay[layer])))
    else:
        after = add(at, int(layers.lag[layer]))
    return np.where(at >= NEVER, NEVER, after)


def _next(at: IntArray, phase: int, period: int) -> IntArray:
    """First of the instants phase + whole periods that is not before `at`."""
    return add(at, (phase - at) % period)


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
    minting = np.append(mints_next(ledger), False)[stage]  # stage -1, which no strategy manages, finds the False
    dead: IntArray = np.where(minting, np.maximum(latest, issuer_until(ledger)), latest)
    return dead
