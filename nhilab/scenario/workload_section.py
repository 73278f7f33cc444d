"""What a scenario file may say of workloads: when they run, how their tasks go, and what their calls are for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from nhilab.base.quantities import parse_rate
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.distributions import (
    CountDistribution,
    FiniteDuration,
    Name,
    Positive,
    Probability,
    Strict,
    TimeDistribution,
)
from nhilab.scenario.keys import RATE, at_key, said


def _cron(text: str) -> str:
    parse_cron(text)
    return text


Kind = Literal["agent", "pipeline", "batch", "service"]
Rate = Annotated[float, BeforeValidator(parse_rate, json_schema_input_type=RATE)]


class Arrivals(Strict):
    """When tasks arrive: exactly one of `every` (random phase), `cron` and `rate` (Poisson)."""

    every: Annotated[FiniteDuration | None, said("A task at each multiple of it, at a random phase.", "15m", "1d")] = (
        None
    )
    cron: Annotated[
        Annotated[str, AfterValidator(_cron)] | None, said("Five fields, day names allowed.", "0 6,18 * * MON-FRI")
    ] = None
    rate: Annotated[Rate | None, said("Mean of Poisson arrivals, per instance.", "12/h", "0.5/s")] = None
    jitter: Annotated[FiniteDuration, said("Each arrival is late by up to it, uniformly.", "5m")] = 0

    @model_validator(mode="after")
    def _one(self) -> Arrivals:
        if sum(v is not None for v in (self.every, self.cron, self.rate)) != 1:
            raise ValueError("exactly one of every, cron and rate")
        if self.every == 0:
            raise at_key("every", "0", "a length above 0")
        return self


class Target(Strict):
    """Permissions a workload's calls are for, and how often relative to its other targets."""

    resources: Annotated[tuple[str, ...], said("Names or patterns (`*`, `?`) of resources.", ["orders", "logs-*"])]
    operations: Annotated[tuple[str, ...], said("Names or patterns of operations.", ["read"])] = ("*",)
    weight: Annotated[float, said("Relative frequency.", 3, gt=0)] = 1.0


class PickedTargets(Strict):
    """Each workload uses `n` of its grants, with Zipf weights of the given exponent."""

    n: Annotated[Positive, said("How many of its grants a workload uses.", 4)] = 4
    skew: Annotated[
        float, said("Zipf exponent: 0 uses all alike, 1 the first twice as often as the second.", 1, ge=0)
    ] = 1.0


class CopiesTo(Strict):
    """A place that received a copy of a workload's lasting credentials; rotation may miss it."""

    place: Annotated[Name, said("One of `places`.", "old-pipeline")]
    rotated: Annotated[bool, said("Whether rotation replaces this copy, too.", False)] = True


class Delegation(Strict):
    """Each call hands work to another workload with a probability."""

    workload: Annotated[Name, said("One of `workloads`, whose work does not come back.", "summariser")]
    probability: Annotated[Probability, said("Chance that a call does.", 0.3)] = 1.0


class Queue(Strict):
    """Calls are messages: they wait in a queue, then for a consumer, and carry a credential or an authorisation."""

    place: Annotated[Name, said("One of `places`: where messages lie.", "queue")]
    wait: Annotated[TimeDistribution, said("How long a message waits at least.", {"exponential": "10m"})]
    consumers: Annotated[Positive | None, said("Messages consumed at once; no limit if not given.", 4)] = None
    carries: Annotated[
        Literal["credential", "authorisation"], said("A credential, or that the call was allowed when it was enqueued.")
    ] = "credential"


class Workload(Strict):
    """Running software that makes calls; `count` instances with arrivals of their own."""

    identity: Annotated[Name, said("One of `identities`: what it authenticates as.", "deployer")]
    place: Annotated[Name, said("One of `places`: where it runs.", "runner")]
    arrivals: Annotated[
        Arrivals | None, said("When its tasks arrive; without it, only work that others delegate.", {"rate": "12/h"})
    ] = None
    own_process: Annotated[bool, said("A SimPy process given to the run does its work.", True)] = False
    kind: Annotated[Kind, said("What it is; strategies may treat kinds differently (`mix`).")] = "pipeline"
    count: Annotated[Positive, said("Instances alike.", 40)] = 1
    profile: Annotated[Name, said("One of `profiles`: how its tasks go.", "default")] = "default"
    targets: Annotated[
        tuple[Target, ...] | None,
        said("What its calls are for; without it, picked from its identity's grants.", [{"resources": ["orders"]}]),
    ] = None
    copies_to: Annotated[
        tuple[CopiesTo, ...], said("Places that hold a copy of its lasting credential.", [{"place": "old-pipeline"}])
    ] = ()
    delegates_to: Annotated[Delegation | None, said("Whom it hands work to.", {"workload": "summariser"})] = None
    queue: Annotated[
        Queue | None, said("Where its calls wait; without it they are made at once.", {"place": "queue", "wait": "10m"})
    ] = None


class Profile(Strict):
    """How tasks go: calls a task, then either think times, or the task's whole length with calls spread over it."""

    calls: Annotated[CountDistribution, said("Calls a task makes.", {"geometric": 10}, 1)]
    call_time: Annotated[TimeDistribution, said("How long a call takes.", {"exponential": "200ms"})]
    think_time: Annotated[TimeDistribution | None, said("Pause before each call.", {"exponential": "2s"})] = None
    task_time: Annotated[
        TimeDistribution | None,
        said("Length of the whole task, with its calls spread over it.", {"lognormal": {"median": "1m", "sigma": 1}}),
    ] = None
    targets: Annotated[PickedTargets, said("How workloads without `targets` use their grants.", {"n": 4})] = (
        PickedTargets()
    )
    drift_probability: Annotated[Probability, said("Chance that a call is out of the task's plan.", 0.02)] = 0.0
    crash_probability: Annotated[Probability, said("Chance that a task ends without cleaning up.", 0.01)] = 0.0

    @model_validator(mode="after")
    def _one(self) -> Profile:
        if self.think_time is not None and self.task_time is not None:
            raise at_key("think_time", "both", "either think_time or task_time")
        if self.think_time is None and self.task_time is None:
            raise ValueError("exactly one of think_time and task_time")
        return self
