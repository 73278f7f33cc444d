"""Every invariant can fail: one value of a sound ledger is spoilt, and the right sentence says so."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER
from nhilab.engine.run import run
from nhilab.ledger.invariants import RULES, violations
from nhilab.ledger.tables import Cause, Ledger, Owner, Status
from scenarios import TWO_STAGES, as_content, as_scenario, demand_of

CROWDED = TWO_STAGES.replace("rate: 12/h", "rate: 60/h").replace("exponential: 200ms", "exponential: 4s")


def rich() -> dict[str, Any]:
    """The same with work that is handed on, queues, copies, renewals, refresh tokens, outages and orphans."""
    content = as_content(CROWDED)
    estate, issuers = content["estate"], content["issuers"]
    estate["places"] |= {"queue": {"kind": "queue"}, "shelf": {"kind": "secret-store", "residue": "10s"}}
    estate["places"]["pod"] |= {"network": "inner"}
    estate["places"]["runner"]["slots"] = 8
    estate["resources"]["vault"]["place"] = "shelf"
    estate["standing"] = {"orphan": {"identity": "agent", "places": ["host", "runner"]}}
    agents, nightly = estate["workloads"]["agents"], estate["workloads"]["nightly"]
    agents |= {"copies_to": [{"place": "host"}], "delegates_to": {"workload": "deploys", "probability": 0.5}}
    nightly["queue"] = {"place": "queue", "wait": "1s", "consumers": 1}
    content["profiles"]["default"] |= {"drift_probability": 0.3, "crash_probability": 0.2}
    content["verifiers"]["signature"]["accepts_from"] = "inner"
    estate["places"]["host"]["network"] = estate["places"]["runner"]["network"] = "inner"
    issuers["login"] |= {"cascade": True, "outages": [{"from": "30m", "for": "2m"}]}
    issuers["sts"] |= {"revocation_unit": "identity", "service_time": "2s"}
    first, last = content["strategies"]["exchange"]["stages"]
    ahead = {"renew": {"ahead": 0.5}, "revoke": ["renewal"]}
    content["strategies"] |= {
        "renewed": {"stages": [first | ahead, last], "delegation": "exchange",
                    "authorize": {"false_allow_probability": 0.5}},
        "refreshed": {"stages": [first | {"single_use": True}, last], "delegation": "forward"},
    }  # fmt: skip
    return content


@cache
def sound(strategy: str = "exchange") -> Ledger:
    scenario = as_scenario(rich() if strategy in ("renewed", "refreshed") else CROWDED)
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
OWNED = row_where(C.owner_kind[COPIES.credential] == Owner.TASK)
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
    ("a call is denied if", "calls.status", 0, int(Status.DENIED)),
    ("a task ends as its calls did", "tasks.status", 0, int(Status.REFUSED)),
    ("who denies a call", "calls.n_decisions", 0, 2),
    ("the calls of a workload present", "calls.credential", 0, 0),
    ("work is handed on", "tasks.parent_call", 0, 5),
    ("a task that a call hands on", "tasks.parent_call", 0, 5),
    ("a queued call is enqueued", "calls.enqueued_at", 0, K.arrived_at[0]),
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
    ("what is revoked has a reason", "credentials.revocation_requested_at", CHILD, C.issued_at[CHILD]),
    ("what a task or call owns is revoked", "credentials.revocation_requested_at", CHILD, C.expires_at[CHILD]),
    ("what nobody asked for renews another", "credentials.call", CHILD, -1),
    ("an owner has one credential", "credentials.requested_at", RENEWED, C.expires_at[0] - 1),
    ("a child is asked for with a live parent", "credentials.parent", CHILD, -1),
    ("a child is asked for with a live parent", "credentials.parent", CHILD, CHILD),
    ("a child is asked for with a live parent", "credentials.service_time", CHILD,
     C.issued_at[CHILD] - C.issued_at[C.parent[CHILD]] + 1),
    ("n_uses counts", "credentials.n_uses", CHILD, C.n_uses[CHILD] + 1),
    ("owner_end is the end", "credentials.owner_end", CHILD, C.owner_end[CHILD] + 1),
    ("owner_end is the end", "credentials.owner_end", 0, T.ended_at[0]),
    ("purpose_end is the end", "credentials.purpose_end", CHILD, C.purpose_end[CHILD] + 1),
    ("purpose_end is the end", "credentials.purpose_end", 0, C.purpose_end[0] - 1),
    ("an issuer serves no more at once", "credentials.service_time", QUEUED,
     C.issued_at[QUEUED] - C.requested_at[QUEUED]),
    ("an issuer serves in order of asking", "credentials.requested_at", QUEUED, C.requested_at[0] - 1),
    ("the first scopes are all grants", "scopes.operation", 0, "read"),
    ("the first scopes are all grants", "scopes.resource", NARROW, -1),
    ("a scope holds its identity's grants", "scope_permissions.permission", 0, len(LEDGER.estate.permissions) - 1),
    ("a scope holds its identity's grants", "scopes.resource", NARROW, len(LEDGER.estate.resources) - 1),
    ("n_calls of a scope", "scopes.n_calls", NARROW, 0),
    ("scope permissions are sorted", "scope_permissions.scope", 0, NARROW),
    ("a copy is there from the issue on", "copies.from_at", 0, C.issued_at[COPIES.credential[0]] - 1),
    ("a copy is there from the issue on", "copies.from_at", 0, COPIES.until_at[0] + 1),
    ("a copy lies in a unit that exists", "copies.unit", IN_SLOT, 2),
    ("a lasting credential lies with tasks", "copies.until_at", IN_SLOT, COPIES.until_at[IN_SLOT] + 10**6),
    ("what a call or task owns lies", "copies.until_at", OWNED, COPIES.until_at[OWNED] + 1),
    ("a printed credential lies", "copies.until_at", row_where(COPIES.cause == Cause.LOGGED), NEVER),
    ("each credential in calls", "calls.credential", 0, len(C)),
    ("each verifier in resources", "resources.verifier", 0, -1),
    ("each owner exists", "credentials.owner", 0, -1),
]  # fmt: skip


RENEWED_ONES, REFRESHED = sound("renewed"), sound("refreshed")


def _mechanisms() -> list[tuple[str, str, str, int, Any]]:
    """The same for what the crowded scenario has nothing of: by strategy."""
    c, k, x = RENEWED_ONES.credentials, RENEWED_ONES.calls, RENEWED_ONES.copies
    f, y, t = REFRESHED.credentials, REFRESHED.copies, REFRESHED.tasks
    old = row_where((c.revocation_requested_at == c.superseded_at) & (c.superseded_at < NEVER) & (c.stage == 0))
    cut = row_where((RENEWED_ONES.scopes.within[c.scope] >= 0) & (c.parent >= 0))
    waits = row_where((k.enqueued_at < NEVER) & (k.status == Status.DONE))
    as_sent = row_where((k.began_at < NEVER) & (c.issued_at[k.credential] <= k.enqueued_at))
    used = row_where((f.stage == 0) & (f.revoked_at < NEVER))
    copied, home = row_where(x.cause == Cause.COPIED), row_where((c.stage[x.credential] < 0) & (x.place == 2))
    crashed = row_where((t.status == Status.CRASHED) & (t.n_calls > 0))
    return [
        ("renewed", "what is renewed is revoked", "credentials.revocation_requested_at", old, NEVER),
        ("renewed", "a credential is superseded when", "credentials.superseded_at", old, c.issued_at[old] - 1),
        ("renewed", "what is exchanged is cut", "scopes.within", int(c.scope[cut]), 0),
        ("renewed", "a queued call is enqueued", "calls.began_at", waits, NEVER),
        ("renewed", "consumers carry out no more", "calls.ended_at", as_sent, k.ended_at[as_sent] + 10**12),
        ("renewed", "a copied credential lies", "copies.until_at", copied, x.until_at[copied] + 1),
        ("renewed", "what no strategy manages is what", "credentials.expires_at", row_where(c.stage < 0), 5),
        ("renewed", "what no strategy manages lies", "copies.from_at", home, 1),
        ("renewed", "a message's credential", "copies.from_at", row_where(x.cause == Cause.QUEUED), 1),
        ("renewed", "a presented credential lies", "copies.until_at", row_where(x.cause == Cause.PRESENTED), NEVER),
        ("renewed", "a verifier accepts calls from", "places.network", 1, "outer"),
        ("renewed", "an issuer begins nothing", "outages.from_at", 0, 0),
        ("renewed", "where an issuer revokes identities", "credentials.revoked_at", last_of_identity(), NEVER),
        ("renewed", "each place in standing", "standing.place", 0, 99),
        ("renewed", "each parent_call in tasks", "tasks.parent_call", 0, len(k)),
        ("refreshed", "a single-use credential", "credentials.revoked_at", used, NEVER),
        ("refreshed", "a forwarded credential", "copies.until_at", row_where(y.cause == Cause.FORWARDED), NEVER),
        ("refreshed", "a task ends as its calls did", "tasks.status", crashed, int(Status.DENIED)),
    ]


def last_of_identity() -> int:
    """A credential that was revoked along with another one of its identity."""
    c = RENEWED_ONES.credentials
    along = (c.stage == 1) & (c.revoked_at < c.expires_at) & (c.revocation_requested_at < c.owner_end)
    return row_where(along)


@pytest.mark.parametrize(("strategy", "sentence", "where", "row", "value"), _mechanisms())
def test_a_spoilt_value_of_a_richer_ledger_is_reported(
    strategy: str, sentence: str, where: str, row: int, value: Any
) -> None:
    found = violations(spoilt(sound(strategy), where, row, value))
    assert [line for line in found if line.removeprefix("not so: ").startswith(sentence)], found


@pytest.mark.parametrize(("sentence", "where", "row", "value"), SPOILT)
def test_a_spoilt_value_is_reported_by_its_sentence(sentence: str, where: str, row: int, value: Any) -> None:
    found = violations(spoilt(LEDGER, where, row, value))
    assert [line for line in found if line.removeprefix("not so: ").startswith(sentence)], found


def test_the_ledgers_that_are_spoilt_are_sound() -> None:
    for strategy in ("exchange", "keys", "renewed", "refreshed"):
        assert violations(sound(strategy)) == []


def test_every_sentence_is_seen_to_fail() -> None:
    spoken = {sentence for sentence, *_ in SPOILT} | {sentence for _, sentence, *_ in _mechanisms()}
    by_hand = {
        "standing credentials are there", "where an issuer cascades", "after a crash", "a lasting credential lies at",
        "what a task presents lies with it",
    }  # fmt: skip
    silent = [s for s, _ in RULES if not any(s.startswith(x) for x in spoken | by_hand)]
    assert silent == []


def test_a_child_that_survives_a_parent_whose_issuer_cascades_is_reported() -> None:
    c = RENEWED_ONES.credentials
    with_parent = (c.revoked_at == c.revoked_at[c.parent]) & (c.revoked_at < NEVER)
    child = row_where((c.parent >= 0) & (c.stage == 1) & with_parent)
    found = violations(spoilt(RENEWED_ONES, "credentials.revoked_at", child, NEVER))
    assert any("where an issuer cascades" in line for line in found), found


def test_what_a_crashed_task_has_revoked_is_reported() -> None:
    kept = row_where((C.stage == 1) & (np.arange(len(C)) > CHILD) & (C.owner_end < C.expires_at))
    crashed = spoilt(LEDGER, "tasks.status", int(C.owner[CHILD]), int(Status.CRASHED))
    found = violations(spoilt(crashed, "credentials.revocation_requested_at", kept, NEVER))
    assert any("after a crash" in line for line in found), found


def test_a_key_that_does_not_lie_with_the_task_that_presents_it_is_reported() -> None:
    keys = sound("keys")
    in_pod = row_where(keys.estate.places.isolation[keys.copies.place] == Isolation.TASK)
    other = 1 - int(keys.copies.credential[in_pod])
    found = violations(spoilt(keys, "copies.credential", in_pod, other))
    assert any("what a task presents" in line for line in found), found


def test_a_lasting_credential_that_leaves_its_shared_place_is_reported() -> None:
    shared = LEDGER.estate.places.isolation[COPIES.place] == 0
    row = row_where(shared & (COPIES.cause == Cause.OWNER) & (C.owner_kind[COPIES.credential] == Owner.WORKLOAD))
    found = violations(spoilt(LEDGER, "copies.until_at", row, COPIES.until_at[row] + 1))
    assert any("a lasting credential lies at" in line for line in found), found


@pytest.mark.parametrize("value", [1, NEVER])
def test_a_standing_credential_that_appears_later_is_reported(value: int) -> None:
    found = violations(spoilt(sound("keys"), "credentials.issued_at", 1, value))
    assert any("standing credentials" in line for line in found)


def test_a_standing_credential_of_the_wrong_owner_is_reported() -> None:
    found = violations(spoilt(sound("keys"), "credentials.owner", 1, 0))
    assert any("standing credentials" in line for line in found)


def test_rows_are_counted_and_the_first_ones_named() -> None:
    ledger = LEDGER
    for row in range(7):
        ledger = spoilt(ledger, "calls.ready_at", row, K.arrived_at[row] + 1)
    assert any("(7 rows: 0, 1, 2, 3, 4, …)" in line for line in violations(ledger))
