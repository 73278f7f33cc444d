"""The life of one credential: issued, used, done with, revoked, expired, and until when each verifier honours it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from nhilab.base.quantities import NEVER, SECOND, IntArray
from nhilab.ledger.acceptance import scope_verifiers
from nhilab.ledger.refusals import guard
from nhilab.ledger.tables import Status
from nhilab.metrics.length import elapsed
from nhilab.metrics.reading import Reading

LIFE_SCHEMA: Final[dict[str, Any]] = {
    "strategy": pl.String, "credential": pl.Int64, "identity": pl.String, "chosen": pl.String, "after_s": pl.Float64,
    "event": pl.String, "verifier": pl.String,
}  # fmt: skip

ISSUED: Final = "issued"
USED: Final = "used"
TAKEN: Final = "taken"
DONE: Final = "purpose end"
REVOKED: Final = "revoked"
EXPIRES: Final = "expires"
HONOURED: Final = "honoured until"

MINTED: Final = "next stage issued"
LOST: Final = "useless to the thief"
EVENTS: Final = (ISSUED, MINTED, USED, TAKEN, DONE, REVOKED, EXPIRES, LOST, HONOURED)
"""Order of events of one instant."""

Event = tuple[int, str, str | None]
"""Instant (µs), what happened, and the verifier if one has to do with it."""

MEDIAN_RESIDUAL: Final = "median residual of those taken"
MEDIAN_OVERHANG: Final = "median overhang, none was taken"


def life_table(strategy: str, reading: Reading) -> pl.DataFrame:
    """Events of one credential that stands for the others of its ledger.

    Of all thefts the one with the median time from theft to last acceptance from where the thief stands (the lower
    one of two), the least row on ties. If nothing was taken, of the credentials that count in the metrics of proof the
    one with the median overhang, chosen in the same way.

    Parameters
    ----------
    strategy : str
        Name written in each row.
    reading : Reading

    Returns
    -------
    DataFrame
        One row per event, in order of time. Columns strategy, credential (row of the ledger), identity, chosen (why
        this one), after_s (since its issue; null for what never comes), event, verifier (of uses, and of the end of
        acceptance at each verifier of its scope; else null). Empty where there is no credential.

    Notes
    -----
    Definition: ours. Checked by ``tests/unit/study/closeups/test_closeup.py``.
    """
    chosen = representative(reading)
    if chosen is None:
        return pl.DataFrame(schema=LIFE_SCHEMA)
    ledger = reading.ledger
    scope, start = ledger.credentials.scope[chosen.credential], int(ledger.credentials.issued_at[chosen.credential])
    events = [*_in_the_ledger(reading, chosen.credential), *_of_the_thief(reading, chosen)]
    events.sort(key=lambda e: (e[0], EVENTS.index(e[1]), e[2] or ""))
    identity = str(ledger.estate.identities.name[ledger.scopes.identity[scope]])
    rows = [
        (strategy, chosen.credential, identity, chosen.why, None if at >= NEVER else (at - start) / SECOND, event, by)
        for at, event, by in events
    ]
    return pl.DataFrame(rows, schema=LIFE_SCHEMA, orient="row")


class Chosen(NamedTuple):
    """A credential that stands for others.

    Attributes
    ----------
    credential : int
        Row of the ledger.
    taken_at, lost_at : int, µs
        When a thief took it, and until when it was honoured from where he stands; `NEVER` if none took it.
    why : str
    """

    credential: int
    taken_at: int
    lost_at: int
    why: str


def representative(reading: Reading) -> Chosen | None:
    """The credential that stands for the others, as `life_table` says; None where there is none."""
    taken = reading.compromises.taken
    if len(taken):
        residual = elapsed(taken.taken_at, taken.honoured_until)
        alike = np.flatnonzero(residual == _lower_median(residual))
        row = alike[np.lexsort((taken.taken_at[alike], taken.credential[alike]))[0]]
        at, until = int(taken.taken_at[row]), int(taken.honoured_until[row])
        return Chosen(int(taken.credential[row]), at, until, MEDIAN_RESIDUAL)
    counted = np.flatnonzero(reading.counted)
    if not len(counted):
        return None
    overhang = elapsed(reading.ledger.credentials.purpose_end, reading.honoured_until)[counted]
    return Chosen(int(counted[overhang == _lower_median(overhang)][0]), NEVER, NEVER, MEDIAN_OVERHANG)


def _in_the_ledger(reading: Reading, credential: int) -> list[Event]:
    """What its issuer, its workloads and its verifiers know of."""
    ledger, c, calls = reading.ledger, reading.ledger.credentials, reading.ledger.calls
    verifiers = ledger.estate.verifiers.name.tolist()
    uses = np.flatnonzero((calls.credential == credential) & (calls.status == Status.DONE))
    seen_by = [verifiers[verifier] for verifier in guard(ledger)[uses].tolist()]
    revoked_at = int(c.revoked_at[credential])
    guarded = np.flatnonzero(scope_verifiers(ledger)[c.scope[credential]]).tolist()
    return [
        (int(c.issued_at[credential]), ISSUED, None),
        *((at, USED, verifier) for at, verifier in zip(calls.arrived_at[uses].tolist(), seen_by, strict=True)),
        *((at, MINTED, None) for at in c.issued_at[c.parent == credential].tolist()),
        (int(c.purpose_end[credential]), DONE, None),
        *([(revoked_at, REVOKED, None)] if revoked_at < NEVER else []),
        (int(c.expires_at[credential]), EXPIRES, None),
        *((int(reading.honoured_by[credential, v]), HONOURED, verifiers[v]) for v in guarded),
    ]


def _of_the_thief(reading: Reading, chosen: Chosen) -> list[Event]:
    """When a thief took it, and when it became useless to him, if that was before the last verifier refused it."""
    if chosen.taken_at >= NEVER:
        return []
    early = chosen.lost_at < int(reading.honoured_until[chosen.credential])
    return [(chosen.taken_at, TAKEN, None), *([(chosen.lost_at, LOST, None)] if early else [])]


def _lower_median(lengths: IntArray) -> int:
    return int(np.sort(lengths)[(len(lengths) - 1) // 2])
