"""How long a verifier may honour what is revoked: added up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from nhilab.base.quantities import MINUTE, NEVER, SECOND
from nhilab.scenario.verifier_section import Verifier
from nhilab.study.explanations.revocation_bounds import after_revocation, chance_of_loss


def verifier(*layers: dict[str, Any], **more: Any) -> Verifier:
    return Verifier.model_validate({"layers": list(layers), **more})


POLL, PUSH = {"poll": {"period": "2m", "phase": "1m"}}, {"push": {"delay": "15m", "loss_probability": 0.25}}


@pytest.mark.parametrize(
    ("layers", "bound"),
    [
        ([], 0),
        ([{"cache": {"ttl": "30s"}}, {"cache": {"ttl": "5m"}}], 330 * SECOND),
        ([{"cache": {"ttl": "30s", "tick": "10s", "stale_for": "5s"}}], 45 * SECOND),
        ([{"cache": {"ttl": "30s", "expiry": "access"}}], NEVER),
        ([POLL, {"replica": {"lag": "3s", "n": 4}}], 123 * SECOND),
        ([PUSH], 15 * MINUTE),
        ([{"first-of": [PUSH, POLL]}, {"cache": {"ttl": "1m"}}], 3 * MINUTE),
        ([{"first-of": [{"cache": {"ttl": "1m", "expiry": "access"}}, POLL]}], 2 * MINUTE),
    ],
)
def test_what_layers_add_after_a_revocation_is_their_sum(layers: list[dict[str, Any]], bound: int) -> None:
    assert after_revocation(verifier(*layers)) == bound


def test_a_self_contained_verifier_never_learns() -> None:
    assert after_revocation(Verifier.model_validate({"self_contained": True})) == NEVER


def test_a_message_is_lost_for_good_only_where_no_alternative_hears_it() -> None:
    assert chance_of_loss(verifier(PUSH)) == 0.25
    assert chance_of_loss(verifier(PUSH, PUSH)) == pytest.approx(0.4375)
    assert chance_of_loss(verifier({"first-of": [PUSH, POLL]})) == 0
    assert chance_of_loss(verifier({"first-of": [PUSH, PUSH]})) == 0.0625
