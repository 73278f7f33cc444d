"""Small random scenarios, as plain mappings and made."""

from __future__ import annotations

import copy
import pprint
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from nhilab.base.estate import Estate
from nhilab.scenario.load import assemble
from nhilab.scenario.provenance import read_provenance
from nhilab.scenario.scenario import Scenario
from nhilab.testing.chance import Row, length, often, seconds
from nhilab.testing.estate import Size, estate
from nhilab.testing.issuer import issuer
from nhilab.testing.strategy import strategy
from nhilab.testing.verifier import verifier

FILE = "drawn.yaml"
"""The file that errors about drawn content name."""


@dataclass(frozen=True, eq=False, repr=False)
class DrawnScenario(Scenario):
    """A scenario that shows how it was made, so that a failing example can be pasted."""

    made: str

    def __repr__(self) -> str:
        return self.made


def shown_as(scenario: Scenario, made: str) -> DrawnScenario:
    """The same scenario, shown as the code that makes it."""
    return DrawnScenario(**{name: getattr(scenario, name) for name in Scenario.__dataclass_fields__}, made=made)


def scenario_of(content: Mapping[str, Any], *, file: str = FILE) -> Scenario:
    """Scenario of content as a file could hold it; the content is left as it is.

    Parameters
    ----------
    content : mapping
        Of a scenario file; tags (``measured``, ``cited``, ``assumed``) are allowed, presets and ``extends`` are not.
    file : str
        Named in errors.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        If a file could not say so.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    plain, provenance = read_provenance(copy.deepcopy(dict(content)), file)
    return assemble(plain, file=file, provenance=provenance)


def scenario_contents(
    *,
    clocked: bool = True,
    detection: bool = False,
    workloads: int = 4,
    resources: int = 4,
    identities: int = 3,
    places: int = 3,
) -> SearchStrategy[Row]:
    """Contents of small random scenarios with strategies a and b: every mechanism, each now and then.

    Parameters
    ----------
    clocked : bool
        Allow what happens at instants of its own, whenever tasks arrive: what stands from 0, rotation and renewal
        until the end of the run, outages, polls and ticks.
    detection : bool
        Somebody watches and answers; without, what only helps a thief never gives him less.
    workloads, resources, identities, places : int
        At most so many kinds of each; at least 1, of resources 2.

    Returns
    -------
    SearchStrategy of dict
        A horizon of 10 to 40 minutes; issuers login and sts, verifiers verifier-0 …, workloads workload-0 … at
        places place-0 …; ways in uniform, at-task and at-leak. Shrinks to one workload with constant lengths.

    Raises
    ------
    ValueError
        If a number is too small.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    size = Size(workloads, resources, identities, places)
    for name, n in size._asdict().items():
        if n < (least := 2 if name == "resources" else 1):
            raise ValueError(f"{name}: found {n}; allowed: at least {least}")
    return _contents(size, clocked, detection)


def scenarios(
    *,
    clocked: bool = True,
    detection: bool = False,
    workloads: int = 4,
    resources: int = 4,
    identities: int = 3,
    places: int = 3,
) -> SearchStrategy[Scenario]:
    """Small random scenarios with strategies a and b; parameters as for `scenario_contents`.

    Returns
    -------
    SearchStrategy of Scenario
        A failing one is shown as code that makes it.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    contents = scenario_contents(
        clocked=clocked, detection=detection,
        workloads=workloads, resources=resources, identities=identities, places=places,
    )  # fmt: skip
    return contents.map(_made)


def estates(*, workloads: int = 4, resources: int = 4, identities: int = 3, places: int = 3) -> SearchStrategy[Estate]:
    """Estates of small random scenarios, as tables; parameters as for `scenario_contents`.

    Returns
    -------
    SearchStrategy of Estate
        The same as plain mappings are the ``estate`` sections of `scenario_contents`.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    drawn = scenarios(workloads=workloads, resources=resources, identities=identities, places=places)
    return drawn.map(lambda scenario: scenario.estate)


def _made(content: Row) -> Scenario:
    return shown_as(scenario_of(content), f"scenario_of({pprint.pformat(content, sort_dicts=False, width=110)})")


def _threat(draw: DrawFn, exists: Row) -> Row:
    running = [p for p in exists["places"] if p.startswith("place-")]
    speed = {"dwell": seconds(draw, 0, 300), "dormancy": seconds(draw, 0, 30), "technique": "T1552.001"}
    entries = {
        "uniform": {"timing": "uniform", "places": sorted(draw(st.sets(st.sampled_from(running), min_size=1)))} | speed,
        "at-task": {"timing": "at-task", "offset": seconds(draw, 0, 60)} | speed,
        "at-leak": {"timing": "at-leak", "places": ["logs"], "lag": seconds(draw, 0, 120)} | speed,
    }
    return {"hop_time": seconds(draw, 0, 20), "entries": entries}


def _profiles(draw: DrawFn) -> Row:
    """A brief one with think times and a long one with calls spread over it; now and then of uncertain ends."""
    profiles: Row = {
        "brief": {"calls": draw(st.sampled_from([1, {"uniform": [1, 3]}])), "call_time": length(draw, 2),
                  "think_time": length(draw, 20)},
        "long": {"calls": {"geometric": draw(st.sampled_from([1, 3]))}, "call_time": length(draw, 2),
                 "task_time": length(draw, 240)},
    }  # fmt: skip
    for profile in profiles.values():
        for what in ("drift_probability", "crash_probability"):
            if often(draw, 25):
                profile[what] = draw(st.sampled_from([0.2, 1.0]))
    return profiles


def _detection(draw: DrawFn) -> Row:
    chance = st.sampled_from([0.0, 0.0, 0.3, 1.0])
    kinds = ("denied", "out_of_intent", "after_purpose_end", "foreign", "in_pattern")
    row: Row = {"probability": {kind: draw(chance) for kind in kinds}}
    row |= {name: length(draw, 300) for name in ("detection_time", "triage_time", "response_time")}
    return row | {"eviction_probability": draw(chance), "max_responses": draw(st.integers(1, 6))}


@st.composite
def _contents(draw: DrawFn, size: Size, clocked: bool, detection: bool) -> Row:
    minutes = draw(st.sampled_from([10, 20, 40]))
    verifiers = {f"verifier-{v}": verifier(draw, clocked=clocked) for v in range(draw(st.integers(1, 2)))}
    issuers = {name: issuer(draw, clocked=clocked) for name in ("login", "sts")}
    exists = estate(draw, minutes, list(verifiers), size=size, clocked=clocked)
    content: Row = {
        "question": "Does it hold for this one too?", "horizon": f"{minutes}m", "warm_up": "1m", "follow_up": "5m",
        "seed": draw(st.integers(0, 3)), "estate": exists, "issuers": issuers, "verifiers": verifiers,
        "profiles": _profiles(draw),
        "strategies": {
            name: strategy(draw, list(issuers), clocked=clocked, mixed_with="b") for name in ("a", "b")
        },
        "threat": _threat(draw, exists),
    }  # fmt: skip
    if detection:
        content["threat"]["detection"] = _detection(draw)
    return content
