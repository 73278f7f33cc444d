"""The incidents as tables: what was documented beside what was simulated, and the documented design beside others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from nhilab.base.files import write_text
from nhilab.report.sentences.words import NOTHING, number
from nhilab.study.estimates.plain import finite
from nhilab.study.published.incident_record import Figure, Given
from nhilab.study.published.incidents import Compared, IncidentStudy

NO_FIGURE: Final = "none: all documented figures are inputs"
_HEAD: Final = """# Incidents

Written by `nhilab reproduce`. Each scenario in `scenarios/incidents/` was given the figures named as its inputs. Others
are compared with what it gives: the mean with its 95 % interval over replications, and the spread of campaigns from p5
to p95. What happened is one draw, so it is held against the spread: *no* where they do not meet (within 1 %), *too wide
to tell* where they meet but the spread is wider than the figure is large. *sum* says that a figure adds up from inputs,
so that agreement says little; *mechanism* that something else predicts it. Figures that are not verified are labelled.
"""


def consistency_frame(studies: Iterable[IncidentStudy]) -> pl.DataFrame:
    """Documented figures beside simulated ones: one row per figure; numbers null where there is none."""
    rows = [_row(study, compared) for study in studies for compared in study.compared or (None,)]
    return pl.DataFrame(rows, infer_schema_length=None)


def alternatives_frame(studies: Iterable[IncidentStudy]) -> pl.DataFrame:
    """Strategies beside the documented one: one row per strategy; windows in h, numbers null where there is none."""
    rows = [_alternative(study, strategy) for study in studies for strategy in study.comparison.strategies]
    return pl.DataFrame(rows, infer_schema_length=None)


def write_incidents(folder: Path, studies: Sequence[IncidentStudy]) -> None:
    """Write ``consistency.csv``, ``alternatives.csv`` and ``incidents.md`` in a folder.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    write_text(folder / "consistency.csv", consistency_frame(studies).write_csv())
    write_text(folder / "alternatives.csv", alternatives_frame(studies).write_csv())
    write_text(folder / "incidents.md", markdown(studies))


def markdown(studies: Sequence[IncidentStudy]) -> str:
    """Both tables and the inputs, for people."""
    consistency = [
        "| incident | figure | documented | flag | simulated, 95 % | its width | p5 to p95 | consistent | basis |",
        "|---" * 9 + "|",
    ]
    alternatives = ["| incident | strategy | access window | never ends | reach | what it is |", "|---" * 6 + "|"]
    inputs = ["| incident | documented | flag | went to | source |", "|---" * 5 + "|"]
    for study in studies:
        consistency += [_line(study.name, compared) for compared in study.compared]
        consistency += [] if study.compared else [_cells(study.name, NO_FIGURE, *[""] * 7)]
        alternatives += [_alternative_line(study, strategy) for strategy in study.comparison.strategies]
        inputs += [_input_line(study, given) for given in study.record.inputs]
    shown = [f"- {study.name}: {study.record.shows}" for study in studies]
    parts = (
        _HEAD + _settings(studies), "## Consistency\n", *consistency, "\n## Alternatives\n", *shown, "", *alternatives,
        "\n## Inputs\n", *inputs,
    )  # fmt: skip
    return "\n".join(parts) + "\n"


def _settings(studies: Sequence[IncidentStudy]) -> str:
    if not studies:
        return ""
    first = studies[0].comparison
    return f"\nSeed {first.seed}, {first.replications} replications of {first.campaigns} campaigns each.\n"


