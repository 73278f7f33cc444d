"""A scenario, ready to be sampled and run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhilab.base.estate import Estate
from nhilab.base.tables import digest_of
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.issuer_section import Issuer
from nhilab.scenario.provenance import Provenance
from nhilab.scenario.strategy_section import Strategy
from nhilab.scenario.study_section import STUDIES
from nhilab.scenario.threat_section import Threat
from nhilab.scenario.workload_section import Arrivals, Profile, Queue


@dataclass(frozen=True, eq=False)
class Written:
    """What a scenario was made of: its file, and its content before it was checked, extended and without tags."""

    file: str
    content: Mapping[Any, Any]


@dataclass(frozen=True, eq=False)
class Scenario:
    """What a scenario file says, with its estate as tables.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    content : ScenarioFile
        The file, checked.
    estate : Estate
        What exists.
    arrivals : tuple of Arrivals or None
        Per row of ``estate.workloads``: when its tasks arrive; none where others delegate them.
    profiles : tuple of Profile
        Per row of ``estate.workloads``: how its tasks go.
    queues : tuple of Queue or None
        Per row of ``estate.workloads``: where its messages wait.
    provenance : Provenance
        Origin of every number.
    written : Written
        What it was made of, so that a study can change a value and make it again.
    """

    name: str
    content: ScenarioFile
    estate: Estate
    arrivals: tuple[Arrivals | None, ...]
    profiles: tuple[Profile, ...]
    queues: tuple[Queue | None, ...]
    provenance: Provenance
    written: Written

    def __repr__(self) -> str:
        held = f"{len(self.estate.identities)} identities, {len(self.estate.resources)} resources"
        return f"Scenario({self.name!r}, {held}, strategies: {', '.join(self.strategies)})"

    @property
    def strategies(self) -> dict[str, Strategy]:
        """Strategies by name."""
        return self.content.strategies

    @property
    def issuers(self) -> dict[str, Issuer]:
        """Issuers by name."""
        return self.content.issuers

    @property
    def threat(self) -> Threat:
        """How thieves come in and how fast they are."""
        return self.content.threat

    def digest(self) -> str:
        """SHA-256 of everything that decides results; not of the file's name, comments or tags."""
        return self._digest(set(self.strategies))

    def digest_of(self, strategy: str) -> str:
        """SHA-256 of everything that decides the results of one strategy: of it and those it mixes in, no others."""
        mixed, waiting = set(), [strategy]
        while waiting:
            if (name := waiting.pop()) not in mixed:
                mixed.add(name)
                waiting += [mix.strategy for mix in self.strategies[name].mix]
        return self._digest(mixed)

    def _digest(self, strategies: set[str]) -> str:
        content = self.content.model_dump(mode="json", exclude={"estate", "question", *STUDIES})
        content["strategies"] = {name: part for name, part in content["strategies"].items() if name in strategies}
        for strategy in content["strategies"].values():
            del strategy["title"]
        per_workload = [
            [part and part.model_dump(mode="json") for part in parts]
            for parts in zip(self.arrivals, self.profiles, self.queues, strict=True)
        ]
        text = json.dumps([content, per_workload], sort_keys=True) + digest_of(*self.estate.tables().values())
        return hashlib.sha256(text.encode()).hexdigest()
