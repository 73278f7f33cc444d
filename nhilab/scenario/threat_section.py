"""What a scenario file may say about thieves: their ways in, their speed, and who notices them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from nhilab.scenario.distributions import (
    Constant,
    FiniteDuration,
    Name,
    Positive,
    Probability,
    Strict,
    TimeDistribution,
)
from nhilab.scenario.keys import at_key, said

Timing = Literal["uniform", "at-task", "next-task", "at-leak", "holds", "signs"]
_WHERE = {
    "uniform": "places", "next-task": "places", "at-leak": "places",
    "at-task": "workloads", "holds": "identities", "signs": "issuer",
}  # fmt: skip


class Entry(Strict):
    """A way in."""

    timing: Annotated[
        Timing,
        said("When: at a random instant at a place, at the start of a task, of the next task at a place, when a copy "
             "appears in a log or queue; or with a lasting credential, or a signing key, in hand."),
    ]  # fmt: skip
    technique: Annotated[str, said("MITRE ATT&CK technique.", "T1552.001", pattern=r"^T\d{4}(\.\d{3})?$")]
    places: Annotated[
        tuple[Name, ...],
        said(
            "Where: for uniform, next-task and at-leak; of several places all units alike, so slots weigh.", ["runner"]
        ),
    ] = ()
    workloads: Annotated[
        tuple[str, ...], said("At whose tasks: for at-task; names or patterns, all if empty.", ["deploy*"])
    ] = ()
    identities: Annotated[tuple[str, ...], said("For holds: whose lasting credential is in hand.", ["deployer"])] = ()
    issuer: Annotated[Name | None, said("For signs: whose signing key is in hand.", "sts")] = None
    offset: Annotated[FiniteDuration, said("After the task's start.", "30s")] = 0
    lag: Annotated[FiniteDuration, said("After the copy appears.", "5m")] = 0
    dwell: Annotated[FiniteDuration, said("How long the thief stays where he came in.", "1m")] = 0
    resident: Annotated[bool, said("He stays until the end of the task he came in by.", True)] = False
    dormancy: Annotated[FiniteDuration, said("How long he waits before he uses anything.", "1d")] = 0
    takes: Annotated[
        Literal["nothing", "tokens", "tokens-and-keys"],
        said("Whether keys of exportable-key credentials come along; nothing: he acts inside only."),
    ] = "tokens-and-keys"
    weight: Annotated[float, said("How often, relative to the other ways in.", 2, gt=0)] = 1.0

    @model_validator(mode="after")
    def _placed(self) -> Entry:
        wanted = _WHERE[self.timing]
        given = [name for name in ("places", "workloads", "identities", "issuer") if getattr(self, name)]
        allowed = (
            "places for uniform, next-task and at-leak entries, workloads for at-task ones, identities for holds, "
        )
        allowed += "an issuer for signs"
        for name in given:
            if name != wanted:
                raise at_key(name, f"{name} with timing {self.timing}", allowed)
        if wanted in ("places", "issuer") and not given:
            raise at_key("timing", f"{self.timing} without {wanted}", allowed)
        if self.timing not in ("at-task", "next-task"):
            if self.resident:
                raise at_key("resident", "true", "resident and takes: nothing only with timing at-task or next-task")
            if self.takes == "nothing":
                raise at_key("takes", "nothing", "resident and takes: nothing only with timing at-task or next-task")
        return self


class KindProbability(Strict):
    """Chance that one distinct act (kind, resource, operation) is noticed, by its kind."""

    denied: Annotated[Probability, said("A use that is refused or denied.", 0.5)] = 0.0
    out_of_intent: Annotated[Probability, said("A use no workload of the identity has.", 0.3)] = 0.0
    after_purpose_end: Annotated[Probability, said("A use after the credential's last task ended.", 0.2)] = 0.0
    foreign: Annotated[Probability, said("A use from where no copy of the credential lies.", 0.2)] = 0.0
    in_pattern: Annotated[Probability, said("A use like any legitimate one.", 0.001)] = 0.0


class Detection(Strict):
    """Who notices thieves, and what is done then."""

    probability: Annotated[
        KindProbability, said("Chance that an act is noticed, by its kind.", {"out_of_intent": 0.3, "denied": 0.5})
    ]
    detection_time: Annotated[TimeDistribution, said("From the act to its alert.", {"exponential": "10m"})] = Constant(
        constant=0
    )
    triage_time: Annotated[TimeDistribution, said("From the alert to knowing what it is.", {"exponential": "1h"})] = (
        Constant(constant=0)
    )
    triage_time_without_owner: Annotated[
        TimeDistribution | None,
        said("The same of identities nobody answers for; triage_time if not given.", {"exponential": "1d"}),
    ] = None
    response_time: Annotated[TimeDistribution, said("From then to the response.", {"exponential": "30m"})] = Constant(
        constant=0
    )
    eviction_probability: Annotated[Probability, said("Chance that a response ends the footholds on a place.", 0.9)] = (
        0.0
    )
    max_responses: Annotated[Positive, said("After so many nobody answers.", 20, le=1000)] = 20


class Threat(Strict):
    """How thieves come in, how fast they are, and how they are found."""

    hop_time: Annotated[FiniteDuration, said("From having a credential to using it.", "27s", "30m")]
    entries: Annotated[
        dict[Name, Entry],
        said("Ways in, by name.", {"runner": {"timing": "uniform", "places": ["runner"], "technique": "T1552.001"}},
             min_length=1),
    ]  # fmt: skip
    detection: Annotated[
        Detection | None, said("Who notices; nobody if not given.", {"probability": {"out_of_intent": 0.3}})
    ] = None
