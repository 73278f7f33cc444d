"""The generated estate of ``scenarios/ci-estate.yaml`` against the import it was measured on.

The import gets the statement the scenario makes too: jobs of the build cluster that name no account run as its build
account. Figures that the scenario states are compared exactly. Where a grant goes to some environments only, which ones
is drawn: such counts may be 3 % off (4 % for the account that builds images, whose projects are drawn), quantiles by
one. The scenario leaves out rights on single buckets beside a role on the whole project, and a few rights that one
account alone has: up to 6 grants of a kind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nhilab.base.estate import Estate
from nhilab.base.quantities import DAY, SECOND, FloatArray, IntArray
from nhilab.importers.gcp_iam import import_gcp_iam
from nhilab.lab import load_scenario, sample, try_strategy
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.scenario import Scenario

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "ci-estate.yaml"
BUILD = "k8s-infra-prow-build"
LONG_RUN = 84 * DAY


@dataclass(frozen=True)
class Pair:
    """The generated estate and the imported one."""

    generated: Scenario
    imported: Scenario

    @property
    def estates(self) -> tuple[Estate, Estate]:
        return self.generated.estate, self.imported.estate


@pytest.fixture(scope="module")
def pair(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    out = tmp_path_factory.mktemp("ci-estate") / "import"
    kubernetes = shared_data / "kubernetes-project"
    import_gcp_iam(
        kubernetes / "audit",
        jobs=kubernetes / "prow_jobs.csv",
        timings=shared_data / "github-actions-timings" / "jobs.csv",
        out=out,
        default_accounts={BUILD: f"prow-build@{BUILD}.iam.gserviceaccount.com"},
    )
    return Pair(load_scenario(SCENARIO), load_scenario(out / "scenario.yaml"))


def by_class_and_operation(estate: Estate, permissions: IntArray) -> Counter[tuple[str, str]]:
    classes = estate.resources.resource_class[estate.permissions.resource[permissions]]
    return Counter(zip(classes.tolist(), estate.permissions.operation[permissions].tolist(), strict=True))


def per_environment(estate: Estate, resource_class: str) -> Counter[int]:
    """How many environments hold how many resources of a class."""
    held = Counter(estate.resources.environment[estate.resources.resource_class == resource_class].tolist())
    return Counter(held[name] for name in set(estate.resources.environment.tolist()))


def resources_held(estate: Estate) -> list[set[int]]:
    """Resources of every identity's grants."""
    numbers = range(len(estate.identities))
    return [set(estate.permissions.resource[estate.granted(i)].tolist()) for i in numbers]


def opened_identities(estate: Estate) -> list[set[int]]:
    """Identities that every identity can open with its own grants."""
    opens: dict[int, set[int]] = {}
    for permission, identity in zip(estate.openings.permission, estate.openings.identity, strict=True):
        if identity >= 0:
            opens.setdefault(int(permission), set()).add(int(identity))
    empty: set[int] = set()
    return [
        set().union(*(opens.get(p, empty) for p in estate.granted(i).tolist())) for i in range(len(estate.identities))
    ]


def static_reach(estate: Estate) -> FloatArray:
    """Resources of every identity and of all it can open, step by step, whenever that may be."""
    held, opened = resources_held(estate), opened_identities(estate)
    found = []
    for start in range(len(held)):
        seen, ahead = {start}, [start]
        while ahead:
            more = opened[ahead.pop()] - seen
            seen |= more
            ahead += more
        found.append(len(set().union(*(held[i] for i in seen))))
    return np.asarray(found, dtype=np.float64)


@cache
def cron_runs_a_day(cron: str) -> float:
    return len(parse_cron(cron).firings(np.datetime64("2026-01-01T00:00"), LONG_RUN)) * DAY / LONG_RUN


def runs_a_day(scenario: Scenario) -> FloatArray:
    """Runs a day of every workload in the long run."""
    return np.array([cron_runs_a_day(a.cron) if a.cron else DAY / (a.every or DAY) for a in scenario.arrivals])


