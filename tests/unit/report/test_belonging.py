"""Whose a part of a figure is."""

from __future__ import annotations

from matplotlib.figure import Figure

from nhilab.report.belonging import belongs, claim_legend


def test_what_belongs_to_somebody_keeps_its_owner() -> None:
    axes = Figure().subplots()
    axes.plot([1, 2], gid="common")
    axes.plot([2, 3])
    belongs(axes, "a")
    axes.fill_between([1, 2], [1, 2])
    axes.barh(0, 1)
    axes.text(0, 0, "here")
    belongs(axes, "b")
    assert [line.get_gid() for line in axes.lines] == ["common", "strategy:a"]
    assert [artist.get_gid() for artist in (*axes.collections, *axes.patches, *axes.texts)] == ["strategy:b"] * 3


def test_entries_of_a_legend_belong_to_whom_the_lines_of_their_names_do() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2], label="a")
    belongs(axes, "a")
    axes.errorbar([1], [1], yerr=[1], label="b (hypothetical)")
    belongs(axes, "b")
    axes.plot([1, 2], label="nobody's", gid="common")
    legend = axes.legend()
    claim_legend(axes, legend)
    owners = {text.get_text(): text.get_gid() for text in legend.get_texts()}
    assert owners == {"a": "strategy:a", "b (hypothetical)": "strategy:b", "nobody's": "common"}
