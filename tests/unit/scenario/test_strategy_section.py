"""Strategies: stages, renewal, mixes and judgements that are read, and those that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from unit.scenario.hourly import checked, put, with_value

from nhilab.base.quantities import DAY, MINUTE, SECOND
from nhilab.scenario.strategy_section import Renewal, Strategy
from scenarios import as_scenario

JIT, STATIC = "strategies/jit/stages/0", "strategies/static/stages/0"
STAGE = {"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": "15m"}
NEXT = STAGE | {"from": "previous", "issue_per": "call"}
SECRET = {"issuer": "sts", "from": "standing", "issue_per": "identity", "ttl": "90d"}


def strategy(**told: Any) -> Strategy:
    return as_scenario(with_value("strategies/jit", {"stages": [STAGE]} | told)).strategies["jit"]


def test_a_stage_of_which_little_is_said_is_a_bearer_renewed_on_use_and_asked_for_anew() -> None:
    stage = strategy().stages[0]
    assert (stage.renew, stage.binding, stage.on_expired) == ("on-use", "bearer", "reissue")
    assert (stage.scope, stage.revoke, stage.single_use) == ((), (), False)


def test_renewal_is_on_use_ahead_or_every_so_often() -> None:
    def renewed(stage: dict[str, Any]) -> Any:
        return strategy(stages=[stage]).stages[0].renew

    assert renewed(STAGE | {"renew": "on-use"}) == "on-use"
    assert renewed(STAGE | {"renew": {"ahead": 0.75, "jitter": 0.25}}) == Renewal(ahead=0.75, jitter=0.25)
    assert renewed(SECRET | {"renew": {"every": "30d"}, "revoke": ["renewal"]}).every == 30 * DAY


def test_a_refresh_token_is_used_once_and_revoked_when_replaced() -> None:
    token = STAGE | {"single_use": True, "revoke": ["renewal"]}
    first, last = strategy(stages=[token, NEXT]).stages
    assert first.single_use and first.revoke == ("renewal",) and not last.single_use


def test_a_mix_speaks_of_every_workload_unless_told() -> None:
    (mix,) = strategy(mix=[{"strategy": "static"}]).mix
    assert mix.workloads == ("*",) and mix.kinds == ("agent", "pipeline", "batch", "service") and mix.share == 1


def test_what_is_judged_per_request_is_read_with_its_units() -> None:
    told = {"decision_time": "20ms", "cache": "5m", "max_denials": 3, "escalation": {"approval_time": "2m"}}
    judged = strategy(authorize=told).authorize
    assert judged is not None and judged.escalation is not None
    assert judged.cache == 5 * MINUTE and judged.max_denials == 3
    assert judged.decision_time.moments()[0] == SECOND / 50
    assert judged.escalation.approval_time.moments()[0] == 2 * MINUTE
    assert judged.escalation.wrong_approval_probability == judged.false_allow_probability == 0


ONE, WITHIN = "exactly one of ahead (with jitter or without) and every", "ahead ± jitter within the lifetime"
ON_USE, EVERY = "on-use, where it is issued per call or used once", "{every: …} for standing secrets"
REVOKED = "renewal only with renew: {ahead: …} or {every: …}, or single_use"
BAD_STAGES = [
    # what the first stage says, key path below it, value shown, what is allowed
    ({"renew": "soon"}, ".renew", "soon", "on-use, {ahead: …} or {every: …}"),
    ({"renew": 5}, ".renew", "5", "on-use, {ahead: …} or {every: …}"),
    ({"renew": {}}, ".renew", "{}", ONE),
    ({"renew": {"ahead": 0.5, "every": "1h"}}, ".renew", "1h", ONE),
    ({"renew": {"every": "1h", "jitter": 0.1}}, ".renew.jitter", "0.1", "none with every"),
    ({"renew": {"ahead": 0.25, "jitter": 0.25}}, ".renew.jitter", "0.25", WITHIN),
    ({"renew": {"ahead": 0.9, "jitter": 0.2}}, ".renew.jitter", "0.2", WITHIN),
    ({"renew": {"ahead": 1}}, ".renew.ahead", "1", "less than 1"),
    ({"renew": {"ahead": 0.5, "jitter": 0.5}}, ".renew.jitter", "0.5", "less than 0.5"),
    ({"renew": {"every": "never"}}, ".renew.every", "never", "a finite length"),
    ({"renew": {"every": 0}}, ".renew.every", "0", "greater than 0"),
    ({"renew": {"late": 0.5}}, ".renew.late", "late", "a known key"),
    ({"renew": {"every": "1h"}}, ".renew", "every", EVERY),
    ({"renew": {"ahead": 0.5}, "issue_per": "call"}, ".renew", "ahead", ON_USE),
    ({"renew": {"ahead": 0.5}, "single_use": True}, ".renew", "ahead", ON_USE),
    ({"revoke": ["renewal"]}, ".revoke", "renewal", REVOKED),
    ({"revoke": ["task-end"], "issue_per": "place"}, ".revoke", "task-end", "task-end only with issue_per"),
    ({"revoke": ["never"]}, ".revoke.0", "never", "'task-end' or 'renewal'"),
    ({"from": "nowhere"}, ".from", "nowhere", "'standing', 'attested' or 'previous'"),
    ({"from": "standing"}, ".issue_per", "task", "workload, place or identity, where it is standing"),
    (
        {"from": "standing", "issue_per": "place", "scope": ["class"]},
        ".scope",
        "class",
        "no scope where it is standing",
    ),
    ({"ttl": 0}, ".ttl", "0", "a lifetime above 0"),
    ({"scope": ["colour"]}, ".scope.0", "colour", "'environment', 'class', 'resource' or 'operation'"),
    ({"binding": "paper"}, ".binding", "paper", "'brokered'"),
    ({"on_expired": "wait"}, ".on_expired", "wait", "'reissue' or 'fail'"),
]


@pytest.mark.parametrize(("told", "key", "found", "allowed"), BAD_STAGES)
def test_a_stage_that_makes_no_sense_is_refused_by_its_own_key(
    told: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    content = with_value("strategies/jit", {"stages": [STAGE | told]})
    checked(content, f"strategies.jit.stages.0{key}", found, allowed)


def test_a_stage_that_says_not_where_it_comes_from_is_told_to() -> None:
    content = with_value("strategies/jit", {"stages": [{k: v for k, v in STAGE.items() if k != "from"}]})
    checked(content, "strategies.jit.stages.0.from", "nothing", "required")


FIRST = "the first stage standing or attested, every later one previous"
ONCE = STAGE | {"single_use": True}
BAD_STRATEGIES = [
    # what the strategy says, key path below it, value shown, what is allowed
    ({"stages": [NEXT]}, ".stages", "stage 0 from previous", FIRST),
    ({"stages": [STAGE, STAGE]}, ".stages", "stage 1 from attested", FIRST),
    ({"stages": [ONCE]}, ".stages", "single_use", "single_use only with a next stage, issued from it"),
    (
        {"stages": [STAGE, NEXT | {"issue_per": "task", "single_use": True}]},
        ".stages",
        "last",
        "single_use only with a",
    ),
    ({"stages": [ONCE | {"issue_per": "call"}, NEXT]}, ".stages", "call", "single_use: issue_per task or wider"),
    ({"stages": [STAGE], "grants": "used"}, ".grants", "used", "used with identities: per-workload"),
    ({"stages": [STAGE], "identities": "own"}, ".identities", "own", "'as-is' or 'per-workload'"),
    ({"stages": [STAGE], "delegation": "lend"}, ".delegation", "lend", "'own', 'forward' or 'exchange'"),
    ({"stages": [STAGE], "mix": [{"strategy": "ghost"}]}, ".mix.0.strategy", "ghost", "one of jit, static"),
    ({"stages": [STAGE], "mix": [{}]}, ".mix.0.strategy", "nothing", "required"),
    ({"stages": [STAGE], "mix": [{"strategy": "static", "share": 2}]}, ".mix.0.share", "2", "less than or equal to 1"),
    ({"stages": [STAGE], "mix": [{"strategy": "static", "kinds": ["cat"]}]}, ".mix.0.kinds.0", "cat", "'agent'"),
    ({"stages": [STAGE], "authorize": {"cache": "never"}}, ".authorize.cache", "never", "a finite length"),
    ({"stages": [STAGE], "authorize": {"max_denials": 0}}, ".authorize.max_denials", "0", "greater than or equal to"),
    (
        {"stages": [STAGE], "authorize": {"escalation": {}}},
        ".authorize.escalation.approval_time",
        "nothing",
        "required",
    ),
]


@pytest.mark.parametrize(("told", "key", "found", "allowed"), BAD_STRATEGIES)
def test_a_strategy_that_makes_no_sense_is_refused_by_its_own_key(
    told: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    checked(with_value("strategies/jit", told), f"strategies.jit{key}", found, allowed)


def test_a_standing_secret_may_be_renewed_ahead_of_its_expiry() -> None:
    content = put(with_value(f"{STATIC}/ttl", "90d"), f"{STATIC}/renew", {"ahead": 0.5})
    assert as_scenario(content).strategies["static"].stages[0].renew == Renewal(ahead=0.5)
