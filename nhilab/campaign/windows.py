"""Until when what one finished campaign has in hand is honoured (MODEL.md §7, results)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IntArray, add
from nhilab.campaign.course import Course
from nhilab.campaign.deaths import Deaths
from nhilab.campaign.hand import Hand, Pair
from nhilab.campaign.intervals import Intervals, common, intersection, one


class TakenRows(NamedTuple):
    """Credentials taken, ascending."""

    credential: IntArray
    taken_at: IntArray
    honoured_until: IntArray
    at_entry: BoolArray


class Children(NamedTuple):
    """What one incident minted of a pair.

    `until` is the last instant they are honoured, `natural` the same had nobody revoked them, `minted_until` the end of
    their minting; µs.
    """

    pair: Pair
    incident: int
    minted_until: int
    until: int
    natural: int


def taken_rows(course: Course) -> TakenRows:
    """Every credential taken, until when it is honoured from where the thief stands, and by which foothold."""
    index, thief = course.index, course.thief
    within_reach = np.array(sorted(course.taken_at), np.int64)
    credential = within_reach[~index.brokered[within_reach]] if not thief.inside else within_reach[:0]
    taken_at = np.array([course.taken_at[c] for c in credential.tolist()], np.int64)
    honoured_until = course.deaths.honoured_until[credential].copy()
    for row, c in enumerate(credential.tolist()):
        if index.asks_networks or not course.is_free(c):
            honoured_until[row] = max(honoured_here(course, c), taken_at[row])
    if thief.copy >= 0 or thief.held >= 0:
        at_entry = credential == (index.ledger.copies.credential[thief.copy] if thief.copy >= 0 else thief.held)
    elif thief.unit >= 0:
        copy, first, last = _met_by_entry(course)
        early = index.copy_credential[copy[(first < thief.observed_until) & (first < last)]]
        at_entry = np.isin(credential, early)
    else:
        at_entry = np.zeros(len(credential), np.bool_)
    return TakenRows(credential, taken_at, honoured_until, at_entry)


def honoured_here(hand: Hand, credential: int, deaths: Deaths | None = None) -> int:
    """Until when a credential in hand is honoured from where the thief stands; -1 where it is of no use.

    With `deaths`, as it would be if credentials died so, and all else stayed.
    """
    deaths, index = hand.deaths if deaths is None else deaths, hand.index
    verifiers = index.verifiers_of[int(index.ledger.credentials.scope[credential])]
    anywhere = not any(index.network_of[v] for v in verifiers)
    if not hand.is_free(credential):
        here = kept(hand, credential, deaths)
        spans = here if anywhere else _accepted(hand, credential, deaths, here)
        return max((_last(k) for k in spans if len(k.ends)), default=-1)
    if anywhere:
        return int(deaths.honoured_until[credential])
    accepted, sessions = deaths.accept_until[credential], index.ledger.estate.verifiers.session_time
    until = [int(add(accepted[v], sessions[v])) for v in verifiers if not index.network_of[v]]
    start = hand.usable_from(credential)
    for v in verifiers:
        if index.network_of[v] and start < accepted[v]:
            until += hand.in_network(v, one(start, int(accepted[v]))).ends.tolist()
    return max(until, default=-1)


def _accepted(hand: Hand, credential: int, deaths: Deaths, here: Sequence[Intervals]) -> list[Intervals]:
    """When a verifier accepts a credential where a copy is at hand, the thief standing in the network it asks for."""
    start, found = hand.usable_from(credential), list[Intervals]()
    for v in hand.index.verifiers_of[int(hand.index.ledger.credentials.scope[credential])]:
        asks, until = hand.index.network_of[v], int(deaths.accept_until[credential][v])
        found += [hand.in_network(v, common(k, start if asks else 0, until)) for k in here]
    return found


def kept(hand: Hand, credential: int, deaths: Deaths | None = None) -> list[Intervals]:
    """When copies with the key of a credential are at hand; none for one that is of no use."""
    copies = [k for k in hand.index.copies_of(credential) if k in hand.kept]
    if deaths is None or deaths is hand.deaths:
        return [hand.kept[k] for k in copies]
    ends = hand.index.copy_ends(np.array(copies, np.int64), deaths).tolist()
    held = [hand.foothold_on(int(hand.index.copy_unit[k])) for k in copies]
    starts = hand.index.copy_from[copies].tolist()
    return [common(h, start, end) for h, start, end in zip(held, starts, ends, strict=True)]


def brokered(course: Course) -> list[int]:
    """Credentials within reach that never leave: a broker's, and all that a hijacked agent meets; ascending."""
    return [c for c in sorted(course.taken_at) if course.index.brokered[c] or course.thief.inside]


