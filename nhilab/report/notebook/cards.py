"""What a notebook shows of scenarios and of what happened: counts, times in people's units, warnings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, format_duration
from nhilab.demand.demand import Demand
from nhilab.lab import Trial
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger, Status
from nhilab.metrics.catalogue import METRICS
from nhilab.report.sentences.notes import provenance_line
from nhilab.report.sentences.words import interval, number, shown_unit
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario

COLUMNS: Final = (
    "access_window_s", "exposure_window_s", "reach", "issuances_per_task", "added_latency_s", "failed_task_share",
)  # fmt: skip
"""What is shown of a strategy."""


@dataclass(frozen=True)
class Card:
    """A title, lines, a table and notes, as plain text."""

    title: str
    lines: Sequence[str] = ()
    heads: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    notes: Sequence[str] = ()


def counted(n: int, noun: str) -> str:
    """A number of things.

    Examples
    --------
    >>> counted(1, "task"), counted(1200, "identity"), counted(2, "task")
    ('1 task', '1,200 identities', '2 tasks')
    """
    many = noun[:-1] + "ies" if noun.endswith("ty") else noun + "s"
    return f"{n:,} {noun if n == 1 else many}"


def value(mean: float, low: float, high: float, key: str, unit: str) -> str:
    """A metric's value and its interval.

    Examples
    --------
    >>> value(5400.0, 3600.0, 7200.0, "access_window_s", "s"), value(0.05, math.nan, math.nan, "failed_task_share", "1")
    ('1h30m (1h to 2h)', '5 %')
    """
    shown = shown_unit(key, unit)
    ends = interval(low, high, shown)
    return ("above the cap" if math.isinf(mean) else number(mean, shown)) + (f" ({ends})" if ends else "")


def scenario_card(scenario: Scenario) -> Card:
    """A scenario: its question, what exists, its strategies, its ways in, where its numbers come from."""
    estate, content = scenario.estate, scenario.content
    kinds = {"identity": estate.identities, "resource": estate.resources, "workload": estate.workloads}
    held = [counted(len(table), noun) for noun, table in kinds.items()] + [counted(len(estate.places), "place")]
    return Card(
        f"Scenario {scenario.name}",
        [
            content.question,
            ", ".join(held),
            f"work for {format_duration(content.horizon)}, windows cut at {format_duration(content.cap)}",
            "ways in: " + ", ".join(scenario.threat.entries),
            "numbers: " + provenance_line(scenario),
        ],
        ("strategy", "what it is"),
        [(name, strategy.title or _stages(scenario, name)) for name, strategy in scenario.strategies.items()],
    )


def _stages(scenario: Scenario, name: str) -> str:
    return "; ".join(
        f"{stage.issuer}, {stage.source}, per {stage.issue_per}, {format_duration(stage.ttl)}"
        for stage in scenario.strategies[name].stages
    )


def demand_card(demand: Demand) -> Card:
    """A demand: how much is asked, and when."""
    arriving = demand.tasks.arrived_at[demand.tasks.parent_call < 0]
    span = f"arriving within {format_duration(int(arriving.max()))}" if len(arriving) else "none that arrives"
    handed = len(demand.tasks) - len(arriving)
    lines = [f"{counted(len(demand.tasks), 'task')}, {counted(len(demand.calls), 'call')}, {span}"]
    return Card("Demand", lines + ([f"{counted(handed, 'task')} handed on by calls"] if handed else []))


def ledger_card(ledger: Ledger) -> Card:
    """A ledger: what ran and how it ended, what was issued, revoked and left lying."""
    status, credentials = ledger.tasks.status, ledger.credentials
    ended = {s.name.lower().replace("_", " "): int((status == s).sum()) for s in Status}
    n_places = len(np.unique(ledger.copies.place))
    lasting = int((credentials.expires_at >= NEVER).sum())
    return Card(
        "Ledger",
        [
            f"{counted(len(ledger.tasks), 'task')} in {format_duration(ledger.horizon)}: "
            + ", ".join(f"{n:,} {what}" for what, n in ended.items() if n),
            f"{counted(len(ledger.calls), 'call')}, {int((ledger.calls.status == Status.DONE).sum()):,} done",
            f"{counted(len(credentials), 'credential')}, {int((credentials.revoked_at < NEVER).sum()):,} revoked, "
            f"{lasting:,} that never expire",
            f"{counted(len(ledger.copies), 'stay')} of copies at {counted(n_places, 'place')}",
        ],
        ("stage", "lifetime", "hypothetical"),
        [
            (issuer, format_duration(ttl), "yes" if hypothetical else "no")
            for issuer, ttl, hypothetical in zip(
                ledger.stages.issuer.tolist(), ledger.stages.effective_ttl.tolist(),
                ledger.stages.hypothetical.tolist(), strict=True,
            )
        ],
        ["hypothetical: an issuer cannot deliver what is asked"] if ledger.stages.hypothetical.any() else [],
    )  # fmt: skip


def compromises_card(compromises: Compromises) -> Card:
    """Compromises: by way in, how many thieves found something, how far and how long it carried them."""
    campaigns, rows = compromises.campaigns, []
    for entry, name in enumerate(compromises.entries.name.tolist()):
        mine = campaigns.entry == entry
        n, robbed = int(mine.sum()), mine & ~compromises.nothing()
        ends = campaigns.access_until[robbed]
        lengths = np.where(ends >= NEVER, NEVER, ends - campaigns.entered_at[robbed])
        median = format_duration(float(np.sort(lengths)[(len(lengths) - 1) // 2])) if len(lengths) else "—"
        reach = number(float(campaigns.reach[mine].mean()), "1") if n else "—"
        rows.append((name, f"{n:,}", f"{int(robbed.sum()):,}", median, reach))
    heads = ("way in", "thieves", "found something", "access, median of those", "resources reached, mean of all")
    endless = int((campaigns.access_until[~compromises.nothing()] >= NEVER).sum())
    notes = [f"access never ends in {counted(endless, 'campaign')}"] if endless else []
    return Card(f"Compromises of {counted(len(campaigns), 'campaign')}", [], heads, rows, notes)


def trial_card(trial: Trial) -> Card:
    """A trial: its metrics, one replication without intervals."""
    ran, robbed = ledger_card(trial.ledger), compromises_card(trial.compromises)
    alone = {key: value(trial.observations[key].value, math.nan, math.nan, key, METRICS[key].unit) for key in COLUMNS}
    shown = [(heading(key), text) for key, text in alone.items()]
    return Card("Trial", ran.lines, ("metric", "value"), shown, ["one replication: no intervals", *robbed.notes])
