"""How long one cache, or several side by side, go on honouring a revoked credential."""

from __future__ import annotations

import math

from nhilab.theory.domain import require_count, require_not_negative, require_positive

_SMALL = 1e-5
"""Below this, a difference that cancels is replaced by the first two terms of its series."""


def cached_probability(cache_ttl: float, request_rate: float) -> float:
    r"""Share of time in which a write-expiry cache holds the credential's verdict.

    .. math:: p = \frac{\lambda c}{1 + \lambda c}

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, counted from the fill.
    request_rate : float, 1/s
        :math:`\lambda`, Poisson requests with this credential at this cache; 0 for none.

    Returns
    -------
    float
        Long-run probability; also what each request finds (Poisson arrivals see time averages).

    Raises
    ------
    ValueError
        If ``cache_ttl`` is not positive and finite, or ``request_rate`` is negative or infinite.

    Notes
    -----
    Source: ours; Jung, Berger, Balakrishnan 2003 (INFOCOM) for the hit rate. Cycles of a life c and an
    exponential wait of mean 1/λ for the next request: p = c/(c + 1/λ).
    Oracle: ``tests/unit/theory/test_caches.py::test_a_cache_holds_the_verdict_for_its_share_of_time``.

    Examples
    --------
    >>> cached_probability(60.0, 0.05)
    0.75
    """
    require_positive(cache_ttl=cache_ttl)
    require_not_negative(request_rate=request_rate)
    return request_rate * cache_ttl / (1 + request_rate * cache_ttl)


def independent_revocation(cache_ttl: float, request_rate: float) -> float:
    r"""Mean passive survival in one write-expiry cache after a revocation unrelated to use.

    .. math:: E[W] = \frac{p\,c}{2}, \quad p = \frac{\lambda c}{1 + \lambda c}

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, counted from the fill.
    request_rate : float, 1/s
        :math:`\lambda`, Poisson requests with this credential, going on for much longer than :math:`c`
        before the revocation.

    Returns
    -------
    float, s
        Mean time from revocation to the death of the entry; zero where there is none.

    Raises
    ------
    ValueError
        If ``cache_ttl`` is not positive and finite, or ``request_rate`` is negative or infinite.

    Notes
    -----
    Source: ours. With probability p an entry is met at a uniform point of its life c.
    Oracle: ``tests/unit/theory/test_caches.py::test_a_cache_outlives_a_revocation_unrelated_to_use``.

    Examples
    --------
    >>> independent_revocation(60.0, 0.05)
    22.5
    """
    return cached_probability(cache_ttl, request_rate) * cache_ttl / 2


def after_last_use(cache_ttl: float, request_rate: float) -> float:
    r"""Mean passive survival in one write-expiry cache after a revocation right after a use.

    .. math:: E[W] = c\,(1 - p/2), \quad p = \frac{\lambda c}{1 + \lambda c}

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, counted from the fill.
    request_rate : float, 1/s
        :math:`\lambda`, Poisson requests with this credential up to its last use.

    Returns
    -------
    float, s
        Mean time from the last use, when it is revoked, to the death of the entry.

    Raises
    ------
    ValueError
        If ``cache_ttl`` is not positive and finite, or ``request_rate`` is negative or infinite.

    Notes
    -----
    Source: ours. The last use finds an entry with probability p (then c/2 is left on average) and otherwise
    fills one (c is left): p·c/2 + (1 − p)·c.
    Oracle: ``tests/unit/theory/test_caches.py::test_revoking_after_the_last_use_leaves_it_warm``.

    Examples
    --------
    >>> after_last_use(60.0, 0.05)
    37.5
    """
    return cache_ttl * (1 - cached_probability(cache_ttl, request_rate) / 2)


def stalest_replica(cache_ttl: float, request_rate: float, *, n_replicas: int) -> float:
    r"""Mean passive survival in the stalest of several independent write-expiry caches.

    .. math:: E[W] = c \left[1 - \frac{1 - (1 - p)^{R+1}}{(R + 1)\,p}\right],
              \quad p = \frac{\lambda c}{1 + \lambda c}

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, counted from the fill, the same at each.
    request_rate : float, 1/s
        :math:`\lambda`, Poisson requests with this credential at **each** replica.
    n_replicas : int
        :math:`R`, caches that share nothing, each filled from the issuer.

    Returns
    -------
    float, s
        Mean time from a revocation unrelated to use to the death of the last entry.

    Raises
    ------
    ValueError
        If ``cache_ttl`` is not positive and finite, ``request_rate`` is negative or infinite, or
        ``n_replicas`` is below 1.

    Notes
    -----
    Source: ours. Each survival is at most x < c with probability 1 − p + px/c, so
    E[max] = ∫₀ᶜ (1 − (1 − p + px/c)ᴿ) dx.
    Oracle: ``tests/unit/theory/test_caches.py::test_the_stalest_replica_outlives_the_others``.

    Examples
    --------
    >>> round(stalest_replica(60.0, 0.05, n_replicas=3), 6)
    40.078125
    """
    require_count(n_replicas=n_replicas)
    p = cached_probability(cache_ttl, request_rate)
    if p == 0:
        return 0.0
    if n_replicas * p < _SMALL:
        return cache_ttl * p * n_replicas * (1 / 2 - (n_replicas - 1) * p / 6)
    some_full = -math.expm1(-(n_replicas + 1) * math.log1p(request_rate * cache_ttl))
    return cache_ttl * (1 - some_full / ((n_replicas + 1) * p))


def access_expiry(cache_ttl: float, request_rate: float) -> float:
    r"""Mean survival in a cache that counts from the last access, while use goes on.

    .. math:: E[W] = \frac{e^{\lambda c} - 1}{\lambda}

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, counted from the last access.
    request_rate : float, 1/s
        :math:`\lambda`, Poisson requests that go on after the revocation; 0 for none, which leaves :math:`c`.

    Returns
    -------
    float, s
        Mean time from an access, at which it is revoked, to the death of the entry; ``inf`` beyond the range
        of floats. The credential's own expiry is taken to lie further off, or not to be checked.

    Raises
    ------
    ValueError
        If ``cache_ttl`` is not positive and finite, or ``request_rate`` is negative or infinite.

    Notes
    -----
    Source: ours. With G the gap to the next access, E[W] = E[min(G, c)] + P(G < c)·E[W], where
    E[min(G, c)] = (1 − e^(−λc))/λ and P(G < c) = 1 − e^(−λc).
    Oracle: ``tests/unit/theory/test_caches.py::test_use_keeps_a_revoked_credential_alive``.

    Examples
    --------
    >>> round(access_expiry(60.0, 0.05), 3)
    381.711
    """
    require_positive(cache_ttl=cache_ttl)
    require_not_negative(request_rate=request_rate)
    if request_rate == 0:
        return cache_ttl
    try:
        return math.expm1(request_rate * cache_ttl) / request_rate
    except OverflowError:
        return math.inf