def _met_by_entry(course: Course) -> tuple[IntArray, IntArray, IntArray]:
    """Copies the entry's own foothold meets, from when and until when."""
    index, thief = course.index, course.thief
    start, end = thief.entered_at, course.entry_until
    _, copy = index.overlapping(np.array([thief.unit]), np.array([start]), np.array([end]))
    until = index.copy_ends(copy, course.deaths)
    return copy, np.maximum(index.copy_from[copy], start), np.minimum(until, end)


def exposure_until(course: Course, taken: TakenRows) -> int:
    """Last instant at which what the entry itself took is honoured from where the entry stands."""
    thief, index = course.thief, course.index
    free = np.array([course.is_free(c) for c in taken.credential.tolist()], np.bool_)
    if index.asks_networks:
        return _exposure_in_networks(course, taken)
    if thief.unit < 0:
        worth = taken.at_entry & free
        return max(thief.entered_at, int(taken.honoured_until[worth].max(initial=0)))
    bearer = index.bearer[taken.credential]
    until = max(thief.entered_at, int(taken.honoured_until[taken.at_entry & bearer].max(initial=0)))
    bound = taken.at_entry & ~bearer
    if bound.any():
        copy, first, last = _met_by_entry(course)
        credential = index.copy_credential[copy]
        key = index.copy_binds[copy] & np.isin(credential, taken.credential[bound])
        released = key & index.exportable[credential] & (first < thief.observed_until) & thief.takes_keys
        honoured = course.deaths.honoured_until[credential[released]]
        until = max(until, int(last[key].max(initial=0)), int(honoured.max(initial=0)))
    return until


def _exposure_in_networks(course: Course, taken: TakenRows) -> int:
    """The same where some verifier asks for a network: bound keys stand where the entry alone stands."""
    alone, until = course.entry_alone(), course.thief.entered_at
    for c in taken.credential[taken.at_entry].tolist():
        hand = course if course.index.bearer[c] else alone
        if c in hand.taken_at:
            until = max(until, honoured_here(hand, c))
    return until


def live_pairs(course: Course) -> list[Pair]:
    """Pairs in hand, ascending."""
    return sorted(pair for pair in course.minted if course.live(pair))


def children(course: Course) -> list[Children]:
    """What was minted of each pair in each incident, by pair, then incident."""
    found = list[Children]()
    for number, incident in enumerate(course.incidents):
        spread = incident.spread
        end = min(incident.until, course.thief.inside_until)
        for pair in sorted(p for p in spread.minted if spread.live(p)):
            minted = common(spread.minted[pair], 0, end)
            if len(minted.starts):
                until = incident.aftermath.children_until(pair) if incident.aftermath else None
                found.append(_children(course, pair, number, minted, until))
    return sorted(found)


def _children(course: Course, pair: Pair, incident: int, minted: Intervals, revoked: IntArray | None) -> Children:
    scope, stage = pair
    last, until, natural = int(minted.ends[-1]), 0, 0
    for v in course.index.verifiers_of[scope]:
        lifetime, least = course.index.lifetime(stage, v), NEVER if revoked is None else int(revoked[v])
        ends = int(add(last, lifetime))
        cut = min(ends, least)
        if course.index.network_of[v]:
            ends, cut = (_last(intersection(course.children_used(pair, v), one(0, max(e, 1)))) for e in (ends, cut))
        natural, until = max(natural, ends), max(until, cut)
    inside_until = course.thief.inside_until
    return Children(pair, incident, last, min(until, inside_until), min(natural, inside_until))


def _last(instants: Intervals) -> int:
    return int(instants.ends[-1]) if len(instants.ends) else 0


def honoured_things(course: Course, taken: TakenRows) -> dict[int, int]:
    """Until when each credential in hand is honoured, ascending by credential; those of no use are left out."""
    until = {c: honoured_here(course, c) for c in brokered(course)}
    if not course.index.asks_networks:
        rows = zip(taken.credential.tolist(), taken.honoured_until.tolist(), strict=True)
        until |= {c: at for c, at in rows if course.is_free(c) or kept(course, c)}
    else:
        until |= {c: honoured_here(course, c) for c in taken.credential.tolist()}
    return {c: until[c] for c in sorted(until) if until[c] >= 0}


def access_until(course: Course, taken: TakenRows) -> int:
    """Last instant at which anything in hand, or minted from it, is honoured."""
    things = honoured_things(course, taken).values()
    return max([course.thief.entered_at, *things, *(part.until for part in children(course))])


def persistent(course: Course) -> bool:
    """Whether a live minting cycle is in hand, after all responses."""
    last = course.last
    if course.thief.inside:
        return False
    return any(last.graph.persists(pair, last) for pair in sorted(last.minted) if last.live(pair))
