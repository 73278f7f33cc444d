"""Which entries of four frameworks each metric and finding speaks to, read from ``controls.yaml``.

A reading aid for people who report by these frameworks. It certifies nothing: that a metric speaks to an entry does not
say that the entry is met.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

AID: Final = (
    "A reading aid, no certification: that a number speaks to an entry says where to file it, not that the entry is"
    " met. The assignment is ours."
)
_Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Entry(_Strict):
    """One entry of a framework.

    Attributes
    ----------
    title : str
        In the framework's words.
    read : ``"publisher"``, ``"copy"`` or None
        Whether it was read on a page of the publisher or in somebody's transcription.
    verified : bool
        Not, where sources give different words for it.
    """

    title: _Text
    read: Literal["publisher", "copy"] | None = None
    verified: bool = True

    @model_validator(mode="after")
    def _read_somewhere(self) -> Entry:
        if self.verified == (self.read is None):
            raise ValueError("where it was read, or verified: false")
        return self


class Framework(_Strict):
    """A framework: its title, where it is published, and the entries used here."""

    title: _Text
    source: Annotated[str, Field(pattern=r"^https://")]
    entries: Annotated[dict[str, Entry], Field(min_length=1)]


class Mapped(_Strict):
    """What a metric or finding speaks to, and why in one sentence; of a finding also what it says."""

    speaks_to: Annotated[tuple[str, ...], Field(min_length=1)]
    why: Annotated[str, Field(pattern=r"^[A-Z].*\.$")]
    what: str = ""


class Catalogue(_Strict):
    """The data file: frameworks, and what metrics and findings speak to."""

    frameworks: dict[str, Framework]
    metrics: dict[str, Mapped]
    findings: dict[str, Mapped]

    @model_validator(mode="after")
    def _known(self) -> Catalogue:
        ids = [entry for framework in self.frameworks.values() for entry in framework.entries]
        if len(ids) != len(set(ids)):
            raise ValueError("an id that two frameworks have")
        for name, mapped in {**self.metrics, **self.findings}.items():
            unknown = [entry for entry in mapped.speaks_to if entry not in ids]
            if unknown or len(set(mapped.speaks_to)) != len(mapped.speaks_to):
                raise ValueError(f"{name} speaks to {', '.join(unknown) or 'an entry twice'}")
        for name, mapped in self.findings.items():
            if not mapped.what:
                raise ValueError(f"{name} does not say what it is")
        return self

    def of(self, name: str) -> Mapped | None:
        """What a metric, a quantile of one, or a finding speaks to."""
        known = {**self.metrics, **self.findings}
        return known.get(name) or known.get(re.sub(r"_p\d+$", "", name))


class ControlRow(NamedTuple):
    """One entry of a framework, and which of the names asked about speak to it."""

    framework: str
    id: str
    title: str
    source: str
    names: tuple[str, ...]
    verified: bool


@cache
def controls() -> Catalogue:
    """The catalogue.

    Raises
    ------
    ValueError
        If the data file is wrong.
    """
    return read_controls(
        yaml.safe_load(files("nhilab.report.sentences").joinpath("controls.yaml").read_text(encoding="utf-8"))
    )


def read_controls(content: Any) -> Catalogue:
    """A catalogue of plain content, checked: known keys only, every id in its framework, every entry with a title."""
    return Catalogue.model_validate(content)


def control_rows(names: Iterable[str]) -> list[ControlRow]:
    """Entries that some metric or finding speaks to, in the order of the frameworks.

    Parameters
    ----------
    names : iterable of str
        Metrics, their quantiles, and findings.
    """
    catalogue = controls()
    spoken: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        mapped = catalogue.of(name)
        for entry in mapped.speaks_to if mapped is not None else ():
            spoken.setdefault(entry, []).append(name)
    return [
        ControlRow(framework.title, entry, what.title, framework.source, tuple(spoken[entry]), what.verified)
        for framework in catalogue.frameworks.values()
        for entry, what in framework.entries.items()
        if entry in spoken
    ]
