"""Campaigns a second beside what people would do by hand: a static graph, and the story told slowly; ratios in one run.

A graph that forgets time answers another question; it is the yardstick of speed, not of truth.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
from benchmarks.test_speed import SCENARIO, fastest
from pytest_benchmark.fixture import BenchmarkFixture
from reference.slow_campaign import slow_campaign

from nhilab.base.quantities import HOUR, NEVER
from nhilab.campaign.draw import draw_entrances
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.importers.gcp_iam import import_gcp_iam
from nhilab.lab import load_scenario, run, sample
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario

STRATEGY = "per-task-15m"
BUILD = "k8s-infra-prow-build"


@dataclasses.dataclass(frozen=True)
class Robbed:
    """A finished run, its estate as a graph, and where thieves come in."""

    scenario: Scenario
    ledger: Ledger
    graph: networkx.DiGraph[tuple[str, int]]

    def ways(self, n: int) -> Entrances:
        """Entrances with a foothold, the same ones for everybody."""
        drawn = draw_entrances(self.ledger, self.scenario.threat, n=8 * n, seed=0)
        rows = np.flatnonzero((drawn.place >= 0) & (drawn.entered_at < NEVER))[:n]
        return Entrances.of(**{name: values[rows] for name, values in drawn.columns().items()})

    def replayed(self, n: int) -> Compromises:
        """By the fast replay."""
        listed = self.scenario.threat.entries
        entries = Entries.of(name=np.array(list(listed)), technique=np.array(["T1552"] * len(listed)),
                             weight=[1.0] * len(listed))  # fmt: skip
        return replay_entrances(self.ledger, self.ways(n), entries, hop_time=self.scenario.threat.hop_time)

    def descended(self, n: int) -> list[int]:
        """Resources below each entrance, whenever."""
        return [len(self._below(int(place))) for place in self.ways(n).place]

    def arrived(self, n: int) -> list[int]:
        """The same with the fewest hops to each, as earliest arrival in a world without clocks."""
        return [
            sum(kind == "resource" for kind, _ in
                networkx.single_source_dijkstra_path_length(self.graph, ("place", int(place)), weight="hops"))
            for place in self.ways(n).place
        ]  # fmt: skip

    def told_slowly(self, n: int) -> list[int]:
        """By the twin."""
        names = ("entered_at", "place", "unit", "copy", "dwell", "dormancy", "takes_keys", "stays_until")
        columns = [getattr(self.ways(n), name).tolist() for name in names]
        hop, watched = self.scenario.threat.hop_time, self.ledger.follow_up
        ways: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return [len(slow_campaign(self.ledger, **way, hop_time=hop, follow_up=watched).reached) for way in ways]

    def _below(self, place: int) -> set[int]:
        below = networkx.descendants(self.graph, ("place", place))
        return {number for kind, number in below if kind == "resource"}


def graph_of(ledger: Ledger) -> networkx.DiGraph[tuple[str, int]]:
    """Everything that ever lies, is attested, granted or opened: places, identities, permissions, resources."""
    estate, copies = ledger.estate, ledger.copies
    graph: networkx.DiGraph[tuple[str, int]] = networkx.DiGraph()
    graph.add_nodes_from(("place", place) for place in range(len(estate.places)))
    identity = ledger.scopes.identity[ledger.credentials.scope[copies.credential]]
    lies = set(zip(copies.place.tolist(), identity.tolist(), strict=True))
    lies |= set(zip(estate.attestations.place.tolist(), estate.attestations.identity.tolist(), strict=True))
    graph.add_edges_from((("place", q), ("identity", i), {"hops": 0}) for q, i in lies)
    nested = [(q, inner) for inner, q in enumerate(estate.places.inside.tolist()) if q >= 0]
    graph.add_edges_from((("place", q), ("place", inner), {"hops": 0}) for q, inner in nested)
    held = zip(estate.grants.identity.tolist(), estate.grants.permission.tolist(), strict=True)
    graph.add_edges_from((("identity", i), ("permission", p), {"hops": 1}) for i, p in held)
    of = enumerate(estate.permissions.resource.tolist())
    graph.add_edges_from((("permission", p), ("resource", r), {"hops": 0}) for p, r in of)
    opened = zip(*(getattr(estate.openings, c).tolist() for c in ("permission", "place", "identity")), strict=True)
    for p, q, i in opened:
        graph.add_edge(("permission", p), ("place", q) if q >= 0 else ("identity", i), hops=0)
    return graph


def robbed(scenario: Scenario) -> Robbed:
    ledger = run(scenario, STRATEGY, sample(scenario, seed=0))
    return Robbed(scenario, ledger, graph_of(ledger))


@pytest.fixture(scope="module")
def shipped() -> Robbed:
    """The shipped estate for a short time, so that the twin copes."""
    day = load_scenario(SCENARIO)
    short = {"horizon": HOUR, "warm_up": HOUR // 4, "follow_up": HOUR // 4}
    return robbed(dataclasses.replace(day, content=day.content.model_copy(update=short)))


@pytest.fixture(scope="module")
def imported(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Robbed:
    """One day of the real estate."""
    out, estate = tmp_path_factory.mktemp("speed") / "import", shared_data / "kubernetes-project"
    import_gcp_iam(
        estate / "audit", jobs=estate / "prow_jobs.csv", timings=shared_data / "github-actions-timings" / "jobs.csv",
        out=out, default_accounts={BUILD: f"prow-build@{BUILD}.iam.gserviceaccount.com"},
    )  # fmt: skip
    return robbed(load_scenario(out / "scenario.yaml"))


def measured(benchmark: BenchmarkFixture, function: Callable[[int], Any], n: int, *, untimed: int = 2) -> Any:
    """What a function says of n campaigns, or of a few where nothing is timed."""
    rounds = 3 if benchmark.enabled else 1
    return benchmark.pedantic(function, args=(n if benchmark.enabled else untimed,), rounds=rounds)


def compared(
    benchmark: BenchmarkFixture, report: Callable[[str], None], where: str, case: Robbed, others: dict[str, int]
) -> None:
    """Replay some campaigns; report how many of them the others manage in that time, each by its own number."""
    n = 200
    found = measured(benchmark, case.replayed, n)
    below = case.descended(len(found.campaigns))
    assert (found.campaigns.reach <= below).all(), "the static graph holds all that can be reached"
    assert len(set(below) | {0}) > 1
    if benchmark.enabled:
        ours = n / benchmark.stats["min"]
        report(f"{where}: {ours:.0f} campaigns replayed per second")
        for name, number in others.items():
            theirs = number / fastest(lambda name=name, number=number: getattr(case, name)(number), rounds=1)
            report(f"{where}: campaigns replayed per campaign {name.replace('_', ' ')}: {ours / theirs:.1f}")


@pytest.mark.benchmark(group="campaigns on the shipped estate")
def test_campaigns_replayed_against_a_static_graph_and_the_twin(
    benchmark: BenchmarkFixture, shipped: Robbed, report: Callable[[str], None]
) -> None:
    compared(
        benchmark, report, "shipped estate, one hour", shipped, {"descended": 200, "arrived": 200, "told_slowly": 2}
    )


@pytest.mark.benchmark(group="campaigns on the shipped estate")
@pytest.mark.parametrize("way", ["descended", "arrived"])
def test_the_same_entrances_on_a_static_graph_of_the_shipped_estate(
    benchmark: BenchmarkFixture, shipped: Robbed, way: str
) -> None:
    found = measured(benchmark, getattr(shipped, way), 200)
    assert found == shipped.descended(len(found)), "both ways round the graph find the same"


@pytest.mark.benchmark(group="campaigns on the shipped estate, by the twin")
def test_the_same_entrances_told_slowly(benchmark: BenchmarkFixture, shipped: Robbed) -> None:
    found = measured(benchmark, shipped.told_slowly, 2, untimed=1)
    assert found == shipped.replayed(len(found)).campaigns.reach.tolist()


@pytest.mark.benchmark(group="campaigns on the imported estate")
def test_campaigns_replayed_against_a_static_graph_of_the_imported_estate(
    benchmark: BenchmarkFixture, imported: Robbed, report: Callable[[str], None]
) -> None:
    compared(benchmark, report, "imported estate, one day", imported, {"descended": 200, "arrived": 200})
    report(f"imported estate: the twin is left out, too slow on {len(imported.ledger.credentials)} credentials")
