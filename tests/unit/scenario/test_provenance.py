"""Tags say where each number comes from, and vanish from the content."""

from __future__ import annotations

from typing import Any

import pytest

from nhilab.base.errors import InputError
from nhilab.scenario.provenance import Origin, read_provenance
from scenarios import HOURLY, as_content, as_scenario


def origins(raw: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {key: tuple(origin) for key, origin in read_provenance(raw, "f.yaml")[1].origins.items()}


def test_a_text_tag_is_about_the_numbers_beside_and_below_it() -> None:
    raw = {"measured": "our logs", "a": 1, "b": {"c": "5m"}, "name": "text"}
    assert read_provenance(raw, "f.yaml")[0] == {"a": 1, "b": {"c": "5m"}, "name": "text"}
    assert origins(raw) == {"a": ("measured", "our logs"), "b.c": ("measured", "our logs")}


def test_a_mapping_tag_is_merged_into_the_mapping_around_it() -> None:
    raw = {"a": 1, "cited": {"source": "a paper", "b": 2, "c": {"d": 3}}, "c": {"e": 4}}
    assert read_provenance(raw, "f.yaml")[0] == {"a": 1, "b": 2, "c": {"d": 3, "e": 4}}
    assert origins(raw) == {
        "a": ("assumed", ""), "b": ("cited", "a paper"), "c.d": ("cited", "a paper"), "c.e": ("assumed", ""),
    }  # fmt: skip


def test_value_with_a_tag_is_one_number() -> None:
    raw = {"ttl": {"value": "5m", "cited": "RFC 7519"}, "n": {"value": 3}}
    assert read_provenance(raw, "f.yaml")[0] == {"ttl": "5m", "n": 3}
    assert origins(raw) == {"ttl": ("cited", "RFC 7519"), "n": ("assumed", "")}


def test_value_beside_other_keys_is_a_key_like_any_other() -> None:
    assert read_provenance({"a": {"value": 1, "other": 2}}, "f.yaml")[0] == {"a": {"value": 1, "other": 2}}


def test_the_closest_tag_wins() -> None:
    raw = {"measured": "all", "a": {"assumed": "part", "b": {"value": 1, "cited": "one"}, "c": 2}, "d": 3}
    assert origins(raw) == {"a.b": ("cited", "one"), "a.c": ("assumed", "part"), "d": ("measured", "all")}


def test_numbers_in_lists_are_named_by_position_and_texts_and_truths_are_no_numbers() -> None:
    raw = {"a": [1, "x", "2s", True, "never", "unlimited", {"b": 0.5}], "c": None}
    assert sorted(origins(raw)) == ["a.0", "a.2", "a.4", "a.5", "a.6.b"]


def test_a_strategy_is_chosen_unless_tagged() -> None:
    raw = {"strategies": {"jit": {"ttl": "15m", "n": {"value": 1, "cited": "x"}}}, "other": {"strategies": 5}}
    assert origins(raw) == {
        "strategies.jit.ttl": ("chosen", ""), "strategies.jit.n": ("cited", "x"), "other.strategies": ("assumed", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "key", "value"),
    [
        ({"a": 1, "measured": {"a": 2}}, "a", "2"),
        ({"measured": {"a": 1}, "cited": {"a": 1}}, "a", "1"),
        ({"b": {"a": {"c": 1}, "measured": {"a": {"c": 2}}}}, "b.a.c", "2"),
    ],
)
def test_a_key_given_twice_by_tagged_parts_is_refused(raw: dict[str, Any], key: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        read_provenance(raw, "f.yaml")
    assert str(caught.value) == f"f.yaml: {key}: found {value}; allowed: a key given once"


@pytest.mark.parametrize("tag", [5, ["a"], None, True])
def test_a_tag_is_a_text_or_a_mapping(tag: Any) -> None:
    with pytest.raises(InputError, match=r"f.yaml: a.measured: found .*; allowed: a source or reason, or a mapping"):
        read_provenance({"a": {"measured": tag}}, "f.yaml")


def test_shares_count_every_number_once() -> None:
    raw = {"measured": {"a": 1, "b": 2}, "c": {"value": 3, "cited": "x"}, "strategies": {"d": 4}}
    shares = read_provenance(raw, "f.yaml")[1].shares()
    assert shares == {"measured": 0.5, "cited": 0.25, "assumed": 0.0, "chosen": 0.25}
    assert read_provenance({}, "f.yaml")[1].shares() == {"measured": 0, "cited": 0, "assumed": 0, "chosen": 0}


def test_a_scenario_with_tags_is_the_one_without() -> None:
    tagged = as_content(HOURLY)
    default = tagged["profiles"].pop("default")
    tagged["profiles"]["measured"] = {"source": "our logs", "default": default}
    tagged["threat"]["assumed"] = "an automated thief"
    scenario = as_scenario(tagged)
    assert scenario.digest() == as_scenario(HOURLY).digest()
    assert scenario.provenance.origins["profiles.default.call_time"] == Origin("measured", "our logs")
    assert scenario.provenance.origins["threat.hop_time"] == Origin("assumed", "an automated thief")
