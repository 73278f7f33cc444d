"""Survival of a revoked credential under clocks: ticks, polls and stacked caches."""

from __future__ import annotations

import math

from nhilab.theory.domain import require_not_negative, require_positive

_SMALL = 1e-3
"""Below this, moments that cancel are replaced by their series, exact to rounding."""
_SECOND = 1_000_000


def two_saturated(upstream_ttl: float, downstream_ttl: float) -> float:
    r"""Mean survival in two stacked caches, the upstream one kept full by other clients.

    .. math:: E[W] = \frac{c_1 + c_2}{2}, \quad W \le c_1 + c_2

    Parameters
    ----------
    upstream_ttl : float, s
        :math:`c_1`, write expiry at the cache nearest the issuer, refilled by other clients the instant it
        expires, at a phase independent of the other's.
    downstream_ttl : float, s
        :math:`c_2`, write expiry at the cache nearest the decision, refilled from upstream the instant it
        expires.

    Returns
    -------
    float, s
        Mean time from a revocation unrelated to use to the last acceptance.

    Raises
    ------
    ValueError
        If a lifetime is not positive and finite.

    Notes
    -----
    Source: ours. The upstream entry outlives the revocation by U(0, c1); the downstream entry of that moment
    outlives the upstream one by an independent U(0, c2).
    Oracle: ``tests/unit/theory/test_clocked.py::test_a_cache_on_a_busy_cache_adds_half_of_each``.

    Examples
    --------
    >>> two_saturated(60.0, 30.0)
    45.0
    """
    require_positive(upstream_ttl=upstream_ttl, downstream_ttl=downstream_ttl)
    return (upstream_ttl + downstream_ttl) / 2


