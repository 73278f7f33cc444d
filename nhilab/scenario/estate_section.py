"""What the estate section and the profiles of a scenario file may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from nhilab.base.quantities import NEVER, parse_rate
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.distributions import (
    CountDistribution,
    Duration,
    FiniteDuration,
    Name,
    Positive,
    Probability,
    Strict,
    TimeDistribution,
)
from nhilab.scenario.generated_section import GeneratedEstate


def _cron(text: str) -> str:
    parse_cron(text)
    return text


class Operation(Strict):
    """What performing an operation opens; identities also by pattern (``*`` and ``?`` as in a shell)."""

    opens_places: tuple[Name, ...] = ()
    opens_identities: tuple[str, ...] = ()
    plants: Annotated[tuple[str, ...], Field(description="identities it creates lasting keys or grants of")] = ()
    when: Literal["now", "next-task"] = "now"


class Resource(Strict):
    """Something a credential opens; `count` makes that many alike, named NAME-1, NAME-2, …"""

    resource_class: Annotated[Name, Field(alias="class")]
    verifier: Name
    environment: Name = "default"
    count: Positive = 1
    sensitivity: Annotated[float, Field(gt=0)] = 1.0
    crown_jewel: bool = False
    place: Annotated[Name | None, Field(description="shared place where the credentials presented to it remain")] = None
    operations: dict[Name, Operation] = {"read": Operation(), "write": Operation()}


class Grant(Strict):
    """Operations on the resources whose names match a pattern (``*`` and ``?`` as in a shell)."""

    resources: tuple[str, ...]
    operations: tuple[str, ...] = ("*",)


class Identity(Strict):
    """A service account. Without `mintable_from` its trust policy accepts the places its workloads run at."""

    grants: tuple[Grant, ...] = ()
    mintable_from: tuple[Name, ...] | None = None
    visible: bool = True
    owner: str = ""


class Place(Strict):
    """Where credentials lie and can be taken."""

    kind: Name = "host"
    isolation: Literal["shared", "slot", "task"] = "shared"
    slots: Positive | None = None
    inside: Annotated[Name | None, Field(description="shared place that holds this one")] = None
    residue: Duration = 0
    log: Name | None = None
    logs_token_probability: Probability = 0.0
    network: str = ""
    scanner_delay: Annotated[Duration, Field(description="a log: a scanner has what it finds revoked")] = NEVER


class Standing(Strict):
    """A credential that no strategy manages: an orphan, a break-glass or a third party's key, with all grants."""

    identity: Name
    places: Annotated[tuple[Name, ...], Field(min_length=1)]
    ttl: Duration = NEVER
    binding: Literal["bearer", "exportable-key", "non-exportable", "brokered"] = "bearer"


class Arrivals(Strict):
    """When tasks arrive: exactly one of `every` (random phase), `cron` and `rate` (Poisson)."""

    every: FiniteDuration | None = None
    cron: Annotated[str, AfterValidator(_cron)] | None = None
    rate: Annotated[float, BeforeValidator(parse_rate, json_schema_input_type=str)] | None = None
    jitter: FiniteDuration = 0

    @model_validator(mode="after")
    def _one(self) -> Arrivals:
        if sum(v is not None for v in (self.every, self.cron, self.rate)) != 1 or self.every == 0:
            raise ValueError("exactly one of every, cron and rate, not zero")
        return self


class Target(Strict):
    """Permissions a workload's calls are for, and how often relative to its other targets."""

    resources: tuple[str, ...]
    operations: tuple[str, ...] = ("*",)
    weight: Annotated[float, Field(gt=0)] = 1.0


class PickedTargets(Strict):
    """Each workload uses `n` of its grants, with Zipf weights of the given exponent."""

    n: Positive = 4
    skew: Annotated[float, Field(ge=0)] = 1.0


class CopiesTo(Strict):
    """A place that received a copy of a workload's lasting credentials; rotation may miss it."""

    place: Name
    rotated: bool = True


class Delegation(Strict):
    """Each call hands work to another workload with a probability."""

    workload: Name
    probability: Probability = 1.0


class Queue(Strict):
    """Calls are messages: they wait in a queue, then for a consumer, and carry a credential or an authorisation."""

    place: Name
    wait: TimeDistribution
    consumers: Positive | None = None
    carries: Literal["credential", "authorisation"] = "credential"


class Workload(Strict):
    """Running software that makes calls; `count` instances with arrivals of their own."""

    identity: Name
    place: Name
    arrivals: Annotated[Arrivals | None, Field(description="none: only work that others delegate")] = None
    own_process: Annotated[bool, Field(description="a SimPy process given to the run does its work")] = False
    kind: Literal["agent", "pipeline", "batch", "service"] = "pipeline"
    count: Positive = 1
    profile: Name = "default"
    targets: tuple[Target, ...] | None = None
    copies_to: tuple[CopiesTo, ...] = ()
    delegates_to: Delegation | None = None
    queue: Queue | None = None


class Profile(Strict):
    """How tasks go: calls a task, then either think times, or the task's whole length with calls spread over it."""

    calls: CountDistribution
    call_time: TimeDistribution
    think_time: TimeDistribution | None = None
    task_time: TimeDistribution | None = None
    targets: PickedTargets = PickedTargets()
    drift_probability: Annotated[Probability, Field(description="a call is out of the task's plan")] = 0.0
    crash_probability: Annotated[Probability, Field(description="a task ends without cleaning up")] = 0.0

    @model_validator(mode="after")
    def _one(self) -> Profile:
        if (self.think_time is None) == (self.task_time is None):
            raise ValueError("exactly one of think_time and task_time")
        return self


class EstateSection(Strict):
    """What exists: listed here, read from CSV tables, or generated."""

    resources: dict[Name, Resource] = {}
    identities: dict[Name, Identity] = {}
    workloads: dict[Name, Workload] = {}
    places: dict[Name, Place] = {}
    standing: dict[Name, Standing] = {}
    tables: str | None = None
    generated: GeneratedEstate | None = None
    verifier_by_class: dict[Name, Name] = {}
    scale: Annotated[int, Field(ge=1, description="instances of every workload are multiplied by it")] = 1

    @model_validator(mode="after")
    def _one(self) -> EstateSection:
        listed = bool(self.resources or self.identities or self.workloads)
        if listed + (self.tables is not None) + (self.generated is not None) != 1:
            raise ValueError("exactly one of: resources, identities and workloads; tables; generated")
        return self
