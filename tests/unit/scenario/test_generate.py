"""An estate drawn from figures: the numbers asked for, references that hold, and chance from its seed alone."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from nhilab.base.errors import InputError
from nhilab.base.streams import stream
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.estate_section import EstateSection
from nhilab.scenario.generate import generated_rows
from nhilab.scenario.generate_schedule import drawn_cron
from nhilab.scenario.load import load_scenario
from nhilab.scenario.rows import EstateRows

CI_ESTATE = Path(__file__).resolve().parents[3] / "scenarios" / "ci-estate.yaml"

SMALL: dict[str, Any] = {
    "verifier_by_class": {"default": "cloud"},
    "places": {"cluster": {"kind": "runner", "isolation": "slot", "slots": 4}, "elsewhere": {}},
    "generated": {
        "seed": 0,
        "classes": {"bucket": {"sensitivity": 3, "crown_jewel": True}},
        "environments": {
            "team": {"count": 10, "resources": {"bucket": {2: 3, 5: 1}}},
            "hub": {"count": 1, "place": "cluster"},
        },
        "roles": {
            "editor": {"project": ["read", "write"], "service-account": ["mint-key"]},
            "reader": {"bucket": ["read"], "project": ["read"]},
            "runner": {"project": ["exec"]},
        },
        "accounts": {
            "default": {"homes": {"team": "2-4", "hub": "all"}, "grants": [{"role": "editor"}]},
            "agent": {"homes": {"team": 2}, "owner": "vendor", "managed": False, "grants": [{"role": "editor"}]},
            "audit": {"homes": {"hub": 1}, "each": 2, "grants": [{"role": "reader", "in": "all"}]},
            "job": {
                "homes": {"hub": "all"},
                "mintable_from": ["own", "elsewhere"],
                "grants": [{"role": "reader", "in": "team", "of": 4, "at_most": 1}, {"role": "runner", "in": "hub"}],
            },
        },
        "workloads": {
            "checks": {"account": "audit", "place": "cluster", "every": {"1h": 3, "1d": 1}, "cron": {"H H * * *": 2}},
            "jobs": {"account": "job", "place": "cluster", "share": 0.5, "every": {"2h": 10}},
        },
    },
}


def small(**changes: Any) -> dict[str, Any]:
    """The small estate with some keys of `generated` changed, named by their path joined with two underscores."""
    section = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *way, last = path.split("__")
        inner = section["generated"]
        for step in way:
            inner = inner[step]
        inner[last] = value
    return section


def drawn(**changes: Any) -> EstateRows:
    return generated_rows(EstateSection.model_validate(small(**changes)), "file.yaml")


def tables(rows: EstateRows) -> list[list[Any]]:
    return [rows.resources, rows.identities, rows.grants, rows.openings, rows.attestations, rows.workloads]


def test_the_same_seed_draws_the_same_estate() -> None:
    assert tables(drawn()) == tables(drawn())


def test_seed_0_is_a_seed_like_any_other() -> None:
    assert tables(drawn(seed=0)) != tables(drawn(seed=1)) != tables(drawn(seed=2))


def test_another_seed_changes_which_and_not_how_many() -> None:
    counted = []
    for seed in (0, 1):
        rows = drawn(seed=seed)
        counted.append(Counter((r.resource_class, r.sensitivity, r.crown_jewel) for r in rows.resources))
    assert counted[0] == counted[1]


def test_environments_hold_as_many_resources_as_asked() -> None:
    rows = drawn()
    held = Counter(r.environment for r in rows.resources if r.resource_class == "bucket")
    assert sorted(held.values()) == [2, 2, 2, 5]
    assert sum(r.resource_class == "project" for r in rows.resources) == 11
    assert {r.sensitivity for r in rows.resources if r.resource_class == "bucket"} == {3}
    assert all(r.crown_jewel == (r.resource_class == "bucket") for r in rows.resources)


def test_accounts_stand_in_the_homes_asked_for() -> None:
    names = [i.name for i in drawn().identities]
    assert names == [
        "team-2/default", "team-3/default", "team-4/default", "hub/default",
        "team-1/agent", "team-2/agent", "hub/audit-1", "hub/audit-2", "hub/job",
    ]  # fmt: skip


def test_only_managed_accounts_are_visible_and_resources() -> None:
    rows = drawn()
    accounts = {r.name for r in rows.resources if r.resource_class == "service-account"}
    assert accounts == {i.name for i in rows.identities if i.visible}
    assert {i.owner for i in rows.identities if not i.visible} == {"vendor"}
    assert {i.name: i.owner for i in rows.identities}["team-2/default"] == "team-2"


def test_a_partial_grant_reaches_as_many_environments_and_resources_as_asked() -> None:
    rows = drawn()
    environment = {r.name: r.environment for r in rows.resources}
    reached = [g for g in rows.grants if g.identity == "hub/job" and g.operation == "read"]
    assert len({environment[g.resource] for g in reached}) == 4
    buckets = Counter(environment[g.resource] for g in reached if "bucket" in g.resource)
    assert set(buckets.values()) <= {1}


def test_no_grant_is_given_twice() -> None:
    rows = drawn(accounts__audit__grants=[{"role": "reader", "in": "all"}, {"role": "reader"}])
    assert len(rows.grants) == len(set(rows.grants))


def test_a_grant_on_an_account_opens_it_where_somebody_holds_it() -> None:
    opened = {(o.resource, o.operation, o.identity) for o in drawn().openings if o.identity}
    hub = {"hub/default", "hub/audit-1", "hub/audit-2", "hub/job"}
    assert opened == {(name, "mint-key", name) for name in hub | {"team-2/default", "team-3/default", "team-4/default"}}


def test_exec_opens_the_place_of_an_environment_that_has_one() -> None:
    places = [(o.resource, o.operation, o.place) for o in drawn().openings if o.place]
    assert places == [("hub", "exec", "cluster")]
    assert not [o for o in drawn(accounts__job__grants=[{"role": "reader"}]).openings if o.place]


def test_credentials_are_given_where_workloads_run_and_where_the_policy_says() -> None:
    assert sorted(drawn().attestations) == [
        ("hub/audit-1", "cluster"), ("hub/audit-2", "cluster"), ("hub/job", "cluster"), ("hub/job", "elsewhere")
    ]  # fmt: skip


def test_workloads_take_turns_and_keep_the_mix_of_their_schedules() -> None:
    checks = [w for w in drawn().workloads if w.name.startswith("checks")]
    assert Counter(w.identity for w in checks) == {"hub/audit-1": 3, "hub/audit-2": 3}
    assert Counter(w.arrivals.every for w in checks) == {3_600_000_000: 3, 86_400_000_000: 1, None: 2}


def test_a_share_keeps_that_many_workloads() -> None:
    assert sum(w.name.startswith("jobs") for w in drawn().workloads) == 5
    assert not [w for w in drawn(workloads__jobs__share=0).workloads if w.name.startswith("jobs")]


def test_the_scale_multiplies_instances() -> None:
    rows = generated_rows(EstateSection.model_validate(small() | {"scale": 3}), "file.yaml")
    assert {w.instances for w in rows.workloads} == {3}


@pytest.mark.parametrize("cron", ["H H * * *", "0 H/6 * * MON", "H 9 H H H", "H/15 * * * THU"])
def test_drawn_fields_make_a_cron_expression_that_fires_as_often(cron: str) -> None:
    week = 7 * 86_400_000_000
    drawings = [drawn_cron(cron, stream(seed, "test")) for seed in range(20)]
    assert len(set(drawings)) > 1
    assert not any("H" in field for text in drawings for field in text.replace("THU", "").split())
    if "9" not in cron:
        start = np.datetime64("2026-01-05T00:00")
        assert len({len(parse_cron(text).firings(start, week)) for text in drawings}) == 1


@pytest.mark.parametrize(
    ("changes", "key", "found"),
    [
        ({"environments__team__resources": {"bucket": {1: 11}}}, "environments.team.resources.bucket", "11"),
        ({"accounts__job__homes": {"nowhere": 1}}, "accounts.job.homes.nowhere", "nowhere"),
        ({"accounts__job__homes": {"team": 11}}, "accounts.job.homes.team", "11"),
        ({"accounts__job__grants": [{"role": "chief"}]}, "accounts.job.grants.0.role", "chief"),
        ({"accounts__job__grants": [{"role": "reader", "in": "nowhere"}]}, "accounts.job.grants.0.in", "nowhere"),
        ({"accounts__job__grants": [{"role": "reader", "in": "hub", "of": 2}]}, "accounts.job.grants.0.of", "2"),
        ({"accounts__default__mintable_from": ["own"]}, "accounts.default.mintable_from", "own"),
        ({"workloads__jobs__account": "nobody"}, "workloads.jobs.account", "nobody"),
    ],
)
def test_what_does_not_exist_is_named_with_its_key_path(changes: dict[str, Any], key: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        drawn(**changes)
    assert f"estate.generated.{key}" in str(error.value)
    assert found in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"accounts__job__homes": {"team": "4-2"}},
        {"accounts__job__homes": {"team": 0}},
        {"accounts__job__homes": {}},
        {"workloads__jobs__every": {"0": 1}},
        {"workloads__jobs__every": {"24h": 1, "1d": 1}},
        {"workloads__jobs__cron": {"H H * *": 1}},
        {"workloads__jobs__cron": {"H/0 * * * *": 1}},
        {"seed": -1},
    ],
)
def test_figures_that_mean_nothing_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"length|number|cron|at least 1|greater than"):
        EstateSection.model_validate(small(**changes))


def test_a_small_estate_of_ones_own_loads_as_a_scenario(tmp_path: Path) -> None:
    content = yaml.safe_load(CI_ESTATE.read_text(encoding="utf-8"))
    content["assumed"].pop("estate")
    content["assumed"]["threat"]["entries"] = {"dependency": {"timing": "at-task", "technique": "T1195.001"}}
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content | {"estate": small()}), encoding="utf-8")
    estate = load_scenario(path).estate
    assert len(estate.workloads) == 11
    assert len(estate.identities) == 9


def test_an_unknown_place_of_a_workload_is_named_with_its_group(tmp_path: Path) -> None:
    content = yaml.safe_load(CI_ESTATE.read_text(encoding="utf-8"))
    content["estate"]["generated"]["workloads"]["groups"]["place"] = "nowhere"
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"estate\.generated\.workloads\.groups.*nowhere"):
        load_scenario(path)


@pytest.mark.parametrize("seed", range(3))
def test_the_shipped_estate_loads_with_every_seed(seed: int, tmp_path: Path) -> None:
    content = yaml.safe_load(CI_ESTATE.read_text(encoding="utf-8"))
    content["estate"]["generated"]["seed"] = seed
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    estate = load_scenario(path).estate
    assert (len(estate.resources), len(estate.identities), len(estate.workloads)) == (1269, 1156, 551)


def test_the_shipped_estate_says_where_each_of_its_figures_comes_from() -> None:
    origins = load_scenario(CI_ESTATE).provenance.origins
    untagged = [key for key, origin in origins.items() if not origin.source and origin.tag != "chosen"]
    assert untagged == []
    assert origins["estate.generated.workloads.jobs-without-account.share"].tag == "assumed"
    assert origins["estate.generated.environments.pool.count"].tag == "measured"
