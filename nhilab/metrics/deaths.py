"""For each credential: can its death in time be proved, is a logged revocation a false proof of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from nhilab.base.estate import LayerKind
from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray, add
from nhilab.base.tables import Table, column
from nhilab.ledger.acceptance import accept_until, issuer_until
from nhilab.ledger.bounds import accept_behind, last_verifier, most_steps
from nhilab.ledger.compromises import Campaigns, Compromises, Entries, Reached, Steps, Taken
from nhilab.ledger.kinship import of_stage
from nhilab.ledger.rules import layer_steps
from nhilab.ledger.tables import Ledger
from nhilab.metrics.proof import falsely_proven, proven_dead
from nhilab.metrics.reading import Reading


class Because(IntEnum):
    """What came too late first, on the way from the issuer to the verifier that honours a credential longest."""

    IN_TIME = 0
    NEVER_ENDS = 1
    ONLY_EXPIRES = 2
    CANNOT_REVOKE = 3
    NOT_ASKED = 4
    ASKED_LATE = 5
    REVOKED_LATE = 6
    DEAF = 7
    LEEWAY = 8
    CACHE = 9
    POLL = 10
    PUSH = 11
    LOST_PUSH = 12
    REPLICA = 13
    FIRST_OF = 14
    OUTAGE = 15
    SESSION = 16


BECAUSE: Final[dict[Because, str]] = {
    Because.IN_TIME: "dead in time",
    Because.NEVER_ENDS: "never ends: no expiry, no revocation",
    Because.ONLY_EXPIRES: "expires later, and nobody is to revoke it then",
    Because.CANNOT_REVOKE: "expires later, and its issuer cannot revoke",
    Because.NOT_ASKED: "expires later, and nobody asked to revoke it",
    Because.ASKED_LATE: "revocation asked for too late",
    Because.REVOKED_LATE: "revocation asked for in time, done too late",
    Because.DEAF: "verifier never hears of revocations",
    Because.LEEWAY: "verifier's leeway past expiry",
    Because.CACHE: "lives on in a cache",
    Because.POLL: "lives on until the next poll",
    Because.PUSH: "lives on until the push arrives",
    Because.LOST_PUSH: "lives on: the push was lost",
    Because.REPLICA: "lives on at a replica",
    Because.FIRST_OF: "lives on in all layers that stand side by side",
    Because.OUTAGE: "let in while the issuer was out of reach",
    Because.SESSION: "an open session outlives it",
}
"""How each reason is written in every output."""

_OF_LAYER: Final = {
    LayerKind.CACHE: Because.CACHE, LayerKind.POLL: Because.POLL, LayerKind.PUSH: Because.PUSH,
    LayerKind.REPLICA: Because.REPLICA,
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Deaths(Table):
    """One row per credential, counted by the metrics of proof or not."""

    counted: BoolArray = column("?", "the metrics of proof count it")
    revoked: BoolArray = column("?", "its revocation is logged")
    honoured_until: IntArray = column("i8", "last instant any verifier of its scope honours it", "µs")
    verifier: IdArray = column("i4", "who honours it longest, -1 if none")
    because: IdArray = column("i4", "why death in time cannot be proved, 0 if it can, see Because")
    layer: IdArray = column("i4", "layer in which it outlives its purpose, -1 if none")
    false_because: IdArray = column("i4", "why its logged revocation is a false proof, 0 if it is none")
    false_layer: IdArray = column("i4", "layer in which it outlives its revocation, -1 if none")


def deaths_of(ledger: Ledger) -> Deaths:
    """Whether each credential's death in time can be proved, and if not, why.

    Parameters
    ----------
    ledger : Ledger
        What happened.

    Returns
    -------
    Deaths
        Over the counted rows, the share with `because` 0 is `proof_of_death_share`; over those that are revoked too,
        the share with `false_because` above 0 is `false_proof_share`.

    Notes
    -----
    Definition: MODEL.md §8; the reasons are ours. Checked by ``tests/unit/metrics/test_deaths.py``.
    """
    reading = Reading(ledger, no_campaigns())
    c, tolerance = ledger.credentials, ledger.proof_tolerance
    verifier = last_verifier(ledger, reading.honoured_by)
    because, layer = _why(ledger, ~proven_dead(reading), add(c.purpose_end, tolerance), verifier)
    false_because, false_layer = _why(ledger, falsely_proven(reading), add(c.revoked_at, tolerance), verifier)
    return Deaths.of(
        counted=reading.counted,
        revoked=c.revoked_at < NEVER,
        honoured_until=reading.honoured_until,
        verifier=verifier,
        because=because,
        layer=layer,
        false_because=false_because,
        false_layer=false_layer,
    )


def no_campaigns() -> Compromises:
    """What thieves found where there were none.

    Returns
    -------
    Compromises
        Without a row.
    """
    return Compromises(
        entries=Entries.empty(), campaigns=Campaigns.empty(), taken=Taken.empty(), reached=Reached.empty(),
        steps=Steps.empty(), follow_up=0,
    )  # fmt: skip


def _why(ledger: Ledger, late: BoolArray, by: IntArray, verifier: IdArray) -> tuple[IntArray, IntArray]:
    """Reason and layer of each credential that is honoured past the instant `by`; 0 and -1 of the others."""
    because, layer = np.zeros(len(by), np.int64), np.full(len(by), -1, np.int64)
    at_issuer = late & (issuer_until(ledger) > by)
    because[at_issuer] = _at_issuer(ledger, by)[at_issuer]
    rows = np.flatnonzero(late & ~at_issuer)
    if len(rows):
        because[rows], layer[rows] = _at_verifier(ledger, rows, by[rows], verifier[rows])
    return because, layer


def _at_issuer(ledger: Ledger, by: IntArray) -> IntArray:
    """Why credentials still live at their issuer are not dead there."""
    c, stages = ledger.credentials, ledger.stages
    wants = np.array([_ends_with_purpose(text) for text in stages.asked_revoke.tolist()], np.bool_)
    can = np.array([_ends_with_purpose(text) for text in stages.effective_revoke.tolist()], np.bool_)
    can |= stages.revoked_at_task_end
    told = c.revoked_at < NEVER
    reasons = (
        (told & (c.revocation_requested_at > by), Because.ASKED_LATE),
        (told, Because.REVOKED_LATE),
        (c.expires_at >= NEVER, Because.NEVER_ENDS),
        (of_stage(ledger, can, False), Because.NOT_ASKED),
        (of_stage(ledger, wants, False), Because.CANNOT_REVOKE),
    )
    return np.select([holds for holds, _ in reasons], [reason for _, reason in reasons], Because.ONLY_EXPIRES)


def _ends_with_purpose(text: str) -> bool:
    """Whether a list of occasions to revoke has one that comes when a credential is done with."""
    return not {"task-end", "renewal"}.isdisjoint(text.split(","))


def _at_verifier(ledger: Ledger, rows: IntArray, by: IntArray, verifier: IdArray) -> tuple[IntArray, IntArray]:
    """Reason and layer of credentials that are dead at their issuer by an instant, and honoured past it."""
    behind = np.array([accept_behind(ledger, n)[rows, verifier] for n in range(most_steps(ledger) + 1)])
    beyond = behind > by
    # The last step that carried it past the instant; before the first stands the verifier itself.
    passed = np.concatenate([beyond[:1], beyond[1:] & ~beyond[:-1]])
    step = len(passed) - 1 - passed[::-1].argmax(axis=0)
    of_step, layer = _of_steps(ledger, rows, step, verifier)
    itself = np.where(ledger.credentials.expires_at[rows] > by, Because.DEAF, Because.LEEWAY)
    in_layers = beyond[-1]
    reasons = (
        (accept_until(ledger)[rows, verifier] <= by, Because.SESSION),
        (~in_layers, Because.OUTAGE),
        (step == 0, itself),
    )
    because = np.select([holds for holds, _ in reasons], [reason for _, reason in reasons], of_step)
    return because, np.where(in_layers & (step > 0), layer, -1)


def _of_steps(ledger: Ledger, rows: IntArray, step: IntArray, verifier: IdArray) -> tuple[IntArray, IntArray]:
    """Reason that each step of a verifier's layers stands for, counted from 1, and its first layer."""
    layers, lost = ledger.estate.layers, ledger.credentials.lost_pushes[rows]
    because, layer = np.zeros(len(rows), np.int64), np.full(len(rows), -1, np.int64)
    for one in np.unique(verifier):
        for number, members in enumerate(layer_steps(layers, int(one)), start=1):
            here = (verifier == one) & (step == number)
            kind = _OF_LAYER[LayerKind(layers.kind[members[0]])]
            because[here] = kind if len(members) == 1 else Because.FIRST_OF
            if because[here].size and kind == Because.PUSH and len(members) == 1:
                because[here & (lost >> members[0] & 1 == 1)] = Because.LOST_PUSH
            layer[here] = members[0]
    return because, layer
