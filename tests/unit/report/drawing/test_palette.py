"""Colours that everybody can tell apart, and looks that stay with a strategy."""

from __future__ import annotations

import itertools

import matplotlib.colors
import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.report.drawing.palette import COLOURS, CORE, HALO, ink_on, look, looks_of

SIGHT = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""How linear RGB is seen: Machado, Oliveira and Fernandes (2009), severity 1."""


def linear(colour: str) -> FloatArray:
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: FloatArray) -> FloatArray:
    """CIE L*a*b* of linear RGB under D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = xyz @ rgb / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(colour: str) -> float:
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_can_be_told_apart_by_whoever_sees_them(sight: str) -> None:
    seen = [lab(np.clip(SIGHT[sight] @ linear(colour), 0, 1)) for colour in COLOURS]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 16


@pytest.mark.parametrize("ground", ["#ffffff", "#17171b"])
def test_every_colour_stands_out_from_a_white_and_from_a_dark_page(ground: str) -> None:
    for colour in COLOURS:
        dark, light = sorted((luminance(colour), luminance(ground)))
        assert (light + 0.05) / (dark + 0.05) >= 2.99, colour


def test_a_strategy_keeps_its_look_when_others_are_left_out() -> None:
    whole = looks_of(["a", "b", "c"])
    assert whole["c"] == look(2)
    assert looks_of(["a", "b", "c", "a"]) == whole


def test_strategies_of_one_colour_differ_in_marker_line_and_hatch() -> None:
    for one, other in itertools.combinations(map(look, range(24)), 2):
        assert one != other
        if one.colour == other.colour:
            assert one.marker != other.marker
            assert one.hatch != other.hatch
    assert all(look(i).line != look(i + 8).line for i in range(8))


def test_letters_stand_out_from_every_ground_as_well_as_dark_or_white_ones_can() -> None:
    for ground in itertools.product(np.linspace(0, 1, 9).tolist(), repeat=3):
        inks = {ink: sorted((luminance(ink), luminance(matplotlib.colors.to_hex(ground)))) for ink in (CORE, HALO)}
        contrast = {ink: (light + 0.05) / (dark + 0.05) for ink, (dark, light) in inks.items()}
        assert contrast[ink_on(ground)] == pytest.approx(max(contrast.values()))
        assert contrast[ink_on(ground)] > 3.9
