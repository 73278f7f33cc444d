"""The pictures of a report: what each is called, shows, says without being seen, and tells the reader to look for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
from matplotlib.figure import Figure

from nhilab.report.drawing.drawing import write_figure


@dataclass(frozen=True)
class Picture:
    """One figure and the words around it.

    Attributes
    ----------
    key : str
        Its name in files and anchors: lower-case words joined by hyphens.
    title : str
        A few words for a heading.
    alt : str
        What it shows in one or two sentences with numbers, for who cannot see it.
    caption : str
        What to look for.
    draw : callable
        Makes it; to be called with the style in force, as `svg_element` and `write_figure` do.
    table : DataFrame, optional
        What is behind it, in words and numbers for people, where no other table of a report shows it.
    """

    key: str
    title: str
    alt: str
    caption: str
    draw: Callable[[], Figure]
    table: pl.DataFrame | None = None


def write_pictures(folder: Path, pictures: Sequence[Picture], kind: Literal["svg", "png"]) -> list[Path]:
    """Write each picture as a file named by its key, whole or not at all; the same bytes for the same content.

    Raises
    ------
    InputError
        If one cannot be written.
    """
    paths = [folder / f"{picture.key}.{kind}" for picture in pictures]
    for path, picture in zip(paths, pictures, strict=True):
        write_figure(path, picture.draw)
    return paths
