"""A frontier sought where there are too many designs to try all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from nhilab.study.designs.space import Point

Values = tuple[float, ...]
Evaluate = Callable[[Sequence[Point]], Sequence[Values | None]]
"""Values of points, the least best; None where a point cannot be had."""

BATCH: Final = 20
"""Points asked for together: part of the method, so that workers do not change what is found."""

_PATIENCE: Final = 20


def search(
    sizes: Sequence[int], evaluate: Evaluate, *, objectives: int, evaluations: int, seed: int
) -> dict[Point, Values | None]:
    """Try points that should lie on the frontier, each once.

    Parameters
    ----------
    sizes : sequence of int
        How many values each coordinate has.
    evaluate : callable
        Called with new points only, at most `BATCH` at a time.
    objectives : int
        How many values a point has.
    evaluations : int
        Points to evaluate; fewer where no new ones are found any more.
    seed : int
        Which chance.

    Returns
    -------
    dict of point to values
        In the order in which they were tried.

    Notes
    -----
    NSGA-II (Deb et al. 2002) as optuna has it: populations of `BATCH`, each asked for as a whole and told in that
    order. Checked by ``tests/unit/study/designs/test_search.py``.
    """
    import optuna  # takes a second to import

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(population_size=BATCH, seed=seed)
    study = optuna.create_study(directions=["minimize"] * objectives, sampler=sampler)
    spread: dict[str, optuna.distributions.BaseDistribution] = {
        str(i): optuna.distributions.IntDistribution(0, size - 1) for i, size in enumerate(sizes)
    }
    found: dict[Point, Values | None] = {}
    for _ in range(_PATIENCE * -(-evaluations // BATCH)):
        trials = [study.ask(spread) for _ in range(BATCH)]
        points = [tuple(int(trial.params[name]) for name in spread) for trial in trials]
        new = [point for point in dict.fromkeys(points) if point not in found][: evaluations - len(found)]
        found.update(zip(new, evaluate(new), strict=True) if new else ())
        for trial, point in zip(trials, points, strict=True):
            values = found.get(point)
            had = values is not None and not any(map(math.isnan, values))
            state = optuna.trial.TrialState.COMPLETE if had else optuna.trial.TrialState.FAIL
            study.tell(trial, values if had else None, state=state)
        if len(found) >= evaluations:
            break
    return found
