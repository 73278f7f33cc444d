"""How a notebook shows the lab's nouns: a title, a few lines, a table, what to beware of; as HTML."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nhilab.report.notebook.cards import Card

SHOWN: Final[dict[str, tuple[str, str, str]]] = {
    "Scenario": ("nhilab.scenario.scenario", "nhilab.report.notebook.cards", "scenario_card"),
    "Demand": ("nhilab.demand.demand", "nhilab.report.notebook.cards", "demand_card"),
    "Ledger": ("nhilab.ledger.tables", "nhilab.report.notebook.cards", "ledger_card"),
    "Compromises": ("nhilab.ledger.compromises", "nhilab.report.notebook.cards", "compromises_card"),
    "Trial": ("nhilab.lab", "nhilab.report.notebook.cards", "trial_card"),
    "Comparison": ("nhilab.study.comparisons.comparison", "nhilab.report.notebook.study_cards", "comparison_card"),
    "Sweep": ("nhilab.study.experiments.sweep", "nhilab.report.notebook.study_cards", "sweep_card"),
    "BreakEven": ("nhilab.study.experiments.break_even", "nhilab.report.notebook.study_cards", "break_even_card"),
    "Factorial": ("nhilab.study.experiments.effects", "nhilab.report.notebook.study_cards", "factorial_card"),
    "Check": ("nhilab.study.designs.check", "nhilab.report.notebook.study_cards", "check_card"),
    "Recommendation": (
        "nhilab.study.designs.recommendation",
        "nhilab.report.notebook.study_cards",
        "recommendation_card",
    ),
}
"""Where each noun is, and which function says what is shown of it."""


def html_of(noun: object) -> str:
    """HTML of one of the lab's nouns; everything in it is escaped.

    Raises
    ------
    KeyError
        If it is none of them.
    """
    name = next(kind.__name__ for kind in type(noun).__mro__ if kind.__name__ in SHOWN)
    _, module, function = SHOWN[name]
    make: Callable[[object], Card] = getattr(importlib.import_module(module), function)
    return _html(make(noun))


def register() -> None:
    """Tell IPython, if it is running, how to show the nouns; what that takes is loaded when one is shown."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is None or shell.display_formatter is None:
        return
    formatters = shell.display_formatter.formatters
    for name, (module, *_) in SHOWN.items():
        formatters["text/html"].for_type_by_name(module, name, html_of)
    formatters["image/png"].for_type_by_name("matplotlib.figure", "Figure", picture_of)


def picture_of(figure: Figure) -> bytes:
    """A figure as PNG: those the lab draws are not pyplot's, so a notebook would not show them by itself."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100, bbox_inches="tight")
    return file.getvalue()


def _html(card: Card) -> str:
    lines = "".join(f"<div>{escape(line)}</div>" for line in card.lines)
    notes = "".join(f"<div>⚠ {escape(note)}</div>" for note in card.notes)
    return f"<div><b>{escape(card.title)}</b>{lines}{_table(card.heads, card.rows)}<small>{notes}</small></div>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    first = "".join(f"<th style='text-align:left'>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table>"
