"""What a scenario file may say: its keys, their types and what each means."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from nhilab.base.quantities import DAY, HOUR, MINUTE
from nhilab.scenario.distributions import Constant, Duration, FiniteDuration, Name, Positive, Strict, TimeDistribution
from nhilab.scenario.estate_section import EstateSection, Profile


class Issuer(Strict):
    """Who makes credentials: a FIFO station, and one for revocations."""

    servers: Positive = 1
    service_time: TimeDistribution
    revocation_servers: Positive = 1
    revocation_time: TimeDistribution = Constant(constant=0)


class Cache(Strict):
    """Keeps an introspection answer for `ttl` after it was written."""

    ttl: FiniteDuration


class Layer(Strict):
    """One layer between the issuer and the verifier's decision."""

    cache: Cache


class Verifier(Strict):
    """Who decides. Self-contained: signature and expiry only. Otherwise it asks the issuer, through its layers."""

    self_contained: bool = False
    leeway: FiniteDuration = 0
    layers: tuple[Layer, ...] = ()

    @model_validator(mode="after")
    def _layers_ask(self) -> Verifier:
        if self.self_contained and self.layers:
            raise ValueError("no layers on a self-contained verifier: it never asks")
        return self


class Stage(Strict):
    """One stage of a strategy."""

    issuer: Name
    source: Annotated[Literal["standing", "attested", "previous"], Field(alias="from")]
    issue_per: Literal["call", "task", "workload", "place", "identity"]
    ttl: Duration
    scope: tuple[Literal["environment", "class", "resource", "operation"], ...] = ()
    renew: Literal["on-use"] = "on-use"
    revoke: tuple[Literal["task-end"], ...] = ()
    binding: Literal["bearer", "non-exportable"] = "bearer"

    @model_validator(mode="after")
    def _deliverable(self) -> Stage:
        if self.ttl == 0:
            raise ValueError("ttl above 0")
        if self.source == "standing" and (self.issue_per in ("call", "task") or self.scope):
            raise ValueError("standing: issue_per workload, place or identity, and no scope")
        if self.revoke and self.issue_per not in ("call", "task"):
            raise ValueError("revoke: [task-end] only with issue_per task or call")
        return self


class Strategy(Strict):
    """What is compared."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    title: str = ""

    @model_validator(mode="after")
    def _chained(self) -> Strategy:
        for position, stage in enumerate(self.stages):
            if (stage.source == "previous") != (position > 0):
                raise ValueError("the first stage standing or attested, every later one previous")
        return self


class Entry(Strict):
    """A way in."""

    timing: Literal["uniform", "at-task", "at-leak"]
    technique: Annotated[str, Field(pattern=r"^T\d{4}(\.\d{3})?$", description="MITRE ATT&CK technique")]
    places: tuple[Name, ...] = ()
    workloads: tuple[str, ...] = ("*",)
    offset: FiniteDuration = 0
    lag: FiniteDuration = 0
    dwell: FiniteDuration = 0
    dormancy: FiniteDuration = 0
    weight: Annotated[float, Field(gt=0)] = 1.0

    @model_validator(mode="after")
    def _placed(self) -> Entry:
        if (self.timing == "at-task") == bool(self.places):
            raise ValueError("places for uniform and at-leak entries, workloads for at-task ones")
        return self


class Threat(Strict):
    """How thieves come in and how fast they are."""

    hop_time: FiniteDuration
    entries: Annotated[dict[Name, Entry], Field(min_length=1)]


class ScenarioFile(Strict):
    """A scenario file."""

    question: Annotated[str, Field(min_length=1)]
    horizon: FiniteDuration = DAY
    warm_up: FiniteDuration = 2 * HOUR
    follow_up: Annotated[FiniteDuration, Field(validate_default=True)] = "6h"  # type: ignore[assignment]
    cap: FiniteDuration = 7 * DAY
    proof_tolerance: FiniteDuration = MINUTE
    starts_on: datetime.date = datetime.date(2026, 1, 5)
    seed: Annotated[int, Field(ge=0)] = 1
    estate: EstateSection
    profiles: dict[Name, Profile]
    issuers: dict[Name, Issuer]
    verifiers: dict[Name, Verifier]
    strategies: Annotated[dict[Name, Strategy], Field(min_length=1)]
    threat: Threat

    @field_validator("follow_up")
    @classmethod
    def _theft_interval(cls, follow_up: int, info: ValidationInfo) -> int:
        horizon, warm_up = (info.data.get(name) for name in ("horizon", "warm_up"))
        if horizon is not None and warm_up is not None and warm_up + follow_up >= horizon:
            raise ValueError("warm_up + follow_up shorter than the horizon, or nothing can be stolen")
        return follow_up
