"""Other worlds, and whether designs keep their ranks in them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.study.hourly_designs import LONG, SHORT, hourly_designs

from nhilab.base.errors import InputError
from nhilab.base.quantities import MINUTE, SECOND
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.worlds import World, pruned, unused, worlds_of
from nhilab.study.designs.explore import Effort
from nhilab.study.designs.space import Design, space_of
from nhilab.study.designs.stability import BASE, Stability, _ranking, kendall, rank_stability
from nhilab.study.estimates.estimate import MeanParts, Parts

EFFORT = Effort(seed=0, replications=2, campaigns=10)


def weighty(**sections: object) -> Scenario:
    """With a resource that counts for five, and that nobody calls."""
    resources = {
        "bucket": {"class": "object-store", "verifier": "signature", "count": 4, "operations": {"read": {}}},
        "vault": {"class": "secret-store", "verifier": "signature", "sensitivity": 5, "operations": {"read": {}}},
    }
    estate = hourly_designs().written.content["estate"]
    grants = {"robot": {"grants": [{"resources": ["bucket-*", "vault"]}], "mintable_from": []}}
    return hourly_designs(estate={**estate, "resources": resources, "identities": grants}, **sections)


def named(scenario: Scenario, seed: int = 0) -> dict[str, World]:
    return {world.name: world for world in worlds_of(scenario, seed=seed)}


def test_weights_are_made_alike_squared_and_random() -> None:
    scenario = weighty()
    worlds = named(scenario)
    weights = {
        n: worlds[f"weights-{n}"].of(scenario, {}).estate.resources.sensitivity for n in ("equal", "squared", "random")
    }
    assert weights["equal"].tolist() == [1] * 5
    assert sorted(weights["squared"].tolist()) == [1, 1, 1, 1, 25]
    assert len(set(weights["random"].tolist())) == 5
    again, other = (named(scenario, seed)["weights-random"].of(scenario, {}) for seed in (0, 1))
    assert again.estate.resources.sensitivity.tolist() == weights["random"].tolist()
    assert other.estate.resources.sensitivity.tolist() != weights["random"].tolist()


def test_thieves_are_ten_times_as_fast_and_slow_and_work_by_hand() -> None:
    scenario = hourly_designs()
    hops = {name: world.of(scenario, {}).threat.hop_time for name, world in named(scenario).items()}
    wanted = {"thief-faster": SECOND, "thief-slower": 100 * SECOND, "thief-by-hand": 30 * MINUTE}
    assert {name: hops[name] for name in wanted} == wanted
    assert scenario.threat.hop_time == 10 * SECOND


def test_grants_that_no_call_needs_are_taken_away_and_no_others() -> None:
    scenario = weighty()
    assert len(scenario.estate.grants) == 5
    assert unused(scenario.estate).sum() == 4
    all_gone, half_gone = (named(scenario)[f"grants-{n}"].of(scenario, {}).estate for n in ("used", "half"))
    assert len(half_gone.grants) == 3
    assert (len(all_gone.grants), int(unused(all_gone).sum())) == (1, 0)
    needed = set(scenario.estate.targets.permission.tolist())
    assert needed <= set(half_gone.grants.permission.tolist())
    assert needed == set(all_gone.grants.permission.tolist())


def test_identities_that_nothing_runs_as_keep_their_grants() -> None:
    estate = hourly_designs().written.content["estate"]
    spare = {**estate["identities"], "spare": {"grants": [{"resources": ["bucket-2"]}]}}
    scenario = hourly_designs(estate={**estate, "identities": spare})
    left = pruned(scenario.estate, 1.0, seed=0)
    assert len(left.granted(scenario.estate.identities.name.tolist().index("spare"))) == 1


def test_a_world_that_changes_nothing_is_left_out() -> None:
    estate = hourly_designs().written.content["estate"]
    agent = {**estate["workloads"]["agent"], "targets": [{"resources": ["bucket-*"]}]}
    scenario = hourly_designs(
        estate={**estate, "workloads": {"agent": agent}},
        threat={**hourly_designs().written.content["threat"], "hop_time": "30m"},
    )
    assert set(named(scenario)) == {"weights-random", "thief-faster", "thief-slower"}


def test_every_world_has_a_digest_of_its_own() -> None:
    scenario = weighty()
    digests = [world.of(scenario, {}).digest_of("jit") for world in named(scenario).values()]
    assert len({scenario.digest_of("jit"), *digests}) == len(digests) + 1 == 9


def test_a_scenario_s_own_worlds_are_added_and_go_before_those_of_their_name() -> None:
    own = {"patient": {"threat.hop_time": "2h"}, "thief-slower": {"threat.hop_time": "11s"}}
    scenario = hourly_designs(worlds=own)
    worlds = named(scenario)
    assert worlds["patient"].what == "threat.hop_time = 2h"
    hops = {name: worlds[name].of(scenario, {}).threat.hop_time for name in own}
    assert hops == {"patient": 7200 * SECOND, "thief-slower": 11 * SECOND}


def test_a_world_that_leads_nowhere_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match=r"worlds\.odd: found 'threat\.nowhere\.x'"):
        named(hourly_designs(worlds={"odd": {"threat.nowhere.x": 1}}))["odd"].of(hourly_designs(), {})


def ranked(scenario: Scenario) -> Stability:
    space = space_of(scenario)
    designs = [design for point in space.points() if isinstance(design := space.design(point), Design)]
    worlds = worlds_of(scenario, seed=0)
    return rank_stability(scenario, designs, worlds, strategy="jit", effort=EFFORT, executor=Executor())


def test_a_design_is_best_until_thieves_are_too_slow_for_it() -> None:
    stability = ranked(hourly_designs(worlds={"slow": {"threat.hop_time": "16m"}, "none": {"threat.hop_time": "3h"}}))
    reach = {r.world: r for r in stability.rankings if r.key == "reach_weighted"}
    assert set(stability.best["reach_weighted"]) == {SHORT, LONG, "ttl=2h scope=resource"}
    assert reach["thief-faster"].same
    assert set(reach["slow"].best) == {SHORT, "ttl=15m scope=none"}
    assert stability.means["slow"][SHORT]["reach_weighted"] == 0
    assert stability.means[BASE][SHORT]["reach_weighted"] == 1
    assert np.isnan(reach["none"].tau)
    windows = {r.world: r for r in stability.rankings if r.key == "access_window_s"}
    assert all(r.same and not r.apart for r in windows.values())
    assert windows["thief-faster"].tau == pytest.approx(1)


def test_another_best_is_apart_where_the_old_one_is_clearly_worse() -> None:
    scenario = hourly_designs(worlds={"slow": {"threat.hop_time": "16m"}})
    designs = [space_of(scenario).design(point) for point in ((0, 0), (1, 1))]
    two = [design for design in designs if isinstance(design, Design)]
    worlds = [named(scenario)["slow"]]
    stability = rank_stability(scenario, two, worlds, strategy="jit", effort=EFFORT, executor=Executor())
    (window, reach) = stability.rankings
    assert stability.best["reach_weighted"] == (LONG,)
    assert (reach.best, reach.same, reach.apart, reach.tau) == (("ttl=15m scope=none",), False, True, -1)
    assert (window.best, window.same, window.apart, window.tau) == (("ttl=15m scope=none",), True, False, 1)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=8).flatmap(
    lambda a: st.tuples(st.just(a), st.lists(st.integers(0, 4), min_size=len(a), max_size=len(a)))))  # fmt: skip
def test_kendall_s_tau_counts_pairs(lists: tuple[list[int], list[int]]) -> None:
    a, b = lists
    signs = [(np.sign(a[i] - a[j]), np.sign(b[i] - b[j])) for i, j in itertools.combinations(range(len(a)), 2)]
    untied = [sum(s[k] != 0 for s in signs) for k in (0, 1)]
    if not all(untied):
        assert np.isnan(kendall(np.array(a, float), np.array(b, float)))
        return
    wanted = sum(x * y for x, y in signs) / np.sqrt(untied[0] * untied[1])
    assert kendall(np.array(a, float), np.array(b, float)) == pytest.approx(wanted)


def here(values: dict[str, list[float]]) -> dict[str, Parts]:
    """What designs have in some world, replication by replication."""
    return {
        name: Parts({"reach_weighted": MeanParts(np.array(of), np.ones(len(of)))}, {}, {"reach_weighted": "1"}, len(of))
        for name, of in values.items()
    }


@pytest.mark.parametrize(
    ("old", "same", "apart"),
    [([2.0, 2.1, 2.0, 2.1], False, True), ([0.0, 4.0, 1.0, 0.4], False, False), ([0.9, 0.9, 0.9, 0.9], True, False)],
)
def test_the_old_best_is_worse_in_another_world_only_beyond_chance(old: list[float], same: bool, apart: bool) -> None:
    base = here({"old": [1.0, 1.0, 1.0, 1.0], "new": [2.0, 2.0, 2.0, 2.0]})
    world = here({"old": old, "new": [1.0, 1.1, 0.9, 1.0]})
    found = _ranking(World(name="other", what="otherwise"), "reach_weighted", base, world, ("old",))
    assert (found.same, found.apart, found.best) == (same, apart, ("old",) if same else ("new",))
