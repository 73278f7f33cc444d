"""Tests of one's own credential designs: drawn scenarios, assertions, and fixtures for pytest.

Everything public is here; it is loaded when it is first asked for, so that the pytest plugin costs nothing where it is
not used. Only what draws needs hypothesis: ``pip install nhilab[testing]``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nhilab.scenario.edit import edited
    from nhilab.testing.campaign import assert_in_range, assert_windows_add_up, assert_within_closure
    from nhilab.testing.chance import durations
    from nhilab.testing.change import (
        assert_better_thief_finds_no_less,
        assert_lateness_only_lengthens,
        assert_no_shorter,
        with_cache,
        with_leeway,
    )
    from nhilab.testing.law import assert_clock_is_free, assert_laws, assert_reproducible
    from nhilab.testing.ledger import assert_proofs_hold, assert_proven_dead, assert_sound
    from nhilab.testing.regression import assert_limits, assert_no_worse
    from nhilab.testing.scenario import estates, scenario_contents, scenario_of, scenarios
    from nhilab.testing.strategy import credential_strategies
    from nhilab.testing.trial import demands, ledgers, trials
    from nhilab.testing.variation import designs, variations

__all__ = [
    "assert_better_thief_finds_no_less",
    "assert_clock_is_free",
    "assert_in_range",
    "assert_lateness_only_lengthens",
    "assert_laws",
    "assert_limits",
    "assert_no_shorter",
    "assert_no_worse",
    "assert_proofs_hold",
    "assert_proven_dead",
    "assert_reproducible",
    "assert_sound",
    "assert_windows_add_up",
    "assert_within_closure",
    "credential_strategies",
    "demands",
    "designs",
    "durations",
    "edited",
    "estates",
    "ledgers",
    "scenario_contents",
    "scenario_of",
    "scenarios",
    "trials",
    "variations",
    "with_cache",
    "with_leeway",
]

_IN: Final = {
    "nhilab.scenario.edit": ("edited",),
    "nhilab.testing.campaign": ("assert_in_range", "assert_windows_add_up", "assert_within_closure"),
    "nhilab.testing.chance": ("durations",),
    "nhilab.testing.change": (
        "assert_better_thief_finds_no_less", "assert_lateness_only_lengthens", "assert_no_shorter", "with_cache",
        "with_leeway",
    ),
    "nhilab.testing.law": ("assert_clock_is_free", "assert_laws", "assert_reproducible"),
    "nhilab.testing.ledger": ("assert_proofs_hold", "assert_proven_dead", "assert_sound"),
    "nhilab.testing.regression": ("assert_limits", "assert_no_worse"),
    "nhilab.testing.scenario": ("estates", "scenario_contents", "scenario_of", "scenarios"),
    "nhilab.testing.strategy": ("credential_strategies",),
    "nhilab.testing.trial": ("demands", "ledgers", "trials"),
    "nhilab.testing.variation": ("designs", "variations"),
}  # fmt: skip
"""Where each public name is made."""


def __getattr__(name: str) -> Any:
    module = next((module for module, names in _IN.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name == "hypothesis":
            raise ImportError(f"{name} draws with hypothesis: pip install nhilab[testing]", name=error.name) from error
        raise


def __dir__() -> list[str]:
    return __all__
