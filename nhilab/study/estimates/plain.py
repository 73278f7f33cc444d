"""Numbers as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Contrast


def finite(value: float) -> float | None:
    """The value, or None where it is not finite.

    Examples
    --------
    >>> finite(math.inf) is None
    True
    """
    return value if math.isfinite(value) else None


def plain(by_key: Mapping[str, Estimate] | Mapping[str, Contrast]) -> dict[str, dict[str, Any]]:
    """Estimates or contrasts by key: finite numbers or None."""
    return {
        key: {name: finite(v) if isinstance(v, float) else v for name, v in value._asdict().items()}
        for key, value in by_key.items()
    }
