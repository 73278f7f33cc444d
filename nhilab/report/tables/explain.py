"""A scenario in words that fit 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from nhilab.base.quantities import NEVER, format_duration
from nhilab.report.sentences.odd import length, listed, warned_lines
from nhilab.report.sentences.words import number
from nhilab.study.explanations.explanation import Explanation, Honoured, Life, Rules, WayIn, Where, Who

SHOWN: Final = 8
"""Workloads, places and assumed numbers that are told one by one."""

_PER: Final = {
    "call": "one for each call", "task": "one for each task", "workload": "one for each workload instance",
    "place": "one for each identity at a place", "identity": "one for each identity",
}  # fmt: skip
_FROM: Final = {
    "standing": "a secret that exists from the start", "attested": "given to whoever runs at the place",
    "previous": "issued from the stage before",
}  # fmt: skip
_BOUND: Final = {
    "bearer": "", "exportable-key": ", bound to a key that can be taken along",
    "non-exportable": ", bound to a key that cannot leave", "brokered": ", kept by a broker",
}  # fmt: skip
_GRANTS: Final = {"copied": "all grants of the shared one", "used": "the grants it uses"}
_PRESENTS: Final = {
    "forward": "work handed on presents the caller's credential", "exchange": "work handed on exchanges the caller's",
}  # fmt: skip
_HOLDS: Final = {"shared": "all that lies there", "slot": "one slot", "task": "one running task"}
_TIMING: Final = {
    "uniform": "at a random instant at", "at-task": "at the start of a task of", "next-task": "with the next task at",
    "at-leak": "when a copy appears in", "holds": "with a lasting credential of", "signs": "with the signing key of",
}  # fmt: skip


def explained(found: Explanation, *, width: int = 80) -> str:
    """An explanation as text: the question, who, where, which credentials live how long, thieves, and what is odd.

    Parameters
    ----------
    found : Explanation
    width : int
        Columns to keep within.

    Returns
    -------
    str

    Notes
    -----
    Checked by ``tests/unit/report/tables/test_explain.py``.
    """
    instances = sum(who.instances for who in found.who)
    sections: list[tuple[str, list[str]]] = [
        ("", [found.question, _times(found)]),
        (f"Who works ({_n(len(found.who), 'workload')}, {_n(instances, 'instance')})", _some(found.who, _who)),
        (f"Where ({_n(len(found.where), 'place')})", _some(found.where, _where)),
        (f"What they open: {_n(found.n_resources, 'resource')}, by {_n(found.n_grants, 'grant')}", []),
        ("Which credentials live how long", [*_lives(found.lives), *filter(None, map(_rules, found.rules))]),
        ("How long a revoked one may still be honoured", [_honoured(one) for one in found.honoured if one.resources]),
        ("Thieves", _thieves(found)),
        ("Where the numbers come from", _origins(found)),
        (f"Look twice ({len(found.warnings)})", list(warned_lines(found.warnings)) or ["nothing odd was found"]),
    ]  # fmt: skip
    lines: list[str] = []
    for heading, told in sections:
        lines += [*([""] if lines else []), *(textwrap.wrap(heading, width) if heading else [])]
        for text in told:
            lines += textwrap.wrap(
                text, width, initial_indent="- " if heading else "", subsequent_indent="  " if heading else "",
                break_on_hyphens=False,
            )  # fmt: skip
    return "\n".join(lines)


def _times(found: Explanation) -> str:
    work, warm, follow = map(format_duration, (found.horizon, found.warm_up, found.follow_up))
    return f"Work arrives for {work}; thefts from {warm} on, each thief is observed for {follow}."


def _some(parts: Sequence[Any], say: Callable[[Any], str]) -> list[str]:
    told = [say(part) for part in parts[:SHOWN]]
    return told + ([f"and {len(parts) - SHOWN} more"] if len(parts) > SHOWN else [])


def _who(who: Who) -> str:
    many = f"{who.instances} × " if who.instances > 1 else ""
    often = "" if who.tasks_per_day is None else f", {_n(who.tasks_per_day, 'task')} a day"
    often += " each" if often and who.instances > 1 else ""
    extra = f"; hands work to {who.delegates_to}" if who.delegates_to else ""
    extra += f"; calls wait in {who.queue}" if who.queue else ""
    extra += f"; {number(who.drift_probability, '%')} of its calls are out of plan" if who.drift_probability else ""
    extra += f"; {number(who.crash_probability, '%')} of its tasks crash" if who.crash_probability else ""
    return (
        f"{many}{who.workload} ({who.kind}) runs as {who.identity} at {who.place}, {who.arrives}{often}, with "
        f"{_n(who.calls_per_task, 'call')} a task on {_n(who.targets, 'permission')}{extra}"
    )


def _where(where: Where) -> str:
    told = [f"{where.place} ({where.kind}): a foothold holds {_HOLDS[where.isolation]}"]
    told += [f"{where.slots} slots"] if where.slots is not None else []
    told += [f"inside {where.inside}"] if where.inside else []
    told += [f"copies remain {length(where.residue)} after their owner's end"] if where.residue else []
    if where.log and where.logs_token_probability:
        told.append(f"one call in {number(1 / where.logs_token_probability, '1')} prints its credential to {where.log}")
    told += [f"in network {where.network}"] if where.network else []
    return "; ".join(told)


def _lives(lives: Sequence[Life]) -> Iterator[str]:
    for life in lives:
        asked = "" if life.asked_ttl == life.effective_ttl else f" ({length(life.asked_ttl)} asked)"
        lasts = "never ends" if life.effective_ttl >= NEVER else f"lives {length(life.effective_ttl)}"
        scope = f"narrowed by {' + '.join(life.effective_scope)}" if life.effective_scope else "with all grants"
        revoked = {"task-end": "its task ends", "renewal": "it is replaced"}
        ends = [revoked[when] for when in life.effective_revoke]
        yield (
            f"{life.name}: {_FROM[life.source]}, {_PER[life.issue_per]}, by {life.issuer}; {lasts}{asked}, {scope}"
            f"{_BOUND[life.binding]}; renewed {life.renewed}; "
            f"{'revoked when ' + ' and when '.join(ends) if ends else 'not revoked'}"
            f"{'; used once' if life.single_use else ''}{'; hypothetical' if life.hypothetical else ''}"
        )


def _rules(rules: Rules) -> str:
    """What a strategy says beside its stages; empty if nothing."""
    told = []
    if rules.decided:
        right, wrong = number(rules.false_deny_probability, "%"), number(rules.false_allow_probability, "%")
        told.append(f"each call is decided ({right} of those in intent are denied, {wrong} of the others allowed)")
    told += ["denied calls go to a person"] if rules.escalates else []
    if rules.identities == "per-workload":
        told.append(f"each workload has an identity of its own, with {_GRANTS[rules.grants]}")
    told += [_PRESENTS[rules.delegation]] if rules.delegation in _PRESENTS else []
    told += [f"{number(share, '%')} of those it speaks of follow {name}" for name, share in rules.follow]
    return f"{rules.strategy}: {'; '.join(told)}" if told else ""


def _honoured(one: Honoured) -> str:
    if one.self_contained:
        told = "until it expires: signature and expiry are all it looks at"
    elif one.after_revocation >= NEVER:
        told = "until it expires, if it is used often enough to keep the cache warm"
    else:
        told = f"up to {length(one.after_revocation)}"
    told += f", for good in {number(one.loss_probability, '%')} of cases (message lost)" if one.loss_probability else ""
    told += f"; {length(one.leeway)} past expiry" if one.leeway else ""
    told += f"; sessions stay open {length(one.session)}" if one.session else ""
    return f"at {one.verifier} ({_n(one.resources, 'resource')}): {told}"


def _thieves(found: Explanation) -> list[str]:
    noticed = "may be noticed" if found.detected else "nobody notices"
    return [*_some(found.ways_in, _way_in), f"a hop takes {length(found.hop_time)}; {noticed}"]


def _way_in(way: WayIn) -> str:
    where = listed(way.where) if way.where else "any workload"
    waits = f", uses nothing for {length(way.dormancy)}" if way.dormancy else ""
    stays = f", stays {length(way.dwell)}" if way.dwell else ""
    takes = {"nothing": "takes nothing along", "tokens": "takes tokens, no keys", "tokens-and-keys": ""}[way.takes]
    share = number(way.share, "%")
    alike = ", each slot alike" if way.timing == "uniform" and ", " in where else ""
    return f"{way.entry} ({way.technique}), {share} of them: {_TIMING[way.timing]} {where}{alike}{stays}{waits}" + (
        f", {takes}" if takes else ""
    )


def _origins(found: Explanation) -> list[str]:
    shares = ", ".join(f"{share:.0%} {tag}" for tag, share in found.shares.items())
    reasons: dict[str, list[str]] = {}
    for key, reason in found.assumed:
        reasons.setdefault(reason, []).append(key)
    told = [f"assumed, {reason or 'without a reason'}: {listed(keys)}" for reason, keys in reasons.items()]
    return [shares, *told[:SHOWN], *([f"and {len(told) - SHOWN} more reasons"] if len(told) > SHOWN else [])]


def _n(count: float, noun: str) -> str:
    return f"{number(count, '1')} {noun}{'' if count == 1 else 's'}"
