"""What issuers make of what strategies ask: what one refuses, and what one gives instead, a line each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.words import marked
from nhilab.scenario.issuer_section import Issuer
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.strategy_section import Stage
from nhilab.strategy.chains import chain_of_workloads
from nhilab.strategy.delivery import Delivery, deliver


@dataclass(frozen=True)
class _Cut:
    """One thing a stage asks that its issuer does not do."""

    what: str
    asked: str
    given: str
    allowed: str


def delivery_notes(scenario: Scenario, strategies: Collection[str]) -> list[str]:
    """What a reader must know of stages that are not delivered as asked.

    Parameters
    ----------
    scenario : Scenario
    strategies : collection of str
        Those in question; the stages of those they mix in are theirs too.

    Returns
    -------
    list of str
        One line per hypothetical strategy, then one per clamped stage, by the strategy that asks it.
    """
    chains = {name: [name, *(mix.strategy for mix in scenario.strategies[name].mix)] for name in strategies}
    refused = []
    for name, followed in chains.items():
        parts = [part for chain in dict.fromkeys(followed) for part in _refusals(scenario, chain, name)]
        if parts:
            refused.append(f"{marked(name, hypothetical=True)}: {'; '.join(parts)}.")
    asking = dict.fromkeys(chain for followed in chains.values() for chain in followed)
    return refused + [line for chain in asking for line in _clamped(scenario, chain)]


def adoption_notes(scenario: Scenario, strategies: Collection[str]) -> list[str]:
    """How many workloads follow each strategy that is mixed in, a line each: the draw may leave none."""
    lines = []
    for name in strategies:
        chain = chain_of_workloads(scenario.strategies[name], scenario.estate, scenario.content.seed)
        for number, mix in enumerate(scenario.strategies[name].mix, 1):
            n = int((chain == number).sum())
            lines.append(f"{name}: {n} of {len(chain)} workloads follow {mix.strategy} (drawn by the file's own seed).")
    return lines


def _refusals(scenario: Scenario, chain: str, strategy: str) -> Iterator[str]:
    for number, stage, delivery in _delivered(scenario, chain):
        if delivery.hypothetical:
            issuer = scenario.issuers[stage.issuer]
            possible = deliver(stage, issuer.model_copy(update={"out_of_range": "clamp"}))
            cuts = [f"{cut.what} {cut.asked} asked, {cut.allowed} allowed" for cut in _cuts(stage, possible, issuer)]
            whose = "" if chain == strategy else f" of {chain}"
            yield f"{stage.issuer} refuses stage {number}{whose} ({'; '.join(cuts)})"


def _clamped(scenario: Scenario, chain: str) -> Iterator[str]:
    for number, stage, delivery in _delivered(scenario, chain):
        cuts = _cuts(stage, delivery, scenario.issuers[stage.issuer])
        if cuts:
            changes = "; ".join(f"{cut.what} {cut.asked} → {cut.given}" for cut in cuts)
            yield f"Stage {number} of {chain}, as {stage.issuer} delivers it: {changes}."


def _delivered(scenario: Scenario, chain: str) -> list[tuple[int, Stage, Delivery]]:
    """Stages of a strategy by number from 1, as asked and as delivered."""
    stages = scenario.strategies[chain].stages
    return [(n, stage, deliver(stage, scenario.issuers[stage.issuer])) for n, stage in enumerate(stages, 1)]


def _cuts(stage: Stage, delivery: Delivery, issuer: Issuer) -> list[_Cut]:
    cuts = []
    if delivery.ttl != stage.ttl:
        ends = [format_duration(end) for end in issuer.ttl_range or ()]
        cuts.append(_Cut("lifetime", format_duration(stage.ttl), format_duration(delivery.ttl), " to ".join(ends)))
    if any(given != stage.scope for given in delivery.scope.values()):
        given = _scope_by_class(delivery)
        cuts.append(_Cut("scope", _listed(stage.scope), given, given))
    if delivery.revoke != stage.revoke:
        cuts.append(_Cut("revocation", _listed(stage.revoke), _listed(delivery.revoke), _listed(delivery.revoke)))
    return cuts


def _scope_by_class(delivery: Delivery) -> str:
    """Dimensions narrowed, class by class where the issuer tells them apart."""
    by_class = [f"{_listed(given)} for {kind}" for kind, given in sorted(delivery.scope.items()) if kind != "default"]
    others = _listed(delivery.scope["default"])
    return ", ".join([*by_class, f"{others} for other classes"]) if by_class else others


def _listed(names: Sequence[str]) -> str:
    return " + ".join(names) if names else "none"
