"""All metrics of one replication, over all campaigns and by way in."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import numpy as np

from nhilab.base.quantities import BoolArray, IdArray
from nhilab.base.tables import Table
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.metrics.catalogue import CAMPAIGN_METRICS, METRICS
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading

TableT = TypeVar("TableT", bound=Table)


def measure(ledger: Ledger, compromises: Compromises) -> dict[str, Observation]:
    """Every metric of one replication, in the catalogue's order.

    Parameters
    ----------
    ledger : Ledger
        What happened.
    compromises : Compromises
        What thieves found in it.

    Returns
    -------
    dict of str to Observation
        By the names of `METRICS`.
    """
    reading = Reading(ledger, compromises)
    return {name: metric.function(reading) for name, metric in METRICS.items()}


def measure_campaigns(ledger: Ledger, compromises: Compromises) -> dict[str, Observation]:
    """The metrics that read campaigns.

    Parameters
    ----------
    ledger : Ledger
        What happened.
    compromises : Compromises
        What thieves found in it.

    Returns
    -------
    dict of str to Observation
        By the names of `CAMPAIGN_METRICS`.
    """
    reading = Reading(ledger, compromises)
    return {name: metric.function(reading) for name, metric in CAMPAIGN_METRICS.items()}


def measure_by_entry(ledger: Ledger, compromises: Compromises) -> dict[str, dict[str, Observation]]:
    """The metrics that read campaigns, for each way in.

    Parameters
    ----------
    ledger : Ledger
        What happened.
    compromises : Compromises
        What thieves found in it.

    Returns
    -------
    dict of str to dict of str to Observation
        By entry name, then by the names of `CAMPAIGN_METRICS`; an entry without campaigns is an empty group.
        Numerators add up to those over all campaigns, and so do denominators.
    """
    observed = {}
    for entry, name in enumerate(compromises.entries.name.tolist()):
        observed[name] = measure_campaigns(ledger, of_entry(compromises, entry))
    return observed


def of_entry(compromises: Compromises, entry: int) -> Compromises:
    """The campaigns of one way in, as if nobody had come another way; rows are numbered anew.

    Parameters
    ----------
    compromises : Compromises
        Of all ways in.
    entry : int
        Row of the way in to keep; it becomes row 0.

    Returns
    -------
    Compromises
        Rows of all tables, in their old order.
    """
    kept = compromises.campaigns.entry == entry
    campaign = _new_rows(kept)
    steps_kept = kept[compromises.steps.campaign]
    step = _new_rows(steps_kept)
    campaigns = _rows(compromises.campaigns, kept)
    taken = _rows(compromises.taken, kept[compromises.taken.campaign])
    reached = _rows(compromises.reached, kept[compromises.reached.campaign])
    steps = _rows(compromises.steps, steps_kept)
    return Compromises(
        entries=_rows(compromises.entries, np.arange(len(compromises.entries)) == entry),
        campaigns=dataclasses.replace(campaigns, entry=np.zeros(len(campaigns), np.int32)),
        taken=dataclasses.replace(taken, campaign=campaign[taken.campaign]),
        reached=dataclasses.replace(reached, campaign=campaign[reached.campaign], step=step[reached.step]),
        steps=dataclasses.replace(steps, campaign=campaign[steps.campaign], previous=step[steps.previous]),
        follow_up=compromises.follow_up,
        watched=compromises.watched,
    )


def _rows(table: TableT, kept: BoolArray) -> TableT:
    return type(table)(**{name: values[kept] for name, values in table.columns().items()})


def _new_rows(kept: BoolArray) -> IdArray:
    """New number of each row kept, -1 of the others and, as its last element, of row -1."""
    numbers = np.where(kept, np.cumsum(kept) - 1, -1)
    return np.append(numbers, -1).astype(np.int32)
