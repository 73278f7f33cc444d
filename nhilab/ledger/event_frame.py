"""Events with names in the place of row numbers, for people and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from nhilab.base.errors import InputError
from nhilab.base.files import whole_file
from nhilab.base.quantities import NEVER, IdArray, IntArray
from nhilab.ledger.events import Events, Kind, Log
from nhilab.ledger.refusals import REASONS, Reason
from nhilab.ledger.tables import Ledger

KINDS: Final[dict[Kind, str]] = {
    Kind.TASK_STARTED: "task started", Kind.REQUESTED: "requested", Kind.ISSUED: "issued", Kind.USED: "used",
    Kind.CARRIED_OUT: "carried out", Kind.REFUSED: "refused", Kind.DENIED: "denied", Kind.SUPERSEDED: "superseded",
    Kind.UNAVAILABLE: "not issued", Kind.TASK_ENDED: "task ended",
    Kind.REVOCATION_REQUESTED: "revocation requested", Kind.REVOKED: "revoked", Kind.EXPIRED: "expired",
    Kind.LAST_HONOURED: "honoured until",
}  # fmt: skip
"""How each kind is written in every output."""

LOGS: Final[dict[Log, str]] = {
    Log.ISSUER: "issuer", Log.VERIFIER: "verifier", Log.WORKLOAD: "workload", Log.DECISION: "decision point",
    Log.BOUND: "bound",
}  # fmt: skip
"""How each log is written in every output."""


def event_frame(ledger: Ledger, events: Events, *, starts_at: int = 0) -> pl.DataFrame:
    """Events as flat columns, one row each, in their order; null for what there is none of.

    Parameters
    ----------
    ledger : Ledger
        The one they are of.
    events : Events
        All or some of its events.
    starts_at : int, µs
        Instant at which the run begins, since 1970 in UTC.

    Returns
    -------
    DataFrame
        `at_us` is exact, from the start of the run, `time` the same in UTC; `correlation` links the events of one
        credential (of one task where there is no credential), `lineage` those of all it was issued from and into.

    Notes
    -----
    Checked by ``tests/unit/ledger/test_event_frame.py``.
    """
    estate, calls = ledger.estate, ledger.calls
    resource = np.append(estate.permissions.resource, -1)[events.permission]
    workload = np.append(ledger.tasks.workload, -1)[events.task]
    known = np.where(events.kind == Kind.REQUESTED, -1, events.credential)  # nobody knows the end before the issue
    expires_at = np.append(ledger.credentials.expires_at, NEVER)[known]
    in_intent = np.append(calls.in_intent, True)[events.call]
    frame = pl.DataFrame(
        {
            "at_us": events.at,
            "time": pl.Series(events.at + starts_at).cast(pl.Datetime("us")),
            "kind": _named([KINDS[kind] for kind in Kind], events.kind),
            "source": _named([LOGS[log] for log in Log], events.source),
            "reason": _named([REASONS[reason] or None for reason in Reason], events.reason),
            "credential": _ids(events.credential),
            "call": _ids(events.call),
            "task": _ids(events.task),
            "parent": _ids(events.parent),
            "stage": _ids(events.stage),
            "workload": _named(estate.workloads.name.tolist(), workload),
            "identity": _named(estate.identities.name.tolist(), events.identity),
            "issuer": _named(ledger.stages.issuer.tolist(), events.stage),
            "verifier": _named(estate.verifiers.name.tolist(), events.verifier),
            "resource": _named(estate.resources.name.tolist(), resource),
            "operation": _named(estate.permissions.operation.tolist(), events.permission),
            "in_intent": pl.Series(in_intent).set(pl.Series(events.call < 0), None),
            "expires_at_us": pl.Series(expires_at).set(pl.Series(expires_at >= NEVER), None),
            "root": _ids(events.lineage),
        }
    )
    of_credential, of_task = pl.format("credential-{}", "credential"), pl.format("task-{}", "task")
    return frame.select(
        "at_us",
        "time",
        "kind",
        "source",
        "reason",
        pl.coalesce(of_credential, of_task).alias("correlation"),
        pl.format("credential-{}", "root").alias("lineage"),
        pl.all().exclude("at_us", "time", "kind", "source", "reason", "root"),
    )


def write_events(frame: pl.DataFrame, path: Path) -> None:
    """Write the flat columns as one Parquet file, whole or not at all; the same frame gives the same bytes.

    Raises
    ------
    InputError
        If it cannot be written, as on a full disk.
    """
    with whole_file(path) as beside:
        try:
            frame.write_parquet(beside, compression="zstd")
        except pl.exceptions.PolarsError as error:
            raise InputError(path, "", str(error), "a disk with room for it that can be written") from error


def _named(names: Sequence[str | None], rows: IdArray | IntArray) -> pl.Series:
    """The name in each row, null in row -1."""
    return pl.Series([*names, None], dtype=pl.String).gather(np.where(rows < 0, len(names), rows))


def _ids(rows: IdArray) -> pl.Series:
    return pl.Series(rows).set(pl.Series(rows < 0), None)
