"""The page of a sweep."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nhilab.base.quantities import NEVER, SECOND
from nhilab.report.drawing.palette import looks_of
from nhilab.report.page.cells import ABOVE, estimate_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Meaning, Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.pictures import sweep_pictures
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.notes import at_least
from nhilab.report.sentences.words import marked, number, shown_unit
from nhilab.report.tables.sweep import heading, notes, settings_line, short_names
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.sweep import Sweep
from nhilab.study.experiments.vary import Axis


def sweep_page(sweep: Sweep, scenario: Scenario) -> Page:
    """What a sweep says, as a page.

    Parameters
    ----------
    sweep : Sweep
    scenario : Scenario
        The one swept.
    """
    looks = looks_of([*scenario.strategies, *sweep.estimates])
    names = {name: marked(name, hypothetical=name in sweep.hypothetical) for name in sweep.estimates}
    axes = zip(short_names(axis.path for axis in sweep.axes), sweep.axes, strict=True)
    told = notes(sweep, scenario)
    return Page(
        study="Sweep",
        scenario=sweep.scenario,
        question=scenario.content.question,
        settings=settings_line(sweep, scenario),
        verdicts=tuple(Verdict(sentence(sweep, name), shown, name) for name, shown in names.items()),
        notes=(*told, *study_guards(scenario, tuple(sweep.estimates), replications=sweep.replications, said=told)),
        pictures=sweep_pictures(sweep, scenario.strategies),
        tables=(_table(sweep, names),),
        sections=controls_sections(sweep.metrics),
        provenance=provenance_of(scenario),
        meanings=(
            *(Meaning(short, "What is varied.", axis.path) for short, axis in axes),
            *meanings_of(sweep.metrics),
        ),
        digest=sweep.scenario_digest,
        strategies=names,
        colours={name: looks[name].colour for name in names} if len(sweep.axes) == 1 else {},
    )


def sentence(sweep: Sweep, strategy: str) -> str:
    """Between what values each metric of a strategy lies, and where, in words."""
    parts = [_span(sweep, strategy, key) for key in sweep.metrics]
    return "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + "."


def _span(sweep: Sweep, strategy: str, key: str) -> str:
    found = [by_key[key] for by_key in sweep.estimates[strategy]]
    known = [i for i, estimate in enumerate(found) if not math.isnan(estimate.mean)]
    if not known:
        return f"{heading(key)} has no value"
    least, most = (end(known, key=lambda i: found[i].mean) for end in (min, max))
    texts = [_shown(sweep, strategy, key, i) for i in (least, most)]
    if texts[0] == texts[1]:
        return f"{heading(key)} {texts[0]} at every point"
    return f"{heading(key)} from {texts[0]} ({_where(sweep, least)}) to {texts[1]} ({_where(sweep, most)})"


def _shown(sweep: Sweep, strategy: str, key: str, point: int) -> str:
    found = sweep.estimates[strategy][point]
    if math.isinf(found[key].mean):
        return ABOVE
    return "at least " * at_least(found, key) + number(found[key].mean, shown_unit(key, found[key].unit))


def _where(sweep: Sweep, point: int) -> str:
    names = short_names(axis.path for axis in sweep.axes)
    return ", ".join(f"{name} = {value}" for name, value in zip(names, sweep.points[point], strict=True))


def _table(sweep: Sweep, names: dict[str, str]) -> Table:
    axes = short_names(axis.path for axis in sweep.axes)
    values = [_values(axis) for axis in sweep.axes]
    rows = []
    for name, found in sweep.estimates.items():
        for i, point in enumerate(sweep.points):
            where = [cells[text] for cells, text in zip(values, point, strict=True)]
            what = [_cell(sweep, name, key, i) for key in sweep.metrics if key in found[i]]
            rows.append(Row((Cell(names[name]), *where, *what), name))
    return Table("At each point", ("strategy", *axes, *map(heading, sweep.metrics)), tuple(rows))


def _cell(sweep: Sweep, name: str, key: str, i: int) -> Cell:
    found, difference = sweep.estimates[name][i], sweep.differences[name][i][key]
    alike = i and sweep.replications > 1 and difference.low <= 0 <= difference.high
    return estimate_cell(key, found[key], bound=at_least(found, key), before="≈ " if alike else "")


def _values(axis: Axis) -> dict[str, Cell]:
    """Cells of an axis' values by how they are written; sorted by the lengths or numbers they stand for."""
    lengths: Sequence[float] | None = axis.lengths()
    if lengths is not None:
        lengths = [math.inf if length >= NEVER else length / SECOND for length in lengths]
    values = lengths if lengths is not None else axis.numbers()
    known: Sequence[float | None] = [None] * len(axis.written) if values is None else values
    return {text: Cell(text, value=value) for text, value in zip(axis.written, known, strict=True)}
