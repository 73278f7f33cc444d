"""The events of a ledger: which there are, when, in whose log, linked how."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from hypothesis import given
from reference.slow_world import World
from strategies import ledgers
from unit.ledger.layered import cache, with_calls, world

from nhilab.base.quantities import NEVER
from nhilab.ledger.acceptance import honoured_until
from nhilab.ledger.events import LOG_OF, Events, Kind, Log, events_of, lineage, selected
from nhilab.ledger.refusals import Reason, turned_away
from nhilab.ledger.tables import Ledger, Owner, Status
from nhilab.scenario.scenario import Scenario
from scenarios import runs, share


def told(ledger: Ledger, *kinds: Kind) -> list[tuple[int, Kind]]:
    """(instant, kind) of the events of these kinds, of all but the task's where none is given."""
    events = events_of(ledger)
    wanted = kinds or tuple(kind for kind in Kind if kind not in (Kind.TASK_STARTED, Kind.TASK_ENDED))
    pairs = zip(events.at.tolist(), map(Kind, events.kind.tolist()), strict=True)
    return [(at, kind) for at, kind in pairs if kind in wanted]


def with_call(ledger: Ledger, **columns: Any) -> Ledger:
    """The same with these values in all its calls."""
    given = {name: np.full(len(ledger.calls), value) for name, value in columns.items()}
    return dataclasses.replace(ledger, calls=dataclasses.replace(ledger.calls, **given))


def of_kind(events: Events, kind: Kind) -> Events:
    return selected(events, np.equal(events.kind, kind))


def test_a_revoked_credential_s_life_is_issue_uses_revocation_and_the_bound_of_its_caches() -> None:
    of = with_calls(world(cache(30), revocation_requested_at=48, revoked_at=50), 10, 49)
    assert told(of) == [
        (0, Kind.REQUESTED), (0, Kind.ISSUED), (10, Kind.USED), (48, Kind.REVOCATION_REQUESTED), (49, Kind.USED),
        (50, Kind.REVOKED), (80, Kind.LAST_HONOURED),
    ]  # fmt: skip


def test_expiry_is_an_event_only_of_what_was_not_revoked_before() -> None:
    deaths = (Kind.REVOKED, Kind.EXPIRED)
    assert told(world(), *deaths) == [(100, Kind.EXPIRED)]
    assert told(world(revocation_requested_at=90, revoked_at=99), *deaths) == [(99, Kind.REVOKED)]
    assert told(world(revocation_requested_at=90, revoked_at=100), *deaths) == [(100, Kind.REVOKED)]


def test_a_revocation_that_comes_after_the_expiry_is_logged_and_ends_nothing() -> None:
    of = world(revocation_requested_at=90, revoked_at=101)
    assert told(of, Kind.REVOKED, Kind.EXPIRED) == [(100, Kind.EXPIRED), (101, Kind.REVOKED)]
    assert of_kind(events_of(of), Kind.REVOKED).reason.tolist() == [Reason.DEAD_ALREADY]


def test_what_never_happens_is_no_event() -> None:
    assert told(world(expires=NEVER)) == [(0, Kind.REQUESTED), (0, Kind.ISSUED)]


def test_a_task_s_start_and_end_are_in_its_workload_s_log() -> None:
    events = events_of(world())
    found = [(at, task) for at, task in zip(events.at.tolist(), events.task.tolist(), strict=True) if task == 0]
    assert found == [(0, 0), (1000, 0)]
    assert set(events.source[events.task == 0].tolist()) == {Log.WORKLOAD}


def test_a_refused_call_is_an_event_with_its_reason_in_its_verifier_s_log() -> None:
    of = with_call(with_calls(world(revoked_at=50), 60), status=Status.REFUSED)
    refused = of_kind(events_of(of), Kind.REFUSED)
    assert (refused.reason.tolist(), refused.source.tolist()) == ([Reason.REVOKED], [Log.VERIFIER])
    assert (refused.credential.tolist(), refused.verifier.tolist(), refused.call.tolist()) == ([0], [0], [0])


def test_a_call_refused_and_then_left_without_a_credential_is_two_events() -> None:
    of = with_call(with_calls(world(revoked_at=50), 60), status=Status.ISSUER_UNAVAILABLE, ended_at=75)
    assert told(of, Kind.REFUSED, Kind.UNAVAILABLE) == [(60, Kind.REFUSED), (75, Kind.UNAVAILABLE)]
    gone = of_kind(events_of(of), Kind.UNAVAILABLE)
    assert (gone.credential.tolist(), gone.reason.tolist()) == ([-1], [Reason.NOT_ISSUED])


def test_a_denial_is_the_verifier_s_if_it_saw_the_credential_and_the_decision_point_s_if_not() -> None:
    seen = with_call(with_calls(world(), 60), status=Status.DENIED)
    before = with_call(seen, credential=-1, arrived_at=NEVER, ended_at=62, n_decisions=1)
    expected = ((seen, 60, Log.VERIFIER, Reason.OUTSIDE_SCOPE), (before, 62, Log.DECISION, Reason.NOT_AUTHORISED))
    for of, at, log, reason in expected:
        denied = of_kind(events_of(of), Kind.DENIED)
        assert [column.tolist() for column in (denied.at, denied.source, denied.reason)] == [[at], [log], [reason]]


