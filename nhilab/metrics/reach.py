"""How far does a thief get?"""

from __future__ import annotations

import math

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, FloatArray, IdArray, to_seconds
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading


def _mean(values: IdArray | FloatArray) -> Observation:
    return Observation.mean(np.asarray(values, np.float64))


def _crowned(reading: Reading) -> BoolArray:
    """Campaigns that reached a crown jewel; shape (campaigns,)."""
    return np.less(reading.compromises.campaigns.crown_jewel_at, NEVER)


def reach(reading: Reading) -> Observation:
    r"""Distinct resources on which some operation worked.

    .. math:: E[R]

    over all campaigns; the resources the entry's own credentials open count.

    Returns
    -------
    Observation, resources
        Sample: the reach of every campaign.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; star, chain and tree (`nhilab.theory`).
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    reached = np.asarray(reading.compromises.campaigns.reach, np.float64)
    return Observation.mean(reached, sample=reached)


def reach_share(reading: Reading) -> Observation:
    r"""Share of the estate's resources that a campaign reaches.

    .. math:: \sum_i R_i \Big/ (n_\mathrm{campaigns} \cdot n_\mathrm{resources})

    Returns
    -------
    Observation, 1
        Over all campaigns; NaN in an estate without resources.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; `reach` over the number of resources.
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    reached = reach(reading)
    return Observation(reached.numerator, reached.denominator * len(reading.ledger.estate.resources))


def reach_weighted(reading: Reading) -> Observation:
    r"""Sum of the sensitivities of the resources reached.

    .. math:: E\Big[\sum_{r\ \text{reached}} s_r\Big]

    Returns
    -------
    Observation, weighted resources
        Over all campaigns. Sample: that of every campaign, for laws of loss.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; `reach` where every sensitivity is 1.
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    weighted = np.asarray(reading.compromises.campaigns.reach_weighted, np.float64)
    return Observation.mean(weighted, sample=weighted)


def resource_seconds(reading: Reading) -> Observation:
    r"""Sensitivity times the time for which some operation worked, while observed.

    .. math:: E\Big[\sum_r s_r\, |\mathrm{held}_r \cap [e, e + \text{follow-up})|\Big]

    Returns
    -------
    Observation, weighted resources times s
        Over all campaigns; bounded by the follow-up, so never capped. Sample: that of every campaign, for laws of loss.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    held = np.asarray(reading.compromises.campaigns.resource_seconds, np.float64)
    return Observation.mean(held, sample=held)


def crown_jewel_probability(reading: Reading) -> Observation:
    r"""Share of campaigns that reach a crown jewel.

    .. math:: P(\mathrm{crown\_jewel\_at} < \mathrm{NEVER})

    Returns
    -------
    Observation, 1
        Over all campaigns; an empty group (NaN) in an estate that names no crown jewel.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    named = bool(reading.ledger.estate.resources.crown_jewel.any())
    return Observation.share(_crowned(reading)[: None if named else 0])


def time_to_crown_jewel_s(reading: Reading) -> Observation:
    r"""Time from entry to the first crown jewel.

    .. math:: E[\mathrm{crown\_jewel\_at} - e \mid \text{reached}]

    Returns
    -------
    Observation, s
        Over the campaigns that reach one; at most the follow-up, so never capped.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    campaigns, crowned = reading.compromises.campaigns, _crowned(reading)
    return Observation.mean(to_seconds(campaigns.crown_jewel_at[crowned] - campaigns.entered_at[crowned]))


def hops(reading: Reading) -> Observation:
    r"""Openings on the way to a resource reached.

    .. math:: \sum_i \sum_{r\ \text{reached}} n_{ir} \Big/ \sum_i R_i

    Returns
    -------
    Observation, openings
        Per (campaign, resource reached); 0 where the entry's own credentials open it.

    Notes
    -----
    Definition: MODEL.md §7 and §8. Source: ours. Oracle: counted by hand; a chain (`nhilab.theory`).
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    campaigns = reading.compromises.campaigns
    openings = math.fsum(campaigns.n_hops.tolist())
    return Observation(openings, math.fsum(campaigns.reach.tolist()))


def environments_reached(reading: Reading) -> Observation:
    r"""Distinct environments in which a resource was reached.

    .. math:: E[\text{environments}]

    Returns
    -------
    Observation, environments
        Over all campaigns.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_reach.py``.
    """
    return _mean(reading.compromises.campaigns.environments)
