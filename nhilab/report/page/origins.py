"""Where the numbers of a scenario come from, for its page."""

from __future__ import annotations

from typing import Final

from nhilab.report.notes import provenance_line
from nhilab.report.page.page import Provenance
from nhilab.scenario.scenario import Scenario

_NO_REASON: Final = "no reason given"


def provenance_of(scenario: Scenario) -> Provenance:
    """Shares of its numbers by origin, and the assumed ones by the reason given, those without one last."""
    groups: dict[str, list[str]] = {}
    for key, origin in scenario.provenance.origins.items():
        if origin.tag == "assumed":
            groups.setdefault(origin.source or _NO_REASON, []).append(key)
    ordered = sorted(groups.items(), key=lambda group: (group[0] == _NO_REASON, group[0]))
    return Provenance(provenance_line(scenario), tuple((reason, tuple(keys)) for reason, keys in ordered))
