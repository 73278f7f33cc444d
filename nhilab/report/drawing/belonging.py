"""What in a figure belongs to which strategy, so that a page can hide it with the strategy's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from matplotlib.artist import Artist
from matplotlib.container import Container
from matplotlib.figure import Figure

OF_STRATEGY: Final = "strategy:"
"""Goes before a strategy's name in the group id of what belongs to it."""


def belongs(strategy: str, *artists: Artist | Container) -> None:
    """Say that artists belong to a strategy."""
    for artist in artists:
        if isinstance(artist, Container):
            belongs(strategy, *artist.get_children())
        else:
            artist.set_gid(OF_STRATEGY + strategy)


def legend_belongs(figure: Figure, strategies: Mapping[str, str]) -> None:
    """Say so of the entries of a figure's legends, from their text to the strategy."""
    for legend in figure.legends:
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            if text.get_text() in strategies and handle is not None:
                belongs(strategies[text.get_text()], handle, text)


def without_belonging(artists: Iterable[Artist]) -> None:
    """Take it back: ids of a file are each there once."""
    for artist in artists:
        if str(artist.get_gid() or "").startswith(OF_STRATEGY):
            artist.set_gid(None)
