"""Assertions about one ledger: it is sound, its proofs of death hold, everything is dead in time."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import add
from nhilab.ledger.acceptance import honoured_until
from nhilab.ledger.invariants import violations
from nhilab.ledger.tables import Ledger, Status
from nhilab.metrics.deaths import BECAUSE, Because, deaths_of
from nhilab.testing.breach import instant, refuse


def assert_sound(ledger: Ledger) -> None:
    """A ledger keeps every rule that ledgers keep: of work, uses, lifetimes, deaths, service and holdings.

    Parameters
    ----------
    ledger : Ledger
        Of a run, or made from logs.

    Raises
    ------
    AssertionError
        With a sentence per broken rule and the rows that break it.

    Notes
    -----
    Definition: MODEL.md §2, §4 and §6. Checked by ``tests/unit/testing/test_ledger.py``.
    """
    if found := violations(ledger):
        raise AssertionError("\n".join(found))


def assert_proofs_hold(ledger: Ledger) -> None:
    r"""Proofs of death agree with the log.

    .. math:: \text{proven} \iff h \le p + \tau, \qquad
              \text{falsely proven} \iff \text{revoked} \wedge h > r + \tau, \qquad
              a < h \text{ for each accepted call}

    with `honoured_until` :math:`h`, `purpose_end` :math:`p`, `revoked_at` :math:`r`, the ledger's proof tolerance
    :math:`\tau` and the arrival :math:`a` of a call that presented the credential.

    Parameters
    ----------
    ledger : Ledger

    Raises
    ------
    AssertionError
        With the credentials or calls at fault.

    Notes
    -----
    Definition: MODEL.md §8. Checked by ``tests/unit/testing/test_ledger.py``.
    """
    c, tolerance, deaths = ledger.credentials, ledger.proof_tolerance, deaths_of(ledger)
    until = honoured_until(ledger)

    def credential(row: int) -> str:
        return (
            f"credential {row}: purpose ends at {instant(c.purpose_end[row])}, revoked at "
            f"{instant(c.revoked_at[row])}, honoured until {instant(until[row])}, tolerance {instant(tolerance)}"
        )

    in_time = until <= add(c.purpose_end, tolerance)
    refuse("what is proven dead is honoured no longer than its purpose and the tolerance",
           (deaths.because == Because.IN_TIME) != in_time, credential)  # fmt: skip
    late = deaths.revoked & (until > add(c.revoked_at, tolerance))
    refuse("a false proof is a revocation after which it is honoured past the tolerance",
           (deaths.false_because > 0) != late, credential)  # fmt: skip
    calls = ledger.calls
    accepted = (calls.status == Status.DONE) & (calls.credential >= 0)
    end = np.append(until, 0)[calls.credential]
    refuse(
        "no call is accepted once its credential is honoured nowhere", accepted & (calls.arrived_at >= end),
        lambda row: f"call {row}: credential {calls.credential[row]} presented at {instant(calls.arrived_at[row])}, "
        f"honoured until {instant(end[row])}",
    )  # fmt: skip


def assert_proven_dead(ledger: Ledger) -> None:
    r"""Every credential is provably dead when its purpose ends.

    .. math:: h \le p + \tau \quad \text{for each counted credential}

    with `honoured_until` :math:`h`, `purpose_end` :math:`p` and the ledger's proof tolerance :math:`\tau`; which is
    ``proof_of_death_share`` = 1.

    Parameters
    ----------
    ledger : Ledger

    Raises
    ------
    AssertionError
        With the credentials that outlive their purpose, for how long, and what came too late.

    Notes
    -----
    Definition: MODEL.md §8. Checked by ``tests/unit/testing/test_ledger.py``.
    """
    c, estate, deaths = ledger.credentials, ledger.estate, deaths_of(ledger)

    def words(row: int) -> str:
        identity = estate.identities.name[ledger.scopes.identity[c.scope[row]]]
        verifier = deaths.verifier[row]
        where = f" at {estate.verifiers.name[verifier]}" if verifier >= 0 else ""
        return (
            f"credential {row} of {identity}, stage {c.stage[row]}: purpose ends at {instant(c.purpose_end[row])}, "
            f"honoured until {instant(deaths.honoured_until[row])}{where}: {BECAUSE[Because(deaths.because[row])]}"
        )

    refuse("every credential is provably dead when its purpose ends", deaths.counted & (deaths.because > 0), words)
