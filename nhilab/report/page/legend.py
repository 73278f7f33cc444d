"""What the numbers of a page mean, and where those of the scenario come from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from nhilab.metrics.catalogue import METRICS
from nhilab.report.page.page import Meaning, Provenance
from nhilab.report.sentences.notes import provenance_line
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario

_NO_REASON: Final = "no reason given"
_QUANTILE: Final = re.compile(r"_p\d+$")


def provenance_of(scenario: Scenario) -> Provenance:
    """Shares of its numbers by origin, and the assumed ones by the reason given, those without one last."""
    groups: dict[str, list[str]] = {}
    for key, origin in scenario.provenance.origins.items():
        if origin.tag == "assumed":
            groups.setdefault(origin.source or _NO_REASON, []).append(key)
    ordered = sorted(groups.items(), key=lambda group: (group[0] == _NO_REASON, group[0]))
    return Provenance(provenance_line(scenario), tuple((reason, tuple(keys)) for reason, keys in ordered))


def meanings_of(keys: Iterable[str]) -> tuple[Meaning, ...]:
    """What metrics mean, in the order of the catalogue; of a quantile, that of its metric.

    Examples
    --------
    >>> [meaning.term for meaning in meanings_of(["added_latency_s_p99", "access_window_s"])]
    ['access window', 'added latency']
    """
    shown = {_QUANTILE.sub("", key) for key in keys}
    return tuple(Meaning(heading(name), metric.meaning, name) for name, metric in METRICS.items() if name in shown)
