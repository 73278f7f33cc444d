"""nhilab: what a credential strategy for non-human identities costs, and what it buys."""

import typing as _typing
from importlib import import_module as _import_module

if _typing.TYPE_CHECKING:
    from nhilab.base.errors import InputError, NhilabError
    from nhilab.base.quantities import NEVER
    from nhilab.lab import Trial, load_scenario, measure, replay, run, sample, try_strategy
    from nhilab.ledger.compromises import Compromises
    from nhilab.ledger.tables import Ledger
    from nhilab.scenario.scenario import Scenario
    from nhilab.study.compare import compare

    __version__: str

__all__ = [
    "compare",
    "Compromises",
    "InputError",
    "Ledger",
    "load_scenario",
    "measure",
    "NEVER",
    "NhilabError",
    "replay",
    "run",
    "sample",
    "Scenario",
    "Trial",
    "try_strategy",
]

_HOMES = {
    "nhilab.base.errors": ("InputError", "NhilabError"),
    "nhilab.base.quantities": ("NEVER",),
    "nhilab.lab": ("Trial", "load_scenario", "measure", "replay", "run", "sample", "try_strategy"),
    "nhilab.ledger.compromises": ("Compromises",),
    "nhilab.ledger.tables": ("Ledger",),
    "nhilab.scenario.scenario": ("Scenario",),
    "nhilab.study.compare": ("compare",),
}
"""Where public names live; imported when they are asked for, so that the command line starts at once."""


def __getattr__(name: str) -> _typing.Any:
    if name == "__version__":
        return _import_module("importlib.metadata").version("nhilab")
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = found = getattr(_import_module(home), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
