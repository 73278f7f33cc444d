"""Ways in: each timing draws what the model says, from where it says."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from reference.slow_world import World

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER
from nhilab.campaign.draw import draw_entrances, leaks
from nhilab.campaign.entrances import Entrances
from nhilab.ledger.tables import Cause, Ledger
from nhilab.scenario.threat_section import Threat

SHARED, SLOTS, TASKS, LOG = 0, 1, 2, 3
BEGIN, END = 1000, 9000
"""The theft interval: from warm-up to horizon less follow-up."""


def world() -> World:
    made = World()
    made.verifier()
    made.place()
    made.place(isolation=int(Isolation.SLOT), slots=4)
    made.place(isolation=int(Isolation.TASK))
    made.place(kind="log")
    made.identity(made.permission())
    made.stage(30)
    return made


def frozen(made: World) -> Ledger:
    return dataclasses.replace(made.ledger(), horizon=10_000, warm_up=BEGIN, follow_up=1000)


def threat(**entries: dict[str, Any]) -> Threat:
    return Threat.model_validate({
        "hop_time": "1s",
        "entries": {name.replace("_", "-"): {"technique": "T1552"} | entry for name, entry in entries.items()},
    })  # fmt: skip


def drawn(ledger: Ledger, n: int = 4000, seed: int = 0, **entry: Any) -> Entrances:
    return draw_entrances(ledger, threat(only=entry), n=n, seed=seed)


def assert_alike(counts: Any, n: int) -> None:
    """Counts of equally likely cells: chi-square below its mean by z < 4.5."""
    counts = np.asarray(counts)
    expected = n / len(counts)
    chi2 = ((counts - expected) ** 2 / expected).sum()
    free = len(counts) - 1
    assert (chi2 - free) / np.sqrt(2 * free) < 4.5, counts


def test_uniform_instants_cover_the_theft_interval_and_nothing_else() -> None:
    ways = drawn(frozen(world()), timing="uniform", places=["place-0"])
    assert ways.entered_at.min() >= BEGIN and ways.entered_at.max() < END
    assert_alike(np.bincount((ways.entered_at - BEGIN) * 8 // (END - BEGIN), minlength=8), 4000)
    assert set(ways.place.tolist()) == {SHARED} and set(ways.unit.tolist()) == {0} and set(ways.copy.tolist()) == {-1}


def test_slots_are_units_alike_and_a_shared_place_weighs_as_much_as_one_of_them() -> None:
    ways = drawn(frozen(world()), timing="uniform", places=["place-0", "place-1"])
    assert_alike([(ways.place == SHARED).sum(), *np.bincount(ways.unit[ways.place == SLOTS], minlength=4)], 4000)


def test_a_running_task_is_drawn_uniformly_at_a_task_place() -> None:
    made = world()
    for start, end in ((0, 10_000), (0, 5000), (5000, 10_000), (0, 10_000), (20_000, 30_000)):
        made.task(TASKS, start, end)
    ways = drawn(frozen(made), timing="uniform", places=["place-2"])
    early = ways.entered_at < 5000
    assert set(ways.unit[early].tolist()) == {0, 1, 3} and set(ways.unit[~early].tolist()) == {0, 2, 3}
    assert_alike(np.bincount(ways.unit[early])[[0, 1, 3]], early.sum())
    assert_alike(np.bincount(ways.unit[~early])[[0, 2, 3]], (~early).sum())


def test_a_task_runs_from_its_start_until_just_before_its_end() -> None:
    made = world()
    made.task(TASKS, 2000, 3000)
    ways = drawn(frozen(made), timing="uniform", places=["place-2"])
    inside = ways.entered_at < NEVER
    at = ways.entered_at[inside]
    assert at.min() >= 2000 and at.max() < 3000 and abs(inside.mean() - 1 / 8) < 4.5 * np.sqrt(7 / 64 / 4000)
    assert set(ways.place[~inside].tolist()) == set(ways.unit[~inside].tolist()) == {-1}


def test_a_task_place_weighs_as_much_as_a_shared_one_even_when_nothing_runs_there() -> None:
    ways = drawn(frozen(world()), timing="uniform", places=["place-0", "place-2"])
    empty = ways.entered_at >= NEVER
    assert_alike([empty.sum(), (~empty).sum()], 4000)


def test_at_task_takes_any_task_that_arrives_in_the_theft_interval_at_an_offset_from_its_start() -> None:
    made = world()
    for start in (999, 1000, 4000, 8999, 9000):
        made.task(SLOTS, start, start + 50, slot=start % 3)
    made.rows["tasks"][2]["started_at"] = 4010
    ways = drawn(frozen(made), timing="at-task", offset="7us")
    assert set(ways.entered_at.tolist()) == {1007, 4017, 9006}
    assert_alike([(ways.entered_at == at).sum() for at in (1007, 4017, 9006)], 4000)
    assert set(ways.place.tolist()) == {SLOTS}
    of = dict(zip(ways.entered_at.tolist(), ways.unit.tolist(), strict=True))
    assert of == {1007: 1, 4017: 1, 9006: 2}


def test_at_task_looks_only_at_the_workloads_named() -> None:
    made = world()
    for start in (2000, 3000, 4000):
        made.task(SHARED, start, start + 50)
    ways = drawn(frozen(made), timing="at-task", workloads=["workload-[12]"])
    assert set(ways.entered_at.tolist()) == {3000, 4000}
    assert (drawn(frozen(made), timing="at-task", workloads=["other"]).entered_at == NEVER).all()


def test_at_task_past_the_end_of_the_task_finds_nobody_in_a_task_unit_and_somebody_elsewhere() -> None:
    made = world()
    made.task(TASKS, 2000, 2010)
    assert (drawn(frozen(made), timing="at-task", offset="9us").entered_at == 2009).all()
    gone = drawn(frozen(made), timing="at-task", offset="10us")
    assert (gone.entered_at == NEVER).all() and (gone.place == -1).all() and (gone.unit == -1).all()
    made.rows["workloads"][0]["place"] = SHARED
    assert (drawn(frozen(made), timing="at-task", offset="10us").entered_at == 2010).all()


def leaky() -> World:
    made = world()
    for start, place, cause in ((999, LOG, 4), (1000, LOG, 4), (5000, LOG, 4), (8999, LOG, 4), (9000, LOG, 4),
                                (6000, SHARED, 4), (6000, LOG, 0)):  # fmt: skip
        made.copy(made.credential(), place, start, start + 500)
        made.rows["copies"][-1]["cause"] = cause
    return made


def test_at_leak_reads_any_logged_copy_of_the_theft_interval_a_lag_after_it_appeared() -> None:
    ledger = frozen(leaky())
    ways = drawn(ledger, timing="at-leak", places=["place-3"], lag="30us")
    assert set(ways.copy.tolist()) == {1, 2, 3}
    assert_alike(np.bincount(ways.copy)[1:], 4000)
    assert (ways.entered_at == ledger.copies.from_at[ways.copy] + 30).all()
    assert set(ways.place.tolist()) == set(ways.unit.tolist()) == {-1}


def test_leaks_are_the_logged_copies_of_the_places_named() -> None:
    ledger = frozen(leaky())
    leak = {"timing": "at-leak", "places": ["place-3"]}
    entries = threat(log=leak, all=leak | {"places": ["place-3", "place-0"]}).entries
    assert leaks(ledger, entries["log"]).tolist() == [1, 2, 3]
    assert leaks(ledger, entries["all"]).tolist() == [1, 2, 3, 5]
    assert (ledger.copies.cause[leaks(ledger, entries["all"])] == Cause.LOGGED).all()


def test_without_a_way_in_every_campaign_is_empty() -> None:
    for entry in ({"timing": "at-leak", "places": ["place-3"]}, {"timing": "at-task"},
                  {"timing": "uniform", "places": ["place-2"]}):  # fmt: skip
        ways = drawn(frozen(world()), n=10, **entry)
        assert (ways.entered_at == NEVER).all() and (ways.place == -1).all() and (ways.copy == -1).all()


def test_entries_are_drawn_by_weight_and_keep_their_dwell_and_dormancy() -> None:
    ways = draw_entrances(
        frozen(world()),
        threat(
            often={"timing": "uniform", "places": ["place-0"], "weight": 3, "dwell": "5us"},
            rarely={"timing": "uniform", "places": ["place-1"], "dormancy": "7us"},
        ),
        n=4000, seed=0,
    )  # fmt: skip
    assert abs((ways.entry == 0).mean() - 0.75) < 4.5 * np.sqrt(3 / 16 / 4000)
    assert ((ways.entry == 0) == (ways.place == SHARED)).all()
    assert (ways.dwell == np.where(ways.entry == 0, 5, 0)).all()
    assert (ways.dormancy == np.where(ways.entry == 0, 0, 7)).all()


def test_each_way_in_says_whether_keys_come_along() -> None:
    way = {"timing": "uniform", "places": ["place-0"]}
    ways = draw_entrances(frozen(world()), threat(all=way, tokens=way | {"takes": "tokens"}), n=100, seed=0)
    assert 0 < ways.takes_keys.sum() < 100 and (ways.takes_keys == (ways.entry == 0)).all()


def test_the_variates_do_not_depend_on_the_strategy() -> None:
    """Another ledger of the same estate and tasks: the same instants and units."""
    made = world()
    for start in (2000, 3000):
        made.task(TASKS, start, 9000)
    before = drawn(frozen(made), timing="uniform", places=["place-0", "place-1", "place-2"])
    made.copy(made.credential(), SHARED)
    after = drawn(frozen(made), timing="uniform", places=["place-0", "place-1", "place-2"])
    for column in ("entered_at", "place", "unit"):
        np.testing.assert_array_equal(getattr(before, column), getattr(after, column))
    other = drawn(frozen(made), timing="uniform", places=["place-0"], seed=1)
    assert (other.entered_at != drawn(frozen(made), timing="uniform", places=["place-0"]).entered_at).mean() > 0.9
