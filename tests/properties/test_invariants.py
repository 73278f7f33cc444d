"""Every invariant can fail: one value of a sound ledger is spoilt, and the right sentence says so."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest

from nhilab.base.quantities import NEVER
from nhilab.engine.run import run
from nhilab.ledger.holdings import HOLDINGS
from nhilab.ledger.invariants import WORK, violations
from nhilab.ledger.lifetimes import LIFETIMES
from nhilab.ledger.tables import Cause, Ledger, Owner
from scenarios import TWO_STAGES, as_scenario, demand_of

CROWDED = TWO_STAGES.replace("rate: 12/h", "rate: 60/h").replace("exponential: 200ms", "exponential: 4s")


@cache
def sound(strategy: str = "exchange") -> Ledger:
    scenario = as_scenario(CROWDED)
    return run(scenario, strategy, demand_of(scenario))


def spoilt(ledger: Ledger, where: str, row: int, value: Any) -> Ledger:
    """The ledger with one value of one table's column replaced."""
    name, column = where.split(".")
    of_estate = name in ledger.estate.tables()
    table = ledger.tables()[name]
    values = getattr(table, column).copy()
    values[row] = value
    table = dataclasses.replace(table, **{column: values})
    if of_estate:
        return dataclasses.replace(ledger, estate=dataclasses.replace(ledger.estate, **{name: table}))
    return dataclasses.replace(ledger, **{name: table})


def row_where(mask: Any) -> int:
    rows = np.flatnonzero(mask)
    assert len(rows), "the ledger lacks what this case spoils"
    return int(rows[0])


LEDGER = sound()
C, K, T, COPIES = LEDGER.credentials, LEDGER.calls, LEDGER.tasks, LEDGER.copies
CHILD = row_where(C.stage == 1)
LATER_CALL = row_where((np.diff(K.task, prepend=-1) == 0) & (K.credential >= 0))
WAITED = row_where(T.started_at > T.arrived_at)
QUEUED = row_where((C.issued_at - C.service_time > C.requested_at) & (C.stage == 0))
NARROW = len(LEDGER.estate.identities)
IN_SLOT = row_where((COPIES.cause == Cause.OWNER) & (C.owner_kind[COPIES.credential] == Owner.WORKLOAD)
                    & (COPIES.place == 0))  # fmt: skip
FOREIGN = LEDGER.scopes.identity != LEDGER.scopes.identity[C.scope[CHILD]]
RENEWED = row_where((C.stage == 0) & (C.owner == C.owner[0]) & (C.issued_at > C.issued_at[0]))
OTHERS_SLOT = row_where(T.slot == 1)

