"""What is odd in a scenario: what is asked in vain, what never ends, what nobody sees, and what nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from nhilab.base.quantities import NEVER
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.strategy_section import Renewal
from nhilab.study.explanations.explanation import Honoured, Life, Odd, Warned
from nhilab.study.explanations.odd_estate import odd_in_estate

ISSUER_PLACES: Final = frozenset({"issuer", "broker"})


def odd(
    scenario: Scenario, strategies: Sequence[str], lives: Sequence[Life], honoured: Sequence[Honoured]
) -> tuple[Warned, ...]:
    """Everything to look at twice.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str
        Those told of.
    lives : sequence of Life
        Their stages.
    honoured : sequence of Honoured
        The scenario's verifiers.

    Returns
    -------
    tuple of Warned
        Of strategies first, then of verifiers, of the estate, and of the threat.

    Notes
    -----
    Checked by ``tests/unit/study/explanations/test_explain.py``.
    """
    return (
        *(warned for life in lives for warned in _undelivered(life)),
        *(warned for life in lives for warned in _lasting(scenario, life)),
        *_late(scenario, lives, honoured),
        *_infallible(scenario, strategies),
        *odd_in_estate(scenario, {life.issuer for life in lives}),
        *_thieves(scenario),
    )


def _undelivered(life: Life) -> Iterator[Warned]:
    """What a stage asks and its issuer does not do."""
    if life.hypothetical:
        yield Warned(Odd.HYPOTHETICAL, life.name, {"issuer": life.issuer})
        return
    if life.effective_ttl != life.asked_ttl:
        facts = {"issuer": life.issuer, "asked": life.asked_ttl, "given": life.effective_ttl}
        yield Warned(Odd.TTL_CLAMPED, life.name, facts)
    if set(life.effective_scope) != set(life.asked_scope):
        lost = [dimension for dimension in life.asked_scope if dimension not in life.effective_scope]
        yield Warned(Odd.SCOPE_CUT, life.name, {"issuer": life.issuer, "lost": lost})
    if life.effective_revoke != life.asked_revoke:
        yield Warned(Odd.REVOCATION_DROPPED, life.name, {"issuer": life.issuer})


def _lasting(scenario: Scenario, life: Life) -> Iterator[Warned]:
    """Secrets that nothing ends or replaces."""
    stages = scenario.strategies[life.strategy].stages
    renew = stages[life.stage - 1].renew
    rotated = isinstance(renew, Renewal) and renew.every is not None
    if life.source == "standing" and life.asked_ttl >= NEVER and not rotated:
        kind = Odd.BOOTSTRAP_NEVER_ROTATED if life.stage < life.stages else Odd.NEVER_EXPIRES
        yield Warned(kind, life.name, {"issuer": life.issuer})


def _late(scenario: Scenario, lives: Sequence[Life], honoured: Sequence[Honoured]) -> Iterator[Warned]:
    """Verifiers that hear of a revocation never, or when it no longer matters."""
    last = [life for life in lives if life.stage == life.stages]
    revoked = [life for life in lives if life.effective_revoke]
    for one in honoured:
        if not one.resources:
            continue
        if one.self_contained and (revoked or scenario.threat.detection is not None):
            names = list(dict.fromkeys(life.strategy for life in revoked))
            yield Warned(Odd.NEVER_LEARNS, one.verifier, {"strategies": names})
        slow = [r for r in revoked if r in last and r.effective_ttl <= one.after_revocation and not one.self_contained]
        for life in slow:
            facts = {"verifier": one.verifier, "bound": one.after_revocation, "given": life.effective_ttl}
            yield Warned(Odd.REVOCATION_TOO_LATE, life.name, facts)
        yield from _caches(scenario, one.verifier, last)


def _caches(scenario: Scenario, verifier: str, last: Sequence[Life]) -> Iterator[Warned]:
    """Caches that keep an answer longer than what it is about lives."""
    layers = scenario.content.verifiers[verifier].layers
    kept = [branch.cache for layer in layers for branch in layer.first_of or (layer,) if branch.cache is not None]
    if not kept:
        return
    longest = max(cache.ttl for cache in kept)
    short = list(dict.fromkeys(life.strategy for life in last if life.effective_ttl < longest))
    if short:
        yield Warned(Odd.CACHE_TOO_LONG, verifier, {"cache": longest, "strategies": short})
    if unchecked := [cache.ttl for cache in kept if not cache.checks_expiry]:
        yield Warned(Odd.OUTLIVES_EXPIRY, verifier, {"cache": max(unchecked)})


def _infallible(scenario: Scenario, strategies: Sequence[str]) -> Iterator[Warned]:
    for name in strategies:
        rule = scenario.strategies[name].authorize
        if rule is not None and not (rule.false_allow_probability or rule.false_deny_probability):
            yield Warned(Odd.INFALLIBLE, name)


def _thieves(scenario: Scenario) -> Iterator[Warned]:
    kinds = {name: place.kind for name, place in scenario.content.estate.places.items()}
    entries = scenario.threat.entries.values()
    if not any(e.timing == "signs" or any(kinds.get(p) in ISSUER_PLACES for p in e.places) for e in entries):
        yield Warned(Odd.NO_ISSUER_ENTRY, "threat")
