"""The metrics in the order of the report, headline first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from nhilab.metrics import cost, decomposition, proof, reach, windows
from nhilab.metrics.observation import Metric, Observation
from nhilab.metrics.reading import Reading


def _metric(
    kind: Literal["risk", "cost"],
    function: Callable[[Reading], Observation],
    unit: str,
    meaning: str,
    *,
    quantiles: tuple[float, ...] = (),
    lower_is_better: bool = True,
    share: bool = False,
) -> Metric:
    return Metric(
        name=function.__name__,
        unit=unit,
        function=function,
        kind=kind,
        meaning=meaning,
        quantiles=quantiles,
        lower_is_better=lower_is_better,
        share=share,
    )


_WINDOWS: Final = (
    _metric(
        "risk", windows.access_window_s, "s", quantiles=(0.5, 0.95),
        meaning="Time from entry until nothing in hand, or mintable from it, is honoured; 0 without theft.",
    ),
    _metric(
        "risk", windows.access_window_s_given_theft, "s",
        meaning="The access window of the campaigns that got something.",
    ),
    _metric(
        "risk", windows.theft_probability, "1", share=True,
        meaning="Share of campaigns that got something.",
    ),
    _metric(
        "risk", windows.unbounded_share, "1", share=True,
        meaning="Share of campaigns whose access never ends by itself.",
    ),
    _metric(
        "risk", windows.exposure_window_s, "s", quantiles=(0.5, 0.95),
        meaning="Time from entry until nothing taken there is honoured; 0 without theft.",
    ),
    _metric(
        "risk", windows.exposure_window_s_given_theft, "s",
        meaning="The exposure window of the campaigns that got something.",
    ),
    _metric(
        "risk", windows.credential_residual_s, "s", quantiles=(0.5, 0.95),
        meaning="Time for which a credential taken is still honoured.",
    ),
)  # fmt: skip

_REACH: Final = (
    _metric(
        "risk", reach.reach, "resources", quantiles=(0.95,),
        meaning="Distinct resources on which some operation worked.",
    ),
    _metric(
        "risk", reach.reach_share, "1",
        meaning="Share of the estate's resources on which some operation worked.",
    ),
    _metric(
        "risk", reach.reach_weighted, "weighted resources",
        meaning="Sum of the sensitivities of the resources reached.",
    ),
    _metric(
        "risk", reach.resource_seconds, "weighted resources·s",
        meaning="Sensitivity times the time for which some operation worked.",
    ),
    _metric(
        "risk", reach.crown_jewel_probability, "1", share=True,
        meaning="Share of campaigns that reach a crown jewel.",
    ),
    _metric(
        "risk", reach.time_to_crown_jewel_s, "s", lower_is_better=False,
        meaning="Time from entry to the first crown jewel, of those that reach one.",
    ),
    _metric(
        "risk", reach.hops, "openings",
        meaning="Places and identities opened on the way to a resource reached.",
    ),
    _metric(
        "risk", reach.environments_reached, "environments",
        meaning="Distinct environments in which a resource was reached.",
    ),
)  # fmt: skip

_ANSWERED: Final = (
    _metric(
        "risk", decomposition.detect_s, "s",
        meaning="Part of the access window until the thief was noticed; 0 where no response ended it.",
    ),
    _metric(
        "risk", decomposition.triage_s, "s",
        meaning="Part of the access window from the alert until it was taken seriously.",
    ),
    _metric(
        "risk", decomposition.respond_s, "s",
        meaning="Part of the access window from triage until the issuers were told.",
    ),
    _metric(
        "risk", decomposition.propagate_s, "s",
        meaning="Part of the access window from the response until the issuer had revoked.",
    ),
    _metric(
        "risk", decomposition.cache_or_session_s, "s",
        meaning="Part of the access window from the revocation until verifiers and sessions took notice.",
    ),
    _metric(
        "risk", decomposition.residual_lifetime_s, "s",
        meaning="Part of the access window that is lifetime no response shortened.",
    ),
)  # fmt: skip

_PROOF: Final = (
    _metric(
        "risk", proof.overhang_s, "s", quantiles=(0.5, 0.95),
        meaning="Time for which a credential is honoured after the last task or call that used it.",
    ),
    _metric(
        "risk", proof.outlived_share, "1", share=True,
        meaning="Share of credentials honoured after the last task or call that used them.",
    ),
    _metric(
        "risk", proof.standing_privilege, "1",
        meaning="Privilege that stands for each unit of privilege exercised.",
    ),
    _metric(
        "risk", proof.uses_after_revocation, "calls",
        meaning="Legitimate calls accepted although their credential was revoked.",
    ),
    _metric(
        "risk", proof.proof_of_death_share, "1", share=True, lower_is_better=False,
        meaning="Share of credentials provably dead when their purpose ended.",
    ),
    _metric(
        "risk", proof.false_proof_share, "1", share=True,
        meaning="Share of logged revocations after which some verifier still honours the credential.",
    ),
)  # fmt: skip

_COST: Final = (
    _metric(
        "cost", decomposition.collateral_calls, "calls",
        meaning="Legitimate calls that the responses to one campaign break.",
    ),
    _metric(
        "cost", cost.issuances_per_task, "1/task",
        meaning="Credentials issued for each task.",
    ),
    _metric(
        "cost", cost.issuer_utilisation, "1",
        meaning="Share of the issuers' capacity that issuance takes.",
    ),
    _metric(
        "cost", cost.added_latency_s, "s", quantiles=(0.99,),
        meaning="Time a task waits for credentials and decisions.",
    ),
    _metric(
        "cost", cost.failed_task_share, "1", share=True,
        meaning="Share of tasks that issuers, verifiers or policies failed.",
    ),
    _metric(
        "cost", cost.denied_call_share, "1", share=True,
        meaning="Share of calls denied: out of intent, by mistake, or for want of scope.",
    ),
    _metric(
        "cost", cost.introspections_per_call, "1/call",
        meaning="Questions that reach the issuer for each call.",
    ),
    _metric(
        "cost", cost.decisions_per_call, "1/call",
        meaning="Per-request authorisation decisions for each call.",
    ),
    _metric(
        "cost", cost.escalations_per_task, "1/task",
        meaning="Calls that went to a person for approval, for each task.",
    ),
    _metric(
        "cost", decomposition.benign_alerts_per_day, "1/day",
        meaning="Alerts that legitimate calls raise.",
    ),
    _metric(
        "cost", cost.revocations_per_task, "1/task",
        meaning="Revocations asked for, for each task.",
    ),
    _metric(
        "cost", cost.policies_to_operate, "policies",
        meaning="Distinct identity, bucket and stage for which credentials exist.",
    ),
)  # fmt: skip

CAMPAIGN_METRICS: Final[dict[str, Metric]] = {metric.name: metric for metric in _WINDOWS + _REACH + _ANSWERED}
"""Metrics that read campaigns: the ones that differ by way in."""

METRICS: Final[dict[str, Metric]] = {metric.name: metric for metric in _WINDOWS + _REACH + _ANSWERED + _PROOF + _COST}
"""All metrics by name, in the order of the report."""
