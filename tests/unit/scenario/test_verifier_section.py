"""What stands between an issuer and a decision: layers as tables, and layers that make no sense."""

from __future__ import annotations

from typing import Any

import pytest
from unit.scenario.hourly import checked, estate_of, with_value

from nhilab.base.estate import Expiry, LayerKind, Layers, Unreachable
from nhilab.base.quantities import HOUR, MINUTE, SECOND

GATEWAY = "verifiers/gateway"
CACHE = {"cache": {"ttl": "30s"}}
UNCHECKED = {"cache": {"ttl": "30s", "checks_expiry": False}}


def layers_of(*layers: dict[str, Any]) -> Layers:
    return estate_of(with_value(f"{GATEWAY}/layers", list(layers))).layers


@pytest.mark.parametrize("gateway", [{}, {"layers": []}, {"self_contained": True}])
def test_verifiers_without_layers_make_an_empty_table(gateway: dict[str, Any]) -> None:
    estate = estate_of(with_value(GATEWAY, gateway))
    assert len(estate.layers) == 0 and len(estate.verifiers) == 1


def test_a_cache_keeps_all_that_the_file_says_of_it() -> None:
    told = {"ttl": "30s", "tick": "10s", "checks_expiry": False, "stale_for": "5s", "negative_ttl": "20s"}
    layers = layers_of({"cache": told})
    assert layers.kind.tolist() == [LayerKind.CACHE] and layers.expiry.tolist() == [Expiry.WRITE]
    assert layers.ttl.tolist() == [30 * SECOND] and layers.tick.tolist() == [10 * SECOND]
    assert layers.stale_for.tolist() == [5 * SECOND] and layers.negative_ttl.tolist() == [20 * SECOND]
    assert layers.checks_expiry.tolist() == [False]


def test_a_cache_counts_from_when_it_was_written_unless_told() -> None:
    layers = layers_of(CACHE, {"cache": {"ttl": "30s", "expiry": "access"}})
    assert layers.expiry.tolist() == [Expiry.WRITE, Expiry.ACCESS]
    assert layers.negative_ttl.tolist() == [-1, -1] and layers.checks_expiry.tolist() == [True, True]
    assert layers.tick.tolist() == layers.stale_for.tolist() == [0, 0]


def test_dead_answers_may_be_kept_for_no_time_at_all() -> None:
    assert layers_of({"cache": {"ttl": "30s", "negative_ttl": 0}}).negative_ttl.tolist() == [0]


def test_layers_of_every_kind_stand_in_the_order_of_the_file_and_leave_the_other_columns_neutral() -> None:
    layers = layers_of(
        {"poll": {"period": "1h", "phase": "5m"}},
        {"push": {"delay": "2s", "loss_probability": 0.25}},
        {"replica": {"lag": "3s", "n": 4}},
        CACHE,
    )
    assert layers.kind.tolist() == [LayerKind.POLL, LayerKind.PUSH, LayerKind.REPLICA, LayerKind.CACHE]
    assert layers.period.tolist() == [HOUR, 0, 0, 0] and layers.phase.tolist() == [5 * MINUTE, 0, 0, 0]
    assert layers.delay.tolist() == [0, 2 * SECOND, 0, 0] and layers.loss_probability.tolist() == [0, 0.25, 0, 0]
    assert layers.lag.tolist() == [0, 0, 3 * SECOND, 0] and layers.n.tolist() == [1, 1, 4, 1]
    assert layers.ttl.tolist() == [0, 0, 0, 30 * SECOND] and layers.checks_expiry.all()
    assert layers.negative_ttl.tolist() == [-1] * 4 and layers.alternative.tolist() == [-1] * 4


def test_a_push_and_a_replica_need_no_more_than_the_least() -> None:
    layers = layers_of({"push": {}}, {"replica": {"lag": "3s"}})
    assert layers.delay.tolist() == [0, 0] and layers.loss_probability.tolist() == [0, 0]
    assert layers.n.tolist() == [1, 1]


def test_branches_of_one_first_of_share_a_number_that_no_other_first_of_has() -> None:
    content = with_value(f"{GATEWAY}/layers", [
        {"first-of": [{"poll": {"period": "1h"}}, {"push": {"delay": "1s"}}]},
        {"first-of": [{"push": {}}, {"replica": {"lag": "1s"}}, CACHE]},
        CACHE,
    ])  # fmt: skip
    content["verifiers"]["other"] = {"layers": [CACHE, {"first-of": [CACHE, {"push": {}}]}]}
    layers = estate_of(content).layers
    assert layers.verifier.tolist() == [0] * 6 + [1] * 3
    assert layers.alternative.tolist() == [0, 0, 1, 1, 1, -1, -1, 2, 2]
    poll, push, replica, cache = LayerKind.POLL, LayerKind.PUSH, LayerKind.REPLICA, LayerKind.CACHE
    assert layers.kind.tolist() == [poll, push, push, replica, cache, cache, cache, cache, push]


