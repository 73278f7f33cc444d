"""What could stand where the cursor is: scenario files, and names that a scenario, the metrics or the presets give."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from nhilab.base.errors import NhilabError

_TYPED: Final = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Where shells hand over the words typed so far."""


def scenario_files(incomplete: str) -> list[str]:
    """Folders and YAML files that begin so."""
    before, slash, start = incomplete.rpartition("/")
    folder = Path(f"{before}{slash}" or ".")
    try:
        inside = sorted(path for path in folder.iterdir() if path.name.startswith(start))
    except OSError:
        return []
    shown = [path for path in inside if start.startswith(".") or not path.name.startswith(".")]
    return [f"{path}/" for path in shown if path.is_dir()] + [
        str(path) for path in shown if path.suffix in (".yaml", ".yml") and path.is_file()
    ]


def strategy_names(incomplete: str) -> list[str]:
    """Strategies of the scenario that the command line names."""
    from nhilab.scenario.extends import read_extended, without_gone  # half a second that few completions need

    typed = " ".join(os.environ.get(name, "") for name in _TYPED).split()
    named = next((word for word in typed if word.endswith((".yaml", ".yml"))), "")  # -s may stand before it or after
    try:
        content, _ = read_extended(Path(named))
    except NhilabError:
        return []
    strategies = without_gone(content).get("strategies")
    names = strategies if isinstance(strategies, dict) else {}
    return [str(name) for name, value in names.items() if value is not None and str(name).startswith(incomplete)]


def metric_keys() -> list[str]:
    """Keys of all metrics in a report, quantiles among them."""
    from nhilab.metrics.catalogue import METRICS  # half a second that few commands need

    return [
        key
        for name, metric in METRICS.items()
        for key in (name, *(f"{name}_p{round(100 * q)}" for q in metric.quantiles))
    ]


def metric_names(incomplete: str) -> list[str]:
    """Keys of metrics that begin so."""
    return [key for key in metric_keys() if key.startswith(incomplete)]


def limit_names(incomplete: str) -> list[str]:
    """Keys of metrics that begin so, each with the sign before its limit."""
    return [f"{key}=" for key in metric_names(incomplete)]


def preset_names(incomplete: str) -> list[str]:
    """Presets that begin so."""
    from nhilab.scenario.presets import presets

    return list(dict.fromkeys(name for _, name in presets() if re.match(re.escape(incomplete), name)))
