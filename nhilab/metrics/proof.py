"""Did the credential die when its purpose ended, and could one prove it?"""

from __future__ import annotations

import math

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, BoolArray, FloatArray, IntArray, add
from nhilab.base.spans import union_lengths, unions
from nhilab.ledger.tables import Status
from nhilab.metrics.length import capped_mean, elapsed
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading


def _overhang(reading: Reading) -> IntArray:
    """How long each counted credential is honoured after its purpose ended; µs."""
    return _overhang_of_all(reading)[reading.counted]


def _overhang_of_all(reading: Reading) -> IntArray:
    """The same of every credential, counted or not; shape (credentials,), µs."""
    return elapsed(reading.ledger.credentials.purpose_end, reading.honoured_until)


def overhang_s(reading: Reading) -> Observation:
    r"""Time for which a credential is honoured after the last task or call that used it ended.

    .. math:: E[\min(\max(0, h - p), \mathrm{cap})]

    with ``honoured_until`` :math:`h` over all verifiers of its scope and ``purpose_end`` :math:`p`.

    Returns
    -------
    Observation, s
        Per counted credential; one never used has its whole life as overhang.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand, ``theory.residual`` for T − D.
    Checked by ``tests/unit/metrics/test_proof.py``.
    """
    return capped_mean(_overhang(reading), reading.ledger.cap)


def outlived_share(reading: Reading) -> Observation:
    r"""Share of credentials honoured after their purpose ended, however briefly.

    .. math:: P(h > p)

    Returns
    -------
    Observation, 1
        Per counted credential; no tolerance.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_proof.py``.
    """
    return Observation.share(_overhang(reading) > 0)


