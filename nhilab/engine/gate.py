"""Verifiers at work: does this call get in, and whom did the verifier have to ask."""

from __future__ import annotations

from nhilab.base.estate import Estate
from nhilab.base.quantities import NEVER


class Gate:
    """One verifier with its caches. Answers depend only on instants, so caches need no events."""

    def __init__(self, leeway: int, self_contained: bool, cache_ttls: list[int]) -> None:
        self._leeway = leeway
        self._self_contained = self_contained
        self._layers = [(ttl, {}) for ttl in cache_ttls]  # type: list[tuple[int, dict[int, tuple[int, bool]]]]

    def admits(self, credential: int, now: int, expires_at: int, revoked_at: int) -> tuple[bool, int]:
        """Whether a credential presented now is accepted, and how many questions reached the issuer."""
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
            depth, answer, asked = -1, now < revoked_at, 1
        for _, entries in self._layers[depth + 1 :]:
            entries[credential] = (now, answer)
        return answer, asked


def make_gates(estate: Estate) -> list[Gate]:
    """Gates of all verifiers of an estate, caches empty."""
    verifiers, layers = estate.verifiers, estate.layers
    return [
        Gate(
            int(verifiers.leeway[v]),
            bool(verifiers.self_contained[v]),
            [int(ttl) for ttl in layers.ttl[layers.verifier == v]],
        )
        for v in range(len(verifiers))
    ]
