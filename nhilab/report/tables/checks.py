"""Known answers against the simulation, as a table that fits 80 columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.report.sentences.words import NOTHING
from nhilab.study.verify.check import CheckResult


def checks_json(results: Sequence[CheckResult]) -> dict[str, Any]:
    """Known answers as `nhilab verify --json` gives them, without elapsed times; finite numbers or null."""
    numbers = ("theory", "estimate", "standard_error", "z", "limit", "z_low", "z_high")
    return {
        "schema": "nhilab/verification/1",
        "checks": [
            {"name": r.name, "claim": r.claim, "unit": r.unit, "n": r.n, "exact": r.exact, "passed": bool(r.passed),
             **{key: value if math.isfinite(value := float(getattr(r, key))) else None for key in numbers}}
            for r in results
        ],
    }  # fmt: skip


def print_checks(console: Console, results: Sequence[CheckResult]) -> None:
    """Print each known answer with what the lab measured, and how many agree.

    Parameters
    ----------
    console : Console
    results : sequence of CheckResult
    """
    table = Table(title="Known answers against simulation", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    table.add_column("situation", overflow="fold")
    for heading in ("theory", "estimate", "± se", "z", "limit"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict")
    for r in results:
        error = NOTHING if r.exact else f"{r.standard_error:.2g}"
        z = NOTHING if r.exact else f"{r.z:+.2f}"
        limit = "exact" if r.exact else f"{r.limit:.1f}"
        verdict = Text(r.verdict, style="green" if r.passed else "bold red")
        table.add_row(Text(f"{r.name} [{r.unit}]"), _number(r.theory), _number(r.estimate), error, z, limit, verdict)
    console.print(table)
    console.print(f"{sum(r.passed for r in results)} of {len(results)} agree with theory.", highlight=False)


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else "never"
