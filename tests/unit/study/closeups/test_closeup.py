"""One replication looked at closely, on ledgers counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom, binomtest
from unit.metrics.robbed import chain, traced, two_routes
from unit.metrics.tiny import BUCKET, MICRO, compromises, ledger
from unit.study.small import small

from nhilab.base.errors import InputError
from nhilab.base.quantities import NEVER
from nhilab.lab import run, sample
from nhilab.ledger.events import Kind, events_of
from nhilab.ledger.tables import Ledger, Status
from nhilab.metrics.reading import Reading
from nhilab.study.closeups.closeup import look_closely
from nhilab.study.closeups.life import MEDIAN_OVERHANG, MEDIAN_RESIDUAL, life_table, representative
from nhilab.study.closeups.reach import median_interval, reach_table, wilson_interval


def used() -> Ledger:
    """One credential: used for the bucket at 2 s and the vault at 4 s, done at 5 s, revoked at 6 s, ends at 100 s."""
    return ledger(
        credentials=[{"issued_at": 1, "purpose_end": 5, "revoked_at": 6}],
        calls=[{"arrived_at": 2, "permission": 0}, {"arrived_at": 4, "permission": 2}],
    )


def reading(of: Ledger, **found: Any) -> Reading:
    return Reading(of, compromises(**found))


def told(table: pl.DataFrame) -> list[tuple[float | None, str, str | None]]:
    return table.select("after_s", "event", "verifier").rows()


def test_a_life_has_its_events_in_order_since_the_issue() -> None:
    assert told(life_table("a", reading(used()))) == [
        (0.0, "issued", None),
        (1.0, "used", "gateway"),
        (3.0, "used", "signature"),
        (4.0, "purpose end", None),
        (5.0, "revoked", None),
        (35.0, "honoured until", "gateway"),
        (99.0, "expires", None),
        (99.0, "honoured until", "signature"),
    ]


def test_a_call_that_was_refused_is_no_use() -> None:
    refused = ledger(credentials=[{"purpose_end": 5}], calls=[{"arrived_at": 2, "status": Status.REFUSED}])
    assert "used" not in life_table("a", reading(refused))["event"].to_list()


def test_only_verifiers_of_its_scope_are_told() -> None:
    narrow = ledger(credentials=[{"scope": BUCKET, "purpose_end": 5}])
    verifiers = life_table("a", reading(narrow)).drop_nulls("verifier")["verifier"]
    assert verifiers.to_list() == ["gateway"]


def test_what_never_comes_has_no_instant() -> None:
    lasting = ledger(credentials=[{"expires_at": NEVER, "purpose_end": 5}])
    table = life_table("a", reading(lasting))
    assert told(table)[-3:] == [
        (None, "expires", None),
        (None, "honoured until", "gateway"),
        (None, "honoured until", "signature"),
    ]
    assert "revoked" not in table["event"].to_list()


def test_a_parent_tells_when_the_next_stage_was_issued_from_it() -> None:
    two = ledger(
        stages=[{}, {}],
        credentials=[{"purpose_end": 1, "expires_at": 50}, {"stage": 1, "parent": 0, "issued_at": 3, "purpose_end": 4}],
    )
    table = life_table("a", reading(two, taken=[{"credential": 0, "taken_at": 2, "honoured_until": 50}]))
    assert (3.0, "next stage issued", None) in told(table)


THREE = [{"credential": 0, "taken_at": 1, "honoured_until": 2}, {"credential": 1, "taken_at": 1, "honoured_until": 9},
         {"credential": 2, "taken_at": 1, "honoured_until": 90}]  # fmt: skip


def test_of_three_thefts_the_one_with_the_median_residual_is_shown() -> None:
    many = ledger(credentials=[{}, {}, {}])
    chosen = representative(reading(many, taken=THREE))
    assert chosen is not None
    assert (chosen.credential, chosen.why) == (1, MEDIAN_RESIDUAL)


def test_of_two_thefts_the_shorter_is_shown_and_of_equal_ones_the_least_row() -> None:
    many = ledger(credentials=[{}, {}, {}])
    two = representative(reading(many, taken=THREE[1:]))
    equal = representative(reading(many, taken=[{**THREE[0], "credential": 2}, {**THREE[0], "credential": 1}]))
    assert two is not None and equal is not None
    assert (two.credential, equal.credential) == (1, 1)


def test_a_theft_is_told_and_when_it_became_worthless_before_the_last_verifier_refused() -> None:
    table = life_table("a", reading(used(), taken=[{"credential": 0, "taken_at": 3, "honoured_until": 20}]))
    assert (2.0, "taken", None) in told(table)
    assert (19.0, "useless to the thief", None) in told(table)
    whole = life_table("a", reading(used(), taken=[{"credential": 0, "taken_at": 3, "honoured_until": 100}]))
    assert "useless to the thief" not in whole["event"].to_list()


def test_where_nothing_was_taken_the_median_overhang_is_shown() -> None:
    many = ledger(credentials=[{"purpose_end": 90}, {"purpose_end": 10}, {"purpose_end": 50}])
    table = life_table("a", reading(many))
    assert table["credential"].unique().to_list() == [2]
    assert table["chosen"].unique().to_list() == [MEDIAN_OVERHANG]


def test_without_credentials_there_is_no_life() -> None:
    assert len(life_table("a", reading(ledger()))) == 0


def test_a_life_agrees_with_the_events_of_its_ledger(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    of = run(scenario, "task", sample(scenario, seed=0))
    table = life_table("task", reading(of))
    row = table["credential"][0]
    events = events_of(of)
    issued = int(of.credentials.issued_at[row])
    for kind, name in ((Kind.ISSUED, "issued"), (Kind.USED, "used"), (Kind.REVOKED, "revoked")):
        logged = events.at[(events.credential == row) & (events.kind == kind)] - issued
        shown = table.filter(pl.col("event") == name)["after_s"].to_numpy()
        assert shown == pytest.approx(logged * MICRO, abs=1e-9), name
    last = events.at[(events.credential == row) & (events.kind == Kind.LAST_HONOURED)] - issued
    assert table.filter(pl.col("event") == "honoured until")["after_s"].max() == pytest.approx(last[0] * MICRO)


def test_reach_counts_campaigns_times_and_openings_of_each_resource() -> None:
    """Of three thieves one comes when the credential is dead; the others go down the chain of three."""
    table = reach_table("a", traced(chain(), 10, 60, 20).reading)
    assert table["resource"].to_list() == ["resource-0", "resource-1", "resource-2"]
    assert table["campaigns"].to_list() == [2, 2, 2]
    assert table["share"].to_list() == pytest.approx([2 / 3] * 3)
    assert table["median_s"].to_list() == pytest.approx([1 * MICRO, 2 * MICRO, 3 * MICRO])
    assert table["median_openings"].to_list() == [0.0, 1.0, 2.0]
    assert table["sensitivity"].to_list() == [1.0, 2.0, 4.0]


def test_the_commonest_path_is_told_in_words() -> None:
    table = reach_table("a", traced(chain(), 10).reading)
    assert table["path"][1] == (
        "door: gets onto place-0, takes a credential of identity-0 (issuer-standing),"
        " with resource-0:read mints a credential of identity-1 (issuer-standing)"
    )
    assert table["path_share"].to_list() == [1.0, 1.0, 1.0]


def test_of_two_paths_the_one_most_campaigns_took_is_told() -> None:
    """The first thief finds only the one credential, the two others only the other; each opens resource 2."""
    routes = two_routes()
    routes.rows["copies"][0]["until_at"], routes.rows["copies"][1]["from_at"] = 20, 25
    row = reach_table("a", traced(routes, 10, 30, 35).reading).row(2, named=True)
    assert row["campaigns"] == 3
    assert "takes a credential of identity-1" in row["path"]
    assert row["path_share"] == pytest.approx(2 / 3)


def test_what_never_falls_has_a_share_with_an_interval_and_no_time() -> None:
    table = reach_table("a", traced(chain(), 60).reading)
    row = table.row(0, named=True)
    assert (row["share"], row["share_low"], row["median_s"], row["path"]) == (0.0, 0.0, None, None)
    assert 0 < row["share_high"] < 1


@pytest.mark.parametrize(("hits", "trials"), [(0, 20), (7, 20), (20, 20), (1, 1)])
def test_the_interval_of_a_share_is_that_of_wilson(hits: int, trials: int) -> None:
    low, high = binomtest(hits, trials).proportion_ci(method="wilson")
    assert wilson_interval(hits, trials) == pytest.approx((hits / trials, low, high), abs=1e-12)


@pytest.mark.parametrize("n", [6, 7, 25, 100])
def test_the_interval_of_a_median_covers_it_as_often_as_asked_for_and_no_narrower_one_does(n: int) -> None:
    _, low, high = median_interval(np.arange(1.0, n + 1))
    assert low is not None and high is not None

    def covers(first: int, last: int) -> float:
        return float(binom.cdf(last - 1, n, 0.5) - binom.cdf(first - 1, n, 0.5))

    assert covers(int(low), int(high)) >= 0.95
    assert covers(int(low) + 1, int(high) - 1) < 0.95


def test_a_median_of_few_has_no_interval() -> None:
    assert median_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == (3.0, None, None)
    assert median_interval(np.array([])) == (None, None, None)


def test_the_same_arguments_give_the_same_tables(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one, other = (look_closely(scenario, seed=0, campaigns=20) for _ in range(2))
    assert one.reach.equals(other.reach)
    assert one.lives.equals(other.lives)
    assert one.strategies == ("static", "session", "task")
    assert one.reach["strategy"].unique(maintain_order=True).to_list() == ["static", "session", "task"]


def test_a_strategy_is_the_same_alone_and_among_others(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    every = look_closely(scenario, seed=0, campaigns=20)
    alone = look_closely(scenario, seed=0, campaigns=20, strategies=["task"])
    assert alone.reach.equals(every.reach.filter(pl.col("strategy") == "task"))
    assert alone.lives.equals(every.lives.filter(pl.col("strategy") == "task"))


@pytest.mark.parametrize(("wrong", "said"), [({"campaigns": 0}, "campaigns"), ({"strategies": ["no"]}, "strategies")])
def test_what_cannot_be_looked_at_is_one_line(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        look_closely(small(tmp_path), seed=0, **wrong)
