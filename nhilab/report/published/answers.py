"""What the published studies found, for people: sentences, tables, and the figures and numbers beside them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from nhilab.base.files import write_json, write_text
from nhilab.report.sentences.words import NOTHING, interval, number, shown_unit
from nhilab.report.tables.factorial import sentence
from nhilab.report.tables.recommend import cheaper_undecided, none_meets
from nhilab.report.tables.sweep import heading
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.designs.dominance import TOLERANCE
from nhilab.study.designs.limits import Judgement
from nhilab.study.designs.recommendation import Advice, Candidate
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.experiments.effects import Factorial
from nhilab.study.intervals.means import Contrast, Interval
from nhilab.study.published.answers import CONTROLS, SESSION, Answers, Lifetime

LIFETIME: Final = "lifetimes"
COMPARED: Final = ("access_window_s", "exposure_window_s", "reach_weighted", "denied_call_share", "added_latency_s",
                   "issuances_per_task")  # fmt: skip
_HEAD: Final = """# Answers

Written by `nhilab reproduce`. 95 % intervals in brackets; `nhilab/MODEL.md` says what each number means.
"""


def write_answers(results: Path, answers: Answers) -> None:
    """Write ``answers.md``, and the numbers and figures of each question in a folder of its own.

    Raises
    ------
    InputError
        If a folder cannot be written.
    """
    from nhilab.report.drawing.drawing import write_figure
    from nhilab.report.published.figures import draw_answers  # matplotlib takes a second to import

    write_json(results / CONTROLS / "factorial.json", answers.controls.to_json())
    write_json(results / SESSION / "summary.json", answers.session.to_json())
    for lifetime in answers.lifetimes:
        write_json(results / LIFETIME / f"{lifetime.scenario.name}.json", lifetime_json(lifetime))
    for folder, draw in zip((CONTROLS, SESSION, LIFETIME), draw_answers(answers), strict=True):
        write_figure(results / folder / "figure.svg", draw)
    write_text(results / "answers.md", answers_page(answers))


def answers_page(answers: Answers) -> str:
    """All answers as Markdown."""
    parts = [
        _HEAD,
        *controls_part(answers.controls_scenario.content.question, answers.controls),
        *session_part(answers.session_scenario.content.question, answers.session),
    ]
    parts += ["## Which lifetime suits which work?\n", f"![Lifetimes]({LIFETIME}/figure.svg)\n"]
    for lifetime in answers.lifetimes:
        parts += lifetime_part(lifetime)
    return "\n".join(parts).rstrip() + "\n"


def controls_part(question: str, study: Factorial) -> list[str]:
    """Which control bought the reduction."""
    lines = [f"## {CONTROLS}: {question}\n"]
    lines += [f"- {sentence(study, metric)}" for metric in study.effects]
    lines += [
        "",
        f"![What each control bought]({CONTROLS}/figure.svg)\n",
        *_table(("metric", "control", "alone", "last", "bought", "share"), _control_rows(study)),
        "",
    ]
    return lines


def session_part(question: str, study: Comparison) -> list[str]:
    """A session's token beside the others."""
    rows = [
        (f"`{name}`", *(_estimate(found[key], key) for key in COMPARED)) for name, found in study.strategies.items()
    ]
    return [
        f"## {SESSION}: {question}\n",
        session_sentence(study) + "\n",
        f"![Windows and reach]({SESSION}/figure.svg)\n",
        *_table(("strategy", *COMPARED), rows),
        "",
    ]


def session_sentence(study: Comparison) -> str:
    """What the first strategy has, and what each other changes for certain, by more than counts."""
    own = study.strategies[study.first]
    changes = []
    for name in list(study.strategies)[1:]:
        found, contrasts = study.strategies[name], study.difference(name)
        certain = [key for key in COMPARED if _apart(contrasts[key], found[key], own[key])]
        changes.append(f"`{name}` has {', '.join(_said(found[key], key) for key in certain) or 'nothing else'}")
    said = ", ".join(_said(own[key], key) for key in COMPARED)
    margin = number(TOLERANCE, "%")
    return f"`{study.first}` has {said}. What differs from that for certain, by over {margin}: {'; '.join(changes)}."


