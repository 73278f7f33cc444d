"""What one campaign may cost, campaign by campaign: theft, weighted reach and time held, together."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from nhilab.base.files import whole_file
from nhilab.base.quantities import FloatArray
from nhilab.lab import replay, run, sample
from nhilab.scenario.study_section import Loss
from nhilab.study.cells.cell import Cell, code_digest
from nhilab.study.cells.interrupts import hearing
from nhilab.study.cells.store import LOSSES
from nhilab.study.estimates.trials import Arm, Trials

_DIGEST: Final = hashlib.sha256().digest_size
_HOUR_S: Final = 3600.0


def magnitude(campaigns: FloatArray, loss: Loss) -> FloatArray:
    r"""Loss of each campaign.

    .. math:: m_i = p\,[\text{something was stolen}] + p_r R_i + p_h T_i / 1\,\mathrm{h}

    Parameters
    ----------
    campaigns : ndarray, shape (campaigns, 3), float64
        Theft, 0 or 1; weighted reach :math:`R_i`; weighted resources times seconds held :math:`T_i`.
    loss : Loss
        Prices.

    Returns
    -------
    ndarray, shape (campaigns,), float64
        In the currency of the prices.

    Examples
    --------
    >>> loss = Loss(incidents_per_year=1, per_incident=100, per_weighted_resource=10, per_weighted_resource_hour=1)
    >>> magnitude(np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 7200.0]]), loss)
    array([  0., 122.])
    """
    stolen, reach, seconds = campaigns.T
    hours: FloatArray = seconds / _HOUR_S
    total: FloatArray = (
        loss.per_incident * stolen + loss.per_weighted_resource * reach + loss.per_weighted_resource_hour * hours
    )
    return total


def sample_losses(trials: Trials) -> dict[str, list[FloatArray]]:
    """Theft, weighted reach and time held of every campaign of some trials, by arm and replication.

    Parameters
    ----------
    trials : Trials
        Its executor's store keeps what is finished; its progress is told.

    Returns
    -------
    dict of arm to list of ndarray, shape (campaigns, 3), float64
        The campaigns are those the trials' metrics are of.

    Notes
    -----
    A cell keeps its samples sorted, each by itself, so the campaigns are replayed again, in this process. Checked by
    ``tests/unit/study/costs/test_losses.py``.
    """
    folder = trials.executor.store.folder if trials.executor.store is not None else None
    tell = trials.executor.progress
    total, done, found = len(trials.arms) * trials.n, 0, 0
    samples: dict[str, list[FloatArray]] = {name: [] for name in trials.arms}
    for name, arm in trials.arms.items():
        for replication in range(trials.n):
            campaigns, was_there = _kept(folder, *_again(trials, arm, replication))
            samples[name].append(campaigns)
            done, found = done + 1, found + was_there
            if tell is not None:
                tell(done, found, total)
    return samples


def _again(trials: Trials, arm: Arm, replication: int) -> tuple[Cell, Callable[[], FloatArray]]:
    cell = Cell(
        scenario=arm.scenario.digest_of(arm.strategy),
        strategy=arm.strategy,
        seed=trials.seed,
        replication=replication,
        campaigns=trials.campaigns,
        code=code_digest(),
    )
    return cell, lambda: _replayed(arm, cell)


def _replayed(arm: Arm, cell: Cell) -> FloatArray:
    ledger = run(arm.scenario, cell.strategy, sample(arm.scenario, seed=cell.seed, replication=cell.replication))
    found = replay(ledger, arm.scenario.threat, campaigns=cell.campaigns, seed=cell.seed, replication=cell.replication)
    campaigns = found.campaigns
    return np.stack([~found.nothing(), campaigns.reach_weighted, campaigns.resource_seconds], axis=1).astype(np.float64)


def _kept(folder: Path | None, cell: Cell, compute: Callable[[], FloatArray]) -> tuple[FloatArray, bool]:
    """What was kept of a cell, else computed and kept; and whether it was."""
    path = folder / f"{cell.key()}{LOSSES}" if folder is not None else None
    with hearing() as interrupts:
        if path is not None and (campaigns := _read(path, cell)) is not None:
            return campaigns, True
        campaigns = compute()
        interrupts.check()  # swallowed inside: what was computed is not to be trusted
        if path is not None:
            with interrupts.held():
                _write(path, campaigns)
    return campaigns, False


def _read(path: Path, cell: Cell) -> FloatArray | None:
    """What a file holds, or None if it is not there or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, packed = content[:_DIGEST], content[_DIGEST:]
    if digest != hashlib.sha256(packed).digest():
        return None
    campaigns: FloatArray = np.load(io.BytesIO(packed), allow_pickle=False)
    return campaigns if campaigns.shape == (cell.campaigns, 3) else None


def _write(path: Path, campaigns: FloatArray) -> None:
    packed = io.BytesIO()
    np.save(packed, campaigns, allow_pickle=False)
    content = packed.getvalue()
    with whole_file(path) as beside:
        beside.write_bytes(hashlib.sha256(content).digest() + content)
