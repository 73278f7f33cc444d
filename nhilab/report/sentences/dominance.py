"""Which part of a window dominates: where a faster answer would help most."""

from __future__ import annotations

import math
from typing import Final

from nhilab.report.sentences.words import number
from nhilab.study.comparisons.comparison import Comparison

PARTS: Final = {
    "detect_s": "detection",
    "triage_s": "triage",
    "respond_s": "the response",
    "propagate_s": "the issuers' revocation path",
    "cache_or_session_s": "caches and sessions of verifiers",
    "residual_lifetime_s": "lifetime that no response shortened",
}


def dominating(comparison: Comparison) -> list[str]:
    """Which part is the largest of whose access window; none where nobody watches."""
    largest: dict[str, list[str]] = {}
    for name, found in comparison.strategies.items():
        window = found["access_window_s"].mean
        if math.isfinite(found["benign_alerts_per_day"].mean) and window > 0:
            part = max(PARTS, key=lambda part: found[part].mean)
            largest.setdefault(part, []).append(f"{name} ({number(found[part].mean / window, '%')})")
    return [
        f"The largest part of the access window: {PARTS[part]}, under {', '.join(of)}." for part, of in largest.items()
    ]
