"""How long a stolen credential still works: the known answers without caches."""

from __future__ import annotations

from nhilab.theory.domain import require_moments, require_positive


def uniform_phase(ttl: float) -> float:
    r"""Mean residual life of a credential taken at a uniform point of its whole life.

    .. math:: E[W] = T/2

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T`; the copy must be there to take from issue to expiry.

    Returns
    -------
    float, s
        Mean per credential taken; the maximum over several taken together is larger.

    Raises
    ------
    ValueError
        If ``ttl`` is not positive and finite.

    Notes
    -----
    Source: ours. The age at the theft is uniform on (0, T), and W = T − age.
    Oracle: ``tests/unit/theory/test_residual.py::test_a_theft_at_uniform_phase_leaves_half_the_life``.

    Examples
    --------
    >>> uniform_phase(900.0)
    450.0
    """
    require_positive(ttl=ttl)
    return ttl / 2


def task_owned(ttl: float, mean: float, *, second_moment: float) -> float:
    r"""Mean residual life of a credential whose copy vanishes when its task ends.

    .. math:: E[W] = T - \frac{E[D^2]}{2\,E[D]}

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T`.
    mean : float, s
        :math:`E[D]`, from the issue of the credential (not the arrival of the task) to the end of the task.
    second_moment : float, s²
        :math:`E[D^2]`. No task may outlive the credential: :math:`D \le T`.

    Returns
    -------
    float, s
        Mean per credential taken, none being revoked.

    Raises
    ------
    ValueError
        If a length is not positive and finite, or no :math:`D \le T` has these moments.

    Notes
    -----
    Source: ours. A uniform instant meets tasks in proportion to their length, at a uniform point of each, so
    the age at the theft has mean E[D²]/(2E[D]) (inspection paradox: Feller 1971, vol. II, I.4); W = T − age.
    Oracle: ``tests/unit/theory/test_residual.py::test_a_copy_that_ends_with_its_task_is_taken_young``.

    Examples
    --------
    >>> task_owned(900.0, 60.0, second_moment=3600.0)
    870.0
    """
    require_positive(ttl=ttl)
    require_moments(mean, second_moment, longest=ttl)
    return ttl - second_moment / (2 * mean)


def at_first_issuance(ttl: float) -> float:
    r"""Residual life of a credential taken the instant it is issued: all of it.

    .. math:: W = T

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T`.

    Returns
    -------
    float, s
        Exact, not a mean.

    Raises
    ------
    ValueError
        If ``ttl`` is not positive and finite.

    Notes
    -----
    Source: ours. The malicious dependency is there when its task's first credential arrives, at age 0.
    Oracle: ``tests/unit/theory/test_residual.py::test_a_credential_taken_at_issue_has_its_whole_life_left``.

    Examples
    --------
    >>> at_first_issuance(900.0)
    900.0
    """
    require_positive(ttl=ttl)
    return ttl


def renewed_ahead(ttl: float, fraction: float) -> float:
    r"""Mean residual life of the newest credential of a chain renewed before it expires.

    .. math:: E[W] = T\,(1 - r/2)

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T`.
    fraction : float
        Renewal comes at this fraction :math:`r` of the lifetime, :math:`0 < r \le 1`, without jitter.

    Returns
    -------
    float, s
        Mean window of a thief who takes everything there: the newest dies last. The mean per credential is
        T/2 if old copies stay, and the newest is itself cut short if renewal revokes.

    Raises
    ------
    ValueError
        If ``ttl`` is not positive and finite or ``fraction`` is outside (0, 1].

    Notes
    -----
    Source: ours. The age of the newest is uniform on (0, rT).
    Oracle: ``tests/unit/theory/test_residual.py::test_the_newest_of_a_chain_renewed_ahead_is_young``.

    Examples
    --------
    >>> renewed_ahead(900.0, 0.5)
    675.0
    """
    require_positive(ttl=ttl, fraction=fraction)
    if fraction > 1:
        raise ValueError(f"fraction: found {fraction!r}; allowed: more than 0 and at most 1")
    return ttl * (1 - fraction / 2)


def renewed_ahead_jittered(ttl: float, mean: float, *, second_moment: float) -> float:
    r"""Mean residual life of the newest credential of a chain renewed at random intervals.

    .. math:: E[W] = T - \frac{E[I^2]}{2\,E[I]}

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T`.
    mean : float, s
        :math:`E[I]`, interval between renewals, drawn independently each time.
    second_moment : float, s²
        :math:`E[I^2]`. Renewal is never late: :math:`I \le T`.

    Returns
    -------
    float, s
        Mean window of a thief who takes everything there, renewal revoking nothing.

    Raises
    ------
    ValueError
        If a length is not positive and finite, or no :math:`I \le T` has these moments.

    Notes
    -----
    Source: ours. The age of the newest is the age of a renewal process met at a uniform instant, of mean
    E[I²]/(2E[I]) (Cox 1962, *Renewal Theory*); W = T − age.
    Oracle: ``tests/unit/theory/test_residual.py::test_jitter_of_the_renewal_ages_the_newest``.

    Examples
    --------
    >>> renewed_ahead_jittered(900.0, 450.0, second_moment=450.0**2)
    675.0
    """
    require_positive(ttl=ttl)
    require_moments(mean, second_moment, longest=ttl)
    return ttl - second_moment / (2 * mean)


def length_biased(mean: float, second_moment: float) -> float:
    r"""Mean residual life of credentials of random lifetimes, taken while present.

    .. math:: E[W] = \frac{E[L^2]}{2\,E[L]}

    Parameters
    ----------
    mean : float, s
        :math:`E[L]`, mean lifetime.
    second_moment : float, s²
        :math:`E[L^2]`.

    Returns
    -------
    float, s
        Mean per credential taken.

    Raises
    ------
    ValueError
        If a moment is not positive and finite, or the second is below the mean squared.

    Notes
    -----
    Source: Feller 1971, vol. II, I.4 (inspection paradox). A uniform instant meets lifetimes in proportion to
    their length, at a uniform point: E[W] = E[L · L/2]/E[L].
    Oracle: ``tests/unit/theory/test_residual.py::test_a_theft_meets_long_lives_more_often``.

    Examples
    --------
    >>> length_biased(600.0, 720_000.0)
    600.0
    """
    require_moments(mean, second_moment)
    return second_moment / (2 * mean)
