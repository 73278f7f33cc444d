"""A study changes a value by its key path and makes the scenario again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhilab.base.errors import InputError
from nhilab.base.quantities import MINUTE, SECOND
from nhilab.lab import try_strategy
from nhilab.scenario.edit import edited
from nhilab.scenario.keypath import find, replaced
from nhilab.scenario.provenance import Origin
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, as_scenario

LAYERED = {"verifiers": {"gateway": {"layers": [{"cache": {"ttl": "30s"}}]}}}


def hourly() -> Scenario:
    return as_scenario(HOURLY)


def test_a_value_is_changed_where_the_path_leads_and_nowhere_else() -> None:
    before = hourly()
    after = edited(before, {"strategies.jit.stages.0.ttl": "5m"})
    assert after.strategies["jit"].stages[0].ttl == 5 * MINUTE
    assert after.strategies["static"] == before.strategies["static"]
    assert before.strategies["jit"].stages[0].ttl == 15 * MINUTE


def test_the_only_stage_of_a_strategy_and_the_kind_of_a_layer_may_be_left_out() -> None:
    after = edited(hourly(), {"strategy.jit.ttl": "5m", "verifiers.gateway.layers.0.ttl": "7s"})
    assert after.strategies["jit"].stages[0].ttl == 5 * MINUTE
    cache = after.content.verifiers["gateway"].layers[0].cache
    assert cache is not None
    assert cache.ttl == 7 * SECOND


def test_a_key_the_file_does_not_give_can_be_set_and_none_takes_it_away() -> None:
    after = edited(hourly(), {"verifier.gateway.leeway": "9s"})
    assert after.content.verifiers["gateway"].leeway == 9 * SECOND
    assert edited(after, {"verifier.gateway.leeway": None}).content.verifiers["gateway"].leeway == 0


def test_names_with_dots_are_found() -> None:
    content = {"issuers": {"sts.example.org": {"servers": 1}}}
    assert find(content, "issuer.sts.example.org.servers", file="x") == ("issuers", "sts.example.org", "servers")


def test_a_preset_may_be_a_value() -> None:
    after = edited(hourly(), {"verifiers.gateway": {"preset": "envoy-jwt"}})
    assert after.content.verifiers["gateway"].leeway == MINUTE


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("strategy.nobody.ttl", "one of jit, static"),
        ("verifiers.gateway.layers.3.ttl", "a position from 0 to 0"),
        ("threat.detection.probability.foreign", "after threat: one of hop_time, entries"),
        ("question.length", "nothing, it is"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_what_is_there(path: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        edited(hourly(), {path: "5m"}, within="--vary")
    assert "small.yaml: --vary: found" in str(refused.value)
    assert said in str(refused.value)


def test_a_value_the_file_could_not_hold_is_refused_by_its_key() -> None:
    with pytest.raises(InputError, match=r"strategies\.jit\.stages\.0\.ttl: found '5 bananas'"):
        edited(hourly(), {"strategy.jit.ttl": "5 bananas"})


def test_several_stages_are_never_mistaken_for_one() -> None:
    two = {"strategies": {"chain": {"stages": [{"ttl": "1h"}, {"ttl": "5m"}]}}}
    with pytest.raises(InputError, match=r"stages\.0 to stages\.1, since it has several"):
        find(two, "strategy.chain.ttl", file="x")


def test_a_changed_number_is_chosen() -> None:
    after = edited(hourly(), {"threat.hop_time": "1s"})
    assert after.provenance.origins["threat.hop_time"] == Origin("chosen", "")


def test_the_digest_of_a_strategy_changes_with_it_and_not_with_others() -> None:
    before = hourly()
    after = edited(before, {"strategy.jit.ttl": "5m"})
    assert after.digest_of("static") == before.digest_of("static")
    assert after.digest_of("jit") != before.digest_of("jit")
    assert edited(before, {"threat.hop_time": "1s"}).digest_of("static") != before.digest_of("static")


def test_the_digest_of_a_strategy_holds_those_it_mixes_in() -> None:
    mixed = edited(hourly(), {"strategy.static.mix": [{"strategy": "jit", "share": 0.5}]})
    after = edited(mixed, {"strategy.jit.ttl": "5m"})
    assert after.digest_of("static") != mixed.digest_of("static")


def test_results_of_one_strategy_do_not_depend_on_the_others() -> None:
    before = hourly()
    after = edited(before, {"strategy.jit.ttl": "5m"})
    trials = [try_strategy(one, "static", seed=0, campaigns=20) for one in (before, after)]
    assert trials[0].ledger.digest() == trials[1].ledger.digest()
    assert trials[0].compromises.digest() == trials[1].compromises.digest()


def test_what_is_said_for_studies_changes_no_result() -> None:
    after = edited(hourly(), {"limits": {"access_window_s_p95": "15m"}, "space": {"strategy.jit.ttl": ["1m", "5m"]}})
    assert after.content.limits == {"access_window_s_p95": 900.0}
    assert after.digest() == hourly().digest()


def test_limits_are_read_in_the_units_of_their_metrics() -> None:
    limits = {"access_window_s_p95": "15m", "failed_task_share": "0.1%", "issuances_per_task": 12}
    assert edited(hourly(), {"limits": limits}).content.limits == {
        "access_window_s_p95": 900.0, "failed_task_share": 0.001, "issuances_per_task": 12.0,
    }  # fmt: skip


_PLAIN = st.recursive(
    st.integers(), lambda inside: st.lists(inside, min_size=1) | st.dictionaries(st.text("ab"), inside, min_size=1)
)


@given(content=st.dictionaries(st.text("ab", min_size=1), _PLAIN, min_size=1), data=st.data())
def test_replacing_a_value_changes_it_and_leaves_all_else(content: dict[str, Any], data: st.DataObject) -> None:
    way: tuple[str | int, ...] = ()
    here: Any = content
    while isinstance(here, dict | list) and (not way or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        way, here = (*way, key), here[key]
    there: Any = replaced(content, way, "other")
    assert replaced(there, way, here) == content
    for key in way:
        there = there[key]
    assert there == "other"