def _granted_seconds(reading: Reading) -> float:
    """Grant-seconds honoured before the horizon; a grant that several credentials carry at once counts once."""
    ledger, counted = reading.ledger, np.flatnonzero(reading.counted)
    made, held, n_verifiers = ledger.credentials, ledger.scope_permissions, len(ledger.estate.verifiers)
    until = np.minimum(reading.honoured_by[counted], ledger.horizon)
    group = made.scope[counted, None].astype(np.int64) * n_verifiers + np.arange(n_verifiers)
    since = np.broadcast_to(made.issued_at[counted, None], until.shape)
    group, start, end = unions(group.ravel(), since.ravel(), until.ravel())
    verifier = ledger.estate.resources.verifier[ledger.estate.permissions.resource[held.permission]]
    holds = held.scope.astype(np.int64) * n_verifiers + verifier
    by_group = np.argsort(holds, kind="stable")
    low, high = np.searchsorted(holds[by_group], group), np.searchsorted(holds[by_group], group, side="right")
    row = np.repeat(np.arange(len(group)), high - low)
    place = np.arange(len(row)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    permission = held.permission[by_group[np.repeat(low, high - low) + place]].astype(np.int64)
    identity = ledger.scopes.identity[group[row] // n_verifiers].astype(np.int64)
    grant = np.unique(identity * len(ledger.estate.permissions) + permission, return_inverse=True)[1]
    lengths = union_lengths(grant, start[row], end[row], n=int(grant.max(initial=-1)) + 1)
    return float(lengths.sum()) / SECOND


def _exercised_seconds(reading: Reading) -> FloatArray:
    """Seconds before the horizon for which each of the calls made exercised its one permission."""
    calls, made = reading.ledger.calls, reading.happened
    ended_at = np.minimum(calls.ended_at[made], reading.ledger.horizon)
    seconds: FloatArray = np.maximum(ended_at - reading.carried_out_at[made], 0) / SECOND
    return seconds


def standing_privilege(reading: Reading) -> Observation:
    r"""How much privilege stands for each unit of privilege exercised.

    .. math::

        \sum_{(i, p)} \Big|\bigcup_{c\,\text{of}\,i,\ p \in \mathrm{scope}(c)}
        [\mathrm{issued}_c,\, h_{c,v(p)}) \cap [0, H)\Big| \Big/
        \sum_k |[b_k,\, \mathrm{ended}_k) \cap [0, H)|

    with :math:`b_k` the instant at which a call was carried out: when it left its queue, else its arrival.

    Returns
    -------
    Observation, 1
        Grant-seconds honoured per grant-second of the calls made; a grant stands while any credential that
        carries it is honoured by its verifier, each call exercises one; one that was denied or waits in a queue
        exercises nothing. NaN where no call was made.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand, (permissions × T) / call time.
    Checked by ``tests/unit/metrics/test_proof.py``.
    """
    granted, exercised = _granted_seconds(reading), _exercised_seconds(reading)
    return Observation(granted, math.fsum(exercised.tolist()))


def uses_after_revocation(reading: Reading) -> Observation:
    r"""Legitimate calls that were accepted although the issuer had already revoked their credential.

    .. math:: \#\{k : \text{done},\ b_k \ge \mathrm{revoked}_{c(k)}\}

    with :math:`b_k` the instant at which a call was carried out: when it left its queue, else its arrival.

    Returns
    -------
    Observation, calls
        A count per replication. A call at the very instant at which the issuer is told came before it. A message that
        carries an authorisation, tested before the revocation and carried out after it, is such a use.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours; what RFC 7009 §3 leaves to propagation. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_proof.py``.
    """
    calls, credentials = reading.ledger.calls, reading.ledger.credentials
    accepted = np.flatnonzero((calls.status == Status.DONE) & (calls.credential >= 0))
    presented = calls.credential[accepted]
    used_at = reading.carried_out_at[accepted]
    late = used_at >= credentials.revoked_at[presented]
    late &= used_at != credentials.revocation_requested_at[presented]
    return Observation.count(int(np.count_nonzero(late)))


def proven_dead(reading: Reading) -> BoolArray:
    """Credentials whose death in time can be proved, counted or not; what `proof_of_death_share` is the share of.

    Parameters
    ----------
    reading : Reading
        A ledger; its campaigns play no part.

    Returns
    -------
    ndarray, shape (credentials,), bool

    Notes
    -----
    Definition: MODEL.md §8. Checked by ``tests/unit/metrics/test_deaths.py``.
    """
    proven: BoolArray = _overhang_of_all(reading) <= reading.ledger.proof_tolerance
    return proven


def falsely_proven(reading: Reading) -> BoolArray:
    """Credentials, counted or not, that some verifier honours past their logged revocation and the tolerance.

    Parameters
    ----------
    reading : Reading
        A ledger; its campaigns play no part.

    Returns
    -------
    ndarray, shape (credentials,), bool
        False where no revocation is logged.

    Notes
    -----
    Definition: MODEL.md §8. Checked by ``tests/unit/metrics/test_deaths.py``.
    """
    revoked_at = reading.ledger.credentials.revoked_at
    proved_at = add(revoked_at, reading.ledger.proof_tolerance)
    found: BoolArray = (revoked_at < NEVER) & (reading.honoured_until > proved_at)
    return found


def proof_of_death_share(reading: Reading) -> Observation:
    r"""Share of credentials whose death in time can be proved from the log and the verifiers' bounds.

    .. math:: P(h \le p + \text{tolerance})

    with :math:`h` the issuer's logged end (expiry or revocation) carried through the bounds of every verifier
    of the scope.

    Returns
    -------
    Observation, 1
        Per counted credential.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_proof.py``.
    """
    return Observation.share(proven_dead(reading)[reading.counted])


def false_proof_share(reading: Reading) -> Observation:
    r"""Share of logged revocations after which some verifier still honours the credential.

    .. math:: P(h > \mathrm{revoked\_at} + \text{tolerance} \mid \text{revoked})

    Returns
    -------
    Observation, 1
        Per counted credential with a logged revocation; NaN where nothing was revoked.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_proof.py``.
    """
    revoked = reading.counted & (reading.ledger.credentials.revoked_at < NEVER)
    return Observation.share(falsely_proven(reading)[revoked])