def one_saturated_stream(upstream_ttl: float, downstream_ttl: float) -> float:
    r"""Mean survival in two stacked caches that one dense stream of requests fills.

    .. math:: E[W] = \left\lceil \frac{c_1}{c_2} \right\rceil \frac{c_2}{2}, \quad W \le c_1 + c_2

    Parameters
    ----------
    upstream_ttl : float, s
        :math:`c_1`, write expiry at the cache nearest the issuer, asked by the other cache only.
    downstream_ttl : float, s
        :math:`c_2`, write expiry at the cache nearest the decision, refilled the instant it expires.

    Returns
    -------
    float, s
        Mean time from a revocation unrelated to use to the last acceptance. The quotient is taken on whole
        microseconds, where a multiple is a multiple.

    Raises
    ------
    ValueError
        If a lifetime is not positive and finite, or under a microsecond.

    Notes
    -----
    Source: ours. The upstream entry is replaced at the first downstream fetch at or past its expiry, so one
    answer of the issuer serves for ⌈c1/c2⌉·c2 and is met at a uniform point.
    Oracle: ``tests/unit/theory/test_clocked.py::test_one_stream_locks_two_caches_in_step``.

    Examples
    --------
    >>> one_saturated_stream(60.0, 50.0), one_saturated_stream(30.0, 60.0)
    (50.0, 30.0)
    """
    require_positive(upstream_ttl=upstream_ttl, downstream_ttl=downstream_ttl)
    upstream, downstream = round(upstream_ttl * _SECOND), round(downstream_ttl * _SECOND)
    if min(upstream, downstream) < 1:
        raise ValueError(f"found {min(upstream_ttl, downstream_ttl)!r}; allowed: at least a microsecond")
    return -(-upstream // downstream) * downstream_ttl / 2


def poll(period: float) -> float:
    r"""Mean survival behind a list of revocations fetched at regular instants.

    .. math:: E[W] = P/2, \quad W \le P

    Parameters
    ----------
    period : float, s
        :math:`P`, between fetches; the revocation falls at a uniform phase.

    Returns
    -------
    float, s
        Mean time from revocation to the next fetch.

    Raises
    ------
    ValueError
        If ``period`` is not positive and finite.

    Notes
    -----
    Source: ours. The time to the next multiple of P from a uniform phase is uniform on (0, P).
    Oracle: ``tests/unit/theory/test_clocked.py::test_a_polled_list_is_half_a_period_late``.

    Examples
    --------
    >>> poll(3600.0)
    1800.0
    """
    require_positive(period=period)
    return period / 2


def ticked(cache_ttl: float, tick: float = 1.0) -> float:
    r"""Mean life of an entry in a cache whose clock counts whole ticks.

    .. math:: E[W] = c + \tau/2, \quad W \sim \mathrm{Uniform}(c, c + \tau)

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, a multiple of the tick.
    tick : float, s
        :math:`\tau`, the second for nginx.

    Returns
    -------
    float, s
        Mean life of an entry filled at a random phase of the tick; also the mean adversarial bound from a
        revocation at a random phase, uniform on [c, c + τ).

    Raises
    ------
    ValueError
        If an argument is not positive and finite, or ``cache_ttl`` is not a multiple of ``tick``.

    Notes
    -----
    Source: ours, after ngx_http_file_cache.c, which keeps an entry while ``valid_sec >= ngx_time()``. Filled
    at f, it lives until (⌊f/τ⌋ + c/τ + 1)·τ. Refills soon after expiry are *not* at a random phase, see
    `ticked_passive`.
    Oracle: ``tests/unit/theory/test_clocked.py::test_whole_ticks_keep_an_entry_half_a_tick_longer``.

    Examples
    --------
    >>> ticked(10.0)
    10.5
    """
    require_positive(cache_ttl=cache_ttl, tick=tick)
    if abs(cache_ttl / tick - round(cache_ttl / tick)) > 1e-6:
        raise ValueError(f"cache_ttl: found {cache_ttl!r}; allowed: a multiple of the tick of {tick!r} s")
    return cache_ttl + tick / 2


def ticked_passive(cache_ttl: float, request_rate: float, *, tick: float = 1.0) -> float:
    r"""Mean passive survival in a ticking cache after a revocation unrelated to use.

    .. math:: E[W] = \frac{E[L^2]}{2\,(E[L] + 1/\lambda)}, \quad L = c + \tau - \Phi, \quad
              \Phi \sim \mathrm{Exp}(\lambda) \text{ given } \Phi < \tau

    Parameters
    ----------
    cache_ttl : float, s
        :math:`c`, a multiple of the tick.
    request_rate : float, 1/s
        :math:`\lambda`, Poisson requests with this credential; 0 for none.
    tick : float, s
        :math:`\tau`.

    Returns
    -------
    float, s
        Mean time from revocation to the death of the entry. A saturated cache has (c + τ)/2.

    Raises
    ------
    ValueError
        If a length is not positive and finite, ``cache_ttl`` is not a multiple of ``tick``, or
        ``request_rate`` is negative or infinite.

    Notes
    -----
    Source: ours. Entries die on a tick; the next fill comes an exponential wait later, so its phase in its
    tick is that wait modulo τ, by lack of memory an exponential cut at τ, independent of the wait's ticks.
    Oracle: ``tests/unit/theory/test_clocked.py::test_a_ticking_cache_is_refilled_early_in_its_tick``.

    Examples
    --------
    >>> round(ticked_passive(10.0, 1e6), 3), round(ticked_passive(10.0, 0.1), 3)
    (5.5, 2.694)
    """
    ticked(cache_ttl, tick)
    require_not_negative(request_rate=request_rate)
    if request_rate == 0:
        return 0.0
    mean, second = _cut_exponential_moments(request_rate, tick)
    longest = cache_ttl + tick
    life_squared = longest**2 - 2 * longest * mean + second
    return life_squared / (2 * (longest - mean + 1 / request_rate))


def _cut_exponential_moments(rate: float, cut: float) -> tuple[float, float]:
    """First two moments of an exponential given that it is below the cut."""
    x = rate * cut
    if x < _SMALL:
        return cut * (1 / 2 - x / 12), cut**2 * (1 / 3 - x / 12 + x**2 / 360)
    beyond = math.exp(-x) / -math.expm1(-x)
    return 1 / rate - cut * beyond, 2 / rate**2 - (cut**2 + 2 * cut / rate) * beyond
