"""Names beside axes: broken into lines where they are too long for one."""

from __future__ import annotations

import re
from typing import Final

from nhilab.report.sentences.words import marked

BESIDE: Final = 20
"""Letters of a line beside an axis."""


def broken(name: str, letters: int) -> str:
    """A name in lines of at most so many letters, broken after hyphens, slashes and spaces only.

    Examples
    --------
    >>> broken("workload-identity-1h", 10)
    'workload-\\nidentity-\\n1h'
    """
    lines: list[str] = []
    for part in re.findall(r"[^-/ ]*[-/ ]?", name):
        if lines and len((lines[-1] + part).rstrip()) <= letters:
            lines[-1] += part
        elif part:
            lines.append(part)
    return "\n".join(line.rstrip() for line in lines)


def strategy_label(name: str, *, hypothetical: bool, letters: int = BESIDE) -> str:
    """A strategy as axes name it, the mark of a hypothetical one in a line of its own."""
    shown = broken(name, letters)
    return marked(f"{shown}\n", hypothetical=True).replace("\n ", "\n") if hypothetical else shown


def shortened(name: str, letters: int) -> str:
    """A name with its middle left out if it is too long.

    Examples
    --------
    >>> shortened("pool-1/object-store-1", 14)
    'pool-1/…tore-1'
    """
    if len(name) <= letters:
        return name
    end = (letters - 1) // 2
    return f"{name[: letters - 1 - end]}…{name[-end:]}"
