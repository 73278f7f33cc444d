"""The scenario file beside the tables: what the import measured, and one section of what it had to assume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import yaml

from nhilab.importers.assumptions import SLOTS, assumed_section, calling_profile, compared_strategies
from nhilab.importers.gcp_iam.timings import Timings

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
    content["assumed"] = assumed_section(
        source="not in the export",
        places=dict.fromkeys(places, SLOTS),
        runners=runners,
        profiles={"default": calling_profile(timed=timings is not None)},
    )
    content["strategies"] = compared_strategies()
    return _HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def _task_time(timings: Timings) -> dict[str, Any]:
    source = (
        f"{timings.file}: {timings.n_used} jobs that ran, of {timings.n_rows} rows; "
        "put together with this estate by the importer"
    )
    return {"quantiles": [_seconds(quantile) for quantile in timings.quantiles], "measured": source}
