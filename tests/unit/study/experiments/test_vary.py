"""What is varied, as it is written."""

from __future__ import annotations

from typing import Any

import pytest

from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR, MINUTE, NEVER
from nhilab.scenario.edit import edited
from nhilab.study.experiments.vary import Range, axes_of, read_axis, read_range, touched, ways_of
from scenarios import HOURLY, as_scenario


def test_values_are_apart_at_commas_outside_brackets_and_quotes() -> None:
    axis = read_axis("a.b=[class, resource], {exponential: 50ms} ,'x,y',null,3,0.5,1m")
    assert axis.path == "a.b"
    assert axis.values == (["class", "resource"], {"exponential": "50ms"}, "x,y", None, 3, 0.5, "1m")
    assert axis.written[:2] == ("[class, resource]", "{exponential: 50ms}")


def test_lengths_and_numbers_are_told_from_other_values() -> None:
    assert read_axis("a=0,5m,never").lengths() == (0, 5 * MINUTE, NEVER)
    assert read_axis("a=1,2.5").numbers() == (1.0, 2.5)
    for text in ("a=1m,on-use", "a=[],[class]", "a=true,false"):
        assert (read_axis(text).lengths(), read_axis(text).numbers()) == (None, None)
    assert read_axis("a=0,1").lengths() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("strategy.jit.ttl", "a key path and values"),
        ("=1m", "a key path and values"),
        ("two words=1m", "a key path and values"),
        ("a=1m,,5m", "a value before, between and after the commas"),
        ("a=", "a value before"),
        ("a=1m,60s", "each value once"),
        ("a=2,2", "each value once"),
        ("a=[class,resource", "values as a scenario file writes them"),
    ],
)
def test_what_is_no_list_of_values_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_axis(text)


def test_whole_numbers_are_told_from_others_and_from_truth() -> None:
    assert read_axis("a=1,1.0,true").values == (1, 1.0, True)


def test_a_range_is_of_two_lengths_or_two_numbers() -> None:
    assert read_range("a=1m..12h") == Range("a", float(MINUTE), float(12 * HOUR), is_length=True, whole=False)
    assert read_range("a=0..5m").low == 0
    assert read_range("a=1..16") == Range("a", 1.0, 16.0, is_length=False, whole=True)
    assert read_range("a=0.5..1.5") == Range("a", 0.5, 1.5, is_length=False, whole=False)


@pytest.mark.parametrize(
    "text", ["a=1m", "a=1m..", "a=..1m", "a=1m..never", "a=12h..1m", "a=1m..5", "a=x..y", "a=1..2..3", "a=1m..1m"]
)
def test_what_is_no_range_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match=r"strategy\.jit\.ttl=1m\.\.12h"):
        read_range(text)


@pytest.mark.parametrize(
    "paths",
    [
        ["strategy.jit.ttl", "strategies.jit.stages.0.ttl"],
        ["strategy.jit.ttl", "strategies.jit"],
        ["seed"],
        ["limits"],
        ["strategy.nobody.ttl"],
    ],
)
def test_paths_into_each_other_or_to_what_decides_nothing_are_refused(paths: list[str]) -> None:
    with pytest.raises(InputError, match="--vary"):
        ways_of(as_scenario(HOURLY), paths)


def test_a_change_of_a_strategy_touches_it_and_those_that_mix_it_in() -> None:
    scenario = as_scenario(HOURLY)
    assert touched(scenario, ways_of(scenario, ["strategy.jit.ttl"])) == ("jit",)
    assert touched(scenario, ways_of(scenario, ["strategy.jit.ttl", "threat.hop_time"])) == ("jit", "static")
    mixed = edited(scenario, {"strategy.static.mix": [{"strategy": "jit", "share": 0.5}]})
    assert touched(scenario, [("strategies",)]) == ("jit", "static"), "all of them at once"
    assert touched(mixed, ways_of(mixed, ["strategy.jit.ttl"])) == ("jit", "static")


def test_axes_may_be_given_as_a_mapping_of_values_that_a_file_could_hold() -> None:
    given = {
        "strategy.jit.ttl": ["1m", "1h"],
        "strategy.jit.scope": [[], ["class", "resource"]],
        "threat.hop_time": "5s",
    }
    found = axes_of(given)
    assert [axis.values for axis in found] == [("1m", "1h"), ([], ["class", "resource"]), ("5s",)]
    assert axes_of(found) == found
    assert axes_of({"a.b": ["x, y", "12", 12, None]})[0].values == ("x, y", "12", 12, None)


@pytest.mark.parametrize(
    "wrong", [{}, {"strategy.jit.ttl": []}, {"strategy.jit.ttl": 5}, {"a.b": [object()]}, {"a.b": [1, 1]}]
)
def test_a_mapping_that_no_file_could_hold_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="--vary"):
        axes_of(wrong)
