"""What is explained of a scenario: counted by hand; each warning fires where it should, and not in the cured twin."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhilab.base.quantities import DAY, HOUR, MINUTE, NEVER, SECOND
from nhilab.study.explanations.explain import explain
from nhilab.study.explanations.explanation import Explanation, Odd
from nhilab.study.explanations.odd_estate import minting_cycles
from scenarios import HOURLY, TWO_STAGES, as_content, as_scenario

JIT = "strategies/jit/stages/0"
SEVERAL = {"identity": "robot", "place": "runner", "arrivals": {"rate": "1/h"}}
ADMIN = {"read": {}, "admin": {"opens_identities": ["robot"]}}
LOG = {"runner": {"log": "logs", "logs_token_probability": 0.1}, "logs": {"kind": "log"}}


def told(changes: dict[str, Any], **about: Any) -> Explanation:
    """The hourly scenario with values at key paths; None takes a key away."""
    content = as_content(HOURLY)
    for path, value in changes.items():
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        inner: Any = content
        for part in way:
            inner = inner[part] if isinstance(part, int) else inner.setdefault(part, {})
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return explain(as_scenario(content), **about)


CASES: list[tuple[Odd, dict[str, Any], dict[str, Any]]] = [
    # the warning, what makes it fire, and what cures that
    (Odd.TTL_CLAMPED, {"issuers/sts/ttl_range": ["1h", "12h"]}, {"issuers/sts/ttl_range": ["15m", "12h"]}),
    (
        Odd.SCOPE_CUT,
        {f"{JIT}/scope": ["class", "operation"], "issuers/sts/narrows": {"default": ["class"]}},
        {f"{JIT}/scope": ["class"], "issuers/sts/narrows": {"default": ["class"]}},
    ),
    (Odd.REVOCATION_DROPPED, {"issuers/sts/revocation_unit": "none"}, {"issuers/sts/revocation_unit": "identity"}),
    (
        Odd.HYPOTHETICAL,
        {"issuers/sts/ttl_range": ["1h", "12h"], "issuers/sts/out_of_range": "reject"},
        {"issuers/sts/ttl_range": ["1m", "12h"], "issuers/sts/out_of_range": "reject"},
    ),
    (
        Odd.BOOTSTRAP_NEVER_ROTATED,
        {"strategies/static/stages": [
            {"issuer": "sts", "from": "standing", "issue_per": "identity", "ttl": "never"},
            {"issuer": "sts", "from": "previous", "issue_per": "task", "ttl": "15m"},
        ]},
        {"strategies/static/stages": [
            {"issuer": "sts", "from": "standing", "issue_per": "identity", "ttl": "never", "renew": {"every": "30d"}},
            {"issuer": "sts", "from": "previous", "issue_per": "task", "ttl": "15m"},
        ]},
    ),
    (Odd.NEVER_EXPIRES, {}, {"strategies/static/stages/0/ttl": "90d"}),
    (
        Odd.UNMANAGED_NEVER_EXPIRES,
        {"estate/standing": {"old": {"identity": "robot", "places": ["runner"]}}},
        {"estate/standing": {"old": {"identity": "robot", "places": ["runner"], "ttl": "90d"}}},
    ),
    (Odd.INVISIBLE, {"estate/identities/robot/visible": False}, {"estate/identities/robot/visible": True}),
    (
        Odd.WITHOUT_OWNER,
        {"threat/detection": {"probability": {"foreign": 0.1}}},
        {"threat/detection": {"probability": {"foreign": 0.1}}, "estate/identities/robot/owner": "us"},
    ),
    (Odd.NEVER_LEARNS, {"verifiers/gateway": {"self_contained": True}}, {}),
    (Odd.REVOCATION_TOO_LATE, {"verifiers/gateway/layers": [{"cache": {"ttl": "15m"}}]}, {}),
    (
        Odd.REVOCATION_TOO_LATE,
        {"verifiers/gateway/layers": [{"cache": {"ttl": "1m", "expiry": "access"}}]},
        {"verifiers/gateway/layers": [{"cache": {"ttl": "14m", "tick": "1m"}}], f"{JIT}/ttl": "16m"},
    ),
    (
        Odd.CACHE_TOO_LONG,
        {"verifiers/gateway/layers": [{"cache": {"ttl": "16m"}}]},
        {"verifiers/gateway/layers": [{"cache": {"ttl": "15m"}}]},
    ),
    (
        Odd.OUTLIVES_EXPIRY,
        {"verifiers/gateway/layers": [{"cache": {"ttl": "1m", "checks_expiry": False}}]},
        {"verifiers/gateway/layers": [{"cache": {"ttl": "1m"}}]},
    ),
    (
        Odd.UNSCANNED_LOG,
        {"estate/places": LOG},
        {"estate/places": LOG | {"logs": {"kind": "log", "scanner_delay": "5m"}}},
    ),
    (
        Odd.NO_ISSUER_ENTRY,
        {},
        {"threat/entries/key": {"timing": "signs", "issuer": "sts", "technique": "T1552.004"}},
    ),
    (
        Odd.INFALLIBLE,
        {"strategies/jit/authorize": {"decision_time": "10ms"}},
        {"strategies/jit/authorize": {"decision_time": "10ms", "false_deny_probability": 0.01}},
    ),
    (
        Odd.NO_ARRIVALS,
        {"estate/workloads/agent/arrivals": {"cron": "0 0 1 2 *"}},
        {"estate/workloads/agent/arrivals": {"cron": "0 0 * 1 *"}},
    ),
    (
        Odd.NO_ARRIVALS,
        {"estate/workloads/agent/delegates_to": {"workload": "other"},
         "estate/workloads/other": {"identity": "robot", "place": "runner"}},
        {"estate/workloads/agent/delegates_to": {"workload": "other"}, "estate/workloads/other": SEVERAL},
    ),
    (Odd.UNUSED_ISSUER, {"issuers/other": {"service_time": "1s"}}, {}),
    (Odd.UNUSED_VERIFIER, {"verifiers/other": {}}, {}),
    (Odd.UNUSED_IDENTITY, {"estate/identities/ghost": {}}, {}),
    (
        Odd.SHARED_IDENTITY,
        {"estate/workloads/b": SEVERAL, "estate/workloads/c": SEVERAL},
        {"estate/workloads/b": SEVERAL},
    ),
    (
        Odd.MINTS_ITSELF,
        {"estate/resources/bucket/operations": ADMIN},
        {"estate/resources/bucket/operations": ADMIN, "estate/identities/robot/grants/0/operations": ["read"]},
    ),
    (
        Odd.MINTING_CYCLE,
        {"estate/resources/bucket/operations": {"read": {"opens_identities": ["other"]}},
         "estate/resources/door": {"class": "x", "verifier": "gateway",
                                   "operations": {"go": {"opens_places": ["runner"]}}},
         "estate/identities/other": {"grants": [{"resources": ["door"]}]},
         "estate/workloads/agent/targets": [{"resources": ["bucket"]}]},
        {"estate/resources/bucket/operations": {"read": {"opens_identities": ["other"]}},
         "estate/resources/door": {"class": "x", "verifier": "gateway", "operations": {"go": {}}},
         "estate/identities/other": {"grants": [{"resources": ["door"]}]},
         "estate/workloads/agent/targets": [{"resources": ["bucket"]}]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sick", "cured"), CASES, ids=[f"{i}-{kind}" for i, (kind, _, _) in enumerate(CASES)])
def test_a_warning_fires_where_it_should_and_not_in_the_cured_twin(
    kind: Odd, sick: dict[str, Any], cured: dict[str, Any]
) -> None:
    assert kind in [warned.kind for warned in told(sick).warnings]
    assert kind not in [warned.kind for warned in told(cured).warnings]


def test_every_kind_of_warning_is_tried() -> None:
    assert {kind for kind, _, _ in CASES} == set(Odd)


def test_a_verifier_that_never_learns_is_no_trouble_where_nobody_revokes() -> None:
    deaf = {"verifiers/gateway": {"self_contained": True}, f"{JIT}/revoke": []}
    assert Odd.NEVER_LEARNS not in [warned.kind for warned in told(deaf).warnings]
    assert Odd.NEVER_LEARNS in [w.kind for w in told(deaf | {"threat/detection": {"probability": {}}}).warnings]


def test_a_clamped_lifetime_is_told_with_both_values() -> None:
    (life, _) = told({"issuers/sts/ttl_range": ["1h", "12h"]}).lives
    assert (life.asked_ttl, life.effective_ttl) == (15 * MINUTE, HOUR)


def test_the_hourly_scenario_is_told_as_it_is_written() -> None:
    found = told({})
    (who,), (where,), (way_in,) = found.who, found.where, found.ways_in
    assert (who.workload, who.identity, who.place, who.instances) == ("agent", "robot", "runner", 1)
    assert (who.tasks_per_day, who.calls_per_task, who.targets) == (24, 2, 2)
    assert (where.place, where.isolation, where.workloads) == ("runner", "shared", 1)
    assert (way_in.entry, way_in.share, way_in.where) == ("runner", 1, ("runner",))
    assert [(life.strategy, life.effective_ttl, life.effective_revoke) for life in found.lives] == [
        ("jit", 15 * MINUTE, ("task-end",)), ("static", NEVER, ()),
    ]  # fmt: skip
    assert [(one.verifier, one.after_revocation, one.resources) for one in found.honoured] == [
        ("gateway", 30 * SECOND, 1)
    ]
    assert (found.n_resources, found.n_identities, found.n_grants) == (1, 1, 2)


def test_only_the_strategies_asked_for_are_told_of() -> None:
    found = told({}, strategies=["jit"])
    assert {life.strategy for life in found.lives} == {"jit"}
    assert Odd.NEVER_EXPIRES not in [warned.kind for warned in found.warnings]


def test_what_a_strategy_mixes_in_is_told_with_it() -> None:
    found = told({"strategies/jit/mix": [{"strategy": "static", "share": 0.25}]}, strategies=["jit"])
    assert [rules.strategy for rules in found.rules] == ["jit", "static"]
    assert found.rules[0].follow == (("static", 0.25),)
    assert Odd.NEVER_EXPIRES in [warned.kind for warned in found.warnings]


def test_a_task_a_day_and_a_rate_are_counted_by_the_day() -> None:
    every = told({"estate/workloads/agent/arrivals": {"every": "2d"}}).who[0].tasks_per_day
    rate = told({"estate/workloads/agent/arrivals": {"rate": "3/h"}}).who[0].tasks_per_day
    assert (every, rate) == (0.5, pytest.approx(72))


def test_an_explanation_as_json_has_seconds_and_null_where_there_is_no_end() -> None:
    content = json.loads(json.dumps(told({"issuers/sts/ttl_range": ["1h", "12h"]}).to_json(), allow_nan=False))
    assert content["schema"] == "nhilab/explanation/1"
    assert [life["effective_ttl_s"] for life in content["lives"]] == [3600, None]
    clamped = next(warned for warned in content["warnings"] if warned["kind"] == "ttl-clamped")
    assert clamped["facts"] == {"issuer": "sts", "asked_s": 900, "given_s": 3600}
    assert content["horizon_s"] * SECOND == DAY / 4


def test_two_identities_that_open_nothing_of_each_other_are_no_cycle() -> None:
    estate = as_scenario(TWO_STAGES).estate
    names = [[str(estate.identities.name[i]) for i in cycle] for cycle in minting_cycles(estate)]
    assert names == []
