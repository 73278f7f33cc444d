"""What a reader must know beside the numbers, in sentences; the same in the terminal and on the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from nhilab.base.quantities import SECOND, format_duration
from nhilab.report.sentences.delivered import adoption_notes, delivery_notes
from nhilab.report.sentences.dominance import dominating
from nhilab.report.sentences.words import interval, marked, number
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.estimates.estimate import Estimate

ISSUER_PLACES: Final = {"issuer", "broker"}
CHANGED: Final = {
    "access_window_s": "access window",
    "reach": "resources reached",
    "issuances_per_task": "issuances per task",
    "added_latency_s": "added latency",
}
"""Keys whose differences are shown, with their headings."""


def endless(comparison: Comparison) -> tuple[str, ...]:
    """Strategies under which some access never ends."""
    return tuple(name for name, found in comparison.strategies.items() if found["unbounded_share"].mean > 0)


def label(comparison: Comparison, strategy: str) -> str:
    """Name of a strategy, marked where some issuer cannot deliver it."""
    return marked(strategy, hypothetical=strategy in comparison.hypothetical)


def times_shorter(comparison: Comparison, strategy: str) -> float:
    """Access window of the first strategy over that of this one; NaN where either is cut at the cap or is 0.

    A mean cut at the cap is a lower bound: a ratio with it would be one of two caps.
    """
    arms = [comparison.strategies[name] for name in (comparison.first, strategy)]
    first, this = (arm["access_window_s"].mean for arm in arms)
    whole = not any(at_least(arm, "access_window_s") for arm in arms)
    return first / this if whole and first > 0 and this > 0 else math.nan


def change(times: float) -> str:
    """How many times shorter or longer, in words.

    Examples
    --------
    >>> change(4.0), change(0.5), change(1.001)
    ('4 times shorter', '2 times longer', 'as long')
    """
    if number(times, "1") == "1" or number(1 / times, "1") == "1":
        return "as long"
    return f"{number(times, '1')} times shorter" if times >= 1 else f"{number(1 / times, '1')} times longer"


def at_least(found: Mapping[str, Estimate], key: str) -> bool:
    """Whether a mean is only a lower bound: much of it is cut at the cap."""
    if key not in ("access_window_s", "exposure_window_s"):
        return False
    endless = key == "access_window_s" and found["unbounded_share"].mean > 0
    return endless or math.isinf(found[f"{key}_p95"].mean)


def verdicts(comparison: Comparison) -> list[tuple[str, str]]:
    """One sentence per strategy, with its label."""
    return [(label(comparison, name), _verdict(comparison, name)) for name in comparison.strategies]


def worst_entry(comparison: Comparison, strategy: str) -> str | None:
    """Way in with the longest mean access window, then the widest reach; None if none was tried."""
    found = comparison.entries[strategy]
    tried = [entry for entry in found if not math.isnan(found[entry]["access_window_s"].mean)]
    return max(tried, key=lambda e: (found[e]["access_window_s"].mean, found[e]["reach"].mean), default=None)


def caveats(comparison: Comparison, scenario: Scenario) -> list[str]:
    """What limits the numbers: the cap, what issuers do not deliver as asked, errors and ways in left out."""
    notes = []
    cap = format_duration(comparison.cap_s * SECOND)
    if without_end := endless(comparison):
        notes.append(
            f"Under {_labelled(comparison, without_end)} some access never ends. Windows are cut at the cap of {cap},"
            " so these means are lower bounds, and no ratio is given with them."
        )
    strategies = comparison.strategies.items()
    long = [n for n, found in strategies if at_least(found, "access_window_s") and n not in without_end]
    if long:
        named = _labelled(comparison, long)
        notes.append(f"Under {named} over 5 % of windows pass the cap of {cap}: the means are lower bounds.")
    notes += delivery_notes(scenario, comparison.strategies) + adoption_notes(scenario, comparison.strategies)
    if sure := infallible(scenario, comparison.strategies):
        notes.append(
            f"Under {_labelled(comparison, sure)} each call is judged and no judgement is ever wrong: without false"
            " allows and false denies per-request authorisation looks better than it is."
        )
    notes += dominating(comparison)
    if comparison.replications == 1:
        notes.append("One replication: there are no intervals.")
    else:
        notes += unresolved(comparison)
    notes += _imprecise(comparison)
    if barren := fruitless(comparison):
        notes.append(f"No campaign by {_listed(barren)} found anything under any strategy: is the way in set up right?")
    if not issuer_attacked(scenario):
        notes.append("No way in leads through an issuer or broker, so central issuance looks safer than it is.")
    return notes


def unresolved(comparison: Comparison) -> list[str]:
    """The differences shown that cannot be told from none, in a sentence; none if all can."""
    within = {name: comparison.unresolved(name) for name in list(comparison.strategies)[1:] if comparison.differences}
    parts = [
        f"{heading} of {_labelled(comparison, names)}"
        for key, heading in CHANGED.items()
        if (names := [name for name, keys in within.items() if key in keys])
    ]
    first = label(comparison, comparison.first)
    return [f"Differences from {first} not resolved at 95 %: {'; '.join(parts)}."] if parts else []


def precision_line(comparison: Comparison) -> str:
    """Which of the keys named are as precise as asked under every strategy; empty where no precision was asked for."""
    asked = comparison.precision
    if asked is None:
        return ""
    missed = [key for key in asked.keys if asked.missed(key)]
    reached = [key for key in asked.keys if key not in missed]
    parts = [f"reached for {_listed(reached)}"] if reached else []
    parts += [f"not for {_listed(missed)}"] if missed else []
    return f"Half-widths of {number(asked.asked, '%')} asked for: {', '.join(parts)}."


def infallible(scenario: Scenario, strategies: Iterable[str]) -> list[str]:
    """Strategies that judge each call and never err."""
    rules = {name: scenario.strategies[name].authorize for name in strategies}
    return [n for n, r in rules.items() if r and not (r.false_allow_probability or r.false_deny_probability)]


def fruitless(comparison: Comparison) -> list[str]:
    """Ways in by which no campaign found anything under any strategy."""
    by_strategy = list(comparison.entries.values())
    names = by_strategy[0] if by_strategy else {}
    return [name for name in names if not any(found[name]["theft_probability"].mean > 0 for found in by_strategy)]


def provenance_line(scenario: Scenario) -> str:
    """Shares of the scenario's numbers by origin."""
    shares = scenario.provenance.shares()
    return ", ".join(f"{share:.0%} {tag}" for tag, share in shares.items())


