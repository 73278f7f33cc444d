"""What a scenario says, before anything is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import DAY, SECOND, format_duration
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.distributions import ConstantCount, GeometricCount, UniformCount
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.strategy_section import Renewal, Stage
from nhilab.scenario.workload_section import Arrivals
from nhilab.strategy.delivery import deliver
from nhilab.study.explanations.explanation import Explanation, Honoured, Life, Rules, WayIn, Where, Who
from nhilab.study.explanations.odd import odd
from nhilab.study.explanations.revocation_bounds import after_revocation, chance_of_loss


def explain(scenario: Scenario, strategies: Collection[str] = ()) -> Explanation:
    """What a scenario says, and what to look at twice.

    Parameters
    ----------
    scenario : Scenario
    strategies : collection of str
        Those to tell of, with those they mix in; all if empty.

    Returns
    -------
    Explanation

    Notes
    -----
    Checked by ``tests/unit/study/explanations/test_explain.py``: each warning fires where it should, and not in the
    cured twin.
    """
    content, estate = scenario.content, scenario.estate
    asked = tuple(strategies) or tuple(scenario.strategies)
    told = tuple(dict.fromkeys(each for one in asked for each in (one, *_followed(scenario, one))))
    origins = scenario.provenance.origins
    lives = tuple(life for name in told for life in _lives(scenario, name))
    honoured = _honoured(scenario)
    return Explanation(
        scenario=scenario.name,
        question=content.question,
        horizon=content.horizon,
        warm_up=content.warm_up,
        follow_up=content.follow_up,
        hop_time=content.threat.hop_time,
        detected=content.threat.detection is not None,
        who=_who(scenario),
        where=_where(scenario),
        rules=tuple(_rules(scenario, name) for name in told),
        lives=lives,
        honoured=honoured,
        ways_in=_ways_in(scenario),
        n_resources=len(estate.resources),
        n_identities=len(estate.identities),
        n_grants=len(estate.grants),
        shares=scenario.provenance.shares(),
        assumed=tuple((key, origin.source) for key, origin in origins.items() if origin.tag == "assumed"),
        warnings=odd(scenario, told, lives, honoured),
    )


def _who(scenario: Scenario) -> tuple[Who, ...]:
    w, names = scenario.estate.workloads, scenario.estate
    targets = Counter(names.targets.workload.tolist())
    firings: dict[str, int] = {}
    return tuple(
        Who(
            workload=str(w.name[i]),
            kind=str(w.kind[i]),
            instances=int(w.count[i]),
            identity=str(names.identities.name[w.identity[i]]),
            place=str(names.places.name[w.place[i]]),
            arrives=_arrives(scenario.arrivals[i]),
            tasks_per_day=_per_day(scenario, scenario.arrivals[i], firings),
            calls_per_task=_mean(scenario.profiles[i].calls),
            targets=targets[i],
            delegates_to=str(w.name[w.delegates_to[i]]) if w.delegates_to[i] >= 0 else "",
            queue=str(names.places.name[w.queue[i]]) if w.queue[i] >= 0 else "",
            drift_probability=scenario.profiles[i].drift_probability,
            crash_probability=scenario.profiles[i].crash_probability,
        )
        for i in range(len(w))
    )


def _arrives(arrivals: Arrivals | None) -> str:
    if arrivals is None:
        return "when others hand it work"
    if arrivals.every is not None:
        return f"every {format_duration(arrivals.every)}"
    return f"by the clock ({arrivals.cron})" if arrivals.cron is not None else "at random"


def _per_day(scenario: Scenario, arrivals: Arrivals | None, firings: dict[str, int]) -> float | None:
    """Tasks a day of one instance, counted over the horizon where a clock starts them."""
    if arrivals is None:
        return None
    if arrivals.every is not None:
        return DAY / arrivals.every
    if arrivals.cron is None:
        return (arrivals.rate or 0.0) * (DAY / SECOND)
    if arrivals.cron not in firings:
        start = np.datetime64(scenario.content.starts_on)
        firings[arrivals.cron] = len(parse_cron(arrivals.cron).firings(start, scenario.content.horizon))
    return firings[arrivals.cron] * DAY / scenario.content.horizon


def _mean(calls: ConstantCount | GeometricCount | UniformCount) -> float:
    if isinstance(calls, ConstantCount):
        return float(calls.constant)
    return calls.geometric if isinstance(calls, GeometricCount) else sum(calls.uniform) / 2


def _where(scenario: Scenario) -> tuple[Where, ...]:
    p = scenario.estate.places
    runs = Counter(scenario.estate.workloads.place.tolist())
    return tuple(
        Where(
            place=str(p.name[i]),
            kind=str(p.kind[i]),
            isolation=Isolation(int(p.isolation[i])).name.lower(),
            slots=int(p.slots[i]) if p.slots[i] >= 0 else None,
            inside=str(p.name[p.inside[i]]) if p.inside[i] >= 0 else "",
            residue=int(p.residue[i]),
            log=str(p.name[p.log[i]]) if p.log[i] >= 0 else "",
            logs_token_probability=float(p.logs_token_probability[i]),
            network=str(p.network[i]),
            workloads=runs[i],
        )
        for i in range(len(p))
    )


def _followed(scenario: Scenario, strategy: str) -> list[str]:
    return [mix.strategy for mix in scenario.strategies[strategy].mix]


def _rules(scenario: Scenario, name: str) -> Rules:
    strategy = scenario.strategies[name]
    rule = strategy.authorize
    return Rules(
        strategy=name,
        title=strategy.title,
        decided=rule is not None,
        false_allow_probability=rule.false_allow_probability if rule else 0.0,
        false_deny_probability=rule.false_deny_probability if rule else 0.0,
        escalates=rule is not None and rule.escalation is not None,
        identities=strategy.identities,
        grants=strategy.grants,
        delegation=strategy.delegation,
        follow=tuple((mix.strategy, mix.share) for mix in strategy.mix),
    )


def _lives(scenario: Scenario, strategy: str) -> list[Life]:
    found = []
    for number, stage in enumerate(scenario.strategies[strategy].stages, 1):
        given = deliver(stage, scenario.issuers[stage.issuer])
        found.append(
            Life(
                strategy=strategy,
                stage=number,
                issuer=stage.issuer,
                source=stage.source,
                issue_per=stage.issue_per,
                asked_ttl=stage.ttl,
                effective_ttl=given.ttl,
                asked_scope=stage.scope,
                effective_scope=given.narrowed(),
                renewed=_renewed(stage),
                asked_revoke=stage.revoke,
                effective_revoke=given.revoke,
                binding=stage.binding,
                single_use=stage.single_use,
                hypothetical=given.hypothetical,
                stages=len(scenario.strategies[strategy].stages),
            )
        )
    return found


def _renewed(stage: Stage) -> str:
    if not isinstance(stage.renew, Renewal):
        return "on use"
    if stage.renew.every is not None:
        return f"every {format_duration(stage.renew.every)}"
    return f"at {100 * (stage.renew.ahead or 0.0):.3g} % of its life"


def _honoured(scenario: Scenario) -> tuple[Honoured, ...]:
    guards = Counter(scenario.estate.resources.verifier.tolist())
    return tuple(
        Honoured(
            verifier=name,
            resources=guards[i],
            self_contained=verifier.self_contained,
            after_revocation=after_revocation(verifier),
            loss_probability=chance_of_loss(verifier),
            leeway=verifier.leeway,
            session=verifier.session,
        )
        for i, (name, verifier) in enumerate(scenario.content.verifiers.items())
    )


def _ways_in(scenario: Scenario) -> tuple[WayIn, ...]:
    entries = scenario.threat.entries
    total = sum(entry.weight for entry in entries.values())
    return tuple(
        WayIn(
            entry=name,
            timing=entry.timing,
            technique=entry.technique,
            where=entry.places or entry.workloads or entry.identities or ((entry.issuer,) if entry.issuer else ()),
            share=entry.weight / total,
            dwell=entry.dwell,
            dormancy=entry.dormancy,
            takes=entry.takes,
        )
        for name, entry in entries.items()
    )
