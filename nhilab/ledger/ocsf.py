"""Events as lines of JSON in the words of the Open Cybersecurity Schema Framework (OCSF), version 1.3.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from nhilab.base.files import whole_file
from nhilab.ledger.event_frame import KINDS
from nhilab.ledger.events import Kind

OCSF_VERSION: Final = "1.3.0"

BASE_EVENT, ENTITY_MANAGEMENT, APPLICATION_LIFECYCLE, API_ACTIVITY = 0, 3004, 6002, 6003
"""Classes used: the category is the number's thousands."""

_OTHER: Final = 99
_ACTIVITY_OF_OPERATION: Final = {
    "create": (1, "Create"), "read": (2, "Read"), "list": (2, "Read"), "write": (3, "Update"),
    "update": (3, "Update"), "delete": (4, "Delete"),
}  # fmt: skip
_ENCODER: Final[Any] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)

Row = dict[str, Any]


class Activity(NamedTuple):
    """What a kind of event is in the schema."""

    class_uid: int
    activity_id: int
    name: str
    success: bool = True


ACTIVITIES: Final[dict[Kind, Activity]] = {
    Kind.TASK_STARTED: Activity(APPLICATION_LIFECYCLE, 3, "Start"),
    Kind.REQUESTED: Activity(ENTITY_MANAGEMENT, _OTHER, "Request"),
    Kind.ISSUED: Activity(ENTITY_MANAGEMENT, 1, "Create"),
    Kind.USED: Activity(API_ACTIVITY, _OTHER, ""),
    Kind.CARRIED_OUT: Activity(API_ACTIVITY, _OTHER, ""),
    Kind.REFUSED: Activity(API_ACTIVITY, _OTHER, "", success=False),
    Kind.DENIED: Activity(API_ACTIVITY, _OTHER, "", success=False),
    Kind.SUPERSEDED: Activity(ENTITY_MANAGEMENT, _OTHER, "Supersede"),
    Kind.UNAVAILABLE: Activity(ENTITY_MANAGEMENT, 1, "Create", success=False),
    Kind.TASK_ENDED: Activity(APPLICATION_LIFECYCLE, 4, "Stop"),
    Kind.REVOCATION_REQUESTED: Activity(ENTITY_MANAGEMENT, _OTHER, "Request Revocation"),
    Kind.REVOKED: Activity(ENTITY_MANAGEMENT, 4, "Delete"),
    Kind.EXPIRED: Activity(ENTITY_MANAGEMENT, _OTHER, "Expire"),
    Kind.LAST_HONOURED: Activity(BASE_EVENT, _OTHER, "Honoured Until"),
}
"""Class and activity of each kind; a call's activity is that of its operation."""

_KIND_OF: Final = {name: kind for kind, name in KINDS.items()}


def ocsf_lines(frame: pl.DataFrame, *, version: str, starts_at: int = 0) -> Iterator[str]:
    """One line of JSON per event, in order.

    Parameters
    ----------
    frame : DataFrame
        What `event_frame` made.
    version : str
        Of this package, told as the product's.
    starts_at : int, µs
        Instant at which the run begins, since 1970 in UTC.

    Yields
    ------
    str
        An event with its class, `metadata.correlation_uid` and, under `unmapped`, what the schema has no words for:
        the exact instant in µs from the start of the run, kind and log, lineage, call and task. `time` is rounded
        down to whole milliseconds. The same frame gives the same lines.

    Notes
    -----
    Source: OCSF 1.3.0, schema.ocsf.io. Checked by ``tests/unit/ledger/test_ocsf.py``.
    """
    product = {"name": "nhilab", "vendor_name": "nhilab", "version": version}
    for number, row in enumerate(frame.iter_rows(named=True)):
        kind = _KIND_OF[row["kind"]]
        activity = _activity(kind, row)
        event = {
            "category_uid": activity.class_uid // 1000,
            "class_uid": activity.class_uid,
            "activity_id": activity.activity_id,
            "activity_name": activity.name,
            "type_uid": activity.class_uid * 100 + activity.activity_id,
            "time": (row["at_us"] + starts_at) // 1000,
            "severity_id": 1,
            "status_id": 1 if activity.success else 2,
            "message": _message(row),
            "metadata": {
                "version": OCSF_VERSION,
                "product": product,
                "uid": f"event-{number}",
                "correlation_uid": row["correlation"],
                "log_provider": row["source"],
            },
            **_SUBJECT[activity.class_uid](row),
            "unmapped": _without_none({name: row[name] for name in _UNMAPPED}),
        }
        if row["reason"] is not None:
            event["status_detail"] = row["reason"]
        yield _ENCODER.encode(event)


def write_ocsf(frame: pl.DataFrame, path: Path, *, version: str, starts_at: int = 0) -> None:
    """Write the lines as a file, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with whole_file(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        for line in ocsf_lines(frame, version=version, starts_at=starts_at):
            file.write(line + "\n")


_UNMAPPED: Final = ("at_us", "kind", "source", "lineage", "call", "task", "stage", "verifier", "in_intent")


def _activity(kind: Kind, row: Row) -> Activity:
    activity = ACTIVITIES[kind]
    if activity.class_uid != API_ACTIVITY:
        return activity
    number, name = _ACTIVITY_OF_OPERATION.get(row["operation"], (_OTHER, row["operation"]))
    return activity._replace(activity_id=number, name=name)


def _message(row: Row) -> str:
    """The event in a few words."""
    return " ".join(filter(None, [row["correlation"], row["kind"], f"({row['reason']})" if row["reason"] else ""]))


def _without_none(content: Row) -> Row:
    return {name: value for name, value in content.items() if value is not None}


def _user(row: Row) -> Row:
    user = {"name": row["identity"], "type_id": _OTHER, "type": "Service Account"}
    if row["credential"] is not None:
        user["credential_uid"] = f"credential-{row['credential']}"
    return user


def _managed_entity(row: Row) -> Row:
    """The credential; one that was never issued has no number."""
    data = {"issuer": row["issuer"], "expires_at_us": row["expires_at_us"]}
    if row["parent"] is not None:
        data["parent"] = f"credential-{row['parent']}"
    named = {"uid": f"credential-{row['credential']}"} if row["credential"] is not None else {}
    entity = {**named, "name": f"credential of {row['identity']}", "type_id": _OTHER, "type": "Credential"}
    return {"entity": {**entity, "data": _without_none(data)}, "actor": {"user": _user(row)}}


def _api_call(row: Row) -> Row:
    service = {"service": {"name": row["verifier"]}} if row["verifier"] is not None else {}
    return {
        "actor": {"user": _user(row)},
        "api": {"operation": row["operation"], **service},
        "resources": [{"name": row["resource"]}],
        "src_endpoint": {"name": row["workload"], "uid": f"task-{row['task']}"},
    }


def _application(row: Row) -> Row:
    app = {"name": row["workload"], "vendor_name": "nhilab", "uid": f"task-{row['task']}"}
    return {"app": app, "actor": {"user": _user(row)}}


def _bound(_: Row) -> Row:
    return {}


_SUBJECT: Final[dict[int, Callable[[Row], Row]]] = {
    BASE_EVENT: _bound, ENTITY_MANAGEMENT: _managed_entity, APPLICATION_LIFECYCLE: _application,
    API_ACTIVITY: _api_call,
}  # fmt: skip
