"""The kinds of findings beside the numbers, by the names that the catalogue of controls gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from nhilab.report.sentences.delivered import adoption_notes, delivery_notes
from nhilab.report.sentences.dominance import dominating
from nhilab.report.sentences.notes import at_least, endless, fruitless, infallible, issuer_attacked, unresolved
from nhilab.report.sentences.thieves import flipped
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison

OfComparison = Literal[
    "endless-access",
    "cut-windows",
    "hypothetical-strategy",
    "clamped-strategy",
    "partial-adoption",
    "infallible-judgement",
    "dominated-strategy",
    "one-replication",
    "unresolved-difference",
    "imprecise",
    "fruitless-entry",
    "issuer-not-attacked",
    "other-thief-missing",
    "thief-flips",
    "assumption-moves",
    "assumption-not-examined",
    "invisible-identity",
]
OfAudit = Literal["unproven-death", "false-proof"]
OfPaths = Literal["choke-point", "persistence-cycle"]

KINDS: Final[tuple[str, ...]] = (*get_args(OfComparison), *get_args(OfAudit), *get_args(OfPaths))
"""All kinds of findings."""


def findings_of(comparison: Comparison, scenario: Scenario) -> tuple[OfComparison, ...]:
    """Which kinds of findings a comparison has, in the order of their list.

    Parameters
    ----------
    comparison : Comparison
    scenario : Scenario
        The one compared on.
    """
    found = {**_of_numbers(comparison), **_of_scenario(comparison, scenario), **_of_verdict(comparison)}
    kinds: tuple[OfComparison, ...] = get_args(OfComparison)
    return tuple(kind for kind in kinds if found[kind])


def _of_numbers(comparison: Comparison) -> Mapping[OfComparison, bool]:
    asked = comparison.precision
    several = comparison.replications > 1
    return {
        "endless-access": bool(endless(comparison)),
        "cut-windows": any(at_least(found, "access_window_s") for found in comparison.strategies.values()),
        "dominated-strategy": bool(dominating(comparison)),
        "one-replication": not several,
        "unresolved-difference": several and bool(unresolved(comparison)),
        "imprecise": asked is not None and any(asked.missed(key) for key in asked.keys),
        "fruitless-entry": bool(fruitless(comparison)),
    }


def _of_scenario(comparison: Comparison, scenario: Scenario) -> Mapping[OfComparison, bool]:
    delivered = delivery_notes(scenario, comparison.strategies)
    identities = scenario.estate.identities
    return {
        "hypothetical-strategy": bool(comparison.hypothetical),
        "clamped-strategy": any(line.startswith("Stage ") for line in delivered),
        "partial-adoption": bool(adoption_notes(scenario, comparison.strategies)),
        "infallible-judgement": bool(infallible(scenario, comparison.strategies)),
        "issuer-not-attacked": not issuer_attacked(scenario),
        "invisible-identity": not bool(identities.visible.all()),
    }


def _of_verdict(comparison: Comparison) -> Mapping[OfComparison, bool]:
    assumptions = comparison.assumptions
    several = len(comparison.strategies) > 1
    return {
        "other-thief-missing": comparison.thieves is None,
        "thief-flips": flipped(comparison),
        "assumption-moves": assumptions is not None and bool(assumptions.that("moves")),
        "assumption-not-examined": several and (assumptions is None or bool(assumptions.not_examined)),
    }
