"""Assertions about what thieves made of one ledger: windows, reach, and the numbers measured."""

from __future__ import annotations

from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, BoolArray, IntArray
from nhilab.ledger.compromises import Compromises, StepKind
from nhilab.ledger.tables import Ledger
from nhilab.metrics.decomposition import MILESTONES
from nhilab.metrics.measure import measure
from nhilab.study.estimates.estimate import CAPPED
from nhilab.testing.breach import instant, refuse
from nhilab.testing.closure import Place, closure, ways_of

PARTS: Final = ("detect_s", "triage_s", "respond_s", "propagate_s", "cache_or_session_s", "residual_lifetime_s")
"""Metrics that the access window is made of."""


def assert_windows_add_up(ledger: Ledger, compromises: Compromises) -> None:
    r"""Windows are in order, their parts add up, and campaigns count what their rows say.

    .. math:: e \le x \le a, \qquad e \le d \le t \le R \le r \le c, \qquad
              \sum_k \text{part}_k = \min(a - e, \text{cap})

    with entry :math:`e`, `exposure_until` :math:`x`, `access_until` :math:`a`, and the milestones of a window that a
    response ended: detected, triaged, responded, revoked, cut.

    Parameters
    ----------
    ledger : Ledger
    compromises : Compromises
        Of thieves on it.

    Raises
    ------
    AssertionError
        With the campaigns at fault, or the parts and their sum.

    Notes
    -----
    Definition: MODEL.md §7. Checked by ``tests/unit/testing/test_campaign.py``.
    """
    c, taken, n = compromises.campaigns, compromises.taken, len(compromises.campaigns)

    def words(row: int) -> str:
        names = ("entered_at", "exposure_until", "access_until", *MILESTONES)
        return f"campaign {row}: " + ", ".join(f"{name} {instant(getattr(c, name)[row])}" for name in names)

    in_order = (c.entered_at <= c.exposure_until) & (c.exposure_until <= c.access_until)
    refuse("a campaign enters, then ends its exposure, then its access", ~in_order, words)
    steps = np.stack([c.entered_at, *(getattr(c, name) for name in MILESTONES)])
    answered = c.cut_at < NEVER
    refuse("milestones follow one another", answered & (np.diff(steps, axis=0) < 0).any(axis=0), words)
    latest = c.entered_at.copy()
    np.maximum.at(latest, taken.campaign, taken.honoured_until)
    refuse("access lasts as long as anything taken is honoured", c.access_until < latest, words)
    minted = compromises.steps.campaign[compromises.steps.kind == StepKind.MINTED]
    counts = {"n_taken": taken.campaign, "reach": compromises.reached.campaign, "n_minted": minted}
    for name, rows in counts.items():
        _refuse_miscount(name, getattr(c, name), np.bincount(rows, minlength=n))
    observed = measure(ledger, compromises)
    parts = {name: observed[name].numerator for name in PARTS}
    whole = observed["access_window_s"].numerator
    if min(parts.values()) < 0 or not np.isclose(sum(parts.values()), whole, rtol=1e-9, atol=1e-6):
        shown = ", ".join(f"{name} {value:.10g}" for name, value in parts.items())
        raise AssertionError(
            f"not so: parts are not negative and add up to all access windows, {whole:.10g} s: {shown}"
        )


def assert_within_closure(ledger: Ledger, compromises: Compromises) -> None:
    r"""No thief reaches what the same entry would not open if time played no part.

    .. math:: \text{reached}_i \subseteq \text{closure}(\text{footholds and credentials of the entry of } i)

    Parameters
    ----------
    ledger : Ledger
    compromises : Compromises
        Of thieves on it.

    Raises
    ------
    AssertionError
        With the resources beyond it.

    Notes
    -----
    Everything that ever lay, ran or opened counts at once (`nhilab.testing.closure`). Definition: MODEL.md §7.
    Checked by ``tests/unit/testing/test_campaign.py``.
    """
    ways, resources = ways_of(ledger), ledger.estate.resources.name
    known: dict[tuple[frozenset[Place], frozenset[int]], set[int]] = {}
    begun = _begun(compromises)
    beyond = np.zeros(len(compromises.reached), np.bool_)
    r = compromises.reached
    for row, (campaign, resource) in enumerate(zip(r.campaign.tolist(), r.resource.tolist(), strict=True)):
        units, scopes = begun[campaign]
        start = frozenset(units), frozenset(scopes)
        if start not in known:
            known[start] = closure(ways, units, scopes)
        beyond[row] = resource not in known[start]
    refuse("what is reached lies within the closure that ignores time", beyond,
           lambda row: f"campaign {r.campaign[row]}: {resources[r.resource[row]]} (resource {r.resource[row]}) at "
           f"{instant(r.reached_at[row])}")  # fmt: skip


def assert_in_range(ledger: Ledger, compromises: Compromises) -> None:
    r"""Every metric has a value it can have.

    .. math:: 0 \le \text{share} \le 1, \qquad 0 \le \text{unconditional mean} \le \text{cap}, \qquad
              \text{exposure window} \le \text{access window}

    Parameters
    ----------
    ledger : Ledger
    compromises : Compromises
        Of thieves on it.

    Raises
    ------
    AssertionError
        With the metric, its value and its range.

    Notes
    -----
    Shares are the metrics named ``…_share`` and ``…_probability``; an empty group has no value. Definition: MODEL.md
    §8. Checked by ``tests/unit/testing/test_campaign.py``.
    """
    observed, cap_s, found = measure(ledger, compromises), ledger.cap / SECOND, []
    for name, observation in observed.items():
        most = 1.0 if name.endswith(("_share", "_probability")) else cap_s if name.startswith(CAPPED) else np.inf
        if not (np.isnan(observation.value) or 0 <= observation.value <= most * (1 + 1e-12)):
            found.append(f"{name}: found {observation.value:.10g}; allowed: from 0 to {most:.10g}")
    exposure, access = observed["exposure_window_s"].value, observed["access_window_s"].value
    if exposure > access * (1 + 1e-12):
        found.append(f"exposure_window_s: found {exposure:.10g}; allowed: at most access_window_s, {access:.10g}")
    if found:
        raise AssertionError("\n  ".join(["not so: every metric lies in its range", *found]))


def _refuse_miscount(name: str, said: IntArray, counted: IntArray) -> None:
    wrong: BoolArray = said != counted
    refuse(f"{name} counts rows", wrong, lambda row: f"campaign {row}: {name} {said[row]}, rows {counted[row]}")


def _begun(compromises: Compromises) -> dict[int, tuple[set[Place], set[int]]]:
    """Footholds and scopes with which each campaign begins."""
    c, s = compromises.campaigns, compromises.steps
    begun: dict[int, tuple[set[Place], set[int]]] = {
        row: ({(place, unit)} if place >= 0 else set(), set())
        for row, (place, unit) in enumerate(zip(c.place.tolist(), c.unit.tolist(), strict=True))
    }
    for row in np.flatnonzero(s.previous < 0).tolist():
        units, scopes = begun[int(s.campaign[row])]
        if s.place[row] >= 0:
            units.add((int(s.place[row]), int(s.unit[row])))
        if s.scope[row] >= 0:
            scopes.add(int(s.scope[row]))
    return begun