SPOILT = [
    ("a task arrives, starts", "tasks.arrived_at", 0, T.started_at[0] + 1),
    ("the calls of tasks are consecutive", "tasks.first_call", 1, T.first_call[1] + 1),
    ("the calls of tasks are consecutive", "tasks.n_calls", 1, T.n_calls[1] + 1),
    ("tasks in one slot never overlap", "tasks.slot", OTHERS_SLOT, 0),
    ("tasks in one slot never overlap", "tasks.slot", OTHERS_SLOT, 2),
    ("who arrives at a place earlier", "tasks.started_at", WAITED, T.started_at[WAITED] + 10**10),
    ("a task waits only while", "tasks.started_at", WAITED, T.started_at[WAITED] + 10**9),
    ("a call is ready, arrives", "calls.ready_at", 0, K.arrived_at[0] + 1),
    ("the calls of a task follow one another", "calls.ready_at", LATER_CALL, K.ended_at[LATER_CALL - 1] - 1),
    ("the calls of a task follow one another", "tasks.ended_at", 0, K.ended_at[T.n_calls[0] - 1] - 1),
    ("an accepted call presents", "calls.arrived_at", 0, C.issued_at[K.credential[0]] - 1),
    ("an accepted call presents", "calls.arrived_at", 0, C.expires_at[K.credential[0]] + 5 * 10**7),
    ("an accepted call presents", "calls.credential", 0, -1),
    ("a call presents a last-stage", "calls.credential", 0, 0),
    ("a call presents a last-stage", "calls.credential", 0, len(C) - 1),
    ("a credential permits the call", "credentials.call", CHILD, C.call[CHILD] + 1),
    ("a credential permits the call", "credentials.requested_at", 0, K.ready_at[C.call[0]] - 1),
    ("a credential permits the call", "credentials.scope", CHILD, row_where(FOREIGN)),
    ("a credential is requested, issued", "credentials.requested_at", 0, C.issued_at[0] + 1),
    ("credentials are in order", "credentials.issued_at", 3, C.issued_at[2] - 1),
    ("a credential lives for the lifetime", "credentials.expires_at", 0, C.expires_at[0] + 1),
    ("owner kind and binding", "credentials.binding", 0, 2),
    ("owner kind and binding", "credentials.owner_kind", CHILD, int(Owner.CALL)),
    ("service fits between", "credentials.service_time", 0, C.issued_at[0] - C.requested_at[0] + 1),
    ("service fits between", "credentials.service_time", 0, -1),
    ("a revocation is requested after", "credentials.revoked_at", CHILD, C.revocation_requested_at[CHILD] - 1),
    ("a revocation is requested after", "credentials.revoked_at", CHILD, NEVER),
    ("what a task or call owns is revoked", "credentials.revocation_requested_at", CHILD, C.issued_at[CHILD]),
    ("what a task or call owns is revoked", "credentials.revocation_requested_at", 0, C.expires_at[0]),
    ("what nobody asked for stands", "credentials.call", 0, -1),
    ("an owner has one live credential", "credentials.requested_at", RENEWED, C.expires_at[0] - 1),
    ("a child is asked for with a live parent", "credentials.parent", CHILD, -1),
    ("a child is asked for with a live parent", "credentials.parent", CHILD, CHILD),
    ("a child is asked for with a live parent", "credentials.requested_at", CHILD, C.issued_at[C.parent[CHILD]] - 1),
    ("n_uses counts", "credentials.n_uses", CHILD, C.n_uses[CHILD] + 1),
    ("owner_end is the end", "credentials.owner_end", CHILD, C.owner_end[CHILD] + 1),
    ("owner_end is the end", "credentials.owner_end", 0, T.ended_at[0]),
    ("purpose_end is the end", "credentials.purpose_end", CHILD, C.purpose_end[CHILD] + 1),
    ("purpose_end is the end", "credentials.purpose_end", 0, C.purpose_end[0] - 1),
    ("an issuer serves no more at once", "credentials.service_time", QUEUED,
     C.issued_at[QUEUED] - C.requested_at[QUEUED]),
    ("an issuer serves in order of asking", "credentials.requested_at", QUEUED, C.requested_at[0] - 1),
    ("an issuer serves in order of asking", "credentials.service_time", CHILD, C.service_time[CHILD] - 1),
    ("the first scopes are all grants", "scopes.operation", 0, "read"),
    ("the first scopes are all grants", "scopes.resource", NARROW, -1),
    ("a scope holds its identity's grants", "scope_permissions.permission", 0, len(LEDGER.estate.permissions) - 1),
    ("a scope holds its identity's grants", "scopes.resource", NARROW, len(LEDGER.estate.resources) - 1),
    ("n_calls of a scope", "scopes.n_calls", NARROW, 0),
    ("scope permissions are sorted", "scope_permissions.scope", 0, NARROW),
    ("a copy is there from the issue on", "copies.from_at", 0, C.issued_at[COPIES.credential[0]] - 1),
    ("a copy is there from the issue on", "copies.from_at", 0, COPIES.until_at[0] + 1),
    ("a copy lies in a unit that exists", "copies.unit", IN_SLOT, 2),
    ("a copy stays as long", "copies.until_at", 0, COPIES.until_at[0] + 1),
    ("a copy stays as long", "copies.until_at", row_where(COPIES.cause == Cause.LOGGED), NEVER),
    ("a copy stays as long", "copies.until_at", IN_SLOT, COPIES.until_at[IN_SLOT] + 1),
    ("each credential in calls", "calls.credential", 0, len(C)),
    ("each verifier in resources", "resources.verifier", 0, -1),
    ("each owner exists", "credentials.owner", 0, -1),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "where", "row", "value"), SPOILT)
def test_a_spoilt_value_is_reported_by_its_sentence(sentence: str, where: str, row: int, value: Any) -> None:
    found = violations(spoilt(LEDGER, where, row, value))
    assert [line for line in found if line.removeprefix("not so: ").startswith(sentence)], found


def test_the_ledger_that_is_spoilt_is_sound() -> None:
    assert violations(LEDGER) == []


def test_every_sentence_is_seen_to_fail() -> None:
    spoken = {sentence for sentence, *_ in SPOILT}
    silent = [s for s, _ in (*WORK, *LIFETIMES, *HOLDINGS) if not any(s.startswith(x) for x in spoken)]
    assert silent == []


@pytest.mark.parametrize("value", [1, NEVER])
def test_a_standing_credential_that_appears_later_is_reported(value: int) -> None:
    found = violations(spoilt(sound("keys"), "credentials.issued_at", 1, value))
    assert any("stands from 0" in line for line in found)


def test_a_standing_credential_of_the_wrong_owner_is_reported() -> None:
    found = violations(spoilt(sound("keys"), "credentials.owner", 1, 0))
    assert any("stands from 0" in line for line in found)


def test_rows_are_counted_and_the_first_ones_named() -> None:
    ledger = LEDGER
    for row in range(7):
        ledger = spoilt(ledger, "calls.ready_at", row, K.arrived_at[row] + 1)
    assert any("(7 rows: 0, 1, 2, 3, 4, …)" in line for line in violations(ledger))
