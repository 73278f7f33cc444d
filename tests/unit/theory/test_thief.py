"""Access windows: thieves who are detected, and thieves who mint."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from nhilab.base.streams import stream
from nhilab.theory import residual, thief

N = 200_000


@pytest.mark.parametrize("detection_rate", [1 / 300.0, 1 / 5000.0])
def test_detection_shortens_what_expiry_leaves(judge, detection_rate):
    rng, ttl = stream(11, "detected", round(1 / detection_rate)), 900.0
    issued_at, theft_at = rng.uniform(-ttl, 0, N), np.zeros(N)
    detected_at = theft_at + rng.exponential(1 / detection_rate, N)
    judge(np.minimum(issued_at + ttl, detected_at) - theft_at, thief.detected_residual(ttl, detection_rate))


@pytest.mark.parametrize("a", [1e-9, 1e-4, 0.999e-3, 1.001e-3, 0.1, 3.0, 200.0])
def test_the_detected_residual_is_its_integral_at_every_scale(a):
    integral, _ = quad(lambda t: (1 - t) * math.exp(-a * t), 0, 1, points=[min(1.0, 5 / a)], epsabs=1e-14)
    assert thief.detected_residual(900.0, a / 900.0) == pytest.approx(900.0 * integral, rel=1e-11)


def test_without_detection_expiry_remains_and_without_expiry_detection():
    assert thief.detected_residual(900.0, 0.0) == residual.uniform_phase(900.0)
    assert thief.detected_residual(math.inf, 0.01) == 100.0


@pytest.mark.parametrize(
    ("session_ttl", "hop"), [(300.0, 0.0), (3600.0, 120.0), (100.0, 120.0), (3600.0, 700.0), (120.0, 120.0)]
)
def test_a_stolen_assertion_mints_sessions_until_it_dies(judge, session_ttl, hop):
    rng, assertion_ttl, between = stream(12, "stages", round(hop)), 600.0, 0.01
    assertion_dies_at = rng.uniform(0, assertion_ttl, N)
    n_mints = np.ceil((assertion_dies_at - hop) / between)
    last_minted_at = hop + between * (n_mints - 1)
    usable = (n_mints >= 1) & (session_ttl > hop)
    session_dies_at = np.where(usable, last_minted_at + session_ttl, 0.0)
    window = np.maximum(assertion_dies_at, session_dies_at)
    judge(window, thief.two_stages(assertion_ttl, session_ttl, hop=hop))


def death_after_minting(residual_life: int, ttls: tuple[int, int], hop: int, until: int) -> int:
    """Slow twin of the minting rule: at every whole instant, who is usable mints the other one."""
    dies_at, usable_from = [residual_life, 0], [hop, until]
    for now in range(until):
        for who, other in ((0, 1), (1, 0)):
            if usable_from[who] <= now < dies_at[who] and ttls[other] > hop:
                usable_from[other] = min(usable_from[other], now + hop)
                dies_at[other] = max(dies_at[other], now + 1 + ttls[other])
    return max(dies_at)


@pytest.mark.parametrize("ttls", [(50, 70), (5, 70), (50, 5), (5, 5), (10, 70), (50, 10), (11, 11)])
@pytest.mark.parametrize("residual_life", [3, 10, 11, 40])
def test_two_identities_that_mint_each_other_never_let_go(residual_life, ttls):
    known = thief.mutual_impersonation(residual_life, ttls[0], other_ttl=ttls[1], hop=10)
    counted = death_after_minting(residual_life, ttls, 10, 2000)
    assert counted > 1900 if math.isinf(known) else counted == known


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: thief.detected_residual(0.0, 1.0),
        lambda: thief.detected_residual(math.nan, 1.0),
        lambda: thief.detected_residual(math.inf, 0.0),
        lambda: thief.detected_residual(900.0, -1.0),
        lambda: thief.two_stages(0.0, 900.0),
        lambda: thief.two_stages(900.0, 900.0, hop=-1.0),
        lambda: thief.mutual_impersonation(0.0, 900.0, other_ttl=900.0),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
