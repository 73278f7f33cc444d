"""An audit of a run as tables that fit 80 columns: its events, and which deaths its logs prove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import BoolArray, IdArray
from nhilab.ledger.tables import Ledger
from nhilab.metrics.deaths import BECAUSE, Because, Deaths
from nhilab.metrics.observation import Observation
from nhilab.report.sentences.words import NOTHING, number

N_EXAMPLES: Final = 3


def print_audit(console: Console, title: str, ledger: Ledger, frame: pl.DataFrame, deaths: Deaths) -> None:
    """Print a run's events by kind, the shares of proven deaths and false proofs, and the reasons.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    title : str
        What the ledger is of.
    ledger : Ledger
    frame : DataFrame
        All its events, as `event_frame` made them.
    deaths : Deaths
        The verdict on each of its credentials.
    """
    revoked = deaths.counted & deaths.revoked
    late = deaths.counted & (deaths.because > Because.IN_TIME)
    untrue = revoked & (deaths.false_because > Because.IN_TIME)
    console.print(Text(title, style="bold"))
    console.print(_events(frame))
    _share(console, "death in time proven", (deaths.because == Because.IN_TIME)[deaths.counted], "credentials")
    _share(console, "proof of death false", untrue[revoked], "logged revocations")
    if late.any():
        rows = _reasons(ledger, deaths, deaths.because, late)
        console.print(_table("Why death in time is not proven", ("reason", "verifier"), rows))
    if untrue.any():
        rows = _reasons(ledger, deaths, deaths.false_because, untrue)
        console.print(_table("Why the revocation is a false proof", ("reason", "verifier"), rows))


def audit_json(title: str, ledger: Ledger, frame: pl.DataFrame, deaths: Deaths) -> dict[str, Any]:
    """What `print_audit` prints, as `nhilab audit --json` gives it."""
    revoked = deaths.counted & deaths.revoked
    late = deaths.counted & (deaths.because > Because.IN_TIME)
    untrue = revoked & (deaths.false_because > Because.IN_TIME)
    counts = frame.group_by("kind", "source", "reason", maintain_order=True).len().sort("source", "kind", "reason")
    return {
        "schema": "nhilab/audit/1",
        "of": title,
        "events": [{"log": s, "event": k, "reason": r, "events": n} for k, s, r, n in counts.iter_rows()],
        "credentials": int(np.count_nonzero(deaths.counted)),
        "revocations": int(np.count_nonzero(revoked)),
        "proven_in_time": int(np.count_nonzero(deaths.counted & (deaths.because == Because.IN_TIME))),
        "false_proofs": int(np.count_nonzero(untrue)),
        "why_not_proven": _reasons_json(ledger, deaths, deaths.because, late),
        "why_false": _reasons_json(ledger, deaths, deaths.false_because, untrue),
    }


def _reasons_json(ledger: Ledger, deaths: Deaths, because: IdArray, rows: BoolArray) -> list[dict[str, Any]]:
    found = _reasons(ledger, deaths, because, rows) if rows.any() else ()
    return [{"reason": reason, "verifier": where, "credentials": int(n)} for reason, where, n, _, _ in found]


def _share(console: Console, what: str, hits: BoolArray, group: str) -> None:
    seen = Observation.share(hits)
    of = f"{seen.numerator:.0f} of {seen.denominator:.0f} {group}"
    value = f"{100 * seen.value:.4g} %" if seen.denominator else NOTHING  # two digits would call 99.7 % all
    console.print(Text(f"{what}: {value} ({of})"))


def _events(frame: pl.DataFrame) -> Table:
    """How many events of each kind stand in which log."""
    counts = frame.group_by("kind", "source", "reason", maintain_order=True).len().sort("source", "kind", "reason")
    rows = ((source, kind, reason or "", f"{n}") for kind, source, reason, n in counts.iter_rows())
    table = _bare("Events")
    for heading in ("log", "event", "reason"):
        table.add_column(heading, overflow="fold")
    table.add_column("events", justify="right")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _reasons(ledger: Ledger, deaths: Deaths, because: IdArray, rows: BoolArray) -> Iterator[tuple[str, ...]]:
    """Each reason with the verifier it arises at, how often, in which share, and where to look further."""
    names = ledger.estate.verifiers.name
    at_verifier = np.where(because >= Because.DEAF, deaths.verifier, -1)
    kinds, counts = np.unique(np.stack([because[rows], at_verifier[rows]]), axis=1, return_counts=True)
    for column in np.lexsort((kinds[1], kinds[0], -counts)):
        reason, verifier = kinds[:, column].tolist()
        found = np.flatnonzero(rows & (because == reason) & (at_verifier == verifier))
        where = str(names[verifier]) if verifier >= 0 else NOTHING
        share = number(len(found) / np.count_nonzero(rows), "%")
        examples = ", ".join(map(str, found[:N_EXAMPLES].tolist()))
        yield BECAUSE[Because(reason)], where, f"{len(found)}", share, examples


def _table(title: str, first: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = _bare(title)
    for heading in first:
        table.add_column(heading, overflow="fold")
    for heading in ("credentials", "share"):
        table.add_column(heading, justify="right")
    table.add_column("such as", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _bare(title: str) -> Table:
    return Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", padding=(0, 1, 0, 0), pad_edge=False
    )
