"""A comparison as one self-contained page."""

from __future__ import annotations

import importlib.resources
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from nhilab.base.files import write_text
from nhilab.metrics.catalogue import METRICS
from nhilab.report.drawing import svg_element, write_figure
from nhilab.report.figures import draw_comparison
from nhilab.report.notes import at_least, caveats, label, provenance_line, settings_line, verdicts, worst_entry
from nhilab.report.terminal import CHANGES, WORST, Column, sections
from nhilab.report.words import interval, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparison import Comparison
from nhilab.study.estimate import Estimate
from nhilab.study.intervals import Contrast

_NO_REASON: Final = "no reason given"


def write_page(path: Path, comparison: Comparison, scenario: Scenario) -> None:
    """Write the page of a comparison; it needs no network and reads well in light and dark.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_text(path, page(comparison, scenario))


def page(comparison: Comparison, scenario: Scenario) -> str:
    """The page as HTML."""
    text = importlib.resources.files("nhilab.report.page").joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    shown = {c.key for _, columns in sections(comparison) for c in columns}
    return environment.from_string(text).render(
        scenario=comparison.scenario,
        question=scenario.content.question,
        settings=settings_line(comparison),
        verdicts=verdicts(comparison),
        caveats=caveats(comparison, scenario),
        figure=svg(comparison),
        tables=_tables(comparison, scenario),
        provenance=provenance_line(scenario),
        assumed=_assumed(scenario),
        meanings=[(name, metric.meaning) for name, metric in METRICS.items() if name in shown],
        digest=comparison.scenario_digest,
    )


def svg(comparison: Comparison) -> str:
    """The figures as one SVG element for a page, without references to anything outside."""
    return svg_element(lambda: draw_comparison(comparison))


def write_svg(path: Path, comparison: Comparison) -> None:
    """Write the figures as an SVG file: the same bytes for the same comparison.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_figure(path, lambda: draw_comparison(comparison))


def _assumed(scenario: Scenario) -> list[tuple[str, list[str]]]:
    """Key paths of assumed numbers by the reason given, the largest group last."""
    groups: dict[str, list[str]] = {}
    for key, origin in scenario.provenance.origins.items():
        if origin.tag == "assumed":
            groups.setdefault(origin.source or _NO_REASON, []).append(key)
    return sorted(groups.items(), key=lambda group: (group[0] == _NO_REASON, group[0]))


def _tables(comparison: Comparison, scenario: Scenario) -> list[dict[str, Any]]:
    by_strategy = [
        _table(title, columns, [(label(comparison, n), _cells(e, columns)) for n, e in comparison.strategies.items()])
        for title, columns in sections(comparison)
    ]
    units = {key: estimate.unit for key, estimate in comparison.strategies[comparison.first].items()}
    changes = [(n, comparison.difference(n)) for n in list(comparison.strategies)[1:]]
    changed = [
        (label(comparison, name), [_cell(contrasts[c.key], c.key, units[c.key], sign=True) for c in CHANGES])
        for name, contrasts in changes
    ]
    title = f"Difference from {label(comparison, comparison.first)}"
    differences = [_table(title, CHANGES, changed)] if changes else []
    return [*by_strategy, *differences, _worst(comparison, scenario)]


def _worst(comparison: Comparison, scenario: Scenario) -> dict[str, Any]:
    rows = []
    for name in comparison.strategies:
        entry = worst_entry(comparison, name)
        if entry is not None:
            named = [{"value": entry, "interval": scenario.threat.entries[entry].technique}]
            rows.append((label(comparison, name), named + _cells(comparison.entries[name][entry], WORST)))
    table = _table("Worst way in", WORST, rows)
    table["headings"].insert(1, "way in")
    return table


def _table(title: str, columns: Sequence[Column], rows: Sequence[tuple[str, list[dict[str, str]]]]) -> dict[str, Any]:
    return {
        "title": title,
        "headings": ["strategy", *(c.heading for c in columns)],
        "rows": [{"name": name, "cells": cells} for name, cells in rows],
    }


def _cells(found: dict[str, Estimate], columns: Sequence[Column]) -> list[dict[str, str]]:
    cells = [_cell(found[c.key], c.key, found[c.key].unit) for c in columns]
    for column, cell in zip(columns, cells, strict=True):
        if at_least(found, column.key):
            cell["value"] = f"≥ {cell['value']}"
    return cells


def _cell(value: Estimate | Contrast, key: str, unit: str, *, sign: bool = False) -> dict[str, str]:
    shown = shown_unit(key, unit)
    if math.isinf(value.mean):
        return {"value": "above the cap", "interval": ""}
    plus = "+" if sign and value.mean > 0 else ""
    return {"value": plus + number(value.mean, shown), "interval": interval(value.low, value.high, shown)}
