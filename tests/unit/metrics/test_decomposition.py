"""Parts of the access window and what answering costs, counted by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from reference.slow_world import World

from nhilab.base.quantities import DAY, NEVER, SECOND
from nhilab.ledger.compromises import Campaigns, Compromises, Entries, Reached, Steps, Taken
from nhilab.ledger.tables import Ledger
from nhilab.metrics.catalogue import METRICS
from nhilab.metrics.measure import measure
from nhilab.metrics.reading import Reading

PARTS = ("detect_s", "triage_s", "respond_s", "propagate_s", "cache_or_session_s", "residual_lifetime_s")


def ledger() -> Ledger:
    world = World()
    world.verifier()
    world.place()
    world.identity(world.permission())
    world.stage(30)
    return dataclasses.replace(world.ledger(), cap=100 * SECOND, horizon=DAY)


def compromises(*rows: dict[str, int], watched: tuple[float, ...] = (0.0,) * 5) -> Compromises:
    columns = {name: [row.get(name, NEVER) for row in rows] for name in
               ("detected_at", "triaged_at", "responded_at", "revoked_at", "cut_at")}  # fmt: skip
    zeros = [0] * len(rows)
    campaigns = Campaigns.of(
        entry=zeros, entered_at=[10 * SECOND] * len(rows), place=zeros, unit=zeros, n_taken=[1] * len(rows),
        n_minted=zeros, access_until=[row["until"] for row in rows], exposure_until=zeros, persistent=zeros,
        reach=zeros, reach_weighted=zeros, resource_seconds=zeros, crown_jewel_at=[NEVER] * len(rows), n_hops=zeros,
        environments=zeros, collateral_calls=[row.get("collateral", 0) for row in rows], **columns,
    )  # fmt: skip
    entries = Entries.of(name=np.array(["entry"]), technique=np.array(["T1552"]), weight=[1.0])
    return Compromises(entries=entries, campaigns=campaigns, taken=Taken.empty(), reached=Reached.empty(),
                       steps=Steps.empty(), follow_up=DAY, watched=watched)  # fmt: skip


def parts(*rows: dict[str, int]) -> list[float]:
    reading = Reading(ledger(), compromises(*rows))
    return [METRICS[name].function(reading).value for name in PARTS]


def answered(until: int, *seconds: int) -> dict[str, int]:
    names = ("detected_at", "triaged_at", "responded_at", "revoked_at", "cut_at")
    return {"until": until * SECOND} | {n: s * SECOND for n, s in zip(names, seconds, strict=True)}


def test_the_parts_are_the_differences_of_the_milestones_from_entry_on() -> None:
    assert parts(answered(40, 12, 15, 19, 24, 30)) == [2, 3, 4, 5, 6, 10]


def test_a_window_that_no_response_ended_is_all_residual_lifetime() -> None:
    assert parts({"until": 40 * SECOND}) == [0, 0, 0, 0, 0, 30]


def test_the_parts_of_a_window_above_the_cap_are_cut_where_it_is_cut() -> None:
    assert parts(answered(500, 12, 80, 120, 130, 140)) == [2, 68, 30, 0, 0, 0]


@pytest.mark.parametrize("until", [40, 60, 5000])
def test_the_parts_add_up_to_the_access_window(until: int) -> None:
    rows = (answered(until, 12, 15, 19, 24, 30), {"until": 33 * SECOND}, {"until": NEVER})
    observed = measure(ledger(), compromises(*rows))
    assert sum(observed[name].value for name in PARTS) == pytest.approx(observed["access_window_s"].value, abs=1e-9)


def test_collateral_calls_are_counted_per_campaign() -> None:
    rows = {"until": 40 * SECOND, "collateral": 3}, {"until": 40 * SECOND}
    assert measure(ledger(), compromises(*rows))["collateral_calls"].value == 1.5


def test_benign_alerts_are_an_empty_group_where_nobody_watches() -> None:
    found = measure(ledger(), compromises({"until": 40 * SECOND}, watched=()))
    assert np.isnan(found["benign_alerts_per_day"].value)


def test_benign_alerts_are_the_chance_of_each_call_by_its_kind_per_day() -> None:
    world = World()
    world.verifier()
    world.place()
    wanted, drifted = world.permission(), world.permission()
    identity = world.identity(wanted, drifted)
    world.stage(30)
    task = world.task(0, 0, 50, identity)
    world.add("targets", workload=0, permission=wanted, weight=1.0)
    for permission, status in ((wanted, 0), (wanted, 0), (drifted, 0), (wanted, 3), (wanted, 5)):
        world.add("calls", task=task, permission=permission, credential=-1, ready_at=1, arrived_at=1, ended_at=1,
                  status=status)  # fmt: skip
    made = dataclasses.replace(world.ledger(), horizon=2 * DAY)
    found = measure(made, compromises({"until": 40 * SECOND}, watched=(0.5, 0.25, 0.0, 0.0, 0.125)))
    assert found["benign_alerts_per_day"].value == (2 * 0.125 + 0.25 + 0.5) / 2
