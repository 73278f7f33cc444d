"""nhilab: what a credential strategy for non-human identities costs, and what it buys."""

from importlib.metadata import version as _version

from nhilab.base.errors import InputError, NhilabError
from nhilab.base.quantities import NEVER
from nhilab.lab import Trial, load_scenario, measure, replay, run, sample, try_strategy
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.compare import compare

__version__ = _version("nhilab")

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
