"""What every ledger must keep, whoever wrote it: a sentence and a function each. A breach is a bug, not a user's."""

from __future__ import annotations

from typing import Final

import numpy as np

from nhilab.ledger.deaths import DEATHS
from nhilab.ledger.holdings import HOLDINGS
from nhilab.ledger.lasting import STAYS
from nhilab.ledger.lifetimes import LIFETIMES
from nhilab.ledger.service import SERVICE
from nhilab.ledger.tables import Ledger, Owner
from nhilab.ledger.uses import USES
from nhilab.ledger.work import WORK

_REFERENCES: Final = {
    "resources": {"verifier": "verifiers", "place": "places?"},
    "permissions": {"resource": "resources"},
    "grants": {"identity": "identities", "permission": "permissions"},
    "openings": {"permission": "permissions", "place": "places?", "identity": "identities?"},
    "attestations": {"identity": "identities", "place": "places"},
    "places": {"log": "places?", "inside": "places?"},
    "workloads": {
        "identity": "identities", "place": "places", "delegates_to": "workloads?", "queue": "places?",
    },
    "copies_to": {"workload": "workloads", "place": "places"},
    "standing": {"identity": "identities", "place": "places"},
    "targets": {"workload": "workloads", "permission": "permissions"},
    "layers": {"verifier": "verifiers"},
    "tasks": {"workload": "workloads", "parent_call": "calls?"},
    "calls": {"task": "tasks", "permission": "permissions", "credential": "credentials?"},
    "credentials": {"scope": "scopes", "stage": "stages?", "parent": "credentials?", "call": "calls?"},
    "copies": {"credential": "credentials", "place": "places"},
    "scopes": {"identity": "identities", "within": "scopes?"},
    "scope_permissions": {"scope": "scopes", "permission": "permissions"},
    "managed": {"identity": "identities", "stage": "stages"},
    "outages": {"stage": "stages"},
}  # fmt: skip
"""Which table each id points into; a question mark where -1 (none) is allowed too."""

RULES: Final = (*WORK, *USES, *LIFETIMES, *DEATHS, *SERVICE, *HOLDINGS, *STAYS)
"""Every rule: its sentence, and who breaks it."""


def violations(ledger: Ledger) -> list[str]:
    """What a ledger breaks of the rules every ledger keeps; empty for a sound one.

    Returns
    -------
    list of str
        One sentence per broken rule with the rows that break it. Dangling ids are reported alone: no other rule
        can be looked at while they are there.

    Notes
    -----
    Definition: MODEL.md §2, §4 and §6. Checked by ``tests/properties/test_run.py`` on runs, and by
    ``tests/properties/test_invariants.py`` on runs with one value spoilt.
    """
    dangling = _dangling(ledger)
    if dangling:
        return dangling
    found = []
    for sentence, broken_by in RULES:
        rows = np.flatnonzero(broken_by(ledger))
        if len(rows):
            shown = ", ".join(map(str, rows[:5].tolist())) + (", …" if len(rows) > 5 else "")
            found.append(f"not so: {sentence} ({len(rows)} rows: {shown})")
    return found


def _dangling(ledger: Ledger) -> list[str]:
    """Ids that point beyond their table."""
    tables, found = ledger.tables(), []
    for name, columns in _REFERENCES.items():
        for column, target in columns.items():
            ids = getattr(tables[name], column)
            least = -1 if target.endswith("?") else 0
            wrong = np.flatnonzero((ids < least) | (ids >= len(tables[target.rstrip("?")])))
            if len(wrong):
                found.append(f"not so: each {column} in {name} is a row of {target} (row {wrong[0]}: {ids[wrong[0]]})")
    sizes = {
        Owner.CALL: len(ledger.calls), Owner.TASK: len(ledger.tasks),
        Owner.WORKLOAD: int(ledger.estate.workloads.count.sum()),
        Owner.PLACE: len(ledger.estate.identities) * len(ledger.estate.places),
        Owner.IDENTITY: len(ledger.estate.identities),
    }  # fmt: skip
    owner, kind = ledger.credentials.owner, ledger.credentials.owner_kind
    size = np.array([sizes[k] for k in Owner])[np.clip(kind, 0, len(sizes) - 1)]
    if (wrong := np.flatnonzero((kind < 0) | (kind >= len(sizes)) | (owner < 0) | (owner >= size))).size:
        found.append(f"not so: each owner exists (credential {wrong[0]}: {owner[wrong[0]]} of kind {kind[wrong[0]]})")
    return found
