"""The life of one credential or task as lines of text: what it is, then what happened to it, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from nhilab.base.quantities import NEVER, SECOND
from nhilab.ledger.tables import Ledger, Owner, Source, Status
from nhilab.metrics.deaths import BECAUSE, Because, Deaths
from nhilab.report.sentences.words import NOTHING


def credential_lines(
    ledger: Ledger, frame: pl.DataFrame, deaths: Deaths, credential: int, *, width: int = 80
) -> Iterator[str]:
    """What a credential is and whether its death is proven, then its events.

    Parameters
    ----------
    ledger : Ledger
    frame : DataFrame
        Its events, as `event_frame` made them.
    deaths : Deaths
        The verdict on each credential of the ledger.
    credential : int
        Its row.
    width : int
        Columns to keep within, as far as names allow.

    Yields
    ------
    str
        A line without its end.
    """
    c = ledger.credentials
    children = np.flatnonzero(c.parent == credential)
    yield f"credential-{credential}"
    yield from _facts(
        {
            "identity": str(ledger.estate.identities.name[ledger.scopes.identity[c.scope[credential]]]),
            "stage": _stage(ledger, int(c.stage[credential])),
            "scope": _scope(ledger, int(c.scope[credential])),
            "owner": _owner(ledger, credential),
            "parent": f"credential-{c.parent[credential]}" if c.parent[credential] >= 0 else "none",
            "children": _some("credential", children.tolist()),
            "purpose": f"ended at {_seconds(int(c.purpose_end[credential]))}; calls: {c.n_uses[credential]}",
            "honoured": _honoured(ledger, deaths, credential),
            "death": _death(ledger, deaths, credential),
            "revocation": _revocation(deaths, credential),
        }
    )
    yield from _events(frame, width)


def task_lines(ledger: Ledger, frame: pl.DataFrame, deaths: Deaths, task: int, *, width: int = 80) -> Iterator[str]:
    """What a task is and which credentials it had, each with its verdict, then its events.

    Parameters
    ----------
    ledger : Ledger
    frame : DataFrame
        Its events, as `event_frame` made them.
    deaths : Deaths
        The verdict on each credential of the ledger.
    task : int
        Its row.
    width : int
        Columns to keep within, as far as names allow.

    Yields
    ------
    str
        A line without its end.
    """
    tasks, workloads = ledger.tasks, ledger.estate.workloads
    workload = int(tasks.workload[task])
    parent = int(tasks.parent_call[task])
    issued = frame.filter(pl.col("kind") == "issued")
    used = frame.filter(pl.col("source") == "verifier")
    yield f"task-{task}"
    yield from _facts(
        {
            "workload": f"{workloads.name[workload]}, instance {tasks.instance[task]}",
            "identity": str(ledger.estate.identities.name[workloads.identity[workload]]),
            "from": _seconds(int(tasks.started_at[task])),
            "to": _seconds(int(tasks.ended_at[task])),
            "ended": Status(tasks.status[task]).name.lower().replace("_", " "),
            "called by": f"call-{parent}" if parent >= 0 else "none",
            "issued": _some("credential", sorted(set(issued["credential"].to_list()))),
            "used": _some("credential", sorted(set(used["credential"].to_list()))),
        }
    )
    for credential in sorted({*issued["credential"].to_list(), *used["credential"].to_list()}):
        yield f"  credential-{credential}: {_death(ledger, deaths, credential)}"
    yield from _events(frame, width)


def _facts(facts: dict[str, str]) -> Iterator[str]:
    width = max(map(len, facts))
    return (f"  {name.ljust(width)}  {said}" for name, said in facts.items())


def _events(frame: pl.DataFrame, width: int) -> Iterator[str]:
    """One line per event: second, log, what happened, to what, by which ids it is linked; two where one is too wide."""
    yield ""
    rows = [_HEADS, *(_event(row) for row in frame.iter_rows(named=True))]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    folded = sum(widths) + 2 * len(widths) - 2 > width
    for row in rows:
        first, *others = (cell.ljust(length) for cell, length in zip(row, widths, strict=True))
        cells = [first.strip().rjust(widths[0]), *others]
        if not folded:
            yield "  ".join(cells).rstrip()
            continue
        yield "  ".join(cells[:3]).rstrip()
        linked = "  ".join(cells[3:]).rstrip()
        if linked:
            yield " " * (widths[0] + 2) + linked


_HEADS: Final = ("time [s]", "log", "event", "of", "credential or task", "call")


def _event(row: dict[str, Any]) -> tuple[str, ...]:
    reason = f": {row['reason']}" if row["reason"] else ""
    source = f"{row['source']} {row['verifier']}" if row["verifier"] else str(row["source"])
    source = f"{source} {row['issuer']}" if row["source"] == "issuer" and row["issuer"] else source
    of = f"{row['operation']} {row['resource']}" if row["resource"] else ""
    of = f"from credential-{row['parent']}" if row["kind"] == "issued" and row["parent"] is not None else of
    call = f"call-{row['call']}" if row["call"] is not None else ""
    return f"{row['at_us'] / SECOND:.6f}", source, f"{row['kind']}{reason}", of, str(row["correlation"]), call


def _seconds(at: int) -> str:
    return f"{at / SECOND:.6f} s" if at < NEVER else "never"


def _some(kind: str, rows: list[int]) -> str:
    """How many, and the first of them."""
    shown = ", ".join(f"{kind}-{row}" for row in rows[:5])
    return (f"{len(rows)}: {shown}" + (", …" if len(rows) > 5 else "")) if rows else "none"


def _stage(ledger: Ledger, stage: int) -> str:
    if stage < 0:
        return "of no strategy"
    source = Source(ledger.stages.source[stage]).name.lower()
    return f"{stage}, {source}, issuer {ledger.stages.issuer[stage]}"


def _scope(ledger: Ledger, scope: int) -> str:
    scopes, held = ledger.scopes, ledger.scope_permissions.permission[ledger.scope_permissions.scope == scope]
    resource = int(scopes.resource[scope])
    narrowed = {
        "environment": scopes.environment[scope],
        "class": scopes.resource_class[scope],
        "resource": ledger.estate.resources.name[resource] if resource >= 0 else "",
        "operation": scopes.operation[scope],
    }
    only = ", ".join(f"{name} {value}" for name, value in narrowed.items() if value) or "all grants"
    only += f", within that of scope {scopes.within[scope]}" if scopes.within[scope] >= 0 else ""
    n_resources = len(np.unique(ledger.estate.permissions.resource[held]))
    return f"{only}; permissions: {len(held)}, resources: {n_resources}"


def _owner(ledger: Ledger, credential: int) -> str:
    kind, owner = Owner(ledger.credentials.owner_kind[credential]), int(ledger.credentials.owner[credential])
    estate = ledger.estate
    if kind in (Owner.CALL, Owner.TASK):
        return f"{kind.name.lower()}-{owner}"
    if kind is Owner.WORKLOAD:
        workload = int(np.searchsorted(np.cumsum(estate.workloads.count), owner, side="right"))
        return f"workload {estate.workloads.name[workload]}, instance {owner}"
    if kind is Owner.PLACE:
        identity, place = divmod(owner, len(estate.places))
        return f"identity {estate.identities.name[identity]} at {estate.places.name[place]}"
    return f"identity {estate.identities.name[owner]}"


def _honoured(ledger: Ledger, deaths: Deaths, credential: int) -> str:
    verifier, until = int(deaths.verifier[credential]), int(deaths.honoured_until[credential])
    name = ledger.estate.verifiers.name[verifier] if verifier >= 0 else NOTHING
    return f"until {_seconds(until)}, longest by {name}" if until < NEVER else f"for ever, by {name}"


def _death(ledger: Ledger, deaths: Deaths, credential: int) -> str:
    because = Because(deaths.because[credential])
    said = "proven in time" if because is Because.IN_TIME else f"not proven: {BECAUSE[because]}"
    if because >= Because.DEAF:
        said += f" (verifier {ledger.estate.verifiers.name[deaths.verifier[credential]]})"
    return said if deaths.counted[credential] else f"{said}; counted by no metric"


def _revocation(deaths: Deaths, credential: int) -> str:
    if not deaths.revoked[credential]:
        return "none logged"
    because = Because(deaths.false_because[credential])
    return "no false proof" if because is Because.IN_TIME else f"a false proof: {BECAUSE[because]}"
