"""For how long does a thief stay in?"""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import NEVER, IntArray
from nhilab.metrics.length import capped, capped_mean, elapsed
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading


def _window(reading: Reading, until: IntArray) -> IntArray:
    """Length from entry to `until` of each campaign, 0 where nothing came in hand; µs."""
    return np.where(reading.thefts, elapsed(reading.compromises.campaigns.entered_at, until), 0)


def access_window_s(reading: Reading) -> Observation:
    r"""From the first foothold until nothing in hand, or mintable from it, is honoured any more.

    .. math:: E[\min(W, \mathrm{cap})], \quad W_i = a_i - e_i, \quad W_i = 0 \text{ without theft}

    with entry :math:`e_i` and ``access_until`` :math:`a_i`, over all campaigns.

    Returns
    -------
    Observation, s
        Sample: W of every campaign, ``inf`` above the ledger's cap.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand, and `nhilab.theory.thief.two_stages`.
    Checked by ``tests/unit/metrics/test_windows.py``.
    """
    window = _window(reading, reading.compromises.campaigns.access_until)
    return capped_mean(window, reading.ledger.cap)


def access_window_s_given_theft(reading: Reading) -> Observation:
    r"""The access window of the campaigns that got something in hand.

    .. math:: E[\min(W, \mathrm{cap}) \mid \text{theft}]

    Returns
    -------
    Observation, s
        The same numerator as `access_window_s` over the thefts alone; never ranked on.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; times `theft_probability` it is
    `access_window_s`. Checked by ``tests/unit/metrics/test_windows.py``.
    """
    window = _window(reading, reading.compromises.campaigns.access_until)
    return Observation.mean(capped(window[reading.thefts], reading.ledger.cap))


def theft_probability(reading: Reading) -> Observation:
    r"""Share of campaigns that ended up with something in hand.

    .. math:: P(n_\mathrm{taken} + n_\mathrm{brokered} + n_\mathrm{minted} > 0)

    Returns
    -------
    Observation, 1
        Over all campaigns, those without a way in included.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; M/G/∞ presence (`nhilab.theory`).
    Checked by ``tests/unit/metrics/test_windows.py``.
    """
    return Observation.share(reading.thefts)


def unbounded_share(reading: Reading) -> Observation:
    r"""Share of campaigns whose access never ends.

    .. math:: P(\mathrm{access\_until} = \mathrm{NEVER})

    Returns
    -------
    Observation, 1
        Over all campaigns. A window that ends after the cap is long, not unbounded, and is not counted.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_windows.py``.
    """
    return Observation.share(_window(reading, reading.compromises.campaigns.access_until) >= NEVER)


def exposure_window_s(reading: Reading) -> Observation:
    r"""The access window of what the entry's own foothold took, minting excluded.

    .. math:: E[\min(x_i - e_i, \mathrm{cap})], \quad 0 \text{ without theft}

    with ``exposure_until`` :math:`x_i`, over all campaigns.

    Returns
    -------
    Observation, s
        Sample: the window of every campaign, ``inf`` above the cap. Never above the access window.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; T/2 for one credential taken at uniform
    phase (``theory.residual``). Checked by ``tests/unit/metrics/test_windows.py``.
    """
    window = _window(reading, reading.compromises.campaigns.exposure_until)
    return capped_mean(window, reading.ledger.cap)


def exposure_window_s_given_theft(reading: Reading) -> Observation:
    r"""The exposure window of the campaigns that got something in hand.

    .. math:: E[\min(x_i - e_i, \mathrm{cap}) \mid \text{theft}]

    Returns
    -------
    Observation, s
        A theft that only minted, or only used a broker, counts with 0.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_windows.py``.
    """
    window = _window(reading, reading.compromises.campaigns.exposure_until)
    return Observation.mean(capped(window[reading.thefts], reading.ledger.cap))


def credential_residual_s(reading: Reading) -> Observation:
    r"""Time for which each credential taken is still honoured.

    .. math:: E[\min(\max(0, h_c - x_c), \mathrm{cap})]

    over the (campaign, credential) pairs taken, with ``taken_at`` :math:`x_c` and ``honoured_until``
    :math:`h_c` from where the thief stands.

    Returns
    -------
    Observation, s
        Per credential taken, so always given a theft; what was minted or used through a broker is not in it.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; ``theory.residual.uniform_phase``.
    Checked by ``tests/unit/metrics/test_windows.py``.
    """
    taken = reading.compromises.taken
    return capped_mean(elapsed(taken.taken_at, taken.honoured_until), reading.ledger.cap)