def test_a_call_that_was_never_made_is_no_event() -> None:
    skipped = {"status": Status.SKIPPED, "credential": -1, "arrived_at": NEVER, "ended_at": NEVER, "ready_at": NEVER}
    assert told(with_call(with_calls(world(), 60), **skipped)) == told(world())


def test_what_a_message_s_authorisation_does_later_is_an_event_of_its_own() -> None:
    of = with_call(with_calls(world(revocation_requested_at=70, revoked_at=70), 60), enqueued_at=60, began_at=80)
    expected = [(60, Kind.USED), (70, Kind.REVOKED), (80, Kind.CARRIED_OUT)]
    assert told(of, Kind.USED, Kind.REVOKED, Kind.CARRIED_OUT) == expected
    assert told(with_call(of, began_at=60), Kind.CARRIED_OUT) == []


def test_the_bound_names_the_verifier_that_honours_longest_open_sessions_included() -> None:
    made = World()
    made.verifier(leeway=20)
    made.verifier(session_time=30)
    made.identity(made.permission(0), made.permission(1))
    made.stage(NEVER)
    made.credential(0, 100)
    bound = of_kind(events_of(made.ledger()), Kind.LAST_HONOURED)
    assert (bound.at.tolist(), bound.verifier.tolist(), bound.source.tolist()) == ([130], [1], [Log.BOUND])


def test_an_issue_names_the_call_and_task_that_asked_and_the_later_life_its_owner_s() -> None:
    made = World()
    made.verifier()
    made.identity(made.permission(0))
    made.stage(NEVER)
    for start in (0, 5):
        made.task(made.place(), start, 50)
    made.call(0, 0, 10)
    made.credential(0, 100, 10, call=0)
    made.credential(0, 100, 10, call=0, owner_kind=int(Owner.TASK), owner=1)
    events = events_of(made.ledger())
    ids = [list(zip(k.task.tolist(), k.call.tolist(), strict=True))
           for k in (of_kind(events, Kind.ISSUED), of_kind(events, Kind.EXPIRED))]  # fmt: skip
    assert ids == [[(0, 0), (1, 0)], [(-1, -1), (1, -1)]]


def test_lineage_leads_to_the_first_ancestor() -> None:
    made = World()
    made.verifier()
    made.identity(made.permission(0))
    made.stage(NEVER)
    for parent in (-1, 0, 1, -1, 3, 2):
        made.credential(0, 100, parent=parent)
    assert lineage(made.ledger().credentials).tolist() == [0, 0, 0, 3, 3, 0]


def test_events_of_one_instant_stand_in_the_order_of_their_kinds() -> None:
    of = with_calls(world(revocation_requested_at=10, revoked_at=10), 10)
    assert told(of)[2:] == [
        (10, Kind.USED), (10, Kind.REVOCATION_REQUESTED), (10, Kind.REVOKED), (10, Kind.LAST_HONOURED),
    ]  # fmt: skip


def test_every_kind_has_a_log() -> None:
    assert list(LOG_OF) == list(Kind)


def check(ledger: Ledger) -> Events:
    """What holds of the events of every ledger."""
    events, c, calls = events_of(ledger), ledger.credentials, ledger.calls
    keys = np.stack([events.at, events.kind, events.credential, events.call, events.task])
    assert [tuple(key) for key in keys.T.tolist()] == sorted(tuple(key) for key in keys.T.tolist())
    assert np.unique(keys, axis=1).shape == keys.shape, "an event is there twice"
    assert (events.at < NEVER).all()
    issued = of_kind(events, Kind.ISSUED)
    assert sorted(issued.credential.tolist()) == list(range(len(c)))
    used = of_kind(events, Kind.USED)
    assert len(used) == np.count_nonzero((calls.status == Status.DONE) & (calls.credential >= 0))
    revoked, expired = of_kind(events, Kind.REVOKED), of_kind(events, Kind.EXPIRED)
    dead = [*expired.credential.tolist(), *revoked.credential[revoked.reason == Reason.NONE].tolist()]
    assert sorted(dead) == np.flatnonzero(np.minimum(c.expires_at, c.revoked_at) < NEVER).tolist()
    bound = of_kind(events, Kind.LAST_HONOURED)
    np.testing.assert_array_equal(np.sort(bound.credential), np.flatnonzero(honoured_until(ledger) < NEVER))
    return events


@share(200)
@given(ledgers())
def test_credentials_are_issued_once_used_as_accepted_and_die_once(ledger: Ledger) -> None:
    check(ledger)


@share(100)
@given(runs())
def test_in_a_run_nothing_is_used_after_the_bound_and_every_call_made_has_one_outcome(
    finished: tuple[Scenario, Ledger],
) -> None:
    ledger = finished[1]
    events, calls = check(ledger), ledger.calls
    until, used = honoured_until(ledger), of_kind(events, Kind.USED)
    at_the_telling = used.at == ledger.credentials.revocation_requested_at[used.credential]
    assert ((used.at < until[used.credential]) | (at_the_telling & (used.at == until[used.credential]))).all()
    assert (used.at >= ledger.credentials.issued_at[used.credential]).all()
    outcomes = np.isin(events.kind, (Kind.USED, Kind.REFUSED, Kind.DENIED, Kind.UNAVAILABLE))
    n = np.bincount(events.call[outcomes], minlength=len(calls))
    twice = turned_away(ledger) & (calls.status == Status.ISSUER_UNAVAILABLE)
    np.testing.assert_array_equal(n, np.where(calls.status == Status.SKIPPED, 0, 1 + twice))
