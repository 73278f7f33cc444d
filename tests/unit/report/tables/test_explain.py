"""An explanation in words: what is said of the scenarios of the library, and that it fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhilab.lab import load_scenario
from nhilab.report.sentences.odd import warned_lines
from nhilab.report.tables.explain import explained
from nhilab.study.explanations.explain import explain
from nhilab.study.explanations.explanation import Odd, Warned
from scenarios import HOURLY, TWO_STAGES, as_scenario

SCENARIOS = Path(__file__).parents[4] / "scenarios"
LIBRARY = sorted(path for path in SCENARIOS.rglob("*.yaml") if path.name not in ("consistency.yaml", "ci-estate.yaml"))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_scenario_of_the_library_is_told_in_80_columns(path: Path) -> None:
    text = explained(explain(load_scenario(path)))
    assert max(map(len, text.splitlines())) <= 80
    for heading in ("Who works", "Where (", "Which credentials live how long", "Thieves", "Look twice"):
        assert f"\n{heading}" in text


def test_the_hourly_scenario_reads_as_it_is_written() -> None:
    text = " ".join(explained(explain(as_scenario(HOURLY))).split())
    assert "agent (agent) runs as robot at runner, by the clock (0 * * * *), 24 tasks a day, with 2 calls" in text
    assert "jit: given to whoever runs at the place, one for each task, by sts; lives 15m, with all grants" in text
    assert "revoked when its task ends" in text and "static: a secret that exists from the start" in text
    assert "at gateway (1 resource): up to 30s" in text
    assert "runner (T1552.001), 100 % of them: at a random instant at runner" in text
    assert "Look twice (2) - static never expires and is never rotated. [never-expires]" in text


def test_stages_scopes_logs_and_signatures_are_told() -> None:
    text = " ".join(explained(explain(as_scenario(TWO_STAGES))).split())
    assert (
        "exchange, stage 2: issued from the stage before, one for each task, by sts; lives 5m, narrowed by resource"
        in text
    )
    assert "one call in 3.33 prints its credential to logs" in text
    assert (
        "at signature (2 resources): until it expires: signature and expiry are all it looks at; 10s past expiry"
        in text
    )


def test_warnings_that_say_the_same_of_several_are_told_once() -> None:
    warned = [Warned(Odd.UNUSED_VERIFIER, name) for name in ("a", "b", "c", "d", "e", "f")]
    assert list(warned_lines(warned)) == ["The verifier a, b, c, d and 2 more guards nothing. [unused-verifier]"]


def test_every_kind_of_warning_has_its_sentence() -> None:
    facts = {
        "issuer": "sts", "asked": 1, "given": 2, "lost": ["class"], "identities": ["a"], "strategies": [], "cache": 1,
        "verifier": "v", "bound": 1, "workloads": 3, "why": "cron",
    }  # fmt: skip
    for kind in Odd:
        (line,) = warned_lines([Warned(kind, "THIS", facts)])
        assert line.endswith(f" [{kind}]") and "{" not in line