def assert_close_quantiles(generated: FloatArray, imported: FloatArray, *, within: float) -> None:
    """Quantiles at every 5 % differ by at most a share of the imported one, or by one."""
    levels = np.linspace(0, 1, 21)
    ours, theirs = np.quantile(generated, levels), np.quantile(imported, levels)
    assert np.all(np.abs(ours - theirs) <= np.maximum(1.0, within * theirs)), (ours, theirs)


def test_resources_are_as_many_in_each_class(pair: Pair) -> None:
    ours, theirs = (Counter(e.resources.resource_class.tolist()) for e in pair.estates)
    assert ours == theirs


@pytest.mark.parametrize("resource_class", ["project", "object-store", "secret-store", "service-account"])
def test_environments_hold_as_many_of_each_class(pair: Pair, resource_class: str) -> None:
    ours, theirs = (per_environment(e, resource_class) for e in pair.estates)
    assert (ours - theirs).total() <= 4, (ours, theirs)


def test_sensitivities_and_crown_jewels_add_up_to_the_same(pair: Pair) -> None:
    ours, theirs = ((e.resources.sensitivity.sum(), e.resources.crown_jewel.sum()) for e in pair.estates)
    assert ours == theirs


def test_identities_are_as_many_of_each_sort(pair: Pair) -> None:
    sorts = []
    for estate in pair.estates:
        google = estate.identities.owner == "google"
        sorts.append((len(estate.identities), google.sum(), (estate.identities.owner == "").sum()))
        sorts.append((estate.identities.visible.sum(), (~estate.identities.visible & ~google).sum()))
    assert sorts[:2] == sorts[2:]


def test_grants_are_as_many_of_each_class_and_operation(pair: Pair) -> None:
    ours, theirs = (by_class_and_operation(e, e.grants.permission) for e in pair.estates)
    assert set(ours) == set(theirs)
    off = {key: (ours[key], n) for key, n in theirs.items() if abs(ours[key] - n) > max(6, 0.03 * n)}
    assert off == {}
    assert ours.total() == pytest.approx(theirs.total(), rel=0.02)


def test_grants_per_identity_have_the_same_quantiles(pair: Pair) -> None:
    ours, theirs = (np.diff(e.grant_starts()).astype(np.float64) for e in pair.estates)
    assert_close_quantiles(ours, theirs, within=0.02)
    assert np.sort(ours)[-4:] == pytest.approx(np.sort(theirs)[-4:], rel=0.04)
    assert np.quantile(ours, 0.99) == pytest.approx(np.quantile(theirs, 0.99), rel=0.1)


def test_one_account_has_grants_on_61_percent_of_all_resources(pair: Pair) -> None:
    ours, theirs = (sorted((len(h) / 1269 for h in resources_held(e)), reverse=True)[:4] for e in pair.estates)
    assert ours == pytest.approx(theirs, rel=0.04)
    assert round(ours[0], 2) == 0.61


def test_impersonation_reaches_as_far_step_by_step(pair: Pair) -> None:
    ours, theirs = (static_reach(e) for e in pair.estates)
    assert_close_quantiles(ours, theirs, within=0.02)
    assert np.sort(ours)[-20:] == pytest.approx(np.sort(theirs)[-20:], rel=0.05)


def test_openings_are_as_many_of_each_kind(pair: Pair) -> None:
    ours, theirs = (by_class_and_operation(e, e.openings.permission) for e in pair.estates)
    assert set(ours) == set(theirs)
    assert all(abs(ours[key] - n) <= 0.02 * n for key, n in theirs.items()), (ours, theirs)


def test_grants_that_open_are_as_many_of_each_kind(pair: Pair) -> None:
    counted = []
    for estate in pair.estates:
        opening = estate.grants.permission[np.isin(estate.grants.permission, estate.openings.permission)]
        counted.append(by_class_and_operation(estate, opening))
    ours, theirs = counted
    assert all(abs(ours[key] - n) <= max(6, 0.02 * n) for key, n in theirs.items()), (ours, theirs)


def test_identities_open_as_many_others(pair: Pair) -> None:
    ours, theirs = (Counter(len(o) for o in opened_identities(e)) for e in pair.estates)
    assert max(ours) == max(theirs) == 166
    assert ours[166] == theirs[166] == 2
    assert (ours - theirs).total() <= 0.02 * theirs.total(), (ours, theirs)


