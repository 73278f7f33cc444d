"""What a verifier answers question by question, counted by hand; nothing it accepts outlives the bound."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layers import layered_ledgers
from unit.ledger.layered import (
    ACCESS,
    OPEN,
    STALE,
    UNCHECKED,
    Row,
    adversarial,
    cache,
    first_of,
    poll,
    push,
    replica,
    with_calls,
    world,
)

from nhilab.base.estate import Estate
from nhilab.base.quantities import NEVER
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.passive import passive_until
from nhilab.ledger.rules import Rules, layer_steps
from nhilab.ledger.tables import Ledger
from nhilab.ledger.verdicts import Question, Verdicts

LIVE = Question(0, 100, NEVER)


def about(revoked_at: int = NEVER, **told: Any) -> Question:
    return dataclasses.replace(LIVE, revoked_at=revoked_at, **told)


def verdicts(*layers: Row, verifier: Row | None = None) -> Verdicts:
    return Verdicts(Rules.of(world(*layers, verifier=verifier).estate, 0))


def answers(asked: Verdicts, instants: list[int], question: Question) -> list[tuple[bool, int]]:
    """Accepted, and how many questions reached the issuer, at each instant."""
    found = []
    for at in instants:
        question.n_asked = 0
        found.append((asked.admits(at, question), question.n_asked))
    return found


def accepted(asked: Verdicts, instants: list[int], question: Question) -> list[int]:
    return [at for at, (yes, _) in zip(instants, answers(asked, instants, question), strict=True) if yes]


# Caches ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("filled_at", "until"), [(4, 16), (5, 16), (7, 16), (8, 20)])
def test_an_entry_of_whole_ticks_lives_to_the_end_of_its_last_tick(filled_at: int, until: int) -> None:
    assert until == (filled_at // 4 + 8 // 4 + 1) * 4
    asked = verdicts(cache(8, tick=4))
    assert answers(asked, [filled_at, until - 1, until], about()) == [(True, 1), (True, 0), (True, 1)]


@given(tick=st.integers(1, 20), ticks=st.integers(0, 5), revoked_at=st.integers(1, 60))
def test_the_bound_of_a_tick_cache_is_met_by_a_fill_just_before(tick: int, ticks: int, revoked_at: int) -> None:
    until = -(-revoked_at // tick) * tick + ticks * tick
    layer = cache(ticks * tick, tick=tick)
    assert adversarial(layer, revoked_at=revoked_at, expires=NEVER) == until
    instants = [revoked_at - 1, *([until - 1] if until > revoked_at else []), until]
    assert accepted(verdicts(layer), instants, about(revoked_at, ends_at=NEVER)) == instants[:-1]


@given(near=st.integers(1, 9), more=st.tuples(st.integers(1, 9), st.integers(1, 9)), revoked_at=st.integers(1, 60))
def test_three_caches_each_filled_at_the_last_instant_nearly_meet_their_sum(
    near: int, more: tuple[int, int], revoked_at: int
) -> None:
    ttls = [near + sum(more), near + more[0], near]  # each long enough to be asked when the nearer ones have ended
    instants = [revoked_at - 1]
    for ttl in ttls:
        instants.append(instants[-1] + ttl - 1)
    layers = [cache(ttl) for ttl in ttls]
    assert adversarial(*layers, revoked_at=revoked_at, expires=NEVER) == instants[-1] + 4, "an instant for every fill"
    question = about(revoked_at, ends_at=NEVER)
    assert accepted(verdicts(*layers), [*instants, instants[-1] + 1], question) == instants


def test_an_entry_kept_by_use_lives_as_long_as_it_is_asked() -> None:
    asked = verdicts(cache(5, **ACCESS))
    assert answers(asked, [0, 4, 8, 12, 17], about(3)) == [(True, 1), (True, 0), (True, 0), (True, 0), (False, 1)]
    assert accepted(verdicts(cache(5, **ACCESS)), list(range(2, 110, 4)), about(3)) == list(range(2, 100, 4))


def test_an_unchecked_cache_answers_past_the_expiry() -> None:
    assert accepted(verdicts(cache(7, **UNCHECKED)), [99, 100, 105, 106], about()) == [99, 100, 105]
    asked = verdicts(cache(7, **UNCHECKED), cache(5, **UNCHECKED))
    assert accepted(asked, [99, 104, 108, 109], about()) == [99, 104, 108]
    assert accepted(verdicts(cache(7, **UNCHECKED), cache(5)), [99, 100], about()) == [99]


def test_a_stale_answer_is_given_once_and_refreshes() -> None:
    asked = verdicts(cache(5, stale_for=3))
    assert answers(asked, [0, 5, 6], about(4)) == [(True, 1), (True, 1), (False, 0)]
    assert answers(verdicts(cache(5, stale_for=3)), [0, 8], about(4)) == [(True, 1), (False, 1)]


def test_a_refresh_without_an_answer_leaves_the_old_one() -> None:
    asked = verdicts(cache(5, stale_for=3))
    assert answers(asked, [0], about(4)) == [(True, 1)]
    assert answers(asked, [5, 7, 8], about(4, reachable=False)) == [(True, 1), (True, 1), (False, 1)]


def test_a_refusal_is_kept_for_a_time_of_its_own() -> None:
    asked = verdicts(cache(50, negative_ttl=2))
    assert answers(asked, [5, 6, 7], about(4)) == [(False, 1), (False, 0), (False, 1)]
    assert answers(verdicts(cache(50, negative_ttl=0)), [5, 5], about(4)) == [(False, 1), (False, 1)]
    assert answers(verdicts(cache(8, tick=4, negative_ttl=4)), [5, 11, 12], about(4))[1:] == [(False, 0), (False, 1)]


# Polls, pushes, replicas, first-of ---------------------------------------------------------------------------


def test_a_poll_learns_at_its_next_instant_only() -> None:
    assert accepted(verdicts(poll(10, 3)), [10, 12, 13, 22], about(4)) == [10, 12]
    assert accepted(verdicts(poll(10, 3)), [12, 13], about(3)) == [] == accepted(verdicts(poll(10)), [15], about(10))


def test_a_poll_before_the_issue_answers_live_without_a_question() -> None:
    assert answers(verdicts(poll(10)), [15, 20], about(14, issued_at=12)) == [(True, 0), (False, 0)]


def test_a_push_arrives_after_its_delay_or_never() -> None:
    assert accepted(verdicts(push(6)), [9, 10, 50], about(4)) == [9]
    assert accepted(verdicts(push(6)), [9, 10, 99, 100], about(4, lost_pushes=1)) == [9, 10, 99]
    assert accepted(verdicts(push(6)), [9, 10], about(4, lost_pushes=2)) == [9]


@pytest.mark.parametrize(("draw", "until"), [(0.0, 13), (0.33, 13), (0.34, 16), (0.99, 19)])
def test_a_call_meets_the_replica_it_drew(draw: float, until: int) -> None:
    question = about(10, replica_draw=draw)
    assert accepted(verdicts(replica(9, 3)), [until - 1, until], question) == [until - 1]


def test_every_replica_has_caches_of_its_own_behind_it() -> None:
    asked, near, far = verdicts(cache(20), replica(4, 2)), about(10, replica_draw=0.0), about(10, replica_draw=0.5)
    assert answers(asked, [9], near) == [(True, 0)]
    assert answers(asked, [15], far) == [(False, 0)]
    assert answers(asked, [16], near) == [(True, 0)]


def test_of_a_first_of_all_are_asked_and_dead_wins() -> None:
    asked = verdicts(*first_of(push(6), cache(20)))
    assert answers(asked, [3, 9, 10, 30], about(4)) == [(True, 1), (True, 0), (False, 0), (False, 1)]


def test_of_a_first_of_no_answer_wins_over_live_but_not_over_dead() -> None:
    both = verdicts(*first_of(cache(20), push(6)))
    assert answers(both, [3], about(4)) == [(True, 1)]
    assert answers(both, [5, 23], about(30, reachable=False)) == [(True, 0), (False, 1)]
    dead = verdicts(*first_of(cache(20), push(6)), verifier=OPEN)
    assert answers(dead, [5], about(4)) == [(False, 1)]
    assert answers(dead, [6], about(4, reachable=False)) == [(False, 0)]


# Unreachable -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verifier", "after"), [({}, False), (OPEN, True), (STALE, True)])
def test_without_an_answer_the_verifier_does_as_it_is_told(verifier: Row, after: bool) -> None:
    asked, away = verdicts(cache(5), verifier=verifier), about(reachable=False)
    assert answers(asked, [0], away) == [(verifier is OPEN, 1)], "nothing is held yet, and nothing was written"
    assert answers(asked, [1], about()) == [(True, 1)]
    assert answers(asked, [5, 6, 100], away) == [(True, 0), (after, 1), (False, 0)]
    assert answers(asked, [7], about()) == [(True, 1)]


def test_a_stale_verifier_goes_on_refusing_what_it_refused() -> None:
    asked = verdicts(cache(5), verifier=STALE)
    assert answers(asked, [5], about(4)) == [(False, 1)]
    assert answers(asked, [50], about(4, reachable=False)) == [(False, 1)]


@pytest.mark.parametrize("verifier", [OPEN, STALE])
def test_without_an_answer_nothing_is_accepted_past_the_expiry(verifier: Row) -> None:
    asked = verdicts(cache(5, **UNCHECKED), verifier=verifier)
    assert answers(asked, [99], about()) == [(True, 1)]
    assert answers(asked, [103, 104], about(reachable=False)) == [(True, 0), (False, 1)]


# Laws --------------------------------------------------------------------------------------------------------


def out(ledger: Ledger, stage: int, at: int) -> bool:
    outages = ledger.outages
    return bool(((outages.stage == stage) & (outages.from_at <= at) & (at < outages.until_at)).any())


def last_accepted(ledger: Ledger, credential: int, verifier: int, *, outages: bool) -> int:
    """The last instant at which the ledger's calls are accepted, each tried at this verifier; -1 if none is."""
    of, calls, latest = ledger.credentials, ledger.calls, -1
    rules = Rules.of(ledger.estate, verifier)
    asked = Verdicts(rules)
    for row in np.argsort(calls.arrived_at, kind="stable").tolist():
        at, draw = int(calls.arrived_at[row]), float(calls.replica_draw[row])
        question = Question(
            int(of.issued_at[credential]), min(int(of.expires_at[credential]) + rules.leeway, NEVER),
            int(of.revoked_at[credential]), int(of.lost_pushes[credential]), draw,
            not (outages and out(ledger, int(of.stage[credential]), at)),
        )  # fmt: skip
        if at >= question.issued_at and asked.admits(at, question):
            latest = at
    return latest


