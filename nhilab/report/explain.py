"""A scenario in words that fit 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from nhilab.base.quantities import DAY, NEVER, format_duration
from nhilab.report.words import number
from nhilab.study.explanation import Explanation, Honoured, Life, Odd, Warned, WayIn, Where, Who

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
    Checked by ``tests/unit/report/test_explain.py``.
    """
    instances = sum(who.instances for who in found.who)
    sections: list[tuple[str, list[str]]] = [
        ("", [found.question, _times(found)]),
        (f"Who works ({_n(len(found.who), 'workload')}, {_n(instances, 'instance')})", _some(found.who, _who)),
        (f"Where ({_n(len(found.where), 'place')})", _some(found.where, _where)),
        (f"What they open: {_n(found.n_resources, 'resource')}, by {_n(found.n_grants, 'grant')}", []),
        ("Which credentials live how long", list(_lives(found.lives))),
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


def warned_lines(warnings: Sequence[Warned]) -> Iterator[str]:
    """A sentence for each warning; those of one kind that say the same of several are told once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for warned in warnings:
        groups.setdefault((warned.kind, _SAY[warned.kind](warned.facts)), []).append(warned.about)
    for (kind, sentence), about in groups.items():
        yield sentence.replace("{about}", _listed(about)) + f" [{kind}]"


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
    told += [f"copies remain {_length(where.residue)} after their owner's end"] if where.residue else []
    if where.log and where.logs_token_probability:
        told.append(f"one call in {number(1 / where.logs_token_probability, '1')} prints its credential to {where.log}")
    told += [f"in network {where.network}"] if where.network else []
    return "; ".join(told)


def _lives(lives: Sequence[Life]) -> Iterator[str]:
    for life in lives:
        stages = sum(other.strategy == life.strategy for other in lives)
        named = life.strategy if stages == 1 else f"{life.strategy}, stage {life.stage}"
        asked = "" if life.asked_ttl == life.effective_ttl else f" ({_length(life.asked_ttl)} asked)"
        lasts = "never ends" if life.effective_ttl >= NEVER else f"lives {_length(life.effective_ttl)}"
        scope = f"narrowed by {' + '.join(life.effective_scope)}" if life.effective_scope else "with all grants"
        revoked = {"task-end": "its task ends", "renewal": "it is replaced"}
        ends = [revoked[when] for when in life.effective_revoke]
        yield (
            f"{named}: {_FROM[life.source]}, {_PER[life.issue_per]}, by {life.issuer}; {lasts}{asked}, {scope}"
            f"{_BOUND[life.binding]}; renewed {life.renewed}; "
            f"{'revoked when ' + ' and when '.join(ends) if ends else 'not revoked'}"
            f"{'; used once' if life.single_use else ''}{'; hypothetical' if life.hypothetical else ''}"
        )


def _honoured(one: Honoured) -> str:
    if one.self_contained:
        told = "until it expires: signature and expiry are all it looks at"
    elif one.after_revocation >= NEVER:
        told = "until it expires, if it is used often enough to keep the cache warm"
    else:
        told = f"up to {_length(one.after_revocation)}"
    told += f", for good in {number(one.loss_probability, '%')} of cases (message lost)" if one.loss_probability else ""
    told += f"; {_length(one.leeway)} past expiry" if one.leeway else ""
    told += f"; sessions stay open {_length(one.session)}" if one.session else ""
    return f"at {one.verifier} ({_n(one.resources, 'resource')}): {told}"


def _thieves(found: Explanation) -> list[str]:
    noticed = "may be noticed" if found.detected else "nobody notices"
    return [*_some(found.ways_in, _way_in), f"a hop takes {_length(found.hop_time)}; {noticed}"]


def _way_in(way: WayIn) -> str:
    where = _listed(way.where) if way.where else "any workload"
    waits = f", uses nothing for {_length(way.dormancy)}" if way.dormancy else ""
    stays = f", stays {_length(way.dwell)}" if way.dwell else ""
    takes = {"nothing": "takes nothing along", "tokens": "takes tokens, no keys", "tokens-and-keys": ""}[way.takes]
    share = number(way.share, "%")
    return f"{way.entry} ({way.technique}), {share} of them: {_TIMING[way.timing]} {where}{stays}{waits}" + (
        f", {takes}" if takes else ""
    )


def _origins(found: Explanation) -> list[str]:
    shares = ", ".join(f"{share:.0%} {tag}" for tag, share in found.shares.items())
    reasons: dict[str, list[str]] = {}
    for key, reason in found.assumed:
        reasons.setdefault(reason, []).append(key)
    told = [f"assumed, {reason or 'without a reason'}: {_listed(keys)}" for reason, keys in reasons.items()]
    return [shares, *told[:SHOWN], *([f"and {len(told) - SHOWN} more reasons"] if len(told) > SHOWN else [])]


def _n(count: float, noun: str) -> str:
    return f"{number(count, '1')} {noun}{'' if count == 1 else 's'}"


def _length(length: int) -> str:
    if length >= NEVER:
        return "for ever"
    whole_days = length % DAY == 0 and length >= DAY
    return f"{length // DAY}d" if whole_days else format_duration(length)


def _listed(names: Sequence[str]) -> str:
    shown = [str(name) for name in names[:4]]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(shown) + more


def _of(facts: Mapping[str, Any], key: str) -> str:
    return _listed(facts[key])


_SAY: Final[dict[Odd, Callable[[Mapping[str, Any]], str]]] = {
    Odd.TTL_CLAMPED: lambda f: f"{{about}} asks for {_length(f['asked'])}; {f['issuer']} gives {_length(f['given'])}.",
    Odd.SCOPE_CUT: lambda f: f"{f['issuer']} does not narrow {{about}} by {_of(f, 'lost')}: it carries more than "
    "it asks for.",
    Odd.REVOCATION_DROPPED: lambda f: f"{{about}} asks to be revoked; {f['issuer']} cannot revoke anything.",
    Odd.HYPOTHETICAL: lambda f: f"{f['issuer']} refuses what {{about}} asks: what comes out is hypothetical.",
    Odd.BOOTSTRAP_NEVER_ROTATED: lambda f: "The secret of {about} never expires and is never rotated: whoever has it "
    "mints what comes after it, for ever.",
    Odd.NEVER_EXPIRES: lambda f: "{about} never expires and is never rotated.",
    Odd.UNMANAGED_NEVER_EXPIRES: lambda f: "{about} is managed by no strategy, and never expires.",
    Odd.INVISIBLE: lambda f: f"Responders cannot revoke what they do not see: {_of(f, 'identities')}.",
    Odd.WITHOUT_OWNER: lambda f: f"Nobody answers for {_of(f, 'identities')}: triage takes longer.",
    Odd.NEVER_LEARNS: lambda f: "{about} never learns of a revocation"
    + (f", which {_of(f, 'strategies')} pays for." if f["strategies"] else ", also of a responder's."),
    Odd.REVOCATION_TOO_LATE: lambda f: f"Revoking {{about}} buys nothing at {f['verifier']}: it lives "
    f"{_length(f['given'])}, and the revocation may take "
    + (_length(f["bound"]) if f["bound"] < NEVER else "until it expires") + ".",
    Odd.CACHE_TOO_LONG: lambda f: f"{{about}} keeps answers for {_length(f['cache'])}, longer than the credentials of "
    f"{_of(f, 'strategies')} live.",
    Odd.OUTLIVES_EXPIRY: lambda f: f"{{about}} serves answers for {_length(f['cache'])} without looking at the expiry: "
    "credentials outlive it.",
    Odd.UNSCANNED_LOG: lambda f: "Credentials are printed to {about}, and no scanner looks for them.",
    Odd.NO_ISSUER_ENTRY: lambda f: "No way in leads through an issuer or broker: central issuance looks safer than it "
    "is.",
    Odd.INFALLIBLE: lambda f: "{about} decides each call and never errs: give false_allow_probability and "
    "false_deny_probability.",
    Odd.NO_ARRIVALS: lambda f: "{about} works only when others hand it work." if f["why"] == "delegated"
    else "The clock of {about} never fires within the horizon.",
    Odd.UNUSED_ISSUER: lambda f: "No stage of the strategies told of names the issuer {about}.",
    Odd.UNUSED_VERIFIER: lambda f: "The verifier {about} guards nothing.",
    Odd.UNUSED_IDENTITY: lambda f: f"Nothing runs as, opens or holds {_of(f, 'identities')}.",
    Odd.SHARED_IDENTITY: lambda f: f"{{about}} is shared by {f['workloads']} workloads.",
    Odd.MINTING_CYCLE: lambda f: f"{_of(f, 'identities')} can mint credentials of each other: access can keep itself "
    "alive.",
    Odd.MINTS_ITSELF: lambda f: f"Access can keep itself alive: who has it can mint for {_of(f, 'identities')} again.",
}  # fmt: skip
