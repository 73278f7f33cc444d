"""What a scenario file may say of a generated estate."""

from __future__ import annotations

from nhilab.scenario.distributions import Strict


class GeneratedEstate(Strict):
    """An estate drawn from figures measured on a real one."""

    seed: int
