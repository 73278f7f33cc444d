"""All known answers against the lab: what ``nhilab verify`` prints."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from nhilab.study.verify import (
    adoption,
    agents,
    binding,
    caches,
    confinement,
    delegation,
    detection,
    endings,
    issuer,
    lateness,
    layers,
    messages,
    presence,
    reach,
    renewal,
    residual,
    sharing,
    supply,
    unreachable,
)
from nhilab.study.verify.check import Check, CheckResult, Size, judge

CHECKS: Final[tuple[Check, ...]] = (
    *residual.CHECKS, *renewal.CHECKS, *caches.CHECKS, *layers.CHECKS, *lateness.CHECKS, *unreachable.CHECKS,
    *issuer.CHECKS, *supply.CHECKS, *endings.CHECKS, *presence.CHECKS, *sharing.CHECKS, *binding.CHECKS,
    *messages.CHECKS, *delegation.CHECKS, *agents.CHECKS, *adoption.CHECKS, *reach.CHECKS,
    *detection.CHECKS, *confinement.CHECKS,
)  # fmt: skip


def verify(check: Check, *, size: Size = "ci", seed: int) -> CheckResult:
    """Run one check and judge it.

    Parameters
    ----------
    check : Check
        One of `CHECKS`, which share the false-alarm budget.
    size : ``"ci"`` or ``"full"``
        How many replications; full has four times as many, so half the standard error.
    seed : int
        Which chance.

    Returns
    -------
    CheckResult
    """
    begin = time.perf_counter()
    evidence = check.observe(size, seed)
    return judge(check, evidence, n_checks=len(CHECKS), seconds=time.perf_counter() - begin)


def verify_all(
    size: Size = "ci", *, seed: int, progress: Callable[[CheckResult], None] | None = None
) -> list[CheckResult]:
    """Run every check through the lab, from scenario to measured quantity, and judge it against theory.

    Parameters
    ----------
    size : ``"ci"`` or ``"full"``
    seed : int
        Which chance.
    progress : callable, optional
        Called with each result as it comes; there will be ``len(CHECKS)``.

    Returns
    -------
    list of CheckResult
        In the order of `CHECKS`. The lab agrees with theory if all have ``passed``.

    Notes
    -----
    Definition: DESIGN §3.9. A correct lab fails any ``agrees`` with probability 1e-4 at most. Checked by
    ``tests/verification/test_known_answers.py``.
    """
    results = []
    for check in CHECKS:
        results.append(verify(check, size=size, seed=seed))
        if progress is not None:
            progress(results[-1])
    return results
