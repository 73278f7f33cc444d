"""Until when a credential is accepted and honoured, told slowly from MODEL.md section 5 alone."""

from __future__ import annotations

from nhilab.base.estate import Expiry, LayerKind
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Status


def later(instant: int, length: int) -> int:
    """`instant` + `length`, and NEVER once that is reached."""
    return min(instant + length, NEVER)


def cache_ttls(ledger: Ledger, verifier: int) -> list[int]:
    """Times to live of the verifier's caches, the one nearest the issuer first."""
    layers = ledger.estate.layers
    ttls = []
    for row in range(len(layers)):
        if int(layers.verifier[row]) != verifier:
            continue
        plain = (
            layers.kind[row] == LayerKind.CACHE
            and layers.expiry[row] == Expiry.WRITE
            and layers.checks_expiry[row]
            and layers.tick[row] == 0
            and layers.stale_for[row] == 0
            and layers.alternative[row] == -1
        )
        if not plain:
            raise NotImplementedError("MODEL.md section 5 speaks of plain write-expiry caches only")
        ttls.append(int(layers.ttl[row]))
    return ttls


def slow_accept_until(ledger: Ledger, credential: int, verifier: int) -> int:
    """Instant before which a try must arrive, adversarial reading."""
    verifiers = ledger.estate.verifiers
    x = later(int(ledger.credentials.expires_at[credential]), int(verifiers.leeway[verifier]))
    if verifiers.self_contained[verifier]:
        return x
    t = int(ledger.credentials.revoked_at[credential])
    for ttl in cache_ttls(ledger, verifier):
        t = later(t, ttl)
    return min(x, t)


def slow_honoured_until(ledger: Ledger, credential: int, verifier: int) -> int:
    """The same, and what began before it lives on for the verifier's session time."""
    session_time = int(ledger.estate.verifiers.session_time[verifier])
    return later(slow_accept_until(ledger, credential, verifier), session_time)


class Issuer:
    """Knows of the revocation from its instant on."""

    def __init__(self, revoked_at: int) -> None:
        self.revoked_at = revoked_at

    def ask(self, u: int) -> str:
        return "revoked" if u >= self.revoked_at else "live"


class Cache:
    """One entry for one credential, filled from what lies behind, kept for `ttl` after it was written."""

    def __init__(self, ttl: int, behind: Issuer | Cache) -> None:
        self.ttl = ttl
        self.behind = behind
        self.filled_at = -1
        self.answer = ""
        self.live_until = 0

    def ask(self, u: int) -> str:
        if self.filled_at >= 0 and self.filled_at <= u < later(self.filled_at, self.ttl):
            return self.answer
        self.filled_at, self.answer = u, self.behind.ask(u)
        if self.answer == "live":
            self.live_until = max(self.live_until, later(u, self.ttl))
        return self.answer


def slow_passive_until(ledger: Ledger, credential: int, verifier: int) -> int:
    """Instant before which a try that leaves no trace would still be accepted, passive reading.

    Without the session time: the passive counterpart of `slow_accept_until`.
    """
    adversarial = slow_accept_until(ledger, credential, verifier)
    if ledger.estate.verifiers.self_contained[verifier]:
        return adversarial
    revoked_at = int(ledger.credentials.revoked_at[credential])
    caches: list[Cache] = []
    decision: Issuer | Cache = Issuer(revoked_at)
    for ttl in cache_ttls(ledger, verifier):
        decision = Cache(ttl, decision)
        caches.append(decision)
    questions = []
    for call in range(len(ledger.calls)):
        resource = int(ledger.estate.permissions.resource[int(ledger.calls.permission[call])])
        mine = int(ledger.calls.credential[call]) == credential
        here = int(ledger.estate.resources.verifier[resource]) == verifier
        if mine and here and ledger.calls.status[call] != Status.SKIPPED:
            questions.append((int(ledger.calls.arrived_at[call]), call))
    for u, _ in sorted(questions):
        decision.ask(u)
    # A nearer layer says "revoked" only once everything behind it has stopped saying "live", for good. So a
    # live entry is never hidden by a revoked one, and the last live instant is the last end of a live entry.
    t = revoked_at
    for cache in caches:
        t = max(t, cache.live_until)
    return min(t, adversarial)
