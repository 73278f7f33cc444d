"""Tables of paths in the terminal."""

from __future__ import annotations

import dataclasses
import io

import pytest
from rich.console import Console
from unit.metrics.robbed import HOP, mutual, star, traced, world
from unit.study.small import small

from nhilab.metrics.frequent import frequent_paths, path_counts
from nhilab.metrics.nodes import CREDENTIAL, Node
from nhilab.metrics.paths import Move
from nhilab.metrics.persistence import PersistenceCycle, persistence, persistence_cycles
from nhilab.metrics.phrases import phrase
from nhilab.report.tables.paths import alike, ending_alike, print_paths
from nhilab.scenario.scenario import Scenario
from nhilab.study.closeups.paths import PathStudy, study_paths


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> PathStudy:
    return study_paths(scenario, "task", seed=0, replications=2, campaigns=20, top=3)


def printed(study: PathStudy, scenario: Scenario) -> str:
    stream = io.StringIO()
    print_paths(Console(file=stream, width=80), study, scenario, top=3)
    return stream.getvalue()


def cycles(opens: dict[int, tuple[int, ...]]) -> list[PersistenceCycle]:
    return persistence_cycles([persistence(traced(world(opens)), hop_time=HOP)], campaigns=1)


def test_every_table_fits_and_says_what_there_is_to_know(study: PathStudy, scenario: Scenario) -> None:
    text = printed(study, scenario)
    assert max(map(len, text.splitlines())) <= 80
    for said in (
        "Most frequent paths",
        "Choke points",
        "→ gets onto runner",
        "place runner",
        "No campaign keeps itself alive",
    ):
        assert said in text


def test_cycles_are_told_from_what_they_begin_at_to_it_again(study: PathStudy, scenario: Scenario) -> None:
    found = persistence_cycles([persistence(traced(mutual()), hop_time=HOP)], campaigns=1)
    words = " ".join(printed(dataclasses.replace(study, cycles=found, persistent=40), scenario).split())
    assert "Persistence cycles (1); 100 % of campaigns persist" in words
    assert "→ with resource-0:read mints a credential of identity-1" in words
    assert words.count("identity-0") == 2


def test_cycles_that_differ_in_names_alone_are_one_group() -> None:
    assert [len(group) for group in alike(cycles({0: (0, 1), 1: (1,)}))] == [2]
    assert [len(group) for group in alike(cycles({0: (0, 1), 1: (0,)}))] == [1, 1]


def test_paths_that_differ_in_the_name_of_their_end_alone_are_one_group() -> None:
    found = frequent_paths([path_counts(traced(star()))], campaigns=1)
    assert sorted(len(group) for group in ending_alike(found)) == [1, 3]


def test_nothing_reached_is_said_in_a_line(study: PathStudy, scenario: Scenario) -> None:
    text = printed(dataclasses.replace(study, paths=[], choke_points=[], edges=[]), scenario)
    assert "No campaign reached any resource." in text
    assert "Choke points" not in text


def test_what_a_credential_is_narrowed_to_is_said() -> None:
    node = Node(CREDENTIAL, "deployer", "sts-derived", "prod;read")
    assert phrase(Move("impersonates", "account:act-as", node)) == (
        "with account:act-as mints a credential of deployer (sts-derived, only prod read)"
    )
