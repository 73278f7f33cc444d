"""How a broken claim is said: what should hold, and the rows with their values that break it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, BoolArray

SHOWN: Final = 5
"""Rows named in a message."""


def refuse(sentence: str, broken: BoolArray, row_words: Callable[[int], str]) -> None:
    """Fail with the first rows that break a sentence.

    Parameters
    ----------
    sentence : str
        What should hold.
    broken : ndarray, shape (n,), bool
        Rows for which it does not.
    row_words : callable
        From a row number to its values in words.

    Raises
    ------
    AssertionError
        If a row breaks it.
    """
    rows = np.flatnonzero(broken)
    if len(rows):
        lines = [row_words(row) for row in rows[:SHOWN].tolist()]
        more = [f"… and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
        raise AssertionError("\n  ".join([f"not so: {sentence} ({len(rows)} of {len(broken)})", *lines, *more]))


def instant(micros: int) -> str:
    """An instant or length in µs as seconds.

    Examples
    --------
    >>> instant(1_500_000), instant(NEVER)
    ('1.5 s', 'never')
    """
    return "never" if micros >= NEVER else f"{micros / SECOND:.10g} s"
