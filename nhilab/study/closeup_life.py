"""The life of one credential: issued, used, done with, revoked, expired, and until when each verifier honours it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from nhilab.base.quantities import NEVER, SECOND, IdArray, IntArray
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
EVENTS: Final = (ISSUED, MINTED, USED, TAKEN, DONE, REVOKED, EXPIRES, HONOURED)
"""Order of events of one instant."""

MEDIAN_RESIDUAL: Final = "median residual of those taken"
MEDIAN_OVERHANG: Final = "median overhang, none was taken"


def life_table(strategy: str, reading: Reading) -> pl.DataFrame:
    """Events of one credential that stands for the others of its ledger.

    Of all thefts the one with the median time from theft to last acceptance (the lower of two), else, if nothing was
    taken, of the credentials that count in the metrics of proof the one with the median overhang; the least row on
    ties.

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
    Definition: ours. Checked by ``tests/unit/study/test_closeup.py``.
    """
    credential, taken_at, chosen = representative(reading)
    if credential < 0:
        return pl.DataFrame(schema=LIFE_SCHEMA)
    ledger, c = reading.ledger, reading.ledger.credentials
    verifiers = ledger.estate.verifiers.name.tolist()
    calls = ledger.calls
    uses = np.flatnonzero((calls.credential == credential) & (calls.status == Status.DONE))
    events: list[tuple[int, str, str | None]] = [
        (int(c.issued_at[credential]), ISSUED, None),
        *zip(calls.arrived_at[uses].tolist(), [USED] * len(uses), _named(verifiers, guard(ledger)[uses]), strict=True),
        *((at, MINTED, None) for at in c.issued_at[c.parent == credential].tolist()),
        (int(c.purpose_end[credential]), DONE, None),
    ]
    if taken_at < NEVER:
        events.append((taken_at, TAKEN, None))
    if c.revoked_at[credential] < NEVER:
        events.append((int(c.revoked_at[credential]), REVOKED, None))
    events.append((int(c.expires_at[credential]), EXPIRES, None))
    guarded = np.flatnonzero(scope_verifiers(ledger)[c.scope[credential]])
    events += [(int(reading.honoured_by[credential, v]), HONOURED, verifiers[v]) for v in guarded]
    events.sort(key=lambda e: (e[0], EVENTS.index(e[1]), e[2] or ""))
    identity = str(ledger.estate.identities.name[ledger.scopes.identity[c.scope[credential]]])
    start = int(c.issued_at[credential])
    rows = [
        (strategy, credential, identity, chosen, None if at >= NEVER else (at - start) / SECOND, event, verifier)
        for at, event, verifier in events
    ]
    return pl.DataFrame(rows, schema=LIFE_SCHEMA, orient="row")


def representative(reading: Reading) -> tuple[int, int, str]:
    """The credential that stands for the others, when it was taken (`NEVER` if not), and why it was chosen."""
    taken = reading.compromises.taken
    if len(taken):
        residual = np.maximum(elapsed(taken.taken_at, taken.honoured_until), 0)
        alike = np.flatnonzero(residual == _lower_median(residual))
        row = alike[np.lexsort((taken.taken_at[alike], taken.credential[alike]))[0]]
        return int(taken.credential[row]), int(taken.taken_at[row]), MEDIAN_RESIDUAL
    counted = np.flatnonzero(reading.counted)
    if not len(counted):
        return -1, NEVER, ""
    overhang = np.maximum(elapsed(reading.ledger.credentials.purpose_end, reading.honoured_until), 0)[counted]
    return int(counted[np.flatnonzero(overhang == _lower_median(overhang))[0]]), NEVER, MEDIAN_OVERHANG


def _lower_median(lengths: IntArray) -> int:
    return int(np.sort(lengths)[(len(lengths) - 1) // 2])


def _named(names: list[str], rows: IdArray) -> list[str | None]:
    return [names[row] if row >= 0 else None for row in rows.tolist()]
