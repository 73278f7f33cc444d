"""What a scenario file may say about strategies: what is compared."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from nhilab.scenario.distributions import (
    Constant,
    Duration,
    FiniteDuration,
    Name,
    Positive,
    Probability,
    Strict,
    TimeDistribution,
)
from nhilab.scenario.issuer_section import Dimension


class Renewal(Strict):
    """Ahead of expiry, at a fraction of the lifetime ± `jitter` of it; or, standing secrets, `every` so often."""

    ahead: Annotated[float | None, Field(gt=0, lt=1)] = None
    jitter: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    every: Annotated[FiniteDuration | None, Field(gt=0)] = None

    @model_validator(mode="after")
    def _one(self) -> Renewal:
        if (self.ahead is None) == (self.every is None) or (self.every is not None and self.jitter):
            raise ValueError("exactly one of ahead (with jitter or without) and every")
        if self.ahead is not None and not (self.jitter < self.ahead and self.ahead + self.jitter <= 1):
            raise ValueError("ahead ± jitter within the lifetime")
        return self


def _renewal(value: Any) -> Any:
    """What a file says of renewal, so that a mistake in it is named by its own key."""
    if isinstance(value, dict):
        return Renewal.model_validate(value)
    if value != "on-use" and not isinstance(value, Renewal):
        raise ValueError("on-use, {ahead: …} or {every: …}")
    return value


class Stage(Strict):
    """One stage of a strategy."""

    issuer: Name
    source: Annotated[Literal["standing", "attested", "previous"], Field(alias="from")]
    issue_per: Literal["call", "task", "workload", "place", "identity"]
    ttl: Duration
    scope: tuple[Dimension, ...] = ()
    renew: Annotated[Literal["on-use"] | Renewal, BeforeValidator(_renewal)] = "on-use"
    revoke: tuple[Literal["task-end", "renewal"], ...] = ()
    binding: Literal["bearer", "exportable-key", "non-exportable", "brokered"] = "bearer"
    on_expired: Literal["reissue", "fail"] = "reissue"
    single_use: Annotated[bool, Field(description="consumed, and replaced, when a child is issued from it")] = False

    @model_validator(mode="after")
    def _deliverable(self) -> Stage:
        if self.ttl == 0:
            raise ValueError("ttl above 0")
        if self.source == "standing" and (self.issue_per in ("call", "task") or self.scope):
            raise ValueError("standing: issue_per workload, place or identity, and no scope")
        if "task-end" in self.revoke and self.issue_per not in ("call", "task"):
            raise ValueError("revoke: [task-end] only with issue_per task or call")
        return self

    @model_validator(mode="after")
    def _renewable(self) -> Stage:
        if isinstance(self.renew, Renewal):
            if self.issue_per == "call" or self.single_use:
                raise ValueError("renew: on-use, where it is issued per call or used once")
            if self.renew.every is not None and self.source != "standing":
                raise ValueError("renew: {every: …} for standing secrets, ahead for others")
        elif "renewal" in self.revoke and not self.single_use:
            raise ValueError("revoke: [renewal] only with renew: {ahead: …} or {every: …}, or single_use")
        return self


class Escalation(Strict):
    """A denied call goes to a person, who approves what is in intent, and sometimes what is not."""

    approval_time: TimeDistribution
    wrong_approval_probability: Probability = 0.0


class Authorize(Strict):
    """Each call is judged against its task's intent."""

    decision_time: TimeDistribution = Constant(constant=0)
    cache: FiniteDuration = 0
    false_allow_probability: Probability = 0.0
    false_deny_probability: Probability = 0.0
    escalation: Escalation | None = None
    max_denials: Annotated[Positive | None, Field(description="denials after which a task is stopped")] = None


class Mix(Strict):
    """Workloads that follow the stages of another strategy: by name and kind, or a share of those."""

    strategy: Name
    workloads: tuple[str, ...] = ("*",)
    kinds: tuple[Literal["agent", "pipeline", "batch", "service"], ...] = ("agent", "pipeline", "batch", "service")
    share: Probability = 1.0


class Strategy(Strict):
    """What is compared."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    title: str = ""
    mix: tuple[Mix, ...] = ()
    authorize: Annotated[Authorize | None, Field(description="per request; without it, at issuance only")] = None
    identities: Literal["as-is", "per-workload"] = "as-is"
    grants: Annotated[Literal["copied", "used"], Field(description="of identities per workload")] = "copied"
    delegation: Literal["own", "forward", "exchange"] = "own"

    @model_validator(mode="after")
    def _chained(self) -> Strategy:
        for position, stage in enumerate(self.stages):
            if (stage.source == "previous") != (position > 0):
                raise ValueError("the first stage standing or attested, every later one previous")
            narrower = ("call",) if stage.issue_per == "task" else ("call", "task")
            if isinstance(stage.renew, Renewal) and any(s.issue_per in narrower for s in self.stages[:position]):
                raise ValueError(f"renewed ahead per {stage.issue_per}: no earlier stage per {' or '.join(narrower)}")
            if stage.single_use and position + 1 == len(self.stages):
                raise ValueError("single_use only with a next stage, which is issued from it")
            if stage.single_use and stage.issue_per == "call":
                raise ValueError("single_use: issue_per task or wider")
        if self.grants == "used" and self.identities == "as-is":
            raise ValueError("grants: used with identities: per-workload")
        return self
