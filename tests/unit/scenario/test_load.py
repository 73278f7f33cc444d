"""A scenario file says what it means, or one line says what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from unit.scenario.hourly import GONE, with_value

from nhilab.base.errors import InputError
from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import DAY, HOUR, MINUTE, NEVER
from nhilab.scenario.load import load_scenario
from scenarios import HOURLY, TWO_STAGES, as_content, as_scenario

BUCKET, AGENT, RUNNER = "estate/resources/bucket", "estate/workloads/agent", "estate/places/runner"
JIT, PROFILE, ENTRY = "strategies/jit/stages/0", "profiles/default", "threat/entries/runner"

BAD = [
    # path, value, key path named, value shown, what is allowed
    ("colour", "red", "colour", "colour", "a known key"),
    (f"{BUCKET}/colour", "red", "estate.resources.bucket.colour", "colour", "a known key"),
    (f"{JIT}/from_", "standing", "strategies.jit.stages.0.from_", "from_", "a known key"),
    (f"{JIT}/ttl", "-5m", "strategies.jit.stages.0.ttl", "-5m", "not negative"),
    (f"{JIT}/ttl", 5, "strategies.jit.stages.0.ttl", "5", "a length with a unit"),
    (f"{JIT}/ttl", "5 parsecs", "strategies.jit.stages.0.ttl", "5 parsecs", "a length with a unit"),
    (f"{JIT}/ttl", "0", "strategies.jit.stages.0.ttl", "0", "a lifetime above 0"),
    (f"{JIT}/ttl", GONE, "strategies.jit.stages.0.ttl", "nothing", "required"),
    (f"{JIT}/issuer", "vault", "strategies.jit.stages.0.issuer", "vault", "one of sts"),
    (f"{JIT}/from", "previous", "strategies.jit", "previous", "the first stage standing or attested"),
    (f"{JIT}/issue_per", "hour", "strategies.jit.stages.0.issue_per", "hour", "'call', 'task'"),
    (f"{JIT}/issue_per", "identity", "strategies.jit.stages.0.revoke", "task-end", "only with issue_per task or call"),
    ("strategies/static/stages/0/issue_per", "task",
     "strategies.static.stages.0.issue_per", "task", "where it is standing"),
    ("strategies/static/stages/0/scope", ["class"], "strategies.static.stages.0", "class", "no scope"),
    ("strategies", {}, "strategies", "{}", "at least 1"),
    ("strategies/jit/stages", [], "strategies.jit.stages", "[]", "at least 1"),
    (f"{BUCKET}/verifier", "nobody", "estate.resources.bucket", "nobody", "gateway"),
    (f"{BUCKET}/verifier", GONE, "estate.resources.bucket.verifier", "nothing", "required"),
    (f"{BUCKET}/count", 0, "estate.resources.bucket.count", "0", "greater than or equal to 1"),
    (f"{BUCKET}/sensitivity", 0, "estate.resources.bucket.sensitivity", "0", "greater than 0"),
    (f"{BUCKET}/sensitivity", float("inf"), "estate.resources.bucket.sensitivity", "inf", "finite"),
    (f"{BUCKET}/crown_jewel", "perhaps", "estate.resources.bucket.crown_jewel", "perhaps", "true or false"),
    (f"{BUCKET}/operations", {"read": {"opens_places": ["mars"]}}, "estate.resources.bucket.operations.read", "mars",
     "runner"),
    (f"{BUCKET}/operations", {"read": {"opens_identities": ["ghost"]}}, "estate.resources.bucket.operations.read",
     "ghost", "robot"),
    ("estate/identities/robot/grants", [{"resources": ["bukket"]}], "estate.identities.robot.grants.0", "bukket",
     "patterns matching one of bucket"),
    ("estate/identities/robot/mintable_from", ["mars"], "estate.identities.robot.mintable_from", "mars", "runner"),
    ("estate/identities/robot/grants", [], "estate.workloads.agent", "robot", "a grant that a call can use"),
    (f"{AGENT}/identity", "ghost", "estate.workloads.agent", "ghost", "robot"),
    (f"{AGENT}/place", "mars", "estate.workloads.agent", "mars", "runner"),
    (f"{AGENT}/profile", "odd", "estate.workloads.agent.profile", "odd", "one of default"),
    (f"{AGENT}/kind", "robot", "estate.workloads.agent.kind", "robot", "'batch'"),
    (f"{AGENT}/count", 1.5, "estate.workloads.agent.count", "1.5", "a whole number"),
    (f"{AGENT}/targets", [{"resources": ["vault"]}], "estate.workloads.agent", "robot", "a grant that a call can use"),
    (f"{AGENT}/arrivals", {}, "estate.workloads.agent.arrivals", "{}", "exactly one of every, cron and rate"),
    (f"{AGENT}/arrivals", {"every": "1h", "rate": "3/h"}, "estate.workloads.agent.arrivals", "3/h", "exactly one"),
    (f"{AGENT}/arrivals", {"every": "0"}, "estate.workloads.agent.arrivals.every", "0", "above 0"),
    (f"{AGENT}/arrivals", {"cron": "99 * * * *"}, "estate.workloads.agent.arrivals.cron", "99 * * * *", "five cron"),
    (f"{AGENT}/arrivals", {"cron": "at noon"}, "estate.workloads.agent.arrivals.cron", "at noon", "five cron fields"),
    (f"{AGENT}/arrivals", {"rate": "0/h"}, "estate.workloads.agent.arrivals.rate", "0/h", "a positive rate"),
    (f"{AGENT}/arrivals", {"rate": 3}, "estate.workloads.agent.arrivals.rate", "3", "a positive rate"),
    ("estate/workloads/night shift", {}, "estate.workloads.night shift", "night shift", "match pattern"),
    (f"{RUNNER}/log", "logs", "estate.places.runner.log", "logs", "a shared place: runner"),
    (f"{RUNNER}/logs_token_probability", 0.5, "estate.places.runner.log", "None", "a place, where logs_token"),
    (f"{RUNNER}/logs_token_probability", 1.5, "estate.places.runner.logs_token_probability", "1.5", "less than"),
    (f"{RUNNER}/isolation", "vm", "estate.places.runner.isolation", "vm", "'slot' or 'task'"),
    ("estate", {}, "estate", "{}", "exactly one of: resources"),
    ("estate/tables", "folder", "estate.tables", "lists", "no resources, identities and workloads"),
    ("estate/workloads", {}, "estate.workloads", "nothing", "at least one"),
    ("estate/identities", {}, "estate.identities", "nothing", "at least one"),
    ("follow_up", "5h", "follow_up", "5h", "shorter than the horizon"),
    ("warm_up", "5h", "follow_up", "1h", "shorter than the horizon"),
    ("horizon", "never", "horizon", "never", "a finite length"),
    ("seed", -1, "seed", "-1", "greater than or equal to 0"),
    ("starts_on", "soon", "starts_on", "soon", "a day such as"),
    (f"{PROFILE}/task_time", "5m", "profiles.default.think_time", "both", "either think_time or task_time"),
    (f"{PROFILE}/think_time", GONE, "profiles.default", "calls", "exactly one of think_time and task_time"),
    (f"{PROFILE}/call_time", {"gaussian": "5s"}, "profiles.default.call_time", "gaussian", "exponential"),
    (f"{PROFILE}/call_time", {"lognormal": {"median": "5s", "sigma": -1}}, "profiles.default.call_time.lognormal.sigma",
     "-1", "greater than or equal to 0"),
    (f"{PROFILE}/call_time", {"uniform": ["5s", "1s"]}, "profiles.default.call_time.uniform", "1s",
     "smaller length first"),
    (f"{PROFILE}/call_time", {"quantiles": ["5s", "1s"]},
     "profiles.default.call_time.quantiles", "shorter", "ascending"),
    (f"{PROFILE}/call_time", {"quantiles": ["5s"]}, "profiles.default.call_time.quantiles", "5s", "at least 2"),
    (f"{PROFILE}/calls", 0, "profiles.default.calls.constant", "0", "greater than or equal to 1"),
    (f"{PROFILE}/calls", {"geometric": 0.5}, "profiles.default.calls.geometric", "0.5", "greater than or equal to 1"),
    ("issuers/sts/servers", 0, "issuers.sts.servers", "0", "greater than or equal to 1"),
    ("verifiers/gateway/self_contained", True, "verifiers.gateway.layers", "them", "none on a self-contained verifier"),
    ("verifiers/gateway/layers", [{"cache": {"ttl": "never"}}], "verifiers.gateway.layers.0.cache.ttl", "never",
     "a finite length"),
    (f"{ENTRY}/places", ["mars"], "threat.entries.runner.places.0", "mars", "one of runner"),
    (f"{ENTRY}/places", [],
     "threat.entries.runner.timing", "without places", "places for uniform, next-task and at-leak"),
    (f"{ENTRY}/timing", "at-task", "threat.entries.runner", "at-task", "workloads for at-task ones"),
    (f"{ENTRY}/technique", "phishing", "threat.entries.runner.technique", "phishing", "match pattern"),
    (f"{ENTRY}/weight", 0, "threat.entries.runner.weight", "0", "greater than 0"),
    (f"{ENTRY}/workloads", ["mars*"],
     "threat.entries.runner.workloads", "workloads with timing", "workloads for at-task ones"),
    (ENTRY, {"timing": "at-task", "technique": "T1195.001", "workloads": ["mars*"]},
     "threat.entries.runner.workloads.0", "mars*", "a pattern for one of agent"),
    (ENTRY, {"timing": "holds", "technique": "T1552", "identities": ["mars*"]},
     "threat.entries.runner.identities.0", "mars*", "a pattern for one of"),
    (ENTRY, {"timing": "signs", "technique": "T1552", "issuer": "mars"},
     "threat.entries.runner.issuer", "mars", "one of"),
    (f"{PROFILE}/call_time", {"geometric": 5}, "profiles.default.call_time", "geometric", "constant, exponential"),
    (f"{PROFILE}/calls", {"exponential": "5s"}, "profiles.default.calls", "exponential", "constant, geometric"),
    ("threat/entries", {}, "threat.entries", "{}", "at least 1"),
    ("threat/hop_time", "never", "threat.hop_time", "never", "a finite length"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "key", "found", "allowed"), BAD)
def test_a_bad_value_is_named_with_file_key_value_and_what_is_allowed(
    path: str, value: Any, key: str, found: str, allowed: str
) -> None:
    with pytest.raises(InputError) as caught:
        as_scenario(with_value(path, value), file="some/small.yaml")
    message = str(caught.value)
    assert message.startswith(f"some/small.yaml: {key}")
    assert found in message.split("; allowed: ")[0] and allowed in message.split("; allowed: ")[1]
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "where", "allowed"),
    [
        (b"\xff\xfequestion", "byte 0", "text in UTF-8"),
        (b"question: !!python/object/apply:os.system [ls]", ":1:11: found", "plain YAML"),
        (b"estate: [1", ":1:11: found", "plain YAML"),
        (b"a: 1\nb: 2\na: 3\n", ":3:1: found 'a twice'", "each key once"),
        (b"a: {b: {c: 1, c: 2}}", "c twice", "each key once"),
        (b"starts_on: 2026-13-45", "month", "plain YAML"),
        (b"a: &a [*a]", "holds itself", "plain YAML"),
        (b"a: \x00", "", "plain YAML"),
        (b"? [a, b]\n: 3", "unhashable", "plain YAML"),
        (b"", "NoneType", "a mapping with question"),
        (b"- a", "list", "a mapping with question"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_in_one_line(tmp_path: Path, text: bytes, where: str, allowed: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and where in message and allowed in message and "\n" not in message


def test_a_key_may_be_merged_and_overridden_by_yaml_itself(tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    stage = "&s {issuer: sts, from: attested, issue_per: task, ttl: 15m}"
    text = HOURLY.replace("{issuer: sts, from: attested, issue_per: task, ttl: 15m, revoke: [task-end]}", stage)
    path.write_text(text.replace("issue_per: identity, ttl: never}]}", "issue_per: identity, ttl: never}]}\n"
                                 "  short: {stages: [{<<: *s, ttl: 5m}]}"))  # fmt: skip
    assert load_scenario(path).strategies["short"].stages[0].ttl == 5 * MINUTE


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a file that can be read"):
        load_scenario(tmp_path / name)


def test_names_of_alike_resources_may_not_meet_those_of_others() -> None:
    content = with_value("estate/resources", {"a": {"class": "x", "verifier": "gateway", "count": 2}})
    content["estate"]["resources"]["a-1"] = {"class": "x", "verifier": "gateway"}
    content["estate"]["identities"]["robot"]["grants"] = [{"resources": ["*"]}]
    with pytest.raises(InputError, match=r"estate.resources.a-1: found 'a-1'; allowed: resources with distinct names"):
        as_scenario(content)


def test_defaults_are_those_of_the_model() -> None:
    content = with_value("follow_up", GONE)
    del content["warm_up"], content["horizon"]
    read = as_scenario(content).content
    assert (read.horizon, read.warm_up, read.follow_up) == (DAY, 2 * HOUR, 6 * HOUR)
    assert (read.cap, read.proof_tolerance, read.seed) == (7 * DAY, MINUTE, 1)


def test_the_scenario_is_named_after_its_file_or_its_folder(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    for name in ("agents/scenario.yaml", "agents.yaml"):
        (tmp_path / name).write_text(HOURLY)
        assert load_scenario(tmp_path / name).name == "agents"


def test_alike_resources_are_counted_and_a_grant_on_the_plain_name_is_on_all() -> None:
    estate = as_scenario(TWO_STAGES).estate
    assert estate.resources.name.tolist() == ["bucket-1", "bucket-2", "vault", "console"]
    held = [estate.resources.name[estate.permissions.resource[estate.granted(i)]].tolist() for i in range(2)]
    assert held[0] == ["bucket-1", "bucket-1", "bucket-2", "bucket-2", "console", "console"]
    assert held[1] == ["bucket-1", "bucket-1", "vault", "vault"]
    content = as_content(TWO_STAGES)
    content["estate"]["identities"]["agent"]["grants"] = [{"resources": ["bucket"], "operations": ["r*"]}]
    agent = as_scenario(content).estate.granted(0)
    assert estate.resources.name[estate.permissions.resource[agent]].tolist() == ["bucket-1", "bucket-2"]


def test_permissions_grants_and_openings_refer_to_each_other() -> None:
    estate = as_scenario(TWO_STAGES).estate
    names = [
        (str(estate.resources.name[r]), str(o))
        for r, o in zip(estate.permissions.resource, estate.permissions.operation, strict=True)
    ]
    assert names == sorted(names, key=lambda pair: (estate.resources.name.tolist().index(pair[0]), pair[1]))
    admin = names.index(("console", "admin"))
    assert estate.openings.permission.tolist() == [admin, admin]
    assert estate.openings.identity.tolist() == [1, -1] and estate.openings.place.tolist() == [-1, 1]
    assert estate.openings.when.tolist() == [When.NEXT_TASK] * 2


def test_trust_is_in_the_places_an_identity_runs_at_unless_told() -> None:
    estate = as_scenario(TWO_STAGES).estate
    trusted = list(zip(estate.attestations.identity.tolist(), estate.attestations.place.tolist(), strict=True))
    assert trusted == [(0, 0), (1, 1), (1, 2)]
    content = as_content(TWO_STAGES)
    content["estate"]["identities"]["agent"]["mintable_from"] = ["pod", "host"]
    told = as_scenario(content).estate.attestations
    assert list(zip(told.identity.tolist(), told.place.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 1), (1, 2)]
    content["estate"]["identities"]["agent"]["mintable_from"] = []
    assert 0 not in as_scenario(content).estate.attestations.identity


def test_places_and_verifiers_keep_what_the_file_says() -> None:
    estate = as_scenario(TWO_STAGES).estate
    assert estate.places.isolation.tolist() == [Isolation.SLOT, Isolation.TASK, Isolation.SHARED, Isolation.SHARED]
    assert estate.places.slots.tolist() == [2, -1, -1, -1] and estate.places.log.tolist() == [3, -1, -1, -1]
    assert estate.places.residue.tolist() == [0, 0, MINUTE, HOUR]
    assert estate.verifiers.self_contained.tolist() == [False, True]
    assert estate.layers.verifier.tolist() == [0, 0]
    assert estate.layers.ttl.tolist() == [30_000_000, 10_000_000], "the one nearest the issuer first"
    assert estate.resources.verifier.tolist() == [0, 0, 1, 1]


def test_picked_targets_leave_out_what_opens_and_weigh_by_rank() -> None:
    content = as_content(TWO_STAGES)
    content["profiles"]["agent"]["targets"] = {"n": 3, "skew": 2}
    estate = as_scenario(content).estate
    mine = estate.targets.workload == 0
    assert estate.targets.weight[mine].tolist() == [1, 1 / 4, 1 / 9]
    assert not set(estate.targets.permission[mine].tolist()) & set(estate.openings.permission.tolist())
    content["profiles"]["agent"]["targets"] = {"n": 99}
    many = as_scenario(content).estate.targets
    assert (many.workload == 0).sum() == 5, "five of six grants open nothing"


def test_weights_of_targets_that_overlap_add_up() -> None:
    content = with_value(
        f"{AGENT}/targets",
        [{"resources": ["b*"], "weight": 2}, {"resources": ["bucket"], "operations": ["read"], "weight": 3}],
    )
    assert as_scenario(content).estate.targets.weight.tolist() == [5, 2]


def test_scale_multiplies_the_instances_of_every_workload() -> None:
    assert as_scenario(with_value("estate/scale", 3)).estate.workloads.count.tolist() == [3]
    assert as_scenario(with_value(f"{AGENT}/count", 2)).estate.workloads.count.tolist() == [2]


def test_the_digest_ignores_question_and_tags_and_sees_every_number() -> None:
    base = as_scenario(HOURLY).digest()
    assert as_scenario(with_value("question", "Another?")).digest() == base
    assert as_scenario(HOURLY, file="other.yaml").digest() == base
    assert as_scenario(with_value(f"{JIT}/ttl", {"value": "15m", "cited": "RFC 7519"})).digest() == base
    assert as_scenario(with_value(f"{JIT}/ttl", "900s")).digest() == base
    for path, value in (
        (f"{JIT}/ttl", "16m"), (f"{BUCKET}/sensitivity", 2), (f"{PROFILE}/call_time", "2s"), ("threat/hop_time", "1s"),
        (f"{AGENT}/arrivals", {"cron": "1 * * * *"}), ("verifiers/gateway/leeway", "1s"), ("starts_on", "2026-01-06"),
        (f"{RUNNER}/residue", "1s"), ("follow_up", "2h"), ("estate/scale", 2),
    ):  # fmt: skip
        assert as_scenario(with_value(path, value)).digest() != base, path


def test_a_lifetime_may_be_never() -> None:
    assert as_scenario(yaml.safe_load(HOURLY)).strategies["static"].stages[0].ttl == NEVER
