"""A page: what a study says, before it is HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nhilab.report.page.section import Section, Table, Tone

if TYPE_CHECKING:
    from nhilab.report.pictures.picture import Picture


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
    lead : str
        The answer in one sentence, if there is one for all.
    verdicts : tuple of Verdict
        Answers, one for each strategy, metric or class.
    notes : tuple of str
        What limits the numbers.
    pictures : tuple of Picture
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
    lead: str = ""
    notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    strategies: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
