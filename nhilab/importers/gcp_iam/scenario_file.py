"""The scenario file beside the tables: what the import measured, and one section of what it had to assume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import yaml

from nhilab.importers.gcp_iam.timings import Timings

_TOKENS: Final = "https://cloud.google.com/sdk/gcloud/reference/auth/print-access-token"
_PROPAGATION: Final = "https://cloud.google.com/iam/docs/access-change-propagation (typically 2 minutes, 7 or more)"
_LEAK: Final = (
    "https://thecyberwire.com/stories/160b2cf9b0a34de9adbcd0868085462c/coinminers-exploit-iam-credentials "
    "(keys in public repositories tried within 5 minutes)"
)
_HEADER: Final = """\
# Written by `nhilab import gcp-iam`. The tables hold what the export says; report.md says what was left out.
# Everything the export does not say stands in the section `assumed`: replace what you know better, and move it
# out of the section with a tag of its own (measured or cited).
"""


def scenario_text(*, name: str, places: Sequence[str], runners: Sequence[str], timings: Timings | None) -> str:
    """YAML text of the scenario.

    Parameters
    ----------
    name : str
        What was imported, for the question.
    places : sequence of str
        Clusters, each a place.
    runners : sequence of str
        The clusters among them that run workloads: where thieves may come in.
    timings : Timings or None
        Measured job durations; without them the task time is assumed.
    """
    content: dict[str, Any] = {
        "question": f"What does each credential strategy cost and buy in the estate imported from {name}?",
        "estate": {"tables": "tables"},
    }
    if timings is not None:
        content["profiles"] = {"default": {"task_time": _task_time(timings)}}
    content["assumed"] = _assumed(places, runners, timed=timings is not None)
    content["strategies"] = _strategies()
    return _HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def _task_time(timings: Timings) -> dict[str, Any]:
    source = (
        f"{timings.file}: {timings.n_used} jobs that ran, of {timings.n_rows} rows; "
        "put together with this estate by the importer"
    )
    return {"quantiles": [_seconds(quantile) for quantile in timings.quantiles], "measured": source}


def _assumed(places: Sequence[str], runners: Sequence[str], *, timed: bool) -> dict[str, Any]:
    runner = {
        "kind": "runner", "isolation": "slot", "slots": 40, "residue": "10m",
        "log": "build-logs", "logs_token_probability": 0.001,
    }  # fmt: skip
    profile: dict[str, Any] = {
        "calls": {"geometric": 12}, "call_time": {"exponential": "200ms"}, "targets": {"n": 4, "skew": 1.0}
    }  # fmt: skip
    if not timed:
        profile["task_time"] = {"exponential": "100s"}
    return {
        "source": "not in the export",
        "horizon": "1d",
        "warm_up": "2h",
        "follow_up": "6h",
        "cap": "7d",
        "estate": {
            "verifier_by_class": {"default": "cloud"},
            "places": {place: dict(runner) for place in places} | {"build-logs": {"kind": "log", "residue": "never"}},
        },
        "profiles": {"default": profile},
        "issuers": {"sts": {"servers": 4, "service_time": {"exponential": "20ms"}}},
        "verifiers": {
            "cloud": {
                "self_contained": False,
                "leeway": 0,
                "layers": [{"cache": {"ttl": {"value": "7m", "cited": _PROPAGATION}}}],
            }
        },
        "threat": _threat(runners),
    }


def _threat(runners: Sequence[str]) -> dict[str, Any]:
    return {
        "hop_time": "5s",
        "entries": {
            "runner": {"timing": "uniform", "places": list(runners), "weight": 1, "technique": "T1552.001"},
            "dependency": {"timing": "at-task", "offset": "0s", "weight": 1, "technique": "T1195.001"},
            "build-log": {
                "timing": "at-leak", "lag": {"value": "5m", "cited": _LEAK}, "places": ["build-logs"],
                "weight": 1, "technique": "T1552.001",
            },
        },
    }  # fmt: skip


def _strategies() -> dict[str, Any]:
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
