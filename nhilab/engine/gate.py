"""Verifiers at work: does this call get in, and whom did the verifier have to ask."""

from __future__ import annotations

from nhilab.base.estate import Estate, Unreachable
from nhilab.base.quantities import NEVER
from nhilab.ledger.rules import Rules
from nhilab.ledger.verdicts import Question, Verdicts


class Gate:
    """One verifier with its layers. Answers depend only on instants, so layers need no events."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._verdicts: dict[int, Verdicts] = {}

    def admits(
        self, credential: int, now: int, *, issued_at: int, expires_at: int, revoked_at: int, lost_pushes: int = 0,
        replica_draw: float = 0.0, reachable: bool = True,
    ) -> tuple[bool, int]:  # fmt: skip
        """Whether a credential presented now is accepted, and how many questions reached the issuer.

        `now` never goes back. `reachable` says whether the issuer of the credential's stage answers now; a question
        that it does not answer counts too.
        """
        verdicts = self._verdicts.get(credential)
        if verdicts is None:
            verdicts = self._verdicts[credential] = Verdicts(self._rules)
        ends_at = min(expires_at + self._rules.leeway, NEVER)
        question = Question(issued_at, ends_at, revoked_at, lost_pushes, replica_draw, reachable)
        admitted = verdicts.admits(now, question)
        return admitted, question.n_asked


class CacheGate(Gate):
    """The same for plain write-expiry caches or none: answers as `Gate` does, in a fraction of the time."""

    def __init__(self, rules: Rules, cache_ttls: list[int]) -> None:
        super().__init__(rules)
        self._leeway = rules.leeway
        self._self_contained = rules.self_contained
        self._layers = [(ttl, {}) for ttl in cache_ttls]  # type: list[tuple[int, dict[int, tuple[int, bool]]]]

    def admits(
        self, credential: int, now: int, *, issued_at: int, expires_at: int, revoked_at: int, lost_pushes: int = 0,
        replica_draw: float = 0.0, reachable: bool = True,
    ) -> tuple[bool, int]:  # fmt: skip
        """See `Gate`; the issue, pushes and replicas play no part."""
        if now >= min(expires_at + self._leeway, NEVER):
            return False, 0
        if self._self_contained:
            return True, 0
        for depth in range(len(self._layers) - 1, -1, -1):
            ttl, entries = self._layers[depth]
            entry = entries.get(credential)
            if entry is not None and now < entry[0] + ttl:
                answer, asked = entry[1], 0
                break
        else:
            if not reachable:
                return self._unanswered(credential), 1
            depth, answer, asked = -1, now < revoked_at, 1
        for _, entries in self._layers[depth + 1 :]:
            entries[credential] = (now, answer)
        return answer, asked

    def _unanswered(self, credential: int) -> bool:
        """What the verifier does without an answer; an entry that has ended may still be the last one held."""
        policy = self._rules.on_unreachable
        if policy is not Unreachable.STALE or not self._layers:
            return policy is Unreachable.OPEN
        held = self._layers[-1][1].get(credential)
        return held is not None and held[1]


def make_gates(estate: Estate) -> list[Gate]:
    """Gates of all verifiers of an estate, caches empty."""
    gates: list[Gate] = []
    for verifier in range(len(estate.verifiers)):
        rules = Rules.of(estate, verifier)
        ttls = rules.plain_ttls()
        gates.append(Gate(rules) if ttls is None else CacheGate(rules, ttls))
    return gates