def settings_line(comparison: Comparison) -> str:
    """How the numbers were made."""
    horizon = format_duration(comparison.horizon_s * SECOND)
    several = comparison.replications > 1
    return (
        f"{comparison.replications} replication{'s' if several else ''} of {horizon},"
        f" {comparison.campaigns} campaigns each, seed {comparison.seed}{'; 95 % intervals' if several else ''}"
    )


def _verdict(comparison: Comparison, name: str) -> str:
    found = comparison.strategies[name]
    window, reach, cost = found["access_window_s"], found["reach"], found["issuances_per_task"]
    bound = "at least " if at_least(found, "access_window_s") else ""
    text = (
        f"A way in gives {bound}{number(window.mean, 's')} of access on average"
        f"{_bracketed(interval(window.low, window.high, 's'))} and {number(reach.mean, 'resources')} resources"
        f"{_bracketed(interval(reach.low, reach.high, 'resources'))},"
        f" at {number(cost.mean, '1/task')} issuances per task."
    )
    times = times_shorter(comparison, name)
    if name == comparison.first or math.isnan(times):
        return text
    contrast = comparison.difference(name)["access_window_s"]
    if not (contrast.low > 0 or contrast.high < 0):
        return f"{text} Its window cannot be told from that of {label(comparison, comparison.first)}."
    return f"{text} Its window is {change(times)} than that of {label(comparison, comparison.first)}."


def _imprecise(comparison: Comparison) -> list[str]:
    """For each key that is less precise than asked: under which strategies, and how precise it is."""
    asked = comparison.precision
    if asked is None:
        return []
    least = number(asked.asked, "%")
    return [
        f"In {comparison.replications} replications {key} is not within {least} under "
        + _listed([label(comparison, name) + f" ({_off(each.half_width)})" for name, each in missed.items()])
        + "."
        for key in asked.keys
        if (missed := asked.missed(key))
    ]


def _off(half_width: float) -> str:
    if math.isnan(half_width):
        return "no finite value"
    return f"± {number(half_width, '%')}" if math.isfinite(half_width) else "no relative width"


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def issuer_attacked(scenario: Scenario) -> bool:
    """Whether some way in leads through an issuer or broker."""
    places = scenario.estate.places
    kinds = dict(zip(places.name.tolist(), places.kind.tolist(), strict=True))
    entries = scenario.threat.entries.values()
    return any(e.timing == "signs" or any(kinds.get(place) in ISSUER_PLACES for place in e.places) for e in entries)


def _labelled(comparison: Comparison, strategies: Sequence[str]) -> str:
    return _listed([label(comparison, name) for name in strategies])


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
