"""How many tokens lie at a place to be taken."""

from __future__ import annotations

import math

from nhilab.theory.domain import require_not_negative, require_positive


def mean_present(arrival_rate: float, mean: float) -> float:
    r"""Mean number of tokens present at a place, M/G/∞.

    .. math:: E[N] = \lambda\,E[D]

    Parameters
    ----------
    arrival_rate : float, 1/s
        :math:`\lambda`, Poisson issuances; 0 for none.
    mean : float, s
        :math:`E[D]`, for how long each lies there, whatever the distribution.

    Returns
    -------
    float
        Mean at any instant of the stationary regime, where the number is Poisson.

    Raises
    ------
    ValueError
        If ``arrival_rate`` is negative or ``mean`` not positive, or either is infinite.

    Notes
    -----
    Source: Little 1961 for the mean; `present_probability` for the law.
    Oracle: ``tests/unit/theory/test_presence.py::test_tokens_lying_at_a_place_are_poisson``.

    Examples
    --------
    >>> round(mean_present(0.01, 300.0), 6)
    3.0
    """
    require_not_negative(arrival_rate=arrival_rate)
    require_positive(mean=mean)
    return arrival_rate * mean


def present_probability(n_present: int, arrival_rate: float, *, mean: float) -> float:
    r"""Probability of exactly so many tokens at a place, M/G/∞.

    .. math:: P(N = n) = e^{-\lambda E[D]}\,\frac{(\lambda E[D])^n}{n!}

    Parameters
    ----------
    n_present : int
        :math:`n`; one minus the probability of 0 is the chance that a theft finds something.
    arrival_rate : float, 1/s
        :math:`\lambda`, Poisson issuances.
    mean : float, s
        :math:`E[D]`, for how long each lies there, whatever the distribution.

    Returns
    -------
    float
        Probability at any instant of the stationary regime.

    Raises
    ------
    ValueError
        As `mean_present`, or if ``n_present`` is not a whole number of at least 0.

    Notes
    -----
    Source: Palm 1943; Takács 1962, *Introduction to the Theory of Queues*. Thinning: a token issued u ago is
    still there with probability P(D > u), independently, so their number is Poisson of mean λ∫P(D > u)du.
    Oracle: ``tests/unit/theory/test_presence.py::test_tokens_lying_at_a_place_are_poisson``.

    Examples
    --------
    >>> round(present_probability(0, 0.01, mean=300.0), 6)
    0.049787
    """
    expected = mean_present(arrival_rate, mean)
    if n_present < 0 or n_present != int(n_present):
        raise ValueError(f"n_present: found {n_present!r}; allowed: a whole number of at least 0")
    if expected == 0:
        return float(n_present == 0)
    return math.exp(n_present * math.log(expected) - expected - math.lgamma(n_present + 1))
