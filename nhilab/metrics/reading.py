"""What every metric reads: one ledger, the campaigns replayed on it, and what follows from both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IntArray, add
from nhilab.ledger.acceptance import accept_until, honoured_until
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger, Source, Status


@dataclass(frozen=True, eq=False)
class Reading:
    """A ledger and the campaigns replayed on it; what several metrics need is worked out once, when asked.

    Parameters
    ----------
    ledger : Ledger
        What happened.
    compromises : Compromises
        What thieves found in it.
    """

    ledger: Ledger
    compromises: Compromises

    @cached_property
    def happened(self) -> BoolArray:
        """Calls that were made; a skipped one never was. Shape (calls,)."""
        return np.not_equal(self.ledger.calls.status, Status.SKIPPED)

    @cached_property
    def taken_on(self) -> BoolArray:
        """Tasks that came to be; work that was never handed on is none. Shape (tasks,)."""
        return np.not_equal(self.ledger.tasks.status, Status.SKIPPED)

    @cached_property
    def carried_out_at(self) -> IntArray:
        """When each call was carried out: taken from its queue if it waited in one, else its arrival; (calls,), µs.

        `NEVER` for a call that never got so far.
        """
        calls = self.ledger.calls
        return np.where(calls.began_at < NEVER, calls.began_at, calls.arrived_at)

    @cached_property
    def counted(self) -> BoolArray:
        """Credentials a stage manages, asked for by a call or before the horizon; shape (credentials,).

        Renewal of shared credentials goes on past the horizon, where nothing is left to use them: those
        would count as never used.
        """
        made = self.ledger.credentials
        wanted = (made.call >= 0) | (made.requested_at < self.ledger.horizon)
        counted: BoolArray = (made.stage >= 0) & wanted
        return counted

    @cached_property
    def issued(self) -> BoolArray:
        """Counted credentials the issuer had to make, renewals too, not standing ones from time 0; (credentials,)."""
        made = self.ledger.credentials
        standing = np.append(self.ledger.stages.source == Source.STANDING, False)[made.stage]
        issued: BoolArray = self.counted & ~(standing & (made.call < 0) & (made.issued_at <= 0))
        return issued

    @cached_property
    def honoured_until(self) -> IntArray:
        """Last instant at which some verifier of its scope honours each credential; (credentials,), µs."""
        return honoured_until(self.ledger)

    @cached_property
    def honoured_by(self) -> IntArray:
        """Last instant at which each verifier honours each credential; shape (credentials, verifiers), µs."""
        return add(accept_until(self.ledger), self.ledger.estate.verifiers.session_time[None, :])

    @cached_property
    def thefts(self) -> BoolArray:
        """Campaigns that ended up with something in hand; shape (campaigns,)."""
        return np.logical_not(self.compromises.nothing())
