"""Arguments for which a known answer is true; everything else is a ValueError."""

from __future__ import annotations

import math


def require_positive(**values: float) -> None:
    """Refuse values that are not positive and finite.

    Raises
    ------
    ValueError
        Naming the first value that is zero, negative, infinite or not a number.

    Examples
    --------
    >>> require_positive(ttl=900.0)
    >>> require_positive(ttl=0.0)
    Traceback (most recent call last):
    ...
    ValueError: ttl: found 0.0; allowed: a positive finite number
    """
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name}: found {value!r}; allowed: a positive finite number")


def require_not_negative(**values: float) -> None:
    """Refuse values that are negative, infinite or not a number.

    Raises
    ------
    ValueError
        Naming the first such value.

    Examples
    --------
    >>> require_not_negative(hop=0.0)
    """
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name}: found {value!r}; allowed: a finite number, not negative")


def require_count(**values: int) -> None:
    """Refuse values that are not whole numbers of at least one.

    Raises
    ------
    ValueError
        Naming the first such value.

    Examples
    --------
    >>> require_count(n_servers=3)
    """
    for name, value in values.items():
        if isinstance(value, bool) or value != int(value) or value < 1:
            raise ValueError(f"{name}: found {value!r}; allowed: a whole number of at least 1")


def require_probability(**values: float) -> None:
    """Refuse values that are no probability.

    Raises
    ------
    ValueError
        Naming the first value outside 0 … 1.

    Examples
    --------
    >>> require_probability(loss=0.5)
    """
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name}: found {value!r}; allowed: a number from 0 to 1")


def require_moments(mean: float, second_moment: float, *, longest: float = math.inf) -> None:
    """Refuse moments that no positive length of at most ``longest`` can have.

    A variance is not negative, so E[X]² ≤ E[X²]; and X ≤ b gives E[X²] ≤ b·E[X]. Both are tested with a
    relative slack of 1e-9 for rounding.

    Raises
    ------
    ValueError
        If the mean is not positive, or either inequality fails.

    Examples
    --------
    >>> require_moments(60.0, 3600.0)
    """
    require_positive(mean=mean, second_moment=second_moment)
    if second_moment < mean * mean * (1 - 1e-9):
        raise ValueError(f"second_moment: found {second_moment!r}; allowed: at least mean² = {mean * mean!r}")
    if second_moment > longest * mean * (1 + 1e-9):
        raise ValueError(
            f"second_moment: found {second_moment!r}; "
            f"allowed: at most {longest * mean!r}, no length being over {longest!r} s"
        )