def test_accounts_can_be_opened_by_as_many_identities(pair: Pair) -> None:
    counted = []
    for estate in pair.estates:
        openers = Counter(identity for opened in opened_identities(estate) for identity in opened)
        counted.append(np.array(sorted(openers.values()), dtype=np.float64))
    ours, theirs = counted
    assert len(ours) == pytest.approx(len(theirs), abs=2)
    assert_close_quantiles(ours, theirs, within=0.02)


def test_trust_policies_accept_as_many_places(pair: Pair) -> None:
    counted = []
    for estate in pair.estates:
        counted.append(sorted(Counter(estate.attestations.place.tolist()).values()))
        counted.append(sorted(Counter(estate.attestations.identity.tolist()).values()))
    assert counted[:2] == counted[2:]


def test_workloads_are_as_many_per_identity_and_place(pair: Pair) -> None:
    ours, theirs = (
        sorted(Counter(zip(e.workloads.identity.tolist(), e.workloads.place.tolist(), strict=True)).values())
        for e in pair.estates
    )
    assert ours == theirs
    assert (len(ours), max(ours), sum(ours)) == (11, 505, 551)


def test_identities_with_workloads_have_rights_as_wide(pair: Pair) -> None:
    ours, theirs = (
        np.sort(np.diff(e.grant_starts())[np.unique(e.workloads.identity)]).astype(np.float64) for e in pair.estates
    )
    assert np.all(np.abs(ours - theirs) <= np.maximum(2.0, 0.04 * theirs)), (ours, theirs)


def test_the_mix_of_periods_is_the_same(pair: Pair) -> None:
    ours, theirs = (Counter(a.every for a in s.arrivals) for s in (pair.generated, pair.imported))
    assert ours == theirs


def test_workloads_run_as_often(pair: Pair) -> None:
    ours, theirs = runs_a_day(pair.generated), runs_a_day(pair.imported)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.02)
    assert np.quantile(ours, np.linspace(0, 1, 21)) == pytest.approx(
        np.quantile(theirs, np.linspace(0, 1, 21)), rel=0.02, abs=0.01
    )


def test_jobs_start_together_as_they_do_in_the_import(pair: Pair) -> None:
    ours, theirs = (
        np.bincount((sample(s, seed=0).tasks.arrived_at // (60 * SECOND)).astype(np.int64)).max()
        for s in (pair.generated, pair.imported)
    )
    assert ours == pytest.approx(theirs, rel=0.25)


def test_durations_have_the_same_quantiles(pair: Pair) -> None:
    ours, theirs = (s.content.profiles["default"].task_time for s in (pair.generated, pair.imported))
    assert ours == theirs


def test_everything_else_is_what_the_importer_assumes(pair: Pair) -> None:
    for part in ("strategies", "issuers", "verifiers", "profiles", "horizon", "warm_up", "follow_up", "cap"):
        assert getattr(pair.generated.content, part) == getattr(pair.imported.content, part), part
    ours, theirs = pair.generated.threat, pair.imported.threat
    assert ours.hop_time == theirs.hop_time
    assert [e.model_dump(exclude={"places"}) for e in ours.entries.values()] == [
        e.model_dump(exclude={"places"}) for e in theirs.entries.values()
    ]


def test_thieves_get_as_far_with_hourly_credentials(pair: Pair) -> None:
    """One day, 120 campaigns each: mean reach within a factor of 1.5, shares of thefts and persistence within 0.1."""
    shares = []
    for scenario in (pair.generated, pair.imported):
        campaigns = try_strategy(scenario, "workload-identity-1h", seed=2, campaigns=120).compromises.campaigns
        stolen = (campaigns.n_taken + campaigns.n_minted) > 0
        shares.append((campaigns.reach.mean(), stolen.mean(), campaigns.persistent.mean()))
    ours, theirs = shares
    assert 1 / 1.5 < ours[0] / theirs[0] < 1.5
    assert ours[1:] == pytest.approx(theirs[1:], abs=0.1)
    assert ours[0] > 300, "most thieves that get in reach what the shared build account reaches"
