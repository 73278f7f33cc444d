"""How long a thief gets on who is detected, or who mints: known answers for the access window."""

from __future__ import annotations

import math

from nhilab.theory.domain import require_not_negative, require_positive

_SMALL = 1e-3
"""Below this the cancelling difference is replaced by its series, exact to rounding."""


def detected_residual(ttl: float, detection_rate: float) -> float:
    r"""Mean time until expiry or detection, whichever comes first.

    .. math:: E[\min(U, X)] = \frac1\mu - \frac{1 - e^{-\mu T}}{\mu^2 T}, \quad
              U \sim \mathrm{Uniform}(0, T),\ X \sim \mathrm{Exp}(\mu)

    Parameters
    ----------
    ttl : float, s
        Lifetime :math:`T` of a credential taken at uniform phase; ``inf`` leaves detection alone.
    detection_rate : float, 1/s
        :math:`\mu`, from the theft on; 0 leaves expiry alone. Hop, triage and response take no time, and
        no layer delays the revocation.

    Returns
    -------
    float, s
        Mean access window.

    Raises
    ------
    ValueError
        If ``ttl`` is not positive, ``detection_rate`` is negative or infinite, or the answer is infinite.

    Notes
    -----
    Source: ours. E[min] = ∫₀ᵀ P(U > t) P(X > t) dt = ∫₀ᵀ (1 − t/T) e^(−μt) dt, integrated by parts.
    Oracle: ``tests/unit/theory/test_thief.py::test_detection_shortens_what_expiry_leaves``.

    Examples
    --------
    >>> round(detected_residual(900.0, 1 / 300.0), 3)
    204.979
    """
    require_not_negative(detection_rate=detection_rate)
    if not ttl > 0 or (math.isinf(ttl) and detection_rate == 0):
        raise ValueError(f"ttl: found {ttl!r}; allowed: positive, and finite unless there is detection")
    if math.isinf(ttl):
        return 1 / detection_rate
    a = detection_rate * ttl
    if a < _SMALL:
        return ttl * (1 / 2 - a / 6 + a**2 / 24 - a**3 / 120)
    return ttl * (a + math.expm1(-a)) / a**2


def two_stages(assertion_ttl: float, session_ttl: float, *, hop: float = 0.0) -> float:
    r"""Mean access window of a thief who holds an assertion and mints sessions from it.

    .. math:: E[W] = \frac{T_1}{2} + T_2 \left(1 - \frac{h}{T_1}\right), \quad h \le T_1,\ h < T_2

    Parameters
    ----------
    assertion_ttl : float, s
        :math:`T_1`, lifetime of the assertion, which alone is taken, at uniform phase.
    session_ttl : float, s
        :math:`T_2`, effective lifetime (with leeway) of each session.
    hop : float, s
        :math:`h`, from having a credential to using it. A hop beyond :math:`T_1`, or of :math:`T_2` and
        more, leaves nothing to mint: :math:`T_1/2`.

    Returns
    -------
    float, s
        Mean time from the theft to the death of the assertion and of the last session.

    Raises
    ------
    ValueError
        If a lifetime is not positive and finite or ``hop`` is negative.

    Notes
    -----
    Source: ours. The assertion lives on for R uniform on (0, T1); if R > h the thief mints on [h, R) and the
    last session dies at R + T2, else the window is R: E[R] + T2 · P(R > h).
    Oracle: ``tests/unit/theory/test_thief.py::test_a_stolen_assertion_mints_sessions_until_it_dies``.

    Examples
    --------
    >>> two_stages(600.0, 3600.0, hop=30.0)
    3720.0
    """
    require_positive(assertion_ttl=assertion_ttl, session_ttl=session_ttl)
    require_not_negative(hop=hop)
    can_mint = hop < min(assertion_ttl, session_ttl)
    return assertion_ttl / 2 + (session_ttl * (1 - hop / assertion_ttl) if can_mint else 0.0)


def mutual_impersonation(residual: float, ttl: float, *, other_ttl: float, hop: float = 0.0) -> float:
    r"""Access window from one credential of two identities that may each mint the other.

    .. math:: W = \infty \text{ if } h < \min(R, L_A, L_B); \quad
              R + L_B \text{ if } L_A \le h < \min(R, L_B); \quad R \text{ otherwise}

    Parameters
    ----------
    residual : float, s
        :math:`R`, what is left of the stolen credential of identity A.
    ttl, other_ttl : float, s
        :math:`L_A`, :math:`L_B`, effective lifetimes (with leeway) of what is minted for A and for B.
    hop : float, s
        :math:`h`, from having a credential to using it.

    Returns
    -------
    float, s
        Exact; ``inf`` is persistence.

    Raises
    ------
    ValueError
        If ``residual`` or a lifetime is not positive and finite, or ``hop`` is negative.

    Notes
    -----
    Source: ours, counted by hand. The stolen A mints B on [h, R) if L_B > h, used until R + L_B; each of
    those mints A if L_A > h, and each round ends later than the one before.
    Oracle: ``tests/unit/theory/test_thief.py::test_two_identities_that_mint_each_other_never_let_go``.

    Examples
    --------
    >>> mutual_impersonation(100.0, 900.0, other_ttl=900.0, hop=30.0)
    inf
    >>> mutual_impersonation(100.0, 20.0, other_ttl=900.0, hop=30.0)
    1000.0
    """
    require_positive(residual=residual, ttl=ttl, other_ttl=other_ttl)
    require_not_negative(hop=hop)
    if hop >= min(residual, other_ttl):
        return residual
    return residual + other_ttl if hop >= ttl else math.inf
