"""Laws of every run: deterministic, free of breaches, indifferent to the order of spawning and to the clock."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhilab.base.quantities import NEVER, SECOND
from nhilab.base.tables import Table
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from nhilab.engine.run import run
from nhilab.ledger.invariants import violations
from nhilab.ledger.service import begun_at, served_by_issuer
from nhilab.ledger.tables import Ledger, Status
from nhilab.ledger.work import out_of_order
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, TWO_STAGES, as_scenario, contents, demand_of, runs, scenarios, share


def instants_of(table: Table) -> list[str]:
    """Columns that hold instants, not lengths."""
    timed = [f.name for f in dataclasses.fields(table) if f.metadata["unit"] == "µs"]
    return [name for name in timed if name.endswith("_at") or name in ("owner_end", "purpose_end")]


def later(demand: Demand, delay: int) -> Demand:
    tasks = dataclasses.replace(demand.tasks, arrived_at=demand.tasks.arrived_at + delay)
    return dataclasses.replace(demand, tasks=tasks)


def shifted(ledger: Ledger, delay: int) -> dict[str, Any]:
    """Bytes of every column of what happened, all instants moved."""
    found: dict[str, Any] = {}
    for name in ("tasks", "calls", "credentials", "copies", "scopes"):
        table = getattr(ledger, name)
        for column, values in table.columns().items():
            moved = np.where(values < NEVER, values + delay, NEVER) if column in instants_of(table) else values
            found[f"{name}.{column}"] = moved.tolist()
    return found


@share(600)
@given(runs())
def test_no_run_breaks_an_invariant(finished: tuple[Scenario, Ledger]) -> None:
    assert violations(finished[1]) == []


@share(100)
@given(scenarios())
def test_every_task_and_call_of_the_demand_has_its_row(scenario: Scenario) -> None:
    demand = demand_of(scenario)
    ledger = run(scenario, "a", demand)
    for column in ("workload", "instance", "parent_call", "first_call", "n_calls"):
        np.testing.assert_array_equal(getattr(ledger.tasks, column), getattr(demand.tasks, column))
    for column in ("task", "permission", "in_intent"):
        np.testing.assert_array_equal(getattr(ledger.calls, column), getattr(demand.calls, column))


@share(100)
@given(scenarios())
def test_where_nobody_is_turned_away_who_asks_first_is_begun_first_and_waits_for_a_server_a_token_or_an_outage(
    scenario: Scenario,
) -> None:
    ledger = run(scenario, "a", demand_of(scenario))
    begun, asked = begun_at(ledger), ledger.credentials.requested_at
    ends = ledger.outages.until_at
    for name, rows, servers in served_by_issuer(ledger):
        issuer = scenario.issuers[name]
        if issuer.timeout < NEVER:
            continue
        assert not out_of_order(np.zeros(len(rows)), asked[rows], begun[rows]).any()
        late = rows[(begun[rows] > asked[rows]) & ~np.isin(begun[rows], ends)]
        busy = np.searchsorted(np.sort(begun[rows]), begun[late] - 1, side="right")
        busy -= np.searchsorted(np.sort(ledger.credentials.issued_at[rows]), begun[late] - 1, side="right")
        assert issuer.rate_limit is not None or (busy >= servers).all()


def test_the_fixed_scenarios_break_no_invariant() -> None:
    for text in (HOURLY, TWO_STAGES):
        scenario = as_scenario(text)
        for strategy in scenario.strategies:
            assert violations(run(scenario, strategy, demand_of(scenario))) == []


@share(50)
@given(contents())
def test_the_same_scenario_and_seed_give_the_same_bytes(content: dict[str, Any]) -> None:
    digests = set()
    for _ in range(2):
        scenario = as_scenario(content)
        digests.add((scenario.digest(), run(scenario, "a", demand_of(scenario)).digest()))
    assert len(digests) == 1


@share(100)
@given(st.data())
def test_the_order_in_which_tasks_are_spawned_changes_no_byte(data: st.DataObject) -> None:
    scenario = data.draw(scenarios())
    demand = demand_of(scenario)
    order = data.draw(st.permutations(range(len(demand.tasks))))
    shuffled = run(scenario, "a", demand, spawn_order=np.array(order, np.int64))
    assert shuffled.digest() == run(scenario, "a", demand).digest()


def test_spawning_a_hundred_tasks_on_the_hour_backwards_changes_no_byte() -> None:
    busy = HOURLY.replace("kind: agent}", "kind: agent, count: 100}").replace("kind: runner}", "slots: 7}")
    scenario = as_scenario(busy.replace("issue_per: identity", "issue_per: workload"))
    demand = demand_of(scenario)
    backwards = np.arange(len(demand.tasks))[::-1].astype(np.int64)
    assert len(backwards) == 600
    for strategy in scenario.strategies:
        ledger = run(scenario, strategy, demand)
        assert violations(ledger) == []
        assert run(scenario, strategy, demand, spawn_order=backwards).digest() == ledger.digest()


@share(100)
@given(scenarios(clocked=False), st.integers(0, 10**12))
def test_later_arrivals_shift_every_instant_by_as_much_where_nothing_stands_from_0(
    scenario: Scenario, delay: int
) -> None:
    demand = demand_of(scenario)
    moved, unmoved = run(scenario, "a", later(demand, delay)), run(scenario, "a", demand)
    assert shifted(moved, 0) == shifted(unmoved, delay)


def test_what_stands_from_0_does_not_shift_with_the_arrivals() -> None:
    scenario = as_scenario(HOURLY)
    moved = run(scenario, "static", later(demand_of(scenario), 5 * SECOND))
    assert moved.credentials.issued_at.tolist() == [0]


@share(50)
@given(scenarios())
def test_strategies_face_the_same_demand(scenario: Scenario) -> None:
    demand = demand_of(scenario)
    a, b = run(scenario, "a", demand), run(scenario, "b", demand)
    first = demand.tasks.parent_call < 0
    np.testing.assert_array_equal(a.tasks.arrived_at[first], b.tasks.arrived_at[first])
    for column in ("workload", "instance", "parent_call", "first_call", "n_calls"):
        np.testing.assert_array_equal(getattr(a.tasks, column), getattr(b.tasks, column))
    for column in ("task", "permission", "in_intent"):
        np.testing.assert_array_equal(getattr(a.calls, column), getattr(b.calls, column))
    handing = np.isin(np.arange(len(a.calls)), demand.tasks.parent_call)
    both = (a.calls.status == Status.DONE) & (b.calls.status == Status.DONE) & ~handing
    lasted = [np.where(x.began_at < NEVER, x.began_at, x.arrived_at) for x in (a.calls, b.calls)]
    np.testing.assert_array_equal((a.calls.ended_at - lasted[0])[both], (b.calls.ended_at - lasted[1])[both])


@share(15)
@given(contents())
def test_the_demand_does_not_depend_on_the_strategies_issuers_and_threat(content: dict[str, Any]) -> None:
    base = demand_of(as_scenario(content))
    other = content | {
        "strategies": {"b": content["strategies"]["b"] | {"mix": []}},
        "issuers": {name: {"service_time": "7s"} for name in content["issuers"]},
        "threat": content["threat"] | {"hop_time": "99s"},
    }
    assert demand_of(as_scenario(other)).digest() == base.digest()


@share(10)
@given(contents())
def test_a_busier_workload_added_last_changes_no_arrival_of_the_others(content: dict[str, Any]) -> None:
    scenario, estate = as_scenario(content), content["estate"]
    n = len(estate["workloads"])
    busier = {"identity": "identity-0", "place": "place-0", "arrivals": {"rate": "60/h"}, "profile": "brief"}
    more = content | {"estate": estate | {"workloads": estate["workloads"] | {"workload-9": busier}}}
    jitter = any("jitter" in w.get("arrivals", {}) for w in estate["workloads"].values())
    before, after = demand_of(scenario), sample(as_scenario(more), seed=scenario.content.seed)
    kept, arriving = (after.tasks.workload < n) & (after.tasks.parent_call < 0), before.tasks.parent_call < 0
    assert jitter or kept.sum() == arriving.sum()
    np.testing.assert_array_equal(after.tasks.arrived_at[kept], before.tasks.arrived_at[arriving])
    np.testing.assert_array_equal(after.tasks.instance[kept], before.tasks.instance[arriving])
