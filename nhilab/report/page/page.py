"""A page: what a study says, before it is HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from nhilab.report.page.section import Section, Table, Tone

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.figure import Figure


class Drawable(Protocol):
    """A picture with its words, as `nhilab.report.pictures` makes them."""

    @property
    def key(self) -> str:
        """Name of it within the page: lower-case letters, digits and hyphens."""

    @property
    def title(self) -> str:
        """What it shows."""

    @property
    def alt(self) -> str:
        """What one would learn from looking at it, for whoever does not."""

    @property
    def caption(self) -> str:
        """How to read it."""

    @property
    def draw(self) -> Callable[[], Figure]:
        """Makes the figure; artists with the group id ``strategy:NAME`` are hidden with that strategy."""

    @property
    def table(self) -> pl.DataFrame | None:
        """Numbers behind it, where no other table shows them."""


@dataclass(frozen=True)
class Drawing:
    """A picture with its words."""

    key: str
    title: str
    alt: str
    caption: str
    draw: Callable[[], Figure]
    table: pl.DataFrame | None = None


@dataclass(frozen=True)
class Verdict:
    """An answer in a sentence.

    Attributes
    ----------
    sentence : str
    name : str
        What it is about, as shown.
    strategy : str
        Key of the strategy it is about; empty if it is about none.
    tone : Tone
    """

    sentence: str
    name: str = ""
    strategy: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Provenance:
    """Where a scenario's numbers come from.

    Attributes
    ----------
    shares : str
        Of its numbers, by origin.
    assumed : tuple of (str, tuple of str)
        Key paths of assumed numbers, by the reason given.
    """

    shares: str
    assumed: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What a term means, and its key in files of numbers, if it has one."""

    term: str
    meaning: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a study says.

    Attributes
    ----------
    study : str
        Which kind it is, such as ``"Comparison"``.
    scenario, question : str
        Name of the scenario and what it asks.
    settings : str
        How the numbers were made.
    verdicts : tuple of Verdict
    notes : tuple of str
        What limits the numbers.
    pictures : tuple of Drawable
    tables : tuple of Table
    sections : tuple of Section
        What else there is to say, each under a heading of its own.
    provenance : Provenance
    meanings : tuple of Meaning
        Terms used.
    digest : str
        Of the scenario.
    strategies : dict of str to str
        Names by key of what can be hidden; none if there is nothing to choose from.
    colours : dict of str to str
        Colours of strategies in the pictures, by key.
    """

    study: str
    scenario: str
    question: str
    settings: str
    verdicts: tuple[Verdict, ...]
    provenance: Provenance
    digest: str
    notes: tuple[str, ...] = ()
    pictures: tuple[Drawable, ...] = ()
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    strategies: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
