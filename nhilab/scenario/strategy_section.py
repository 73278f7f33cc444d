"""What a scenario file may say about strategies: what is compared."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, model_validator

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
from nhilab.scenario.keys import at_key, said


class Renewal(Strict):
    """Ahead of expiry, at a fraction of the lifetime ± `jitter` of it; or, standing secrets, `every` so often."""

    ahead: Annotated[float | None, said("Fraction of the lifetime after which it is renewed.", 0.5, gt=0, lt=1)] = None
    jitter: Annotated[float, said("Share of the lifetime by which that varies, either way.", 0.05, ge=0, lt=0.5)] = 0.0
    every: Annotated[FiniteDuration | None, said("Rotation of standing secrets: so often.", "30d", gt=0)] = None

    @model_validator(mode="after")
    def _one(self) -> Renewal:
        if self.every is not None and self.jitter:
            raise at_key("jitter", self.jitter, "none with every")
        if (self.ahead is None) == (self.every is None):
            raise ValueError("exactly one of ahead (with jitter or without) and every")
        if self.ahead is not None and not (self.jitter < self.ahead and self.ahead + self.jitter <= 1):
            raise at_key("jitter", self.jitter, "ahead ± jitter within the lifetime")
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

    issuer: Annotated[Name, said("One of `issuers`: who makes it.", "sts")]
    source: Annotated[
        Literal["standing", "attested", "previous"],
        said("A secret that exists from the start, one given to whoever runs at the place, or one issued from the "
             "stage before.", alias="from"),
    ]  # fmt: skip
    issue_per: Annotated[
        Literal["call", "task", "workload", "place", "identity"],
        said("Its owner: one for each call, task, workload instance, identity at a place, or identity."),
    ]
    ttl: Annotated[Duration, said("Lifetime asked for.", "15m", "never")]
    scope: Annotated[
        tuple[Dimension, ...],
        said("A credential carries the grants that agree with the call in these; all grants if empty.", ["class"]),
    ] = ()
    renew: Annotated[
        Literal["on-use"] | Renewal,
        BeforeValidator(_renewal),
        said("When it is replaced: once expired, ahead of that, or every so often.", "on-use", {"ahead": 0.5}),
    ] = "on-use"
    revoke: Annotated[
        tuple[Literal["task-end", "renewal"], ...], said("When the issuer is told to end it.", ["task-end"])
    ] = ()
    binding: Annotated[
        Literal["bearer", "exportable-key", "non-exportable", "brokered"],
        said("What using it takes: itself, a key that can be taken along, one that cannot, or a broker that keeps it."),
    ] = "bearer"
    on_expired: Annotated[
        Literal["reissue", "fail"], said("What a refused call does: ask for another once, or fail.")
    ] = "reissue"
    single_use: Annotated[bool, said("Consumed, and replaced, when a child is issued from it.", True)] = False

    @model_validator(mode="after")
    def _deliverable(self) -> Stage:
        if self.ttl == 0:
            raise at_key("ttl", "0", "a lifetime above 0")
        if self.source == "standing" and self.issue_per in ("call", "task"):
            raise at_key("issue_per", self.issue_per, "workload, place or identity, where it is standing")
        if self.source == "standing" and self.scope:
            raise at_key("scope", list(self.scope), "no scope where it is standing: a lasting secret is not narrowed")
        if "task-end" in self.revoke and self.issue_per not in ("call", "task"):
            raise at_key("revoke", list(self.revoke), "task-end only with issue_per task or call")
        return self

    @model_validator(mode="after")
    def _renewable(self) -> Stage:
        if isinstance(self.renew, Renewal):
            if self.issue_per == "call" or self.single_use:
                raise at_key("renew", "ahead or every", "on-use, where it is issued per call or used once")
            if self.renew.every is not None and self.source != "standing":
                raise at_key("renew", "every", "{every: …} for standing secrets, ahead for others")
        elif "renewal" in self.revoke and not self.single_use:
            allowed = "renewal only with renew: {ahead: …} or {every: …}, or single_use"
            raise at_key("revoke", list(self.revoke), allowed)
        return self


class Escalation(Strict):
    """A denied call goes to a person, who approves what is in intent, and sometimes what is not."""

    approval_time: Annotated[TimeDistribution, said("How long the person takes.", {"exponential": "10m"})]
    wrong_approval_probability: Annotated[Probability, said("Chance that what is out of intent is approved.", 0.1)] = (
        0.0
    )


class Authorize(Strict):
    """Each call is judged against its task's intent."""

    decision_time: Annotated[TimeDistribution, said("How long a decision takes.", {"exponential": "15ms"})] = Constant(
        constant=0
    )
    cache: Annotated[FiniteDuration, said("A task's decision on a permission is kept so long; 0 for never.", "30s")] = 0
    false_allow_probability: Annotated[Probability, said("Chance that a call out of intent is allowed.", 0.02)] = 0.0
    false_deny_probability: Annotated[Probability, said("Chance that a call in intent is denied.", 0.01)] = 0.0
    escalation: Annotated[
        Escalation | None, said("Denied calls go to a person.", {"approval_time": {"exponential": "10m"}})
    ] = None
    max_denials: Annotated[
        Positive | None, said("Denials after which a task is stopped; no limit if not given.", 3)
    ] = None


