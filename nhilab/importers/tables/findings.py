"""What an import has to say about the tables beyond their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

KEPT: Final = 100
"""Examples kept of each finding, the first ones."""

Group = Literal["left out", "inferred", "to know"]


@dataclass(frozen=True)
class Finding:
    """Something left out, inferred or worth knowing: how often, and the first examples."""

    group: Group
    table: str
    what: str
    count: int
    examples: tuple[str, ...] = ()


def finding(group: Group, table: str, what: str, examples: Iterable[str]) -> tuple[Finding, ...]:
    """One finding that counts its examples, or none if there are none."""
    found = list(examples)
    return (Finding(group, table, what, len(found), tuple(found[:KEPT])),) if found else ()
