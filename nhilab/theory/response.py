"""How long a thief lasts, and how surely one is noticed, where somebody watches."""

from __future__ import annotations

import math

from nhilab.theory.domain import require_count, require_not_negative, require_positive, require_probability


def expiry_or_detection(ttl: float, rate: float) -> float:
    r"""Mean time for which a stolen credential works until it expires or its theft is detected, whichever is first.

    .. math:: E[\min(U, D)] = \frac{1}{\mu} - \frac{1 - e^{-\mu T}}{\mu^2 T}

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T`; stolen at a uniform point of it, so that :math:`U` is uniform on (0, T).
    rate : float, 1/s
        :math:`\mu`; detection takes an exponential time :math:`D`, and ends everything at once.

    Returns
    -------
    float, s
        Mean per theft.

    Raises
    ------
    ValueError
        If an argument is not positive and finite.

    Notes
    -----
    Source: ours; the integral of P(U > w)·P(D > w) = (1 − w/T)·e^(−μw) over (0, T).
    Oracle: ``tests/unit/theory/test_response.py::test_detection_shortens_what_expiry_would_leave``.

    Examples
    --------
    >>> round(expiry_or_detection(900.0, 1 / 900.0), 3)
    331.091
    """
    require_positive(ttl=ttl, rate=rate)
    whole = rate * ttl
    # The two terms nearly cancel where detection is slow: there the series T/2·(1 − μT/3 + …) is exact enough.
    if whole < 1e-4:
        return ttl / 2 * (1 - whole / 3)
    return (1 + math.expm1(-whole) / whole) / rate


def noticed_probability(n_acts: int, probability: float) -> float:
    r"""Probability that at least one of several distinct acts is noticed.

    .. math:: 1 - (1 - p)^k

    Parameters
    ----------
    n_acts : int
        :math:`k`, distinct acts, each noticed or not on its own.
    probability : float
        :math:`p`, that one act is noticed.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If ``n_acts`` is not a whole number of at least 1, or ``probability`` is none.

    Notes
    -----
    Source: ours; independent draws per distinct act.
    Oracle: ``tests/unit/theory/test_response.py::test_of_many_acts_one_is_noticed_nearly_surely``.

    Examples
    --------
    >>> noticed_probability(2, 0.5)
    0.75
    """
    require_count(n_acts=n_acts)
    require_probability(probability=probability)
    return float(1 - (1 - probability) ** n_acts)


def last_revoked(n_requests: int, n_servers: int, *, service: float) -> float:
    r"""Time from a response to the end of the last of its revocations.

    .. math:: \lceil n/c \rceil\,s

    Parameters
    ----------
    n_requests, n_servers : int
        :math:`n` requests made at one instant to :math:`c` idle servers.
    service : float, s
        :math:`s`, for each request.

    Returns
    -------
    float, s

    Raises
    ------
    ValueError
        If a count is below 1, or ``service`` is negative or infinite.

    Notes
    -----
    Source: ours; the requests are served in rounds of :math:`c`.
    Oracle: ``tests/unit/theory/test_response.py::test_requests_are_served_in_rounds``.

    Examples
    --------
    >>> last_revoked(5, 2, service=10.0)
    30.0
    """
    require_count(n_requests=n_requests, n_servers=n_servers)
    require_not_negative(service=service)
    return -(-n_requests // n_servers) * service


def hunted_cycle(*, hop: float, answer: float, service: float) -> float:
    r"""Access window of a thief who holds one of two identities that mint each other, and is hunted.

    .. math:: h + r \text{ if } s = 0,\quad h + 2r + s \text{ if } 0 < s \le \min(r, h - r),\quad
        \infty \text{ if } r + s > h,\ s > 0

    Parameters
    ----------
    hop : float, s
        :math:`h`, from having a credential to using it.
    answer : float, s
        :math:`r`, from any use to the response, which asks for all that the thief has.
    service : float, s
        :math:`s`, from asking to the end of a credential; there is a server for every request.

    Returns
    -------
    float, s
        ``inf`` where the path is slower than the hop: what is still alive while it is being revoked mints what is
        used a hop later, which is before it is revoked in its turn.

    Raises
    ------
    ValueError
        If a length is negative or infinite, or :math:`r < s \le h - r`, which is not counted here.

    Notes
    -----
    Source: ours, counted by hand. The first use is at h, answered at h + r. Until h + r + s the stolen credential goes
    on minting children, which could be used from h + r + h on, and are dead at h + 2r + s.
    Oracle: ``tests/unit/theory/test_response.py::test_a_cycle_dies_only_if_revoked_within_a_hop``.

    Examples
    --------
    >>> hunted_cycle(hop=60.0, answer=40.0, service=20.0), hunted_cycle(hop=60.0, answer=40.0, service=21.0)
    (160.0, inf)
    """
    require_not_negative(hop=hop, answer=answer, service=service)
    if service == 0:
        return hop + answer
    if answer + service > hop:
        return math.inf
    if service > answer:
        raise ValueError(f"service: found {service!r}; allowed: at most the answer of {answer!r}, or more than a hop")
    return hop + 2 * answer + service
