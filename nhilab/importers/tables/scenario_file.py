"""The scenario file beside the tables: what they say of jobs' runs, and one section of what they do not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from nhilab.importers.assumptions import (
    VERIFIER,
    assumed_section,
    assumed_verifier,
    calling_profile,
    compared_strategies,
)
from nhilab.importers.tables.workloads import Workloads, profile
from nhilab.scenario.presets import names_of

_HEADER: Final = """\
# Written by `nhilab import tables`. The tables hold what yours say; report.md says what was inferred and left out.
# Everything they do not say stands in the section `assumed`. What you know better belongs in a file of your own that
# extends this one: this folder is replaced when you import again.
"""


def scenario_text(*, name: str, workloads: Workloads, verifier_of_class: Mapping[str, str]) -> str:
    """YAML text of the scenario.

    Parameters
    ----------
    name : str
        What was imported, for the question.
    workloads : Workloads
        Profiles, places and the size of what jobs run on.
    verifier_of_class : mapping of str to str
        Verifier of each class that names one; one of the catalogue's (``nhilab presets``) is taken from there.
    """
    assumed = assumed_section(
        source="not in the tables",
        places=workloads.slots,
        runners=list(workloads.slots),
        profiles={
            name: calling_profile(timed=bool(timing.median or timing.p90), counted=timing.calls is not None)
            for name, timing in workloads.timings.items()
        },
        servers=workloads.servers,
    )
    assumed["estate"]["verifier_by_class"] |= verifier_of_class
    assumed["verifiers"] |= {one: _verifier(one) for one in sorted(set(verifier_of_class.values()) - {VERIFIER})}
    content: dict[str, Any] = {
        "question": f"What does each credential strategy cost and buy in the estate of {name}?",
        "estate": {"tables": "tables"},
    }
    known = {name: profile(timing) for name, timing in workloads.timings.items() if profile(timing)}
    if known:
        content["profiles"] = known
    content |= {"assumed": assumed, "strategies": compared_strategies()}
    return _HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _verifier(name: str) -> dict[str, Any]:
    return {"preset": name} if name in names_of("verifiers") else assumed_verifier()
