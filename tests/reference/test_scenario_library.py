"""The scenarios of the library show what the README says they show (``claims.py``), by 95 % intervals."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from claims import GROUND, LIBRARY, Less, Same

from nhilab.lab import load_scenario
from nhilab.study.cells.cell import Cell, Finding, compute
from nhilab.study.comparisons.compare import compare
from nhilab.study.intervals.means import mean_contrast, ratio

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scenarios"
REPLICATIONS, CAMPAIGNS, SEED = 6, 80, 1
FULL_REPLICATIONS, FULL_CAMPAIGNS = 24, 200
ROUNDING = 1e-9
MOST_LINES = 70


def file(name: str) -> Path:
    return FOLDER / f"{name}.yaml"


class Findings:
    """What all strategies of a scenario find on the same replications, and paired differences, as ``compare`` has them.

    ``compare`` gives none by way in; here they are computed alike.
    """

    def __init__(self, name: str, *, full: bool) -> None:
        scenario = load_scenario(file(name))
        replications, campaigns = (FULL_REPLICATIONS, FULL_CAMPAIGNS) if full else (REPLICATIONS, CAMPAIGNS)
        self.outcomes = {
            strategy: [
                compute(
                    scenario,
                    Cell(scenario=name, strategy=strategy, seed=SEED, replication=r, campaigns=campaigns, code=""),
                )
                for r in range(replications)
            ]
            for strategy in scenario.strategies
        }

    def parts(self, metric: str, what: str) -> tuple[np.ndarray, np.ndarray]:
        """Numerators and denominators of a metric under ``strategy`` or ``strategy @ way in``, by replication."""
        strategy, *entry = what.split(" @ ")
        found: list[Finding] = [
            (outcome.by_entry[entry[0]] if entry else outcome.findings)[metric] for outcome in self.outcomes[strategy]
        ]
        return np.array([f.numerator for f in found]), np.array([f.denominator for f in found])

    def mean(self, metric: str, what: str) -> float:
        return ratio(*self.parts(metric, what))

    def difference(self, metric: str, what: str, other: str) -> tuple[float, float]:
        """Ends of the 95 % interval of the difference, paired by replication."""
        contrast = mean_contrast(*self.parts(metric, what), *self.parts(metric, other))
        return contrast.low, contrast.high


def holds(claim: Less | Same, findings: Findings) -> bool:
    if isinstance(claim, Less):
        return findings.difference(claim.metric, claim.less, claim.more)[1] < 0
    low, high = findings.difference(claim.metric, claim.one, claim.other)
    return max(-low, high) <= (claim.within + ROUNDING) * abs(findings.mean(claim.metric, claim.other))


def turned(claim: Less) -> tuple[Less, Same]:
    """Two claims that cannot hold beside it: each check must reject them."""
    return Less(claim.metric, claim.more, claim.less), Same(claim.metric, claim.less, claim.more)


@pytest.mark.parametrize("name", LIBRARY)
def test_the_scenario_shows_what_is_said_of_it(name: str, full: bool) -> None:
    findings = Findings(name, full=full)
    claims = LIBRARY[name].claims
    assert [claim for claim in claims if not holds(claim, findings)] == []
    less = [claim for claim in claims if isinstance(claim, Less)]
    assert [claim for claim in less if any(holds(wrong, findings) for wrong in turned(claim))] == []


def test_what_all_share_can_be_compared_by_itself() -> None:
    comparison = compare(load_scenario(file("base")), seed=SEED, replications=2, campaigns=20)
    assert comparison.strategies["hourly"]["access_window_s"].mean > 0


def test_the_files_are_those_that_are_spoken_of() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(LIBRARY) | set(GROUND)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_file_is_short_and_begins_with_its_question(name: str) -> None:
    lines = file(name).read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"question: .{20,110}\?", lines[0])
    assert lines[1].startswith("# "), "what it is about, in words"
    assert len(lines) <= MOST_LINES and max(map(len, lines)) <= 120


@pytest.mark.parametrize("name", [*LIBRARY, "base"])
def test_every_number_but_those_of_strategies_says_where_it_is_from(name: str) -> None:
    origins = load_scenario(file(name)).provenance.origins
    assert [path for path, origin in origins.items() if origin.tag != "chosen" and not origin.source.strip()] == []
    assert [path for path, origin in origins.items() if origin.tag == "cited"], "no cited number"


@pytest.mark.parametrize("name", LIBRARY)
def test_a_file_names_its_mechanism_and_extends_what_all_share(name: str) -> None:
    text, chain = file(name).read_text(encoding="utf-8"), [name]
    while other := re.search(r"^extends: (.+)\.yaml$", file(chain[-1]).read_text(encoding="utf-8"), re.MULTILINE):
        chain.append(other[1])
    assert chain[-1] == "base"
    assert [word for word in LIBRARY[name].mechanism if word not in text] == []


@pytest.mark.parametrize("name", LIBRARY)
def test_claims_speak_of_strategies_and_ways_in_that_exist(name: str) -> None:
    scenario = load_scenario(file(name))
    for claim in LIBRARY[name].claims:
        for what in (claim.less, claim.more) if isinstance(claim, Less) else (claim.one, claim.other):
            strategy, *entry = what.split(" @ ")
            assert strategy in scenario.strategies and set(entry) <= set(scenario.threat.entries)


def test_the_folders_page_lists_the_files_and_what_they_show() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`([\w-]+)`\]\(\1\.yaml\) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    shown = {name: each.sentence for name, each in LIBRARY.items()} | GROUND
    assert rows == [(name, load_scenario(file(name)).content.question, shown[name]) for name in shown]


def test_the_scenario_the_page_shows_loads_beside_the_library(tmp_path: Path) -> None:
    shown = (FOLDER / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "base.yaml").write_bytes(file("base").read_bytes())
    (tmp_path / "own.yaml").write_text(shown, encoding="utf-8")
    assert list(load_scenario(tmp_path / "own.yaml").strategies) == ["hour", "quarter"]
