"""A key that nobody knows is told which ones there are, and which was meant."""

from __future__ import annotations

from typing import Any

import pytest
from unit.scenario.hourly import with_value

from nhilab.base.errors import InputError
from scenarios import as_scenario


@pytest.mark.parametrize(
    ("path", "meant", "known"),
    [
        ("horizont", "horizon", "question, horizon, warm_up"),
        ("estate/workloads/agent/plase", "place", "identity, place, arrivals"),
        ("estate/workloads/agent/arrivals/jiter", "jitter", "every, cron, rate, jitter"),
        ("strategies/jit/stages/0/issue_pr", "issue_per", "issuer, from, issue_per"),
        ("strategies/jit/authorise", "authorize", "stages, title, mix, authorize"),
        ("issuers/sts/ttl_rnge", "ttl_range", "servers, service_time"),
        ("threat/entries/runner/dwel", "dwell", "timing, technique"),
        ("estate/resources/bucket/clas", "class", "class, verifier"),
    ],
)
def test_an_unknown_key_is_told_the_nearest_one_and_its_neighbours(path: str, meant: str, known: str) -> None:
    with pytest.raises(InputError) as caught:
        as_scenario(with_value(path, "x"))
    assert caught.value.key == path.replace("/", ".")
    assert caught.value.allowed.startswith(f"a known key, perhaps {meant}; known here: {known}")


@pytest.mark.parametrize(
    ("value", "key", "known"),
    [
        ({"lognormal": {"median": "1m", "sigm": 1}}, "lognormal.sigm", "perhaps sigma; known here: median, sigma"),
        ({"exponential": "1s", "zzz": 1}, "", "constant, exponential"),
    ],
)
def test_a_distribution_is_told_what_it_may_say(value: Any, key: str, known: str) -> None:
    with pytest.raises(InputError) as caught:
        as_scenario(with_value("profiles/default/call_time", value))
    assert caught.value.key == ".".join(filter(None, ("profiles.default.call_time", key)))
    assert known in caught.value.allowed


def test_a_name_that_is_none_is_named_without_the_validators_marks() -> None:
    with pytest.raises(InputError) as caught:
        as_scenario(with_value("estate/places/two words", {}))
    assert caught.value.key == "estate.places.two words"
