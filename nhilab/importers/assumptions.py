"""What no import holds, the same for every importer: ways in, issuer, verifier, strategies to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

SLOTS: Final = 40
"""Slots of a runner, where nothing says that it needs more."""

SERVERS: Final = 4
"""Servers of the issuer, where nothing says that it needs more."""

SERVICE_TIME: Final = 0.02
"""Mean service time of the issuer, s."""

TASK_TIME: Final = 100.0
"""Mean length of a task that nobody timed, s."""

CALLS: Final = 12
"""Mean number of calls a task that nobody counted."""

LOG: Final = "build-logs"
"""The place of the runners' logs."""

VERIFIER: Final = "cloud"
"""The verifier of resources that name none."""

_TOKENS: Final = "https://cloud.google.com/sdk/gcloud/reference/auth/print-access-token"
_PROPAGATION: Final = "https://cloud.google.com/iam/docs/access-change-propagation (typically 2 minutes, 7 or more)"
_LEAK: Final = (
    "https://thecyberwire.com/stories/160b2cf9b0a34de9adbcd0868085462c/coinminers-exploit-iam-credentials "
    "(keys in public repositories tried within 5 minutes)"
)


def assumed_section(
    *,
    source: str,
    places: Mapping[str, int],
    runners: Sequence[str],
    profiles: Mapping[str, dict[str, Any]],
    servers: int = SERVERS,
) -> dict[str, Any]:
    """Section ``assumed`` of an imported scenario.

    Parameters
    ----------
    source : str
        Why these numbers are assumed.
    places : mapping of str to int
        Slots of each place that runs workloads; the place of their logs is added.
    runners : sequence of str
        The places among them where thieves may come in.
    profiles : mapping of str to dict
        What is assumed of each profile (`calling_profile`).
    servers : int
        Servers of the issuer.
    """
    return {
        "source": source,
        "horizon": "1d",
        "warm_up": "2h",
        "follow_up": "6h",
        "cap": "7d",
        "estate": {
            "verifier_by_class": {"default": VERIFIER},
            "places": {place: _runner(slots) for place, slots in places.items()}
            | {LOG: {"kind": "log", "residue": "never"}},
        },
        "profiles": dict(profiles),
        "issuers": {"sts": {"servers": servers, "service_time": {"exponential": f"{1000 * SERVICE_TIME:g}ms"}}},
        "verifiers": {VERIFIER: assumed_verifier()},
        "threat": _threat(runners),
    }


def _runner(slots: int) -> dict[str, Any]:
    return {
        "kind": "runner", "isolation": "slot", "slots": slots, "residue": "10m",
        "log": LOG, "logs_token_probability": 0.001,
    }  # fmt: skip


def calling_profile(*, timed: bool, counted: bool = False) -> dict[str, Any]:
    """What is assumed of a profile: not the length of its tasks where it is `timed`, nor calls where `counted`."""
    profile: dict[str, Any] = {} if counted else {"calls": {"geometric": CALLS}}
    profile |= {"call_time": {"exponential": "200ms"}, "targets": {"n": 4, "skew": 1.0}}
    if not timed:
        profile["task_time"] = {"exponential": f"{TASK_TIME:g}s"}
    return profile


def assumed_verifier() -> dict[str, Any]:
    """A verifier that hears of a revocation as Google documents the slow case."""
    cache = {"ttl": {"value": "7m", "cited": _PROPAGATION}}
    return {"self_contained": False, "leeway": 0, "layers": [{"cache": cache}]}


def _threat(runners: Sequence[str]) -> dict[str, Any]:
    return {
        "hop_time": "5s",
        "entries": {
            "runner": {"timing": "uniform", "places": list(runners), "weight": 1, "technique": "T1552.001"},
            "dependency": {"timing": "at-task", "offset": "0s", "weight": 1, "technique": "T1195.001"},
            "build-log": {
                "timing": "at-leak", "lag": {"value": "5m", "cited": _LEAK}, "places": [LOG],
                "weight": 1, "technique": "T1552.001",
            },
        },
    }  # fmt: skip


def compared_strategies() -> dict[str, Any]:
    """The six strategies that an imported scenario compares."""
    hour = {"value": "1h", "cited": f"{_TOKENS} (default lifetime)"}
    half_day = {"value": "12h", "cited": f"{_TOKENS} (longest, where the organisation allows the extension)"}
    standing: dict[str, Any] = {"issuer": "sts", "from": "standing", "issue_per": "identity", "ttl": "never"}
    attested: dict[str, Any] = {"issuer": "sts", "from": "attested"}
    per_task: dict[str, Any] = {"issue_per": "task", "ttl": "15m", "scope": ["class"], "revoke": ["task-end"]}
    per_call: dict[str, Any] = {"issue_per": "call", "ttl": "1m", "scope": ["resource", "operation"]}
    stages: dict[str, list[dict[str, Any]]] = {
        "static-keys": [standing],
        "session-12h": [attested | {"issue_per": "workload", "ttl": half_day}],
        "workload-identity-1h": [attested | {"issue_per": "workload", "ttl": hour}],
        "per-task-15m": [attested | per_task],
        "per-call-1m": [attested | per_call],
        "bootstrap-15m": [standing, {"issuer": "sts", "from": "previous"} | per_task],
    }
    return {name: {"stages": [_plain(stage) for stage in listed]} for name, listed in stages.items()}


def _plain(stage: dict[str, Any]) -> dict[str, Any]:
    """Copy without shared lists, so that the YAML has no anchors."""
    return {key: list(value) if isinstance(value, list) else value for key, value in stage.items()}
