"""Why a call did not get through, as far as the ledger tells."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np

from nhilab.base.estate import LayerKind
from nhilab.base.quantities import BoolArray, IdArray, IntArray, add
from nhilab.ledger.kinship import place_of_task
from nhilab.ledger.rules import layer_steps
from nhilab.ledger.tables import Ledger, Status


class Reason(IntEnum):
    """Why something was turned away, or why a revocation ended nothing (`DEAD_ALREADY`)."""

    NONE = 0
    EXPIRED = 1
    REVOKED = 2
    WRONG_NETWORK = 3
    OUTSIDE_SCOPE = 4
    NOT_AUTHORISED = 5
    NOT_APPROVED = 6
    NOT_ISSUED = 7
    NOT_ASKED = 8
    UNTOLD = 9
    DEAD_ALREADY = 10


REASONS: Final[dict[Reason, str]] = {
    Reason.NONE: "",
    Reason.EXPIRED: "expired",
    Reason.REVOKED: "revoked",
    Reason.WRONG_NETWORK: "wrong network",
    Reason.OUTSIDE_SCOPE: "insufficient scope",
    Reason.NOT_AUTHORISED: "not authorised",
    Reason.NOT_APPROVED: "not approved by a person",
    Reason.NOT_ISSUED: "issuer unavailable",
    Reason.NOT_ASKED: "issuer out of the verifier's reach",
    Reason.UNTOLD: "not told by the ledger",
    Reason.DEAD_ALREADY: "had expired before",
}
"""How each reason is written in every output."""


def guard(ledger: Ledger) -> IdArray:
    """Verifier that decides on each call; shape (calls,), int32."""
    return ledger.estate.resources.verifier[ledger.estate.permissions.resource[ledger.calls.permission]]


def turned_away(ledger: Ledger) -> BoolArray:
    """Calls whose credential a verifier refused at their arrival; shape (calls,).

    The issuer may have been unavailable for the other credential that such a call asked for then.
    """
    calls = ledger.calls
    given_up = (calls.status == Status.ISSUER_UNAVAILABLE) & (calls.credential >= 0)
    refused: BoolArray = (calls.status == Status.REFUSED) | given_up
    return refused


def refusal_reasons(ledger: Ledger, rows: IntArray) -> IdArray:
    """Why verifiers refused the credentials of calls.

    Parameters
    ----------
    ledger : Ledger
    rows : ndarray, shape (n,), int64
        Calls that a verifier refused, each with its credential.

    Returns
    -------
    ndarray, shape (n,), int32
        A `Reason`. In the order of MODEL.md §4 and §5: the network first; then, from expiry and leeway on, expired;
        before, revoked if it was by then, else the issuer could not be asked. Two cases the ledger does not tell
        apart are `UNTOLD`: a revoked credential where the verifier asked during an outage, so that it may just
        have had no answer, and a revoked one past its expiry at a cache that does not check expiry.

    Notes
    -----
    Source: ours; "insufficient scope" is RFC 6750 §3.1. Checked by ``tests/unit/ledger/test_refusals.py``.
    """
    calls, credentials, verifiers = ledger.calls, ledger.credentials, ledger.estate.verifiers
    credential, verifier, at = calls.credential[rows], guard(ledger)[rows], calls.arrived_at[rows]
    network = ledger.estate.places.network[place_of_task(ledger)[calls.task[rows]]]
    wanted = verifiers.accepts_from[verifier]
    over = at >= add(credentials.expires_at[credential], verifiers.leeway[verifier])
    revoked = at >= credentials.revoked_at[credential]
    asks, unchecked = _asking(ledger)
    out = _in_outage(ledger, credentials.stage[credential], at) & asks[verifier]
    learns = ~verifiers.self_contained[verifier]
    by = (
        ((wanted != "") & (wanted != network), Reason.WRONG_NETWORK),
        (over & revoked & unchecked[verifier], Reason.UNTOLD),
        (over, Reason.EXPIRED),
        (revoked & learns & out & (calls.n_introspections[rows] > 0), Reason.UNTOLD),
        (revoked & learns, Reason.REVOKED),
        (out & learns, Reason.NOT_ASKED),
    )
    return np.select([holds for holds, _ in by], [reason for _, reason in by], Reason.UNTOLD).astype(np.int32)


def denial_reasons(ledger: Ledger, rows: IntArray) -> IdArray:
    """Why calls were denied: by the verifier for want of scope, by the decision point, or by a person; int32."""
    calls = ledger.calls
    presented, escalated = calls.credential[rows] >= 0, calls.escalated[rows]
    by = [Reason.OUTSIDE_SCOPE, Reason.NOT_APPROVED]
    return np.select([presented, escalated], by, Reason.NOT_AUTHORISED).astype(np.int32)


def _asking(ledger: Ledger) -> tuple[BoolArray, BoolArray]:
    """Verifiers whose questions can reach the issuer; those whose nearest layer is a cache past any expiry."""
    layers, n = ledger.estate.layers, len(ledger.estate.verifiers)
    asks, unchecked = np.ones(n, np.bool_), np.zeros(n, np.bool_)
    for verifier in range(n):
        steps = layer_steps(layers, verifier)
        asks[verifier] = all(any(layers.kind[row] == LayerKind.CACHE for row in step) for step in steps)
        if steps:
            unchecked[verifier] = any(
                layers.kind[row] == LayerKind.CACHE and not layers.checks_expiry[row] for row in steps[-1]
            )
    return asks, unchecked


def _in_outage(ledger: Ledger, stage: IdArray, at: IntArray) -> BoolArray:
    """Whether the issuer of each stage could not be reached at the instant beside it."""
    outages, found = ledger.outages, np.zeros(len(at), np.bool_)
    for row in range(len(outages)):
        inside = (outages.from_at[row] <= at) & (at < outages.until_at[row])
        found |= (outages.stage[row] == stage) & inside
    return found
