"""What does the strategy cost to run?"""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, BoolArray, IdArray
from nhilab.ledger.tables import Status
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading


def _per_task(reading: Reading, counted: BoolArray) -> Observation:
    return Observation(float(np.count_nonzero(counted)), float(np.count_nonzero(reading.taken_on)))


def _per_call(reading: Reading, n: IdArray) -> Observation:
    made = n[reading.happened]
    return Observation(float(made.sum(dtype=np.int64)), float(len(made)))


def issuances_per_task(reading: Reading) -> Observation:
    r"""Credentials the issuers made, of all stages, for each task.

    .. math:: n_\mathrm{issued} / n_\mathrm{tasks}

    Returns
    -------
    Observation, 1/task
        Standing credentials there from time 0 are not issuances; replacing or renewing them is. Failed tasks count,
        work that was never handed on does not.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; 1 for one stage issued per task.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    return _per_task(reading, reading.issued)


def issuer_utilisation(reading: Reading) -> Observation:
    r"""Share of the issuers' capacity that issuance takes.

    .. math:: \sum_c \mathrm{service}_c \Big/ \Big(H \sum_{\text{issuers}} \mathrm{servers}\Big)

    Returns
    -------
    Observation, 1
        An issuer that serves several stages counts its servers once. Above 1, work was left at the horizon.

    Notes
    -----
    Definition: MODEL.md §8. Source: offered load per server, ρ = λE[S]/c. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    stages, service_time = reading.ledger.stages, reading.ledger.credentials.service_time
    _, first = np.unique(stages.issuer, return_index=True)
    capacity = float(stages.servers[first].sum()) * reading.ledger.horizon / SECOND
    return Observation(float(service_time[reading.issued].sum()) / SECOND, capacity)


def added_latency_s(reading: Reading) -> Observation:
    r"""Time a task's calls waited for credentials and decisions before they could go ahead.

    .. math:: E\Big[\sum_{k\ \text{of the task}} (w_k - \mathrm{ready}_k)\Big]

    with :math:`w_k` the instant at which a call was put in its queue; else, if it was accepted, its arrival at the
    verifier; else its end.

    Returns
    -------
    Observation, s
        Over the tasks that made at least one call; sample: each of these. The stay in a queue is the workload's own.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; waiting plus service of M/M/c
    (`nhilab.theory`) with one issuance per task. Checked by ``tests/unit/metrics/test_cost.py``.
    """
    calls, n_tasks = reading.ledger.calls, len(reading.ledger.tasks)
    task = calls.task[reading.happened]
    waited_until = np.where(calls.status == Status.DONE, calls.arrived_at, calls.ended_at)
    waited_until = np.where(calls.enqueued_at < NEVER, calls.enqueued_at, waited_until)
    delay = (waited_until - calls.ready_at)[reading.happened]
    waited = np.bincount(task, weights=delay, minlength=n_tasks)
    seconds = waited[np.bincount(task, minlength=n_tasks) > 0] / SECOND
    return Observation.mean(seconds, sample=seconds)


def failed_task_share(reading: Reading) -> Observation:
    r"""Share of tasks that issuers, verifiers or policies failed.

    .. math:: P(\text{issuer unavailable, refused or denied})

    Returns
    -------
    Observation, 1
        Over the tasks that came to be. Crashes belong to the demand, not to the strategy, and are not failures here.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    failures = [Status.ISSUER_UNAVAILABLE, Status.REFUSED, Status.DENIED]
    return Observation.share(np.isin(reading.ledger.tasks.status, failures)[reading.taken_on])


def denied_call_share(reading: Reading) -> Observation:
    r"""Share of calls denied: by per-request authorisation, or for want of scope.

    .. math:: n_\mathrm{denied} / n_\mathrm{calls}

    Returns
    -------
    Observation, 1
        Over the calls made; NaN where none was. Calls out of intent that were rightly denied are among them.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours; RFC 6750 §3.1 for scope. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    return Observation.share((reading.ledger.calls.status == Status.DENIED)[reading.happened])


def introspections_per_call(reading: Reading) -> Observation:
    r"""Questions that reached the issuer for each call made.

    .. math:: \sum_k n_k / n_\mathrm{calls}

    Returns
    -------
    Observation, 1/call
        Over the calls made; NaN where none was.

    Notes
    -----
    Definition: MODEL.md §8. Source: RFC 7662. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    return _per_call(reading, reading.ledger.calls.n_introspections)


def decisions_per_call(reading: Reading) -> Observation:
    r"""Per-request authorisation decisions for each call made.

    .. math:: \sum_k n_k / n_\mathrm{calls}

    Returns
    -------
    Observation, 1/call
        Over the calls made; NaN where none was. A call that an earlier decision covers needs none.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand; 1 where each call is judged without a cache.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    return _per_call(reading, reading.ledger.calls.n_decisions)


def escalations_per_task(reading: Reading) -> Observation:
    r"""Calls that went to a person for approval, for each task.

    .. math:: n_\mathrm{escalated} / n_\mathrm{tasks}

    Returns
    -------
    Observation, 1/task
        Over the tasks that came to be, whatever the person said.

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    return _per_task(reading, reading.ledger.calls.escalated & reading.happened)


def revocations_per_task(reading: Reading) -> Observation:
    r"""Revocations the issuers were asked for, for each task.

    .. math:: n_\mathrm{requested} / n_\mathrm{tasks}

    Returns
    -------
    Observation, 1/task
        Over the tasks that came to be, also of requests that were never served.

    Notes
    -----
    Definition: MODEL.md §8. Source: RFC 7009. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    asked = reading.counted & (reading.ledger.credentials.revocation_requested_at < NEVER)
    return _per_task(reading, asked)


def policies_to_operate(reading: Reading) -> Observation:
    r"""Distinct (identity, bucket, stage) for which a credential existed: rules somebody has to keep right.

    .. math:: \#\{(\mathrm{scope}_c, \mathrm{stage}_c)\}

    Returns
    -------
    Observation, policies
        A count per replication; a standing credential's counts too. A scope row is an (identity, bucket).

    Notes
    -----
    Definition: MODEL.md §8. Source: ours. Oracle: counted by hand.
    Checked by ``tests/unit/metrics/test_cost.py``.
    """
    made = reading.ledger.credentials
    policy = made.scope.astype(np.int64) * len(reading.ledger.stages) + made.stage
    return Observation.count(len(np.unique(policy[reading.counted])))