def test_a_verifier_keeps_its_leeway_session_network_and_answer_when_it_cannot_ask() -> None:
    content = with_value(GATEWAY, {"leeway": "1s", "session": "1h", "accepts_from": "inner", "on_unreachable": "open"})
    content["verifiers"] |= {"plain": {}, "old": {"on_unreachable": "stale", "layers": [CACHE]}}
    verifiers = estate_of(content).verifiers
    assert verifiers.leeway.tolist() == [SECOND, 0, 0] and verifiers.session_time.tolist() == [HOUR, 0, 0]
    assert verifiers.accepts_from.tolist() == ["inner", "", ""]
    assert verifiers.on_unreachable.tolist() == [Unreachable.OPEN, Unreachable.CLOSED, Unreachable.STALE]


def test_only_caches_may_stand_behind_a_cache_that_does_not_check_expiry() -> None:
    layers = layers_of({"poll": {"period": "1h"}}, UNCHECKED, CACHE, UNCHECKED)
    assert layers.checks_expiry.tolist() == [True, False, True, False]


TICK, STALE = "a multiple of tick (10s)", "0, where expiry counts from the last access"
ONE, FIRST = "exactly one of cache, poll, push, replica", {"push": {}}
BAD_LAYERS = [
    # layers, key path below layers, value shown, what is allowed
    ([{}], ".0", "{}", f"{ONE}, first-of"),
    ([CACHE, CACHE | FIRST], ".1", "push", f"{ONE}, first-of"),
    ([FIRST | {"first-of": [FIRST, CACHE]}], ".0", "first-of", f"{ONE}, first-of"),
    ([{"first-of": [FIRST]}], ".0.first-of", "push", "at least 2"),
    ([{"first-of": [FIRST, {}]}], ".0.first-of.1", "{}", ONE),
    ([{"first-of": [FIRST, {"first-of": [FIRST, FIRST]}]}], ".0.first-of.1.first-of", "first-of", "a known key"),
    ([{"first-of": [FIRST, {"cache": {"ttl": "5"}}]}], ".0.first-of.1.cache.ttl", "5", "a length with a unit"),
    ([{"cache": {}}], ".0.cache.ttl", "nothing", "required"),
    ([{"cache": {"ttl": "1s", "expiry": "read"}}], ".0.cache.expiry", "read", "'write' or 'access'"),
    ([{"cache": {"ttl": "15s", "tick": "10s"}}], ".0.cache.ttl", "15s", TICK),
    ([{"cache": {"ttl": "20s", "tick": "10s", "negative_ttl": "5s"}}], ".0.cache.negative_ttl", "5s", TICK),
    ([{"cache": {"ttl": "20s", "tick": "10s", "expiry": "access"}}], ".0.cache.expiry", "access",
     "write, where a clock ticks"),
    ([{"cache": {"ttl": "20s", "stale_for": "1s", "expiry": "access"}}], ".0.cache.stale_for", "1s", STALE),
    ([{"poll": {"period": 0}}], ".0.poll.period", "0", "greater than 0"),
    ([{"poll": {"period": "never"}}], ".0.poll.period", "never", "a finite length"),
    ([{"push": {"loss_probability": 1.5}}], ".0.push.loss_probability", "1.5", "less than or equal to 1"),
    ([{"replica": {"lag": "1s", "n": 0}}], ".0.replica.n", "0", "greater than or equal to 1"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "key", "found", "allowed"), BAD_LAYERS)
def test_a_layer_that_makes_no_sense_is_refused_by_its_own_key(
    layers: list[Any], key: str, found: str, allowed: str
) -> None:
    checked(with_value(f"{GATEWAY}/layers", layers), f"verifiers.gateway.layers{key}", found, allowed)


@pytest.mark.parametrize(
    ("gateway", "key", "found", "allowed"),
    [
        ({"self_contained": True, "layers": [CACHE]}, "layers", "1 of them", "none on a self-contained verifier"),
        ({"on_unreachable": "stale"}, "on_unreachable", "stale", "only where the last layer is a cache"),
        (
            {"on_unreachable": "stale", "layers": [CACHE, FIRST]},
            "on_unreachable",
            "stale",
            "only where the last layer is a cache",
        ),
        (
            {"layers": [UNCHECKED, FIRST]},
            "layers",
            "another layer",
            "only caches after a cache with checks_expiry: false",
        ),
        (
            {"layers": [UNCHECKED, CACHE, FIRST]},
            "layers",
            "another layer",
            "only caches after a cache with checks_expiry: false",
        ),
        ({"layers": [UNCHECKED, {"first-of": [FIRST, CACHE]}]}, "layers", "another layer", "only caches after a cache"),
        (
            {"layers": [{"first-of": [FIRST, UNCHECKED]}]},
            "layers",
            "such a cache",
            "no cache with checks_expiry: false inside a first-",
        ),
    ],
)
def test_layers_that_do_not_fit_each_other_are_refused_at_their_verifier(
    gateway: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    checked(with_value(GATEWAY, gateway), f"verifiers.gateway.{key}", found, allowed)
