"""Names with dollar signs are names, not formulas."""

from __future__ import annotations

from matplotlib.figure import Figure

from nhilab.report.drawing.drawing import svg_element


def named(text: str) -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 1000], [1, 1000], label=text)
    axes.set_xticks([1, 500], [text, text])
    axes.set_yscale("log")
    axes.annotate(text, (1, 1))
    axes.legend()
    return figure


def test_a_name_that_looks_like_a_formula_is_drawn_as_it_is_written() -> None:
    text = svg_element(lambda: named(r"$\frac$"))
    assert text.count("<!-- $\\frac$ -->") == 4


def test_powers_of_ten_are_drawn_as_formulas_beside_it() -> None:
    assert "<!-- $\\mathdefault{10^{2}}$ -->" in svg_element(lambda: named(r"$\frac$"))
