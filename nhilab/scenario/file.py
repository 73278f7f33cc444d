"""What a scenario file may say: its keys, their types and what each means."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from nhilab.base.quantities import DAY, HOUR, MINUTE
from nhilab.scenario.distributions import FiniteDuration, Name, Strict
from nhilab.scenario.estate_section import EstateSection, Profile
from nhilab.scenario.issuer_section import Issuer
from nhilab.scenario.strategy_section import Strategy
from nhilab.scenario.study_section import Controls, Limits, Prices, Space, Uncertainty, Worlds
from nhilab.scenario.threat_section import Threat
from nhilab.scenario.verifier_section import Verifier


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
    limits: Annotated[Limits, Field(description="what `check` and recommendations hold designs to, by metric")] = {}
    prices: Annotated[Prices | None, Field(description="what overhead and losses cost")] = None
    controls: Annotated[Controls, Field(description="factorial: what each control changes, by key path")] = {}
    space: Annotated[Space, Field(description="frontier: the values a design may have, by key path")] = {}
    uncertain: Annotated[Uncertainty, Field(description="sensitivity: what is not known, by key path")] = {}
    worlds: Annotated[Worlds, Field(description="frontier: how the world could be otherwise, by key path")] = {}

    @field_validator("verifiers")
    @classmethod
    def _few_layers(cls, verifiers: dict[str, Verifier]) -> dict[str, Verifier]:
        """A credential notes its lost pushes in the bits of one number."""
        if sum(len(layer.first_of or (layer,)) for v in verifiers.values() for layer in v.layers) > 63:
            raise ValueError("at most 63 layers in all verifiers together")
        return verifiers

    @field_validator("follow_up")
    @classmethod
    def _theft_interval(cls, follow_up: int, info: ValidationInfo) -> int:
        horizon, warm_up = (info.data.get(name) for name in ("horizon", "warm_up"))
        if horizon is not None and warm_up is not None and warm_up + follow_up >= horizon:
            raise ValueError("warm_up + follow_up shorter than the horizon, or nothing can be stolen")
        return follow_up
