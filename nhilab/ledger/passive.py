"""Until when is a credential honoured, passively: nobody but the legitimate calls keeps caches warm."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import BoolArray, IntArray, add
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.rules import Rules
from nhilab.ledger.tables import Ledger, Status
from nhilab.ledger.verdicts import Question, Verdicts


def passive_until(ledger: Ledger) -> IntArray:
    r"""End of acceptance of every credential at every verifier, had a thief left the layers alone.

    The legitimate calls are replayed through the layers; what still answers live after them counts. With plain
    write-expiry caches that is

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
    Definition: MODEL.md §5, passive reading. When a plain cache is filled does not depend on the answers, so the
    fills of a layer are found first (nearest the decision first: a layer is asked when the next one fills), then
    followed back to the instant at which the issuer was asked. Other layers are asked call by call. Oracle:
    ``tests/reference/slow_honoured.py``, checked by ``tests/reference/test_passive.py`` and
    ``nhilab.study.verify.caches``.
    """
    until = accept_until(ledger)
    verifiers, calls = ledger.estate.verifiers, ledger.calls
    guard = ledger.estate.resources.verifier[ledger.estate.permissions.resource[calls.permission]]
    arrived = (calls.credential >= 0) & np.isin(calls.status, (Status.DONE, Status.REFUSED))
    order = np.lexsort((calls.arrived_at, calls.credential, guard))
    order = order[arrived[order]]
    for verifier in np.flatnonzero(~verifiers.self_contained):
        mine = order[guard[order] == verifier]
        rules = Rules.of(ledger.estate, int(verifier))
        ttls = rules.plain_ttls()
        if ttls is None:
            live_until = _replayed(ledger, mine, rules)
        else:
            credential = calls.credential[mine].astype(np.int64)
            live_until = _live_until(credential, calls.arrived_at[mine], ttls, ledger.credentials.revoked_at)
        until[:, verifier] = np.minimum(until[:, verifier], live_until)
    return until


def _replayed(ledger: Ledger, rows: IntArray, rules: Rules) -> IntArray:
    """Last instant at which some layer answers "live", per credential; rows sorted by credential, then instant."""
    calls, credentials = ledger.calls, ledger.credentials
    starts = np.searchsorted(calls.credential[rows], np.arange(len(credentials) + 1)).tolist()
    arrived_at, draw = calls.arrived_at[rows].tolist(), calls.replica_draw[rows].tolist()
    ends_at = add(credentials.expires_at, rules.leeway)
    columns = (credentials.issued_at, ends_at, credentials.revoked_at, credentials.lost_pushes)
    until = []
    for whose, about in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        verdicts, question = Verdicts(rules), Question(*about)
        for call in range(starts[whose], starts[whose + 1]):
            question.replica_draw = draw[call]
            verdicts.admits(arrived_at[call], question)
        until.append(verdicts.live_until(question))
    return np.array(until, np.int64)


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
