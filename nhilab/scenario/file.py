"""What a scenario file may say: its keys, their types and what each means."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import ValidationInfo, field_validator

from nhilab.base.quantities import DAY, HOUR, MINUTE
from nhilab.scenario.distributions import FiniteDuration, Name, Strict
from nhilab.scenario.estate_section import EstateSection
from nhilab.scenario.issuer_section import Issuer
from nhilab.scenario.keys import said
from nhilab.scenario.strategy_section import Strategy
from nhilab.scenario.study_section import Controls, Limits, Prices, Space, Uncertainty, Worlds
from nhilab.scenario.threat_section import Threat
from nhilab.scenario.verifier_section import Verifier
from nhilab.scenario.workload_section import Profile


class ScenarioFile(Strict):
    """A scenario file."""

    question: Annotated[str, said("What the comparison is to answer.", "What does an hour leave?", min_length=1)]
    horizon: Annotated[FiniteDuration, said("How long work arrives.", "8h", "7d")] = DAY
    warm_up: Annotated[FiniteDuration, said("No thefts before it.", "1h")] = 2 * HOUR
    follow_up: Annotated[
        FiniteDuration,
        said("How long each thief is observed; warm_up + follow_up < horizon.", "2h", validate_default=True),
    ] = "6h"  # type: ignore[assignment]
    cap: Annotated[FiniteDuration, said("Windows count at most so long in means.", "7d")] = 7 * DAY
    proof_tolerance: Annotated[FiniteDuration, said("A death so long after its purpose is in time.", "60s")] = MINUTE
    starts_on: Annotated[datetime.date, said("Day of the start, for cron.", "2026-01-05")] = datetime.date(2026, 1, 5)
    seed: Annotated[int, said("Which chance: of a run, of drawn targets and of who adopts a mix.", 1, ge=0)] = 1
    estate: Annotated[EstateSection, said("What exists.", {"tables": "tables"})]
    profiles: Annotated[
        dict[Name, Profile],
        said("How tasks go, by name.", {"default": {"calls": 10, "call_time": "1s", "think_time": "2s"}}),
    ]
    issuers: Annotated[dict[Name, Issuer], said("Who makes credentials, by name.", {"sts": {"service_time": "20ms"}})]
    verifiers: Annotated[dict[Name, Verifier], said("Who decides, by name.", {"gateway": {"self_contained": True}})]
    strategies: Annotated[
        dict[Name, Strategy],
        said("What is compared, by name; the first is the yardstick.",
             {"hourly": {"stages": [{"issuer": "sts", "from": "attested", "issue_per": "workload", "ttl": "1h"}]}},
             min_length=1),
    ]  # fmt: skip
    threat: Annotated[
        Threat,
        said("How thieves come in, how fast they are, and who notices.",
             {"hop_time": "27s", "entries": {"task": {"timing": "at-task", "technique": "T1195.001"}}}),
    ]  # fmt: skip
    limits: Annotated[
        Limits,
        said("What `check` and recommendations hold designs to, by metric.",
             {"access_window_s_p95": "15m", "failed_task_share": "0.1%"}),
    ] = {}  # fmt: skip
    prices: Annotated[Prices | None, said("What overhead and losses cost.", {"issuance": 0.001, "failed_task": 2})] = (
        None
    )
    controls: Annotated[
        Controls, said("factorial: what each control changes, by key path.", {"short": {"strategy.hourly.ttl": "5m"}})
    ] = {}
    space: Annotated[
        Space, said("frontier: the values a design may have, by key path.", {"strategy.hourly.ttl": ["5m", "1h"]})
    ] = {}
    uncertain: Annotated[
        Uncertainty,
        said("sensitivity: what is not known, by key path.", {"threat.hop_time": {"loguniform": ["5s", "30m"]}}),
    ] = {}
    worlds: Annotated[
        Worlds, said("frontier: how the world could be otherwise, by key path.", {"slow": {"threat.hop_time": "30m"}})
    ] = {}

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
