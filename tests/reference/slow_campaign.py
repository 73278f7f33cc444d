"""One campaign, told slowly from MODEL.md sections 5 to 7 alone, incident by incident."""

from __future__ import annotations

from reference.slow_detection import answer
from reference.slow_facts import Facts, Fate, Node
from reference.slow_hands import Children, Hands, Sets, Thief
from reference.slow_honoured import later
from reference.slow_incident import Incident, merged
from reference.slow_instants import Interval, meet, union
from reference.slow_response import Responders, Response, survivors, with_inner
from reference.slow_results import Results, SlowResult

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Source
from nhilab.scenario.threat_section import Detection

__all__ = ["SlowResult", "meet", "slow_campaign", "union"]


def cut_to(sets: Sets, start: int, until: int) -> list[tuple[Node, list[Interval]]]:
    return [(node, meet(instants, [(start, until)])) for node, instants in sets.items()]


def replay(thief: Thief, entry: list[tuple[Node, Interval]], detection: Detection | None) -> SlowResult:
    """Incident after incident, until nobody answers any more."""
    facts = thief.facts
    fate = Fate(facts, facts.revoked_at)
    past: Sets = {}
    past_of_entry: Sets = {}
    families: list[Children] = []
    responses: list[Response] = []
    responders = Responders(thief)
    left, left_of_entry, start = entry, entry, thief.e
    while True:
        incident = Incident(thief, len(responses), start, fate, past, families, left)
        incident.run()
        of_entry = incident.counted(merged({}, [(node, [interval]) for node, interval in left_of_entry]))
        found = None
        if detection is not None and len(responses) < detection.max_responses:
            found = answer(incident, detection)
        until = found.at if found else NEVER
        past = merged(past, cut_to(incident.sets, start, until))
        past_of_entry = merged(past_of_entry, cut_to(with_outer(incident, of_entry), start, until))
        families = families + incident.minted_here(until)
        if found is None or detection is None:
            break
        response = responders.respond(incident, families, found, detection.eviction_probability)
        responses.append(response)
        left, start = response.left, until
        left_of_entry = survivors(incident, left_of_entry, until, detection.eviction_probability)[0]
        fate = Fate(facts, [response.credentials.get(c, t) for c, t in enumerate(fate.revoked_at)])
        for children in families:
            children.revoked_at = response.children.get(children.order, children.revoked_at)
    hands, alone = Hands(thief, fate, past), Hands(thief, fate, past_of_entry)
    return Results(thief, hands, alone, families, responses, facts.revoked_at).result()


def with_outer(incident: Incident, sets: Sets) -> Sets:
    """The entry's footholds, and by rule 1 those on all that lies inside (also what was cleared there alone)."""
    rows = [(node, interval) for node, instants in sets.items() for interval in instants]
    return merged({}, [(node, [interval]) for node, interval in with_inner(incident.facts, rows)])


def slow_campaign(
    ledger: Ledger,
    *,
    entered_at: int,
    place: int,
    unit: int,
    copy: int,
    dwell: int,
    dormancy: int,
    takes_keys: bool = False,
    hop_time: int,
    follow_up: int,
    stays_until: int = 0,
    inside: bool = False,
    task: int = -1,
    held: int = -1,
    signer: int = -1,
    key: int = 0,
    detection: Detection | None = None,
) -> SlowResult:
    """Replay one campaign.

    A foothold on a unit, or (`copy` >= 0, at-leak) a log copy that is read, or (`held` >= 0) a credential in hand, or
    (`signer` >= 0) the signing key of that stage's issuer. `inside`: the hijacked agent of row `task`, who acts only.
    """
    e = entered_at
    empty = SlowResult(0, 0, {}, set(), e, e, {}, False)
    if e >= NEVER or (copy < 0 and place < 0 and held < 0 and signer < 0):
        return empty
    facts = Facts(ledger)
    thief = Thief(
        facts, e, later(e, follow_up), dwell, dormancy, hop_time, takes_keys, key & (2**64 - 1)
    )  # fmt: skip
    span = (e, max(later(e, max(dwell, 1)), stays_until))
    entry: list[tuple[Node, Interval]] = []
    if copy >= 0:
        c = facts.credential_of[copy]
        start, until = Hands(thief, Fate(facts, facts.revoked_at), {}).window(c, facts.stay[copy])
        if not start <= e < until:
            return empty
        thief.leaked = c
    elif held >= 0:
        if not facts.issued_at[held] <= e < Fate(facts, facts.revoked_at).dead_at[held]:
            return empty
        thief.held = held
    elif signer >= 0:
        for identity, stage in sorted(facts.managed):
            if facts.issuer[stage] == facts.issuer[signer] and facts.source[stage] != Source.STANDING:
                entry.append((("pair", identity, stage), span))
    else:
        entry = with_inner(facts, [(("unit", place, unit), span)])
    if inside:
        thief.inside = meet([span], [(e, int(ledger.tasks.ended_at[task]))])
        rows = range(len(ledger.calls))
        mine = [row for row in rows if int(ledger.calls.task[row]) == task and bool(ledger.calls.in_intent[row])]
        thief.intent = {int(ledger.calls.permission[row]) for row in mine}
    result = replay(thief, entry, detection)
    return result if result.n_taken or result.n_minted or result.n_brokered else empty
