"""Until when is a credential honoured, passively: nobody but the legitimate calls keeps caches warm."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import BoolArray, IntArray, add
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.tables import Ledger, Status


def passive_until(ledger: Ledger) -> IntArray:
    r"""End of acceptance of every credential at every verifier, had a thief left the caches alone.

    .. math:: \min\Bigl(a,\ \max\bigl(\mathrm{revoked\_at},\ \max_j \max \{f + c_j : f \in L_j\}\bigr)\Bigr)

    with :math:`a` the adversarial instant of `accept_until`, :math:`c_j` the ttl of cache :math:`j` and
    :math:`L_j` the instants at which the legitimate calls filled it with an answer the issuer gave before
    ``revoked_at``.

    Returns
    -------
    ndarray, shape (credentials, verifiers), int64, µs
        `NEVER` where acceptance has no end. A call at ``revoked_at`` itself learns of the revocation.

    Notes
    -----
    Definition: MODEL.md §5, passive reading. When a cache is filled does not depend on the answers, so the fills
    of a layer are found first (nearest the decision first: a layer is asked when the next one fills), then
    followed back to the instant at which the issuer was asked. Oracle: ``tests/reference/slow_honoured.py``,
    checked by ``tests/reference/test_passive.py`` and ``nhilab.study.verify.caches``.
    """
    until = accept_until(ledger)
    verifiers, layers, calls = ledger.estate.verifiers, ledger.estate.layers, ledger.calls
    revoked_at = ledger.credentials.revoked_at
    guard = ledger.estate.resources.verifier[ledger.estate.permissions.resource[calls.permission]]
    arrived = (calls.credential >= 0) & (calls.status != Status.SKIPPED)
    order = np.lexsort((calls.arrived_at, calls.credential, guard))
    order = order[arrived[order]]
    for verifier in np.flatnonzero(~verifiers.self_contained):
        mine = order[guard[order] == verifier]
        ttls = layers.ttl[layers.verifier == verifier].tolist()
        credential = calls.credential[mine].astype(np.int64)
        live_until = _live_until(credential, calls.arrived_at[mine], ttls, revoked_at)
        until[:, verifier] = np.minimum(until[:, verifier], live_until)
    return until


def _live_until(credential: IntArray, asked_at: IntArray, ttls: list[int], revoked_at: IntArray) -> IntArray:
    """Last instant at which some layer answers "live", per credential; calls sorted by credential, then instant."""
    latest = revoked_at.copy()
    asked = [(credential, asked_at)]
    for ttl in reversed(ttls):
        filled = _fills(*asked[-1], ttl)
        asked.append((asked[-1][0][filled], asked[-1][1][filled]))
    origin = asked[-1][1]
    for layer, ttl in enumerate(ttls):
        whose, filled_at = asked[len(ttls) - layer]
        if layer:
            farther = asked[len(ttls) - layer + 1]
            origin = origin[_positions(*farther, whose, add(filled_at, 1)) - 1]
        live = origin < revoked_at[whose]
        np.maximum.at(latest, whose[live], add(filled_at[live], ttl))
    return latest


def _fills(credential: IntArray, asked_at: IntArray, ttl: int) -> BoolArray:
    """Which questions a cache cannot answer: each credential's first, then the first at or past each entry's end."""
    n = len(credential)
    filled = np.zeros(n + 1, np.bool_)
    filled[:n] = np.diff(credential, prepend=-1) != 0
    step = np.append(np.maximum(_positions(credential, asked_at, credential, add(asked_at, ttl)), np.arange(n) + 1), n)
    step[:n][np.append(credential, -1)[step[:n]] != credential] = n
    while (step < n).any():
        filled[step[filled]] = True
        step = step[step]
    return filled[:n]


def _positions(credential: IntArray, at: IntArray, whose: IntArray, when: IntArray) -> IntArray:
    """For each (whose, when), how many of the sorted (credential, at) come before it."""
    asks = np.append(np.ones(len(at), np.bool_), np.zeros(len(when), np.bool_))
    order = np.lexsort((asks, np.append(at, when), np.append(credential, whose)))
    before = np.cumsum(asks[order])
    count = np.empty(len(order), np.int64)
    count[order] = before
    return count[len(at) :]
