"""The files of the command paths, read as their readers do."""

from __future__ import annotations

import csv
from pathlib import Path

import networkx
import pytest
from unit.study.small import small

from nhilab.report.files.paths import write_paths
from nhilab.study.closeups.paths import PathStudy, study_paths


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> PathStudy:
    scenario = small(tmp_path_factory.mktemp("scenario"))
    return study_paths(scenario, "task", seed=0, replications=2, campaigns=20, top=3)


@pytest.fixture(scope="module")
def folder(study: PathStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    write_paths(folder, study)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_networkx_loads_the_list_of_edges_with_all_that_is_said_of_them(folder: Path, study: PathStudy) -> None:
    said = [("kind", str), ("operation", str), ("campaigns", int), ("campaign_share", float),
            ("weighted_reach", float), ("median_first_s", float)]  # fmt: skip
    with (folder / "edges.csv").open("rb") as file:
        next(file)
        graph = networkx.read_edgelist(
            file, delimiter=",", comments=None, create_using=networkx.MultiDiGraph, data=said
        )
    loaded = {(a, b, *data.values()) for a, b, data in graph.edges(data=True)}
    assert loaded == {
        (str(e.edge.source), str(e.edge.target), e.edge.verb, e.edge.operation, e.campaigns, e.campaign_share,
         e.weighted_reach, e.median_first_s) for e in study.edges
    }  # fmt: skip
    assert len(loaded) == graph.number_of_edges() == len(study.edges)
    assert not any(" " in node for node in graph)
    assert {node.split(":")[0] for node in graph} == {"entry", "place", "credential", "resource"}
    assert networkx.has_path(graph, "entry:runner", "resource:bucket")


def test_every_path_and_choke_point_has_a_row(folder: Path, study: PathStudy) -> None:
    paths, points = rows(folder / "paths.csv"), rows(folder / "chokepoints.csv")
    assert [int(row["campaigns"]) for row in paths] == [p.campaigns for p in study.paths]
    assert all(row["path"].startswith("begins entry:") for row in paths)
    assert [float(row["weighted_reach_lost"]) for row in points] == [c.lost for c in study.choke_points]
    assert rows(folder / "cycles.csv") == []