def _row(study: IncidentStudy, compared: Compared | None) -> dict[str, object]:
    inputs = "; ".join(_given(each) for each in study.record.inputs)
    if compared is None:
        return {"incident": study.name, "figure": NO_FIGURE, "inputs": inputs}
    figure, found = compared.figure, compared.simulated
    return {
        "incident": study.name,
        "figure": figure.figure,
        "strategy": figure.strategy,
        "documented_low": None if figure.at_most else figure.low,
        "documented_high": figure.high,
        "unit": figure.unit,
        "flag": figure.flag,
        "source": study.record.sources[figure.source],
        "mean": _rounded(found.mean),
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "width": _rounded(found.high - found.low),
        "p5": _rounded(found.p5),
        "p95": _rounded(found.p95),
        "consistent": compared.verdict,
        "basis": figure.basis,
        "note": figure.note,
        "inputs": inputs,
    }


def _alternative(study: IncidentStudy, strategy: str) -> dict[str, object]:
    found = study.comparison.strategies[strategy]
    window = found["access_window_s"]
    first = strategy == study.comparison.first
    less = None if first else study.comparison.difference(strategy)["access_window_s"]
    return {
        "incident": study.name,
        "strategy": strategy,
        "title": study.scenario.strategies[strategy].title,
        "access_window_h": _rounded(window.mean / 3600),
        "access_window_h_low": _rounded(window.low / 3600),
        "access_window_h_high": _rounded(window.high / 3600),
        "difference_h": None if less is None else _rounded(less.mean / 3600),
        "difference_h_low": None if less is None else _rounded(less.low / 3600),
        "difference_h_high": None if less is None else _rounded(less.high / 3600),
        "cap_h": _rounded(study.comparison.cap_s / 3600),
        "unbounded_share": _rounded(found["unbounded_share"].mean),
        "theft_probability": _rounded(found["theft_probability"].mean),
        "reach": _rounded(found["reach"].mean),
        "crown_jewel_probability": _rounded(found["crown_jewel_probability"].mean),
    }


def _line(name: str, compared: Compared) -> str:
    figure, found = compared.figure, compared.simulated
    documented = _between(figure) if not figure.at_most else f"at most {_plain(figure.high, figure.unit)}"
    simulated = f"{_plain(found.mean, figure.unit)} ({_plain(found.low, '')} to {_plain(found.high, '')})"
    spread = f"{_plain(found.p5, '')} to {_plain(found.p95, figure.unit)}"
    basis = f"{figure.basis}: {figure.note}" if figure.note else figure.basis
    named = figure.figure if figure.strategy == "documented" else f"{figure.figure} (`{figure.strategy}`)"
    width = _plain(found.high - found.low, figure.unit)
    return _cells(name, named, documented, figure.flag, simulated, width, spread, compared.verdict, basis)


def _alternative_line(study: IncidentStudy, strategy: str) -> str:
    found = study.comparison.strategies[strategy]
    endless = found["unbounded_share"].mean
    bound = "at least " if endless > 0 else ""
    window = bound + number(found["access_window_s"].mean, "s")
    title = study.scenario.strategies[strategy].title
    return _cells(study.name, f"`{strategy}`", window, number(endless, "%"), number(found["reach"].mean, ""), title)


def _input_line(study: IncidentStudy, given: Given) -> str:
    keys = (" + " if given.sum else ", ").join(f"`{key}`" for key in given.sets)
    return _cells(study.name, _words(given), given.flag, keys, study.record.sources[given.source])


def _given(given: Given) -> str:
    return f"{_words(given)} ({given.flag})"


def _words(given: Given) -> str:
    """The fact and its value: two instants, or a number with what it counts."""
    if " to " not in given.fact:
        return _between(given)
    return f"{given.fact.replace('_', ' ')}: {_between(given)}"


def _between(figure: Figure) -> str:
    if figure.low == figure.high:
        return _plain(figure.low, figure.unit)
    return f"{_plain(figure.low, '')} to {_plain(figure.high, figure.unit)}"


def _plain(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return NOTHING
    whole = unit not in ("", "h", "d") and value == round(value)
    digits = f"{value:.0f}" if whole else f"{value:,.1f}".removesuffix(".0") if value >= 10 else f"{value:.2f}"
    return f"{digits} {unit}".strip()


def _rounded(value: float) -> float | None:
    return finite(round(value, 6))


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
