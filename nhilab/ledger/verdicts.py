"""What verifiers answer: their layers as a state machine, question by question.

A question about one credential starts at the layer nearest the decision and travels towards the issuer until
something answers it. Its answer is live (True), dead (False), or none (None) where the issuer could not be reached.
Definition: MODEL.md §5, "What a verifier answers".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from nhilab.base.estate import LayerKind, Unreachable
from nhilab.base.quantities import NEVER, add
from nhilab.ledger.rules import Layer, Rules, Steps


@dataclass(slots=True)
class Question:
    """What a call asks about its credential, and how many of its questions reached the issuer.

    `ends_at` is the credential's expiry with the verifier's leeway; `lost_pushes` has one bit per layer row.
    """

    issued_at: int
    ends_at: int
    revoked_at: int
    lost_pushes: int = 0
    replica_draw: float = 0.0
    reachable: bool = True
    n_asked: int = 0


class Verdicts:
    """What one verifier knows of one credential; asked at instants that never go back."""

    __slots__ = ("_nearest", "_rules")

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._nearest = _source(rules.steps)

    def admits(self, now: int, question: Question) -> bool:
        """Whether a call with the credential is accepted now; counts its questions in `question`."""
        nearest = self._nearest
        if now >= question.ends_at and not (isinstance(nearest, _Cache) and not nearest.layer.checks_expiry):
            return False
        if self._rules.self_contained:
            return True
        answer = nearest.ask(now, question)
        if answer is not None:
            return answer
        if now >= question.ends_at or self._rules.on_unreachable is Unreachable.CLOSED:
            return False
        return self._rules.on_unreachable is Unreachable.OPEN or (isinstance(nearest, _Cache) and bool(nearest.answer))

    def live_until(self, question: Question) -> int:
        """Last instant at which some layer answers live if nobody asks any more."""
        return self._nearest.live_until(question)


class _Source(Protocol):
    """Whatever answers: the issuer, or a layer with all that is behind it."""

    def ask(self, at: int, question: Question) -> bool | None: ...

    def live_until(self, question: Question) -> int: ...


def _source(steps: Steps) -> _Source:
    """What answers after these steps, caches empty."""
    if not steps:
        return _Issuer()
    branches = [_MADE[layer.kind](layer, steps[:-1]) for layer in steps[-1]]
    return branches[0] if len(branches) == 1 else _FirstOf(branches)


class _Issuer:
    def ask(self, at: int, question: Question) -> bool | None:
        question.n_asked += 1
        if not question.reachable:
            return None
        return at < question.revoked_at and at < question.ends_at

    def live_until(self, question: Question) -> int:
        return min(question.revoked_at, question.ends_at)


class _Cache:
    __slots__ = ("_behind", "_end", "_live_end", "answer", "layer")

    def __init__(self, layer: Layer, behind: Steps) -> None:
        self.layer = layer
        self._behind = _source(behind)
        self._end = self._live_end = -NEVER
        self.answer: bool | None = None

    def ask(self, at: int, question: Question) -> bool | None:
        layer = self.layer
        if layer.checks_expiry and at >= question.ends_at:
            return False
        if at < self._end:
            if layer.access:
                self._keep(at)
            return self.answer
        old = self.answer if at < self._end + layer.stale_for else None
        new = self._behind.ask(at, question)
        if new is not None:
            self.answer = new
            self._keep(at)
        return new if old is None else old

    def _keep(self, at: int) -> None:
        """Let the entry stand from now on."""
        layer = self.layer
        ttl = layer.ttl if self.answer else layer.dead_ttl
        tick = layer.tick
        self._end = (at // tick + ttl // tick + 1) * tick if tick else at + ttl
        if self.answer:
            self._live_end = max(self._live_end, self._end + layer.stale_for)

    def live_until(self, question: Question) -> int:
        return max(self._behind.live_until(question), min(self._live_end, NEVER))


def _carried(behind: _Source, at: int, question: Question) -> bool | None:
    """Answer of a layer that carries the issuer's state: nobody is asked, and no outage is in the way."""
    reachable, n_asked = question.reachable, question.n_asked
    question.reachable = True
    answer = behind.ask(at, question)
    question.reachable, question.n_asked = reachable, n_asked
    return answer


class _Poll:
    __slots__ = ("_behind", "_layer")

    def __init__(self, layer: Layer, behind: Steps) -> None:
        self._layer = layer
        self._behind = _source(behind)

    def ask(self, at: int, question: Question) -> bool | None:
        if at >= question.ends_at:
            return False
        fetched_at = at - (at - self._layer.phase) % self._layer.period
        return fetched_at < question.issued_at or _carried(self._behind, fetched_at, question)

    def live_until(self, question: Question) -> int:
        until, layer = self._behind.live_until(question), self._layer
        return until if until >= NEVER else min(until + (layer.phase - until) % layer.period, NEVER)


class _Push:
    __slots__ = ("_behind", "_layer")

    def __init__(self, layer: Layer, behind: Steps) -> None:
        self._layer = layer
        self._behind = _source(behind)

    def ask(self, at: int, question: Question) -> bool | None:
        if at >= question.ends_at:
            return False
        return self._lost(question) or _carried(self._behind, at - self._layer.delay, question)

    def live_until(self, question: Question) -> int:
        return NEVER if self._lost(question) else add(self._behind.live_until(question), self._layer.delay)

    def _lost(self, question: Question) -> bool:
        return bool(question.lost_pushes >> self._layer.row & 1)


class _Replicas:
    """Each replica is made when it is first met: there may be many, and few calls."""

    __slots__ = ("_behind", "_layer", "_made")

    def __init__(self, layer: Layer, behind: Steps) -> None:
        self._layer, self._behind = layer, behind
        self._made: dict[int, _Source] = {}

    def ask(self, at: int, question: Question) -> bool | None:
        if at >= question.ends_at:
            return False
        number = int(self._layer.n * question.replica_draw) + 1
        return _carried(self._replica(number), at - self._lag(number), question)

    def live_until(self, question: Question) -> int:
        self._replica(self._layer.n)  # of those that no call met, the one that lags most lives longest
        return max(add(made.live_until(question), self._lag(number)) for number, made in self._made.items())

    def _replica(self, number: int) -> _Source:
        if number not in self._made:
            self._made[number] = _source(self._behind)
        return self._made[number]

    def _lag(self, number: int) -> int:
        return self._layer.lag * number // self._layer.n


class _FirstOf:
    __slots__ = ("_branches",)

    def __init__(self, branches: list[_Source]) -> None:
        self._branches = branches

    def ask(self, at: int, question: Question) -> bool | None:
        answers = [branch.ask(at, question) for branch in self._branches]
        if False in answers:
            return False
        return None if None in answers else True

    def live_until(self, question: Question) -> int:
        return min(branch.live_until(question) for branch in self._branches)


_MADE: Final[dict[LayerKind, Callable[[Layer, Steps], _Source]]] = {
    LayerKind.CACHE: _Cache, LayerKind.POLL: _Poll, LayerKind.PUSH: _Push, LayerKind.REPLICA: _Replicas,
}  # fmt: skip