def _apart(contrast: Contrast, found: Estimate, first: Estimate) -> bool:
    """Whether a difference is beyond chance and beyond what counts."""
    margin = TOLERANCE * max(abs(found.mean), abs(first.mean))
    return contrast.low > margin or contrast.high < -margin


def _said(estimate: Estimate, key: str) -> str:
    return f"{heading(key)} {number(estimate.mean, shown_unit(key, estimate.unit))}"


def lifetime_json(lifetime: Lifetime) -> dict[str, Any]:
    """The numbers of one form of work."""
    return {"sweep": lifetime.sweep.to_json(), "recommendation": lifetime.recommendation.to_json()}


def lifetime_part(lifetime: Lifetime) -> list[str]:
    """What suits one form of work, with the evidence."""
    lines = [f"### {lifetime.scenario.name}: {lifetime.scenario.content.question}\n"]
    for advice in lifetime.recommendation.advice:
        limits = [judged.limit.key for judged in advice.candidates[0].judgements]
        costs = list(advice.candidates[0].cost)
        head = ("strategy", *limits, *costs, "limits")
        lines += [advice_sentence(advice) + "\n", *_table(head, [_candidate(each) for each in advice.candidates]), ""]
    return lines


def advice_sentence(advice: Advice) -> str:
    """The recommendation in words, and why not the others."""
    judged = advice.candidates[0].judgements
    limits = ", ".join(f"{heading(each.limit.key)} {_bound(each)}" for each in judged)
    fit = [each for each in advice.candidates if each.verdict == "met" and not each.hypothetical]
    if not advice.recommended:
        said = none_meets(advice.candidates)
        return f"{said[:1].upper()}{said[1:]} The limits: {limits}."
    others = "".join(f"; `{each.name}`, too, {_dearer(each, fit[0])}" for each in fit[1:])
    cheaper = ", ".join(f"`{name}`" for name in cheaper_undecided(advice))
    rest = f" Cheaper, but undecided: {cheaper}." if cheaper else ""
    return f"`{advice.recommended}` is the cheapest that meets the limits ({limits}){others}.{rest}"


def _dearer(candidate: Candidate, cheapest: Candidate) -> str:
    """What a candidate costs beside the cheapest, by what decides."""
    cost, least = (next(iter(each.cost.values())) for each in (candidate, cheapest))
    if cost.mean == least.mean:
        return "for the same, with a longer window"
    return f"at {number(cost.mean / least.mean, '1')} times the cost" if least.mean > 0 else "at more cost"


def _bound(judged: Judgement) -> str:
    unit = shown_unit(judged.limit.key, judged.limit.unit)
    return f"at {'most' if judged.limit.upper else 'least'} {number(judged.limit.bound, unit)}"


def _candidate(candidate: Candidate) -> tuple[str, ...]:
    judged = [
        _shown(Interval(each.mean, each.low, each.high), shown_unit(each.limit.key, each.limit.unit))
        + ("" if each.verdict == "met" else f", {each.verdict}")
        for each in candidate.judgements
    ]
    cost = [_estimate(estimate, key) for key, estimate in candidate.cost.items()]
    return (f"`{candidate.name}`", *judged, *cost, candidate.verdict)


def _control_rows(study: Factorial) -> Iterable[tuple[str, ...]]:
    for (metric, found), name in itertools.product(study.effects.items(), study.controls):
        unit = shown_unit(metric, found.unit)
        values = [_shown(part[name], unit) for part in (found.alone, found.last, found.bought)]
        yield metric, name, *values, _shown(found.shares[name], "%") if name in found.shares else NOTHING


def _estimate(estimate: Estimate, key: str) -> str:
    return _shown(Interval(*estimate[:3]), shown_unit(key, estimate.unit))


def _shown(value: Interval, unit: str) -> str:
    ends = interval(value.low, value.high, unit)
    return number(value.mean, unit) + (f" ({ends})" if ends else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
