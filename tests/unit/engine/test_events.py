"""At one instant: kinds in order, then ids; what follows without delay comes before the next one."""

from __future__ import annotations

from itertools import permutations

import simpy
from unit.engine.hand import Call, Task, ran, seconds, stage

from nhilab.engine.events import Instant, Kind


def test_events_of_one_instant_run_by_kind_then_by_id_whatever_the_order_of_asking() -> None:
    wanted = [(Kind.CALL_END, 9), (Kind.REVOCATION_EFFECTIVE, 1), (Kind.ISSUANCE_END, 0), (Kind.ARRIVAL, 3),
              (Kind.ARRIVAL, 2**31 - 1), (Kind.CALL_READY, 0)]  # fmt: skip
    for order in permutations(wanted):
        environment, seen = simpy.Environment(), []
        for kind, id in order:
            event = Instant(environment, 5, kind, id)
            event.callbacks.append(lambda _, what=(kind, id), to=seen: to.append(what))
        environment.run()
        assert seen == wanted


def test_the_kinds_are_in_the_order_of_the_model() -> None:
    names = [kind.name for kind in sorted(Kind)]
    assert names == [
        "CALL_END", "REVOCATION_EFFECTIVE", "ISSUANCE_END", "ARRIVAL", "CALL_READY", "DECISION_END", "RENEWAL", "WAIT",
    ]  # fmt: skip


def test_time_comes_before_kind() -> None:
    environment, seen = simpy.Environment(), []
    for delay, kind in ((2, Kind.CALL_END), (1, Kind.CALL_READY)):
        Instant(environment, delay, kind, 0).callbacks.append(lambda _, k=kind: seen.append(k))
    environment.run()
    assert seen == [Kind.CALL_READY, Kind.CALL_END]


def test_what_an_event_sets_off_without_delay_comes_before_the_next_event() -> None:
    environment, seen = simpy.Environment(), []

    def story(name: str, kind: Kind, id: int) -> simpy.events.ProcessGenerator:
        yield Instant(environment, 1, kind, id)
        seen.append(name)
        inner = environment.event()
        inner.succeed()
        yield inner
        seen.append(name + " after")

    environment.process(story("second", Kind.CALL_END, 2))
    environment.process(story("first", Kind.CALL_END, 1))
    environment.run()
    assert seen == ["first", "first after", "second", "second after"]


def test_of_calls_ready_at_once_the_lower_row_asks_first() -> None:
    ledger = ran([Task(0, [Call(think=5)]), Task(0, [Call(think=5)], instance=1)], service="2s")
    assert seconds(ledger.calls.arrived_at) == [7, 9]


def test_an_arrival_comes_before_a_call_that_is_ready_at_the_same_instant() -> None:
    ledger = ran([Task(0, [Call(think=5)]), Task(5, [Call()], instance=1)], service="2s")
    assert seconds(ledger.calls.arrived_at) == [7, 9], "both ready at 5; the lower row asks first"


def test_an_issuance_that_ends_when_a_credential_would_expire_does_not_revive_it() -> None:
    """Ready exactly at the expiry: the client takes only what lives strictly longer."""
    ledger = ran([Task(0, [Call(takes=1), Call(think=9, takes=1)])], stage(ttl="10s"))
    assert seconds(ledger.calls.ready_at) == [0, 10] and ledger.calls.credential.tolist() == [0, 1]
    ledger = ran([Task(0, [Call(takes=1), Call(think=8.999, takes=1)])], stage(ttl="10s"))
    assert ledger.calls.credential.tolist() == [0, 0]
