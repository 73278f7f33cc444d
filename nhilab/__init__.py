"""nhilab: what a credential strategy for non-human identities costs, and what it buys.

======================  ==============================================================================
load_scenario           a scenario from a YAML file
sample                  the demand of one replication: all tasks and calls, all chance
run                     a strategy facing a demand: a ledger
replay                  thieves let loose on a ledger: compromises
measure                 the metrics of both
try_strategy            the four above in one call, as a `Trial`
Process, stream         a workload of one's own as a SimPy process, and chance drawn for it before the run
compare                 strategies side by side, with intervals
sweep, break_even       values varied; the value at which two strategies are alike
factorial               controls on and off in all combinations
check                   limits held, broken or undecided
recommend               the cheapest design that meets the limits, for each class of workloads
======================  ==============================================================================

Tables and studies give polars frames (``.frame()``; ``.frame().to_pandas()`` with ``pip install nhilab[notebooks]``).
Figures are in `nhilab.report.figures`, tests of one's own design in `nhilab.testing`, an explorer with sliders in
`nhilab.report.notebook.explorer`. Names are loaded when they are first asked for.
"""

import importlib as _importlib
import sys as _sys
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from nhilab.base.errors import InputError, NhilabError
    from nhilab.base.streams import stream
    from nhilab.engine.own import Process
    from nhilab.lab import Trial, load_scenario, measure, replay, run, sample, try_strategy
    from nhilab.ledger.compromises import Compromises
    from nhilab.ledger.tables import Ledger
    from nhilab.scenario.scenario import Scenario
    from nhilab.study.comparisons.compare import compare
    from nhilab.study.designs.check import check
    from nhilab.study.designs.recommend import recommend
    from nhilab.study.experiments.break_even_search import break_even
    from nhilab.study.experiments.factorial import factorial
    from nhilab.study.experiments.sweep import sweep

    __version__: str

if "IPython" in _sys.modules:
    from nhilab.report.notebook.display import register as _register

    _register()

__all__ = [
    "break_even",
    "check",
    "compare",
    "Compromises",
    "factorial",
    "InputError",
    "Ledger",
    "load_scenario",
    "measure",
    "NhilabError",
    "Process",
    "recommend",
    "replay",
    "run",
    "sample",
    "Scenario",
    "stream",
    "sweep",
    "Trial",
    "try_strategy",
]

_IN = {
    "nhilab.base.errors": ("InputError", "NhilabError"),
    "nhilab.base.streams": ("stream",),
    "nhilab.engine.own": ("Process",),
    "nhilab.lab": ("Trial", "load_scenario", "measure", "replay", "run", "sample", "try_strategy"),
    "nhilab.ledger.compromises": ("Compromises",),
    "nhilab.ledger.tables": ("Ledger",),
    "nhilab.scenario.scenario": ("Scenario",),
    "nhilab.study.experiments.break_even_search": ("break_even",),
    "nhilab.study.designs.check": ("check",),
    "nhilab.study.comparisons.compare": ("compare",),
    "nhilab.study.experiments.factorial": ("factorial",),
    "nhilab.study.designs.recommend": ("recommend",),
    "nhilab.study.experiments.sweep": ("sweep",),
}
"""Where each public name is made."""


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        return _importlib.import_module("importlib.metadata").version("nhilab")
    module = next((module for module, names in _IN.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(_importlib.import_module(module), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