@given(ledger=layered_ledgers())
def test_a_call_accepted_comes_before_the_adversarial_instant(ledger: Ledger) -> None:
    for (credential, verifier), end in np.ndenumerate(accept_until(ledger)):
        assert last_accepted(ledger, credential, verifier, outages=True) < end


@given(ledger=layered_ledgers())
def test_a_call_accepted_comes_before_the_passive_instant(ledger: Ledger) -> None:
    guards = ledger.estate.resources.verifier[ledger.estate.permissions.resource]
    for credential in range(len(ledger.credentials)):
        times = sorted(ledger.calls.arrived_at[ledger.calls.arrived_at >= ledger.credentials.issued_at[credential]])
        told = with_calls(ledger, *times, draws=tuple(ledger.calls.replica_draw[: len(times)].tolist()))
        for verifier in range(len(ledger.estate.verifiers)):
            n, permission = len(times), (guards == verifier).argmax()
            calls = dataclasses.replace(told.calls, credential=[credential] * n, permission=[permission] * n)
            one = dataclasses.replace(told, calls=calls)
            latest = last_accepted(one, credential, verifier, outages=False)
            assert latest < passive_until(one)[credential, verifier]


def test_layers_of_one_number_are_one_step() -> None:
    estate: Estate = world(cache(1), *first_of(push(1), poll(1)), cache(2)).estate
    assert layer_steps(estate.layers, 0) == [[0], [1, 2], [3]]
    assert [layer.row for layer in Rules.of(estate, 0).steps[1]] == [1, 2]
    assert layer_steps(world(cache(1), cache(2)).estate.layers, 0) == [[0], [1]]
