"""A ledger from which one part of the estate is taken away: what would a thief have found without it?"""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray
from nhilab.base.tables import joined
from nhilab.ledger.tables import Binding, Ledger, Managed, Outages, Source, Stages


class PartKind(StrEnum):
    """What can be taken away."""

    PLACE = "place"
    CREDENTIAL = "credential"
    OPENING = "opening"


class Part(NamedTuple):
    """A place; a kind of credential (identity, stage); or an opening (permission, and the place or identity opened).

    Rows of the ledger's tables, -1 where the kind has none; stage -1 is that of unmanaged standing credentials.
    """

    kind: PartKind
    place: int = -1
    identity: int = -1
    stage: int = -1
    permission: int = -1


def without(ledger: Ledger, part: Part) -> Ledger:
    """The same run, but for one part, of which a thief has nothing.

    Parameters
    ----------
    ledger : Ledger
    part : Part
        What is taken away. A *place*: nothing lies there, nobody is trusted from there, nothing opens it, and what
        lies inside it hangs on the place around it. A *kind of credential*: it can neither be taken nor minted. An
        *opening*: the operation works, but opens this no more.

    Returns
    -------
    Ledger
        Rows of copies keep their numbers and begin when they did, so thieves enter where and when they did before.

    Notes
    -----
    Definition: MODEL.md, choke points. Checked by ``tests/unit/ledger/test_without.py``.
    """
    return _WITHOUT[part.kind](ledger, part)


def _without_place(ledger: Ledger, part: Part) -> Ledger:
    estate, place = ledger.estate, part.place
    openings = dataclasses.replace(
        estate.openings, place=np.where(estate.openings.place == place, -1, estate.openings.place)
    )
    trusted = estate.attestations.place != place
    attestations = dataclasses.replace(
        estate.attestations,
        identity=estate.attestations.identity[trusted],
        place=estate.attestations.place[trusted],
    )
    outer = estate.places.inside
    places = dataclasses.replace(estate.places, inside=np.where(outer == place, outer[place], outer))
    kept = dataclasses.replace(estate, openings=openings, attestations=attestations, places=places)
    return _with_nothing_in(dataclasses.replace(ledger, estate=kept), ledger.copies.place == place)


def _without_opening(ledger: Ledger, part: Part) -> Ledger:
    openings = ledger.estate.openings
    opened = openings.place if part.place >= 0 else openings.identity
    gone = (openings.permission == part.permission) & (opened == max(part.place, part.identity))
    closed = dataclasses.replace(openings, **{"place" if part.place >= 0 else "identity": np.where(gone, -1, opened)})
    return dataclasses.replace(ledger, estate=dataclasses.replace(ledger.estate, openings=closed))


def _without_credential(ledger: Ledger, part: Part) -> Ledger:
    """Bound to places where they do not lie, its credentials are of no use even to who has one from the start."""
    credentials = ledger.credentials
    mine = ledger.scopes.identity[credentials.scope] == part.identity
    gone = mine & (credentials.stage == part.stage)
    binding = np.where(gone, Binding.NON_EXPORTABLE, credentials.binding)
    bound = dataclasses.replace(ledger, credentials=dataclasses.replace(credentials, binding=binding))
    without = _with_nothing_in(bound, gone[ledger.copies.credential])
    if part.stage < 0:
        return without
    kept = (ledger.managed.identity != part.identity) | (ledger.managed.stage != part.stage)
    managed = Managed.of(identity=ledger.managed.identity[kept], stage=ledger.managed.stage[kept])
    without = dataclasses.replace(without, managed=managed)
    if ledger.stages.source[part.stage] != Source.PREVIOUS:
        return without
    return _with_fruitless_parents(without, part)


def _with_nothing_in(ledger: Ledger, copies: BoolArray) -> Ledger:
    """Some copies can never be met: their stays end as they begin."""
    until_at = np.where(copies, ledger.copies.from_at, ledger.copies.until_at)
    return dataclasses.replace(ledger, copies=dataclasses.replace(ledger.copies, until_at=until_at))


def _with_fruitless_parents(ledger: Ledger, part: Part) -> Ledger:
    """The identity's earlier stages mint nothing of worth.

    A stage mints the one in the next row, whosever it is. So the identity's earlier stages become stages of their
    own, alike in all but what follows them: a stage whose credentials are over before they begin.
    """
    first = part.stage
    while ledger.stages.source[first] == Source.PREVIOUS:
        first -= 1
    shift, n = len(ledger.stages) - first, part.stage - first
    rows = np.arange(first, part.stage + 1)
    copied = Stages.of(**{name: column[rows] for name, column in ledger.stages.columns().items()})
    ttl = np.where(rows == part.stage, -NEVER, copied.effective_ttl)
    stages = joined([ledger.stages, dataclasses.replace(copied, effective_ttl=ttl)])

    credentials, managed, outages = ledger.credentials, ledger.managed, ledger.outages
    mine = ledger.scopes.identity[credentials.scope] == part.identity
    moved = mine & (credentials.stage >= first) & (credentials.stage < part.stage)
    stage = np.where(moved, credentials.stage + shift, credentials.stage)
    own = (managed.identity == part.identity) & (managed.stage >= first) & (managed.stage < part.stage)
    out = (outages.stage >= first) & (outages.stage < first + n)
    moved_out = Outages.of(
        stage=outages.stage[out] + shift, from_at=outages.from_at[out], until_at=outages.until_at[out]
    )
    return dataclasses.replace(
        ledger,
        stages=stages,
        credentials=dataclasses.replace(credentials, stage=stage),
        managed=dataclasses.replace(managed, stage=np.where(own, managed.stage + shift, managed.stage)),
        outages=joined([outages, moved_out]),
    )


_WITHOUT = {
    PartKind.PLACE: _without_place,
    PartKind.CREDENTIAL: _without_credential,
    PartKind.OPENING: _without_opening,
}
