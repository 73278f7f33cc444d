"""When credentials die: as the ledger has it, or sooner by what responders revoke."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from nhilab.base.quantities import NEVER, IntArray
from nhilab.ledger.acceptance import accept_until, dead_at, honoured_until, issuer_until
from nhilab.ledger.tables import Credentials, Ledger, Outages


@dataclass(frozen=True, eq=False)
class Deaths:
    """Ends of all credentials in one world.

    Attributes
    ----------
    accept_until : ndarray, shape (credentials, verifiers), int64, µs
    honoured_until, issuer_until, dead_at : ndarray, shape (credentials,), int64, µs
        See `nhilab.ledger.acceptance`.
    revoked_at : ndarray, shape (credentials,), int64, µs
        Dead at the issuer by revocation.
    """

    accept_until: IntArray
    honoured_until: IntArray
    issuer_until: IntArray
    dead_at: IntArray
    revoked_at: IntArray

    @classmethod
    def of(cls, ledger: Ledger) -> Deaths:
        """As the ledger has it."""
        return cls(
            accept_until(ledger), honoured_until(ledger), issuer_until(ledger), dead_at(ledger),
            ledger.credentials.revoked_at,
        )  # fmt: skip

    def sooner(self, ledger: Ledger, revoked: dict[int, int]) -> Deaths:
        """The same with some credentials revoked at other instants, each not after its own."""
        rows = np.array(sorted(revoked), np.int64)
        columns = {name: column[rows] for name, column in ledger.credentials.columns().items()}
        columns["revoked_at"] = np.array([revoked[row] for row in rows.tolist()], np.int64)
        part = Deaths.of(dataclasses.replace(ledger, credentials=Credentials.of(**columns)))
        changed = {f.name: getattr(self, f.name).copy() for f in dataclasses.fields(self)}
        for name, column in changed.items():
            column[rows] = getattr(part, name)
        return Deaths(**changed)


def children_until(ledger: Ledger, scope: int, revoked_at: int, lost_pushes: int) -> IntArray:
    """Until when each verifier takes what a thief minted, once revoked, if it never expired; shape (verifiers,)."""
    child = Credentials.of(
        scope=[scope], stage=[-1], owner_kind=[0], owner=[-1], call=[-1], requested_at=[0], issued_at=[0],
        expires_at=[NEVER], revoked_at=[revoked_at], purpose_end=[0], lost_pushes=[lost_pushes],
    )  # fmt: skip
    until: IntArray = accept_until(dataclasses.replace(ledger, credentials=child, outages=Outages.empty()))[0]
    return until