class Mix(Strict):
    """Workloads that follow the stages of another strategy: by name and kind, or a share of those."""

    strategy: Annotated[Name, said("One of `strategies`, whose stages they follow.", "task-tokens")]
    workloads: Annotated[tuple[str, ...], said("Names or patterns of workloads.", ["deploy*"])] = ("*",)
    kinds: Annotated[
        tuple[Literal["agent", "pipeline", "batch", "service"], ...], said("Kinds of workloads.", ["batch", "agent"])
    ] = ("agent", "pipeline", "batch", "service")
    share: Annotated[Probability, said("Share of those that adopt it; which ones is drawn by name.", 0.5)] = 1.0


_SOURCES: Final = "the first stage standing or attested, every later one previous"


class Strategy(Strict):
    """What is compared."""

    stages: Annotated[
        tuple[Stage, ...],
        said("From the bootstrap to the credential that calls present, which is the last.",
             [{"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": "15m"}], min_length=1),
    ]  # fmt: skip
    title: Annotated[str, said("What it is, in a line.", "a token for each task")] = ""
    mix: Annotated[
        tuple[Mix, ...],
        said("Workloads that follow another strategy's stages.", [{"strategy": "task-tokens", "share": 0.5}]),
    ] = ()
    authorize: Annotated[
        Authorize | None,
        said("Each request is decided; if not given, only issuance is.", {"decision_time": {"exponential": "15ms"}}),
    ] = None
    identities: Annotated[
        Literal["as-is", "per-workload"], said("Whether each workload gets an identity of its own.")
    ] = "as-is"
    grants: Annotated[
        Literal["copied", "used"], said("Of identities per workload: all of the shared one's, or those that are used.")
    ] = "copied"
    delegation: Annotated[
        Literal["own", "forward", "exchange"],
        said("What work handed on presents: its own credential, the caller's, or one exchanged for that."),
    ] = "own"

    @model_validator(mode="after")
    def _chained(self) -> Strategy:
        for position, stage in enumerate(self.stages):
            if (stage.source == "previous") != (position > 0):
                raise at_key("stages", f"stage {position} from {stage.source}", _SOURCES)
            narrower = ("call",) if stage.issue_per == "task" else ("call", "task")
            if isinstance(stage.renew, Renewal) and any(s.issue_per in narrower for s in self.stages[:position]):
                allowed = f"renewed ahead per {stage.issue_per}: no earlier stage per {' or '.join(narrower)}"
                raise at_key("stages", f"stage {position} renewed ahead", allowed)
            if stage.single_use and position + 1 == len(self.stages):
                raise at_key("stages", "the last one single_use", "single_use only with a next stage, issued from it")
            if stage.single_use and stage.issue_per == "call":
                raise at_key("stages", "single_use per call", "single_use: issue_per task or wider")
        if self.grants == "used" and self.identities == "as-is":
            raise at_key("grants", "used", "used with identities: per-workload")
        return self
