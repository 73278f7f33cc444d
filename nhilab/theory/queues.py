"""How long requests wait at issuers and revocation paths."""

from __future__ import annotations

import math

from nhilab.theory.domain import require_count, require_moments, require_not_negative, require_positive


def erlang_c(arrival_rate: float, service_rate: float, *, n_servers: int) -> float:
    r"""Probability that a request must wait in M/M/c.

    .. math:: C = \frac{B}{1 - \rho\,(1 - B)}, \quad a = \lambda/\mu,\ \rho = a/c, \quad
              B_0 = 1,\ B_k = \frac{a B_{k-1}}{k + a B_{k-1}},\ B = B_c

    Parameters
    ----------
    arrival_rate : float, 1/s
        :math:`\lambda`, Poisson requests.
    service_rate : float, 1/s
        :math:`\mu` of each server; service times are exponential.
    n_servers : int
        :math:`c`, serving first come, first served.

    Returns
    -------
    float
        Probability of a positive wait in the long run.

    Raises
    ------
    ValueError
        If a rate is not positive and finite, ``n_servers`` < 1, or the queue is unstable (ρ ≥ 1).

    Notes
    -----
    Source: Erlang 1917; Cooper 1981, *Introduction to Queueing Theory*, for the recursion, which does not
    overflow. Birth–death chain: P(all busy) is a geometric tail on Erlang's loss state B.
    Oracle: ``tests/unit/theory/test_queues.py::test_requests_wait_as_erlang_says``.

    Examples
    --------
    >>> round(erlang_c(1.0, 1.0, n_servers=2), 6)
    0.333333
    """
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate)
    require_count(n_servers=n_servers)
    load = arrival_rate / service_rate
    if load >= n_servers:
        raise ValueError(f"arrival_rate: found {arrival_rate!r}; allowed: below {n_servers * service_rate!r}")
    loss = 1.0
    for k in range(1, int(n_servers) + 1):
        loss = load * loss / (k + load * loss)
    return loss / (1 - load / n_servers * (1 - loss))


def mean_wait_mmc(arrival_rate: float, service_rate: float, *, n_servers: int) -> float:
    r"""Mean wait before service in M/M/c.

    .. math:: E[W] = \frac{C}{c\mu - \lambda}

    Parameters
    ----------
    arrival_rate : float, 1/s
        :math:`\lambda`, Poisson requests.
    service_rate : float, 1/s
        :math:`\mu` of each server; service times are exponential.
    n_servers : int
        :math:`c`, serving first come, first served.

    Returns
    -------
    float, s
        Mean over all requests, those that do not wait included; the service itself is not.

    Raises
    ------
    ValueError
        As `erlang_c`.

    Notes
    -----
    Source: Erlang 1917. Those who wait do so exponentially at the rate cμ − λ (`wait_exceeds_mmc`).
    Oracle: ``tests/unit/theory/test_queues.py::test_requests_wait_as_erlang_says``.

    Examples
    --------
    >>> round(mean_wait_mmc(1.0, 1.0, n_servers=2), 6)
    0.333333
    """
    waiting = erlang_c(arrival_rate, service_rate, n_servers=n_servers)
    return waiting / (n_servers * service_rate - arrival_rate)


def wait_exceeds_mmc(wait: float, arrival_rate: float, *, service_rate: float, n_servers: int) -> float:
    r"""Probability that a request waits longer than a given time in M/M/c.

    .. math:: P(W > t) = C\,e^{-(c\mu - \lambda)\,t}

    Parameters
    ----------
    wait : float, s
        :math:`t`, not negative.
    arrival_rate : float, 1/s
        :math:`\lambda`, Poisson requests.
    service_rate : float, 1/s
        :math:`\mu` of each server; service times are exponential.
    n_servers : int
        :math:`c`, serving first come, first served.

    Returns
    -------
    float
        Long-run probability; for comparing distributions and patience limits.

    Raises
    ------
    ValueError
        As `erlang_c`, or if ``wait`` is negative or infinite.

    Notes
    -----
    Source: Erlang 1917. Who finds all busy and N waiting, N geometric, waits for N + 1 departures at rate cμ.
    Oracle: ``tests/unit/theory/test_queues.py::test_requests_wait_as_erlang_says``.

    Examples
    --------
    >>> round(wait_exceeds_mmc(1.0, 1.0, service_rate=1.0, n_servers=2), 6)
    0.122626
    """
    require_not_negative(wait=wait)
    waiting = erlang_c(arrival_rate, service_rate, n_servers=n_servers)
    return waiting * math.exp(-(n_servers * service_rate - arrival_rate) * wait)


def mean_wait_mg1(arrival_rate: float, mean: float, *, second_moment: float) -> float:
    r"""Mean wait before service in M/G/1.

    .. math:: E[W] = \frac{\lambda\,E[S^2]}{2\,(1 - \lambda E[S])}

    Parameters
    ----------
    arrival_rate : float, 1/s
        :math:`\lambda`, Poisson requests.
    mean : float, s
        :math:`E[S]`, service time.
    second_moment : float, s²
        :math:`E[S^2]`.

    Returns
    -------
    float, s
        Mean over all requests; the service itself is not included.

    Raises
    ------
    ValueError
        If an argument is not positive and finite, no :math:`S` has these moments, or the queue is
        unstable (:math:`\lambda E[S] \ge 1`).

    Notes
    -----
    Source: Pollaczek 1930, Khinchine 1932. An arrival waits for the work it finds, with ρ = λE[S]:
    E[W] = ρ·E[S²]/(2E[S]) (the service under way) + λE[W]·E[S] (those queued).
    Oracle: ``tests/unit/theory/test_queues.py::test_uneven_service_lengthens_the_wait``.

    Examples
    --------
    >>> round(mean_wait_mg1(0.5, 1.0, second_moment=2.0), 6)
    1.0
    """
    require_positive(arrival_rate=arrival_rate)
    require_moments(mean, second_moment)
    if arrival_rate * mean >= 1:
        raise ValueError(f"arrival_rate: found {arrival_rate!r}; allowed: below {1 / mean!r}")
    return arrival_rate * second_moment / (2 * (1 - arrival_rate * mean))
