"""Thieves on random ledgers, what they find in plain words, and when one finds at least what another does."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from strategies import entrances, ledgers, thieves
from threats import detections, guarded, ways

from nhilab.base.quantities import IntArray
from nhilab.campaign.draw import draw_entrances
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.threat_section import Detection
from scenarios import runs


@dataclass(frozen=True)
class Case:
    """Thieves on a ledger, by given entrances; hunted where somebody detects them."""

    ledger: Ledger
    entrances: Entrances
    hop_time: int
    detection: Detection | None = None

    def replayed(self, **changes: Any) -> Compromises:
        """What they find, some of the case's fields changed."""
        case = dataclasses.replace(self, **changes)
        n = int(case.entrances.entry.max(initial=0)) + 1
        entries = Entries.of(name=np.array(["way in"] * n), technique=np.array(["T1552"] * n), weight=[1.0] * n)
        return replay_entrances(case.ledger, case.entrances, entries, hop_time=case.hop_time, detection=case.detection)


@st.composite
def drawn(draw: Any, source: st.SearchStrategy[Ledger] | None = None) -> Case:
    """One thief on a random ledger."""
    ledger = draw(ledgers() if source is None else source)
    thief = draw(thieves())
    ledger = dataclasses.replace(ledger, follow_up=thief["follow_up"])
    columns = {name: [value] for name, value in draw(entrances(ledger)).items()}
    return Case(ledger, Entrances.of(entry=[0], **columns), thief["hop_time"])


@st.composite
def run_and_robbed(draw: Any) -> Case:
    """Four thieves on the ledger of a random scenario, where its threat sends them."""
    scenario, ledger = draw(runs())
    ways = draw_entrances(ledger, scenario.threat, n=4, seed=draw(st.integers(0, 9)))
    return Case(ledger, ways, scenario.threat.hop_time)


@st.composite
def hunted(draw: Any) -> Case:
    """One thief by any way in, on a random ledger with all that response meets, and who hunts them."""
    thief = draw(thieves())
    ledger = dataclasses.replace(draw(guarded(draw(ledgers()))), follow_up=thief["follow_up"])
    columns = {name: [value] for name, value in draw(ways(ledger, draw(entrances(ledger)))).items()}
    return Case(ledger, Entrances.of(entry=[0], **columns), thief["hop_time"], draw(detections()))


def cases() -> st.SearchStrategy[Case]:
    return drawn() | drawn() | run_and_robbed()


def reached(found: Compromises) -> dict[tuple[int, int], tuple[int, int]]:
    """(campaign, resource) to when it first worked and how long it was held."""
    r = found.reached
    keys = zip(r.campaign.tolist(), r.resource.tolist(), strict=True)
    return dict(zip(keys, zip(r.reached_at.tolist(), r.held_time.tolist(), strict=True), strict=True))


def taken(found: Compromises) -> dict[tuple[int, int], tuple[int, int]]:
    """(campaign, credential) to when it was taken and until when it is honoured."""
    t = found.taken
    keys = zip(t.campaign.tolist(), t.credential.tolist(), strict=True)
    return dict(zip(keys, zip(t.taken_at.tolist(), t.honoured_until.tolist(), strict=True), strict=True))


def assert_at_least(more: Compromises, less: Compromises, *, credentials: bool = True) -> None:
    """No campaign of `more` reaches less, later or for a shorter time, or loses access earlier.

    A credential of no use ends when it came into hand, which is the earlier the better the thief.
    """
    assert (more.campaigns.access_until >= less.campaigns.access_until).all()
    assert (more.campaigns.exposure_until >= less.campaigns.exposure_until).all()
    for found in (reached, taken) if credentials else (reached,):
        wide, narrow = found(more), found(less)
        assert narrow.keys() <= wide.keys()
        for key, (at, until) in narrow.items():
            assert wide[key][0] <= at and (wide[key][1] >= until or (found is taken and until <= at))
    assert (more.campaigns.resource_seconds >= less.campaigns.resource_seconds - 1e-9).all()
    assert (more.campaigns.crown_jewel_at <= less.campaigns.crown_jewel_at).all()
    assert (more.campaigns.environments >= less.campaigns.environments).all()
    assert (more.campaigns.persistent >= less.campaigns.persistent).all()


def changed(table: Any, **columns: Any) -> Any:
    return dataclasses.replace(table, **columns)


def with_credentials(ledger: Ledger, **columns: Any) -> Ledger:
    return dataclasses.replace(ledger, credentials=changed(ledger.credentials, **columns))


def with_estate(ledger: Ledger, **tables: Any) -> Ledger:
    return dataclasses.replace(ledger, estate=dataclasses.replace(ledger.estate, **tables))


def around(inside: IntArray, place: int) -> set[int]:
    """The place and all it lies in."""
    found: set[int] = set()
    while place >= 0:
        found.add(place)
        place = int(inside[place])
    return found
