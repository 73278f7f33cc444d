"""What is odd in a scenario, a sentence for each thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from nhilab.base.quantities import DAY, NEVER, format_duration
from nhilab.study.explanations.explanation import Odd, Warned


def warned_lines(warnings: Sequence[Warned]) -> Iterator[str]:
    """A sentence for each warning; those of one kind that say the same of several are told once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for warned in warnings:
        groups.setdefault((warned.kind, _SAY[warned.kind](warned.facts)), []).append(warned.about)
    for (kind, sentence), about in groups.items():
        yield sentence.replace("{about}", listed(about)) + f" [{kind}]"


def length(micros: int) -> str:
    """A length in words; whole days in days."""
    if micros >= NEVER:
        return "for ever"
    whole_days = micros % DAY == 0 and micros >= DAY
    return f"{micros // DAY}d" if whole_days else format_duration(micros)


def listed(names: Sequence[str]) -> str:
    """The first names of several, and how many more there are."""
    shown = [str(name) for name in names[:4]]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(shown) + more


def _of(facts: Mapping[str, Any], key: str) -> str:
    return listed(facts[key])


_SAY: Final[dict[Odd, Callable[[Mapping[str, Any]], str]]] = {
    Odd.TTL_CLAMPED: lambda f: f"{{about}} asks for {length(f['asked'])}; {f['issuer']} gives {length(f['given'])}.",
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
    f"{length(f['given'])}, and the revocation may take "
    + (length(f["bound"]) if f["bound"] < NEVER else "until it expires") + ".",
    Odd.CACHE_TOO_LONG: lambda f: f"{{about}} keeps answers for {length(f['cache'])}, longer than the credentials of "
    f"{_of(f, 'strategies')} live.",
    Odd.OUTLIVES_EXPIRY: lambda f: f"{{about}} serves answers for {length(f['cache'])} without looking at the expiry: "
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
    Odd.MINTS_ITSELF: lambda f: f"Whoever holds {_of(f, 'identities')} can mint it again: access can keep itself "
    "alive.",
}  # fmt: skip
