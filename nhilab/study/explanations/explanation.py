"""What a scenario says, as findings: who works, where, with which credentials, who steals them, and what is odd."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from nhilab.base.quantities import NEVER, SECOND

EXPLANATION: Final = "nhilab/explanation/1"


class Odd(StrEnum):
    """What may be meant otherwise than it is written, or makes a comparison look better than it is."""

    TTL_CLAMPED = "ttl-clamped"
    SCOPE_CUT = "scope-cut"
    REVOCATION_DROPPED = "revocation-dropped"
    HYPOTHETICAL = "hypothetical"
    BOOTSTRAP_NEVER_ROTATED = "bootstrap-never-rotated"
    NEVER_EXPIRES = "never-expires"
    UNMANAGED_NEVER_EXPIRES = "unmanaged-never-expires"
    INVISIBLE = "invisible-identity"
    WITHOUT_OWNER = "identity-without-owner"
    NEVER_LEARNS = "verifier-never-learns"
    REVOCATION_TOO_LATE = "revocation-slower-than-expiry"
    CACHE_TOO_LONG = "cache-longer-than-lifetime"
    OUTLIVES_EXPIRY = "cache-serves-past-expiry"
    UNSCANNED_LOG = "log-without-scanner"
    NO_ISSUER_ENTRY = "no-way-in-by-the-issuer"
    INFALLIBLE = "decisions-never-err"
    NO_ARRIVALS = "workload-without-arrivals"
    UNUSED_ISSUER = "unused-issuer"
    UNUSED_VERIFIER = "unused-verifier"
    UNUSED_IDENTITY = "unused-identity"
    SHARED_IDENTITY = "shared-identity"
    MINTING_CYCLE = "minting-cycle"
    MINTS_ITSELF = "mints-itself"


@dataclass(frozen=True)
class Warned:
    """One thing to look at twice: its kind, what it is about, and the particulars that a sentence needs."""

    kind: Odd
    about: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Who:
    """A workload; tasks a day are of one instance, None where others hand it its work."""

    workload: str
    kind: str
    instances: int
    identity: str
    place: str
    arrives: str
    tasks_per_day: float | None
    calls_per_task: float
    targets: int
    delegates_to: str
    queue: str
    drift_probability: float
    crash_probability: float


@dataclass(frozen=True, kw_only=True)
class Where:
    """A place, and the workloads that run there; residue in µs."""

    place: str
    kind: str
    isolation: str
    slots: int | None
    inside: str
    residue: int
    log: str
    logs_token_probability: float
    network: str
    workloads: int


@dataclass(frozen=True, kw_only=True)
class Life:
    """A stage of a strategy as asked and as delivered, of how many; lifetimes in µs."""

    strategy: str
    stage: int
    issuer: str
    source: str
    issue_per: str
    asked_ttl: int
    effective_ttl: int
    asked_scope: tuple[str, ...]
    effective_scope: tuple[str, ...]
    renewed: str
    asked_revoke: tuple[str, ...]
    effective_revoke: tuple[str, ...]
    binding: str
    single_use: bool
    hypothetical: bool
    stages: int

    @property
    def name(self) -> str:
        """The strategy, and which stage of it, if it has several."""
        return self.strategy if self.stages == 1 else f"{self.strategy}, stage {self.stage}"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a strategy says beside its stages; `follow` are other strategies, each with the share that adopts it."""

    strategy: str
    title: str
    decided: bool
    false_allow_probability: float
    false_deny_probability: float
    escalates: bool
    identities: str
    grants: str
    delegation: str
    follow: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Honoured:
    """How long a verifier may honour what is revoked (at most; `NEVER`: until it expires), in µs."""

    verifier: str
    resources: int
    self_contained: bool
    after_revocation: int
    loss_probability: float
    leeway: int
    session: int


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """An entry, its share of all campaigns; lengths in µs."""

    entry: str
    timing: str
    technique: str
    where: tuple[str, ...]
    share: float
    dwell: int
    dormancy: int
    takes: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """All of it.

    Attributes
    ----------
    scenario, question : str
    horizon, warm_up, follow_up, hop_time : int, µs
    detected : bool
        Whether anybody notices thieves.
    who, where, rules, lives, honoured, ways_in : tuple
    n_resources, n_identities, n_grants : int
    shares : mapping
        Share of the numbers by origin.
    assumed : tuple of (str, str)
        Key path and reason of the assumed numbers.
    warnings : tuple of Warned
    """

    scenario: str
    question: str
    horizon: int
    warm_up: int
    follow_up: int
    hop_time: int
    detected: bool
    who: tuple[Who, ...]
    where: tuple[Where, ...]
    rules: tuple[Rules, ...]
    lives: tuple[Life, ...]
    honoured: tuple[Honoured, ...]
    ways_in: tuple[WayIn, ...]
    n_resources: int
    n_identities: int
    n_grants: int
    shares: Mapping[str, float]
    assumed: tuple[tuple[str, str], ...]
    warnings: tuple[Warned, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: lengths in seconds, null where they have no end."""
        return {"schema": EXPLANATION, **_plain(dataclasses.asdict(self))}


_LENGTHS: Final = frozenset(
    {"horizon", "warm_up", "follow_up", "hop_time", "residue", "asked_ttl", "effective_ttl", "after_revocation",
     "leeway", "session", "dwell", "dormancy", "asked", "given", "cache", "bound"}
)  # fmt: skip


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {
            f"{key}_s" if key in _LENGTHS and isinstance(value, int) else str(key): (
                _seconds(value) if key in _LENGTHS and isinstance(value, int) else _plain(value)
            )
            for key, value in content.items()
        }
    return [_plain(part) for part in content] if isinstance(content, list | tuple) else content


def _seconds(length: int) -> float | None:
    return None if length >= NEVER else length / SECOND
