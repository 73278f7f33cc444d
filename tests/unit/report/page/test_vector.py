"""Figures inside a page."""

from __future__ import annotations

import re

from matplotlib.figure import Figure

from nhilab.report.page.vector import inlined


def figure(width: float = 5.0) -> Figure:
    made = Figure(figsize=(width, 3))
    axes = made.subplots()
    axes.plot([1, 2], gid="strategy:a<b", color="#0072B2")
    axes.barh(0, 1, hatch="//")
    axes.imshow([[1, 2]])
    axes.set_title("title")
    return made


def test_a_figure_has_no_styles_and_no_sheet_of_its_own() -> None:
    text = inlined("k", figure)
    assert "style" not in text
    assert 'stroke="#0072b2"' in text.lower()


def test_ids_begin_with_the_key_and_every_reference_is_met() -> None:
    text = inlined("k", figure)
    ids = re.findall(r'\bid="([^"]+)"', text)
    wanted = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert len(ids) == len(set(ids))
    assert all(name.startswith("k-") for name in ids)
    assert wanted == set(ids)
    assert "xlink" not in text


def test_the_parts_of_a_strategy_are_named_after_it() -> None:
    assert 'data-strategy="a&lt;b"' in inlined("k", figure)


def test_a_figure_is_hidden_from_readers_of_the_words_beside_it() -> None:
    assert re.match(r'<svg [^>]*aria-hidden="true"', inlined("k", figure))


def test_only_a_wide_figure_takes_the_whole_width() -> None:
    assert 'class="wide"' not in inlined("k", figure)
    assert 'class="wide"' in inlined("k", lambda: figure(11.0))


def test_letters_and_axes_have_the_colour_of_the_page() -> None:
    assert 'fill="currentColor"' in inlined("k", figure)
