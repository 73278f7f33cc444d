"""What is an access window made of, and what does answering thieves break?"""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import DAY, NEVER, FloatArray, to_seconds
from nhilab.ledger.compromises import Act
from nhilab.ledger.tables import Status
from nhilab.metrics.length import elapsed
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading

MILESTONES = ("detected_at", "triaged_at", "responded_at", "revoked_at", "cut_at")


def _parts(reading: Reading) -> FloatArray:
    r"""Parts of every campaign's capped window; shape (6, campaigns), float64, s; columns add up to the window.

    A window that no response ended is all residual lifetime.
    """
    campaigns = reading.compromises.campaigns
    window = np.where(reading.thefts, elapsed(campaigns.entered_at, campaigns.access_until), 0)
    window = np.minimum(window, reading.ledger.cap)
    answered = campaigns.cut_at < NEVER
    edges = [np.zeros(len(window), np.int64)]
    for name in MILESTONES:
        since = np.where(answered, elapsed(campaigns.entered_at, getattr(campaigns, name)), 0)
        edges.append(np.minimum(since, window))
    return to_seconds(np.diff(np.stack([*edges, window]), axis=0))


def detect_s(reading: Reading) -> Observation:
    r"""From entry until the act that gave the thief away was noticed.

    .. math:: E[\min(d, W) - 0], \quad d = \text{detected} - e, \quad \text{0 where no response ended the window}

    Returns
    -------
    Observation, s
        Over all campaigns, cut at the cap; the six parts add up to `access_window_s` exactly.

    Notes
    -----
    Definition: MODEL.md §7, decomposition. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(_parts(reading)[0])


def triage_s(reading: Reading) -> Observation:
    r"""From the alert until somebody took it seriously.

    .. math:: E[\min(t, W) - \min(d, W)]

    Returns
    -------
    Observation, s
        Over all campaigns, cut at the cap; 0 where no response ended the window.

    Notes
    -----
    Definition: MODEL.md §7, decomposition. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(_parts(reading)[1])


def respond_s(reading: Reading) -> Observation:
    r"""From triage until the issuers were told.

    .. math:: E[\min(R, W) - \min(t, W)]

    Returns
    -------
    Observation, s
        Over all campaigns, cut at the cap; 0 where no response ended the window.

    Notes
    -----
    Definition: MODEL.md §7, decomposition. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(_parts(reading)[2])


def propagate_s(reading: Reading) -> Observation:
    r"""From the response until the issuer had revoked: its revocation path.

    .. math:: E[\min(r, W) - \min(R, W)]

    Returns
    -------
    Observation, s
        Over all campaigns, cut at the cap; 0 where no response ended the window.

    Notes
    -----
    Definition: MODEL.md §7, decomposition. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(_parts(reading)[3])


def cache_or_session_s(reading: Reading) -> Observation:
    r"""From the revocation at the issuer until verifiers and sessions took notice.

    .. math:: E[\min(c, W) - \min(r, W)]

    Returns
    -------
    Observation, s
        Over all campaigns, cut at the cap; 0 where no response ended the window.

    Notes
    -----
    Definition: MODEL.md §7, decomposition. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(_parts(reading)[4])


def residual_lifetime_s(reading: Reading) -> Observation:
    r"""What is left of the window: lifetime that no response shortened.

    .. math:: E[W - \min(c, W)]

    Returns
    -------
    Observation, s
        Over all campaigns, cut at the cap; the whole window where no response ended it.

    Notes
    -----
    Definition: MODEL.md §7, decomposition. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(_parts(reading)[5])


def collateral_calls(reading: Reading) -> Observation:
    r"""Legitimate calls that the responses to one campaign break.

    .. math:: E[n_\mathrm{calls\ presenting\ what\ was\ revoked}]

    Returns
    -------
    Observation, calls
        Over all campaigns; those that got nothing break nothing.

    Notes
    -----
    Definition: MODEL.md §7, results. Source: ours. Oracle: counted by hand, and the tests' slow replay.
    Checked by ``tests/unit/metrics/test_decomposition.py``.
    """
    return Observation.mean(reading.compromises.campaigns.collateral_calls.astype(np.float64))


def benign_alerts_per_day(reading: Reading) -> Observation:
    r"""Alerts that legitimate calls raise, in the mean.

    .. math:: \sum_\mathrm{calls} p_{\kappa(\mathrm{call})} \Big/ (H / 1\,\mathrm{d})

    Returns
    -------
    Observation, 1/day
        An empty group where nobody watches. A refused or denied call is *denied*, one for no target of its identity
        *out of intent*, any other *in pattern*.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand. Checked by
    ``tests/unit/metrics/test_decomposition.py``.
    """
    watched = reading.compromises.watched
    if not watched:
        return Observation(0.0, 0.0)
    ledger, estate, calls = reading.ledger, reading.ledger.estate, reading.ledger.calls
    wanted = np.zeros((len(estate.identities), len(estate.permissions)), np.bool_)
    wanted[estate.workloads.identity[estate.targets.workload], estate.targets.permission] = True
    identity = estate.workloads.identity[ledger.tasks.workload[calls.task]]
    kind = np.where(wanted[identity, calls.permission], Act.IN_PATTERN, Act.OUT_OF_INTENT)
    kind = np.where(np.isin(calls.status, [Status.REFUSED, Status.DENIED]), Act.DENIED, kind)
    alerts = np.array(watched)[kind[reading.happened]]
    return Observation(float(alerts.sum()), ledger.horizon / DAY)
