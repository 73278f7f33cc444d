"""What a scenario file may say about thieves: their ways in, their speed, and who notices them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nhilab.scenario.distributions import (
    Constant,
    FiniteDuration,
    Name,
    Positive,
    Probability,
    Strict,
    TimeDistribution,
)

Timing = Literal["uniform", "at-task", "next-task", "at-leak", "holds", "signs"]
_WHERE = {
    "uniform": "places", "next-task": "places", "at-leak": "places",
    "at-task": "workloads", "holds": "identities", "signs": "issuer",
}  # fmt: skip


class Entry(Strict):
    """A way in."""

    timing: Timing
    technique: Annotated[str, Field(pattern=r"^T\d{4}(\.\d{3})?$", description="MITRE ATT&CK technique")]
    places: tuple[Name, ...] = ()
    workloads: tuple[str, ...] = ()
    identities: Annotated[tuple[str, ...], Field(description="holds: whose lasting credential is in hand")] = ()
    issuer: Annotated[Name | None, Field(description="signs: whose signing key is in hand")] = None
    offset: FiniteDuration = 0
    lag: FiniteDuration = 0
    dwell: FiniteDuration = 0
    resident: Annotated[bool, Field(description="stays until the end of the task it came in by")] = False
    dormancy: FiniteDuration = 0
    takes: Annotated[
        Literal["nothing", "tokens", "tokens-and-keys"],
        Field(description="whether keys of exportable-key credentials come along; nothing: acts inside only"),
    ] = "tokens-and-keys"
    weight: Annotated[float, Field(gt=0)] = 1.0

    @model_validator(mode="after")
    def _placed(self) -> Entry:
        wanted = _WHERE[self.timing]
        given = {name for name in ("places", "workloads", "identities", "issuer") if getattr(self, name)}
        if given - {wanted} or (wanted in ("places", "issuer") and not given):
            raise ValueError("places for uniform, next-task and at-leak entries, workloads for at-task ones, "
                             "identities for holds, an issuer for signs")  # fmt: skip
        if (self.resident or self.takes == "nothing") and self.timing not in ("at-task", "next-task"):
            raise ValueError("resident and takes: nothing only with timing at-task or next-task")
        return self


class KindProbability(Strict):
    """Chance that one distinct act (kind, resource, operation) is noticed, by its kind."""

    denied: Probability = 0.0
    out_of_intent: Probability = 0.0
    after_purpose_end: Probability = 0.0
    foreign: Probability = 0.0
    in_pattern: Probability = 0.0


class Detection(Strict):
    """Who notices thieves, and what is done then."""

    probability: KindProbability
    detection_time: Annotated[TimeDistribution, Field(description="from the act to its alert")] = Constant(constant=0)
    triage_time: TimeDistribution = Constant(constant=0)
    triage_time_without_owner: Annotated[
        TimeDistribution | None, Field(description="of identities nobody answers for; without it as triage_time")
    ] = None
    response_time: TimeDistribution = Constant(constant=0)
    eviction_probability: Annotated[Probability, Field(description="a response ends the footholds on a place")] = 0.0
    max_responses: Annotated[Positive, Field(le=1000, description="after so many nobody answers")] = 20


class Threat(Strict):
    """How thieves come in, how fast they are, and how they are found."""

    hop_time: FiniteDuration
    entries: Annotated[dict[Name, Entry], Field(min_length=1)]
    detection: Annotated[Detection | None, Field(description="without it nobody notices")] = None
