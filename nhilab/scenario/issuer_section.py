"""What a scenario file may say about issuers: how they serve, when they are away, what they can deliver."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from nhilab.base.quantities import NEVER, parse_rate
from nhilab.scenario.distributions import Constant, Duration, FiniteDuration, Name, Positive, Strict, TimeDistribution

Dimension = Literal["environment", "class", "resource", "operation"]
DIMENSIONS: tuple[Dimension, ...] = ("environment", "class", "resource", "operation")


class RateLimit(Strict):
    """A token bucket, full at the start."""

    rate: Annotated[float, BeforeValidator(parse_rate, json_schema_input_type=str)]
    burst: Positive = 1


class Outage(Strict):
    """The issuer answers nobody `from` an instant `for` a while, and again `every` so often if that is given."""

    begin: Annotated[FiniteDuration, Field(alias="from")]
    length: Annotated[FiniteDuration, Field(alias="for", gt=0)]
    every: FiniteDuration | None = None

    @model_validator(mode="after")
    def _apart(self) -> Outage:
        if self.every is not None and self.every <= self.length:
            raise ValueError("every longer than for")
        return self


class Issuer(Strict):
    """Who makes credentials: a FIFO station, and one for revocations."""

    servers: Positive = 1
    service_time: TimeDistribution
    rate_limit: RateLimit | None = None
    outages: tuple[Outage, ...] = ()
    timeout: Annotated[Duration, Field(gt=0, description="a client gives up a request that would take longer")] = NEVER
    attempts: Positive = 1
    backoff: FiniteDuration = 0
    ttl_range: tuple[Duration, Duration] | None = None
    narrows: Annotated[
        dict[Name, tuple[Dimension, ...]],
        Field(description="dimensions of scope it can narrow, by resource class or `default`; without it, all"),
    ] = {"default": DIMENSIONS}
    out_of_range: Literal["clamp", "reject"] = "clamp"
    revocation_unit: Literal["none", "credential", "subtree", "identity"] = "credential"
    cascade: bool = False
    revokes_when_owner_gone: bool = False
    revocation_servers: Positive = 1
    revocation_time: TimeDistribution = Constant(constant=0)

    @model_validator(mode="after")
    def _ordered(self) -> Issuer:
        if self.ttl_range is not None and not 0 < self.ttl_range[0] <= self.ttl_range[1]:
            raise ValueError("ttl_range: the shorter lifetime first, above 0")
        if self.revocation_unit == "none" and (self.cascade or self.revokes_when_owner_gone):
            raise ValueError("revocation_unit other than none, where the issuer cascades or revokes itself")
        return self

    @property
    def cascades(self) -> bool:
        """Whether children die with their parents."""
        return self.cascade or self.revocation_unit == "subtree"
