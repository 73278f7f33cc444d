"""What the published answers say in words, and the files they are written to."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nhilab.report.published.answers import advice_sentence, session_sentence, write_answers
from nhilab.report.tables.recommend import cheaper_undecided, none_meets, verdicts
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.explore import Effort
from nhilab.study.designs.limits import Verdict
from nhilab.study.designs.recommendation import Advice
from nhilab.study.intervals.means import Contrast
from nhilab.study.published.answers import Answers, answer

SCENARIOS = Path(__file__).parents[4] / "scenarios"


@pytest.fixture(scope="module")
def answers() -> Answers:
    with Executor(1) as executor:
        effort = Effort(seed=1, replications=2, campaigns=5)
        return answer(SCENARIOS, executor=executor, lifetimes=("one-off-call",), effort=effort)


def judged(answers: Answers, *verdicts: tuple[str, Verdict]) -> Advice:
    """The advice, with the candidates named in that order and other verdicts."""
    advice = answers.lifetimes[0].recommendation.advice[0]
    by_name = {candidate.name: candidate for candidate in advice.candidates}
    candidates = tuple(dataclasses.replace(by_name[name], verdict=verdict) for name, verdict in verdicts)
    recommended = candidates[0].name if candidates[0].verdict == "met" else ""
    return dataclasses.replace(advice, candidates=candidates, recommended=recommended)


def test_each_question_has_its_numbers_its_figure_and_its_words(tmp_path: Path, answers: Answers) -> None:
    write_answers(tmp_path, answers)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == {
        "answers.md", "four-controls/factorial.json", "four-controls/figure.svg", "session-or-per-call/summary.json",
        "session-or-per-call/figure.svg", "lifetimes/one-off-call.json", "lifetimes/figure.svg",
    }  # fmt: skip
    page = (tmp_path / "answers.md").read_text(encoding="utf-8")
    shown = [line.partition("](")[2].rstrip(")") for line in page.splitlines() if line.startswith("![")]
    assert shown == ["four-controls/figure.svg", "session-or-per-call/figure.svg", "lifetimes/figure.svg"]
    for question in ("what does each buy?", "one authorisation for each tool call?", "makes one call and is gone?"):
        assert question in page


def test_the_cheapest_is_named_with_what_the_others_that_fit_cost(answers: Answers) -> None:
    said = advice_sentence(judged(answers, ("ttl-1m", "met"), ("ttl-15m", "met"), ("per-request", "met")))
    assert said.startswith(
        "`ttl-1m` is the cheapest that meets the limits (access window p95 at most 30m, failed tasks"
    )
    assert "; `ttl-15m`, too, for the same, with a longer window; `per-request`, too, at 1.5 times the cost." in said


def test_a_design_that_is_cheaper_but_undecided_is_not_kept_back(answers: Answers) -> None:
    advice = judged(answers, ("per-request", "met"), ("ttl-15m", "undecided"), ("ttl-1h", "broken"))
    assert cheaper_undecided(advice) == ["ttl-15m"]
    assert advice_sentence(advice).endswith("Cheaper, but undecided: `ttl-15m`.")
    told = verdicts(dataclasses.replace(answers.lifetimes[0].recommendation, advice=(advice,)))
    assert told[0].endswith("Cheaper, but undecided: ttl-15m.")
    assert cheaper_undecided(judged(answers, ("ttl-1m", "met"), ("per-request", "undecided"))) == []
    assert cheaper_undecided(judged(answers, ("ttl-1m", "met"), ("ttl-15m", "undecided"))) == [], "costs the same"


def test_undecided_is_not_said_to_be_missed(answers: Answers) -> None:
    broken = judged(answers, ("ttl-1h", "broken"), ("ttl-12h", "broken"))
    assert none_meets(broken.candidates) == "none of 2 meets the limits."
    assert advice_sentence(broken).startswith("None of 2 meets the limits. The limits: ")
    unsure = judged(answers, ("ttl-15m", "undecided"), ("ttl-12h", "broken"))
    assert none_meets(unsure.candidates).startswith("none of 2 is known to meet the limits; 1 is undecided")


@pytest.mark.parametrize(("low", "high", "told"), [(70.0, 90.0, True), (1.0, 90.0, False), (-90.0, -70.0, True)])
def test_what_differs_for_certain_but_by_next_to_nothing_is_not_told(
    answers: Answers, low: float, high: float, told: bool
) -> None:
    study = answers.session
    estimates = {
        name: {key: found._replace(mean=1000.0) for key, found in of.items()} for name, of in study.strategies.items()
    }
    contrasts = {
        name: dict.fromkeys(of, Contrast((low + high) / 2, low, high, 0.5)) for name, of in study.differences.items()
    }
    said = session_sentence(dataclasses.replace(study, strategies=estimates, differences=contrasts))
    assert ("`per-call` has access window 16m40s" in said) is told
    assert ("`per-call` has nothing else" in said) is not told
