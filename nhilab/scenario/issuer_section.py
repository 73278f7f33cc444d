"""What a scenario file may say about issuers: how they serve, when they are away, what they can deliver."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from nhilab.base.quantities import NEVER, format_duration, parse_rate
from nhilab.scenario.distributions import Constant, Duration, FiniteDuration, Name, Positive, Strict, TimeDistribution
from nhilab.scenario.keys import RATE, at_key, said

Dimension = Literal["environment", "class", "resource", "operation"]
DIMENSIONS: tuple[Dimension, ...] = ("environment", "class", "resource", "operation")


class RateLimit(Strict):
    """A token bucket, full at the start."""

    rate: Annotated[
        float,
        BeforeValidator(parse_rate, json_schema_input_type=RATE),
        said("Requests it lets through in the long run.", "20/s", "600/min"),
    ]
    burst: Annotated[Positive, said("Requests it lets through at once.", 100)] = 1


class Outage(Strict):
    """The issuer answers nobody `from` an instant `for` a while, and again `every` so often if that is given."""

    begin: Annotated[FiniteDuration, said("When it begins, from the start of the run.", "3h", alias="from")]
    length: Annotated[FiniteDuration, said("How long it lasts.", "20m", alias="for", gt=0)]
    every: Annotated[FiniteDuration | None, said("It comes again so often; once if not given.", "1d")] = None

    @model_validator(mode="after")
    def _apart(self) -> Outage:
        if self.every is not None and self.every <= self.length:
            raise at_key("every", format_duration(self.every), "a length above that of the outage (for)")
        return self


class Issuer(Strict):
    """Who makes credentials: a FIFO station, and one for revocations."""

    servers: Annotated[Positive, said("Requests it works on at once.", 2)] = 1
    service_time: Annotated[TimeDistribution, said("How long it works on one.", {"exponential": "20ms"}, "50ms")]
    rate_limit: Annotated[RateLimit | None, said("Requests beyond it wait.", {"rate": "20/s", "burst": 100})] = None
    outages: Annotated[
        tuple[Outage, ...], said("When it answers nobody.", [{"from": "3h", "for": "20m", "every": "1d"}])
    ] = ()
    timeout: Annotated[Duration, said("A client gives up a request that would take longer.", "5s", gt=0)] = NEVER
    attempts: Annotated[Positive, said("How often a client asks before its task fails.", 3)] = 1
    backoff: Annotated[FiniteDuration, said("Pause before a client asks again.", "1s")] = 0
    ttl_range: Annotated[
        tuple[Duration, Duration] | None,
        said("Shortest and longest lifetime it gives; any if not given.", ["15m", "12h"]),
    ] = None
    narrows: Annotated[
        dict[Name, tuple[Dimension, ...]],
        said("Dimensions of scope it can narrow, by resource class or `default`; all if not given.",
             {"default": ["class"], "object-store": ["class", "resource", "operation"]}),
    ] = {"default": DIMENSIONS}  # fmt: skip
    out_of_range: Annotated[
        Literal["clamp", "reject"],
        said("What it does with what it cannot deliver: gives the nearest, or refuses (the strategy is hypothetical)."),
    ] = "clamp"
    revocation_unit: Annotated[
        Literal["none", "credential", "subtree", "identity"],
        said("What one revocation ends: nothing, one credential, it and its children, all of an identity."),
    ] = "credential"
    cascade: Annotated[bool, said("Children die with their parents.", True)] = False
    revokes_when_owner_gone: Annotated[
        bool, said("The platform revokes by itself when the owning call or task ends, crashed or not.", True)
    ] = False
    revocation_servers: Annotated[Positive, said("Revocations it works on at once.", 2)] = 1
    revocation_time: Annotated[
        TimeDistribution, said("How long it works on a revocation.", {"exponential": "50ms"})
    ] = Constant(constant=0)

    @model_validator(mode="after")
    def _ordered(self) -> Issuer:
        if self.ttl_range is not None and not 0 < self.ttl_range[0] <= self.ttl_range[1]:
            found = " to ".join(map(format_duration, self.ttl_range))
            raise at_key("ttl_range", found, "the shorter lifetime first, above 0")
        if self.revocation_unit == "none" and (self.cascade or self.revokes_when_owner_gone):
            raise at_key("revocation_unit", "none", "one other than none, where the issuer cascades or revokes itself")
        return self

    @property
    def cascades(self) -> bool:
        """Whether children die with their parents."""
        return self.cascade or self.revocation_unit == "subtree"
