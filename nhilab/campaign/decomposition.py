"""What a window was made of: detection, triage, response, propagation, caches, and the lifetime left (MODEL.md §7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, add
from nhilab.campaign.course import Course, Incident
from nhilab.campaign.windows import TakenRows, children, honoured_here, honoured_things

MILESTONES: Final = ("detected_at", "triaged_at", "responded_at", "revoked_at", "cut_at")


class _End(NamedTuple):
    """The response that ended the window: its incident, when the issuer knew, and when that took effect."""

    incident: Incident
    revoked_at: int
    cut_at: int


def milestones(course: Course, taken: TakenRows, access_until: int) -> dict[str, int]:
    """Milestones of a campaign's window by column, and the number of responses."""
    counted = {"n_responses": len(course.incidents) - 1}
    end = _ended_by(course, taken, access_until) if len(course.incidents) > 1 else None
    if end is None or end.incident.answer is None:
        return counted
    at, low = [*end.incident.answer, end.revoked_at, end.cut_at], course.thief.entered_at
    found = dict[str, int]()
    for name, instant in reversed(list(zip(MILESTONES, at, strict=True))):
        access_until = min(instant, access_until)
        found[name] = max(access_until, low)
    return counted | found


def _ended_by(course: Course, taken: TakenRows, access_until: int) -> _End | None:
    """The response that ended what is honoured longest; the first such thing on ties."""
    for c, until in honoured_things(course, taken).items():
        if until == access_until:
            return _revoked_by(course, c, access_until)
    for part in children(course):
        if part.until == access_until:
            incident = course.incidents[part.incident]
            if part.until < part.natural:
                return _End(incident, incident.ended.children[part.pair], access_until)
            return _minting_ended_by(course, part.minted_until)
    return None


def _revoked_by(course: Course, credential: int, access_until: int) -> _End | None:
    """The last response that revoked a credential, if it is honoured less long for it."""
    for incident in reversed(course.incidents):
        done = incident.ended.credentials.get(credential)
        if done is not None:
            shorter = honoured_here(course, credential, incident.spread.deaths) > access_until
            return _End(incident, done, access_until) if shorter else None
    return None


def _minting_ended_by(course: Course, until: int) -> _End | None:
    """The first response one of whose ends is the end of a minting, or a dwell before it."""
    for incident in course.incidents:
        for revoked_at, cut_at in _ends(course, incident):
            if until in (cut_at, int(add(cut_at, course.thief.dwell))) and cut_at < NEVER:
                return _End(incident, revoked_at, cut_at)
    return None


def _ends(course: Course, incident: Incident) -> Iterator[tuple[int, int]]:
    """When the issuer knew, and the instant to which something was shortened: by eviction, then thing by thing."""
    if incident.answer is None or incident.aftermath is None:
        return
    if incident.aftermath.evicts:
        yield incident.answer.responded_at, incident.answer.responded_at
    before, after, index = incident.spread.deaths, incident.aftermath.deaths, course.index
    for c, done in sorted(incident.ended.credentials.items()):
        for v in index.verifiers_of[int(index.ledger.credentials.scope[c])]:
            if after.accept_until[c, v] < before.accept_until[c, v]:
                yield done, int(after.accept_until[c, v])
        if after.issuer_until[c] < before.issuer_until[c]:
            yield done, int(after.issuer_until[c])
    for pair, done in sorted(incident.ended.children.items()):
        until, last = incident.aftermath.children_until(pair), int(incident.aftermath.minted[pair].ends[-1])
        for v in index.verifiers_of[pair[0]]:
            if until[v] < add(last, index.lifetime(pair[1], v)):
                yield done, int(until[v])
        if done < add(last, index.ttl[pair[1]]):
            yield done, done


def collateral_calls(course: Course) -> int:
    """Accepted calls whose credential a response ended before they came."""
    ended = sorted({c for incident in course.incidents for c in incident.ended.credentials})
    if not ended:
        return 0
    ledger, index = course.index.ledger, course.index
    call = np.concatenate([index.calls_of(c) for c in ended])
    verifier = index.verifier_of_permission[ledger.calls.permission[call]]
    late = ledger.calls.arrived_at[call] >= course.deaths.accept_until[ledger.calls.credential[call], verifier]
    return int(np.count_nonzero(late))
