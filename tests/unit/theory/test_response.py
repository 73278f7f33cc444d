"""Response: thieves who are noticed, and revocations that are served, event by event."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from nhilab.base.streams import stream
from nhilab.theory import response


def test_detection_shortens_what_expiry_would_leave(judge):
    rng, ttl, rate = stream(1, "detection"), 900.0, 1 / 700.0
    left = np.minimum(rng.uniform(0, ttl, 200_000), rng.exponential(1 / rate, 200_000))
    judge(left, response.expiry_or_detection(ttl, rate))


def test_slow_detection_leaves_half_the_life_and_quick_detection_its_own_mean():
    assert response.expiry_or_detection(900.0, 1e-12) == pytest.approx(450.0)
    assert response.expiry_or_detection(900.0, 100.0) == pytest.approx(0.01, rel=1e-4)
    below, above = (response.expiry_or_detection(1.0, rate) for rate in (0.99999e-4, 1.00001e-4))
    assert below == pytest.approx(above, rel=1e-8), "the series meets the formula"


def test_of_many_acts_one_is_noticed_nearly_surely(judge):
    rng = stream(2, "acts")
    judge((rng.random((200_000, 4)) < 0.3).any(axis=1).astype(float), response.noticed_probability(4, 0.3))
    assert response.noticed_probability(1, 0.3) == pytest.approx(0.3)
    assert response.noticed_probability(3, 0.0) == 0.0
    assert response.noticed_probability(3, 1.0) == 1.0


def test_requests_are_served_in_rounds():
    for n, c in product(range(1, 9), range(1, 5)):
        free = [0.0] * c
        for _ in range(n):
            free[free.index(min(free))] += 20.0
        assert response.last_revoked(n, c, service=20.0) == max(free)


def hunted(hop: float, answer: float, service: float, *, most: int = 50) -> float:
    """The window of the same thief, incident by incident, each batch of children by when it is born and dies."""
    batches, since = [(0.0, math.inf)], 0.0
    for _ in range(most):
        uses = [max(born + hop, since) for born, dies in batches if max(born + hop, since) < dies]
        if not uses:
            return max(dies for _, dies in batches)
        since = min(uses) + answer
        batches = [(born, min(dies, since + service)) for born, dies in [*batches, (min(uses), math.inf)]]
    return math.inf


def test_a_cycle_dies_only_if_revoked_within_a_hop():
    for hop, answer, service in product((30, 31), range(1, 40, 3), range(0, 40, 3)):
        if answer < service <= hop - answer:
            with pytest.raises(ValueError, match=r"^service: found "):
                response.hunted_cycle(hop=hop, answer=answer, service=service)
        else:
            known = response.hunted_cycle(hop=hop, answer=answer, service=service)
            assert hunted(hop, answer, service) == known, (hop, answer, service)


def test_what_is_no_length_count_or_probability_is_refused():
    for call in (
        lambda: response.expiry_or_detection(0.0, 1.0),
        lambda: response.expiry_or_detection(1.0, math.inf),
        lambda: response.noticed_probability(0, 0.5),
        lambda: response.noticed_probability(2, 1.5),
        lambda: response.last_revoked(1, 0, service=1.0),
        lambda: response.last_revoked(1, 1, service=-1.0),
        lambda: response.hunted_cycle(hop=-1.0, answer=1.0, service=1.0),
    ):
        with pytest.raises(ValueError, match=r"^\w+: found .*; allowed: "):
            call()
