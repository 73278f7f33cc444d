"""What a notebook shows of studies: values with their intervals, verdicts, and what the numbers cannot say."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nhilab.base.quantities import SECOND, format_duration
from nhilab.report.notebook.cards import COLUMNS, Card, counted, value
from nhilab.report.sentences.notes import at_least, endless, settings_line, unresolved
from nhilab.report.sentences.words import marked, number
from nhilab.report.tables.sweep import heading
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.designs.check import Check
from nhilab.study.designs.recommendation import Recommendation
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.experiments.break_even import BreakEven
from nhilab.study.experiments.effects import Factorial
from nhilab.study.experiments.sweep import Sweep


def comparison_card(comparison: Comparison) -> Card:
    """A comparison: what each strategy costs and buys, with intervals, and what the numbers cannot say."""
    rows = [
        (marked(name, hypothetical=name in comparison.hypothetical), *(cell(found, key) for key in COLUMNS))
        for name, found in comparison.strategies.items()
    ]
    notes = unresolved(comparison) if comparison.replications > 1 else ["One replication: there are no intervals."]
    if without_end := endless(comparison):
        cap = format_duration(comparison.cap_s * SECOND)
        notes.append(f"{', '.join(without_end)}: some access never ends; windows are cut at {cap}, means lower bounds.")
    title = f"Comparison of {len(rows)} strategies, {comparison.scenario}"
    return Card(title, [settings_line(comparison)], ("strategy", *map(heading, COLUMNS)), rows, notes)


def sweep_card(sweep: Sweep) -> Card:
    """A sweep: each strategy at each point, with intervals."""
    rows = [
        (
            marked(name, hypothetical=name in sweep.hypothetical),
            *point,
            *(cell(found, key) for key in sweep.metrics),
        )
        for name, by_point in sweep.estimates.items()
        for point, found in zip(sweep.points, by_point, strict=True)
    ]
    heads = ("strategy", *(axis.path for axis in sweep.axes), *(heading(key) for key in sweep.metrics))
    return Card(f"Sweep, {sweep.scenario}", [_effort(sweep)], heads, rows)


def break_even_card(found: BreakEven) -> Card:
    """A break-even: the value at which two strategies are alike, and those that cannot be told from it."""
    crossing, what = found.crossing, heading(found.metric)
    known = crossing.value is not None
    said = {
        "found": "the same at", "none": "never the same in the range", "flat": "the same everywhere in the range",
        "undefined": "without a value somewhere in the range",
    }[crossing.kind]  # fmt: skip
    line = f"{what} of {found.strategy} and {found.against}: {said}"
    if known:
        line += f" {found.path} = {number(crossing.value or 0.0, found.unit)}"
    low, high = (found.lowest if crossing.low is None else crossing.low), (crossing.high or found.highest)
    ends = f"not told apart from {number(low, found.unit)} to {number(high, found.unit)}" if known else ""
    notes = [f"the mean crosses {crossing.crossings} times; this is the first"] if crossing.crossings > 1 else []
    return Card(f"Break-even, {found.scenario}", [line, *([ends] if ends else []), _effort(found)], notes=notes)


def factorial_card(study: Factorial) -> Card:
    """A factorial: what each control changes alone, changes last, and bought."""
    rows = [
        (heading(metric), name, *(value(*part[name], metric, e.unit) for part in (e.alone, e.last, e.bought)))
        for metric, e in study.effects.items()
        for name in e.alone
    ]
    heads = ("metric", "control", "change alone", "change as the last", "bought of the reduction")
    notes = [f"{name} changes nothing here" for name in study.idle]
    return Card(f"Factorial of {study.strategy}, {study.scenario}", [_effort(study)], heads, rows, notes)


def cell(found: Mapping[str, Estimate], key: str) -> str:
    """An estimate as a cell: marked where its mean is cut at the cap."""
    return ("≥ " if at_least(found, key) else "") + value(*found[key][:3], key, found[key].unit)


def check_card(check: Check) -> Card:
    """A check: each limit of each strategy, and its verdict."""
    rows = [
        (name, j.limit.key, value(j.limit.bound, math.nan, math.nan, j.limit.key, j.limit.unit),
         value(j.mean, j.low, j.high, j.limit.key, j.limit.unit), j.verdict + (f": {j.reason}" if j.reason else ""))
        for name, judged in check.strategies.items()
        for j in judged
    ]  # fmt: skip
    heads = ("strategy", "limit of", "limit", "found (one-sided bounds)", "verdict")
    return Card(f"Check, {check.scenario}: {check.verdict}", [f"seed {check.seed}"], heads, rows)


def recommendation_card(found: Recommendation) -> Card:
    """A recommendation: for each class the candidates, those that meet the limits first."""
    rows = [
        (advice.kind, marked(c.name, hypothetical=c.hypothetical) + (" ←" if c.name == advice.recommended else ""),
         c.verdict, value(*c.access_window[:3], "access_window_s", "s"),
         *(value(*c.cost[key][:3], key, c.cost[key].unit) for key in found.cheap_by))
        for advice in found.advice
        for c in advice.candidates
    ]  # fmt: skip
    costs = (heading(key) + (f", {found.currency}" if found.currency else "") for key in found.cheap_by)
    heads = ("class", "design", "limits", "access window", *costs)
    lacking = [
        f"{advice.kind}: no design is shown to meet all limits" for advice in found.advice if not advice.recommended
    ]
    return Card(f"Recommendation, {found.scenario}", [_effort(found)], heads, rows, lacking)


def _effort(study: Sweep | BreakEven | Factorial | Recommendation) -> str:
    return f"{counted(study.replications, 'replication')}, {study.campaigns} campaigns each, seed {study.seed}"
