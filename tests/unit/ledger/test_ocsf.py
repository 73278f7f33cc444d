"""Events as lines in the words of OCSF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from unit.ledger.layered import cache, with_calls, world

from nhilab.ledger.event_frame import event_frame
from nhilab.ledger.events import Kind, events_of
from nhilab.ledger.ocsf import ACTIVITIES, OCSF_VERSION, ocsf_lines, write_ocsf
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from scenarios import runs, share

REQUIRED = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
OF_CLASS = {0: set(), 3004: {"entity"}, 6002: {"app"}, 6003: {"actor", "api", "src_endpoint"}}
"""What OCSF 1.3.0 requires of every event, and of each class used."""


def lines(ledger: Ledger, starts_at: int = 0) -> list[dict[str, Any]]:
    frame = event_frame(ledger, events_of(ledger), starts_at=starts_at)
    return [json.loads(line) for line in ocsf_lines(frame, version="1.2.3", starts_at=starts_at)]


@pytest.fixture
def revoked() -> Ledger:
    """A credential used once, then revoked."""
    return with_calls(world(cache(30), revocation_requested_at=48_000, revoked_at=50_999, expires=10**8), 1500)


def test_every_kind_has_an_activity() -> None:
    assert list(ACTIVITIES) == list(Kind)


def test_each_step_of_a_life_has_its_class_and_activity(revoked: Ledger) -> None:
    found = [(event["unmapped"]["kind"], event["type_uid"], event["activity_name"]) for event in lines(revoked)]
    assert found == [
        ("task started", 600203, "Start"), ("requested", 300499, "Request"), ("issued", 300401, "Create"),
        ("task ended", 600204, "Stop"), ("used", 600302, "Read"),
        ("revocation requested", 300499, "Request Revocation"), ("revoked", 300404, "Delete"),
        ("honoured until", 99, "Honoured Until"),
    ]  # fmt: skip


def test_all_events_of_a_credential_have_its_correlation(revoked: Ledger) -> None:
    found = {event["metadata"]["correlation_uid"] for event in lines(revoked) if event["category_uid"] == 3}
    assert found == {"credential-0"}
    (used,) = (event for event in lines(revoked) if event["class_uid"] == 6003)
    assert used["actor"]["user"]["credential_uid"] == used["metadata"]["correlation_uid"] == "credential-0"


def test_time_is_in_whole_milliseconds_and_the_exact_instant_beside_it(revoked: Ledger) -> None:
    begins = 1_767_571_200_000_000
    (dead,) = (event for event in lines(revoked, begins) if event["activity_name"] == "Delete")
    assert (dead["time"], dead["unmapped"]["at_us"]) == (1_767_571_200_050, 50_999)


@share(100)
@given(runs())
def test_every_line_is_an_event_with_what_its_class_requires(finished: tuple[Scenario, Ledger]) -> None:
    found = lines(finished[1])
    assert len(found) == len(events_of(finished[1]))
    for event in found:
        assert set(event) >= REQUIRED | OF_CLASS[event["class_uid"]]
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert event["category_uid"] == event["class_uid"] // 1000
        assert event["metadata"]["version"] == OCSF_VERSION
        assert set(event["metadata"]) >= {"product", "version", "correlation_uid"}
        failed = event["unmapped"]["kind"] in ("refused", "denied", "not issued")
        assert event["status_id"] == (2 if failed else 1)
        assert ("status_detail" in event) >= failed
    assert len({event["metadata"]["uid"] for event in found}) == len(found)


def test_the_same_ledger_gives_the_same_bytes_a_line_each(revoked: Ledger, tmp_path: Path) -> None:
    frame = event_frame(revoked, events_of(revoked))
    for name in ("a", "b"):
        write_ocsf(frame, tmp_path / name, version="1")
    content = (tmp_path / "a").read_bytes()
    assert content == (tmp_path / "b").read_bytes()
    assert content.count(b"\n") == len(frame) and content.endswith(b"}\n")


def test_what_is_interrupted_leaves_nothing_behind(
    revoked: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> Any:
        yield "{}"
        raise KeyboardInterrupt

    monkeypatch.setattr("nhilab.ledger.ocsf.ocsf_lines", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_ocsf(event_frame(revoked, events_of(revoked)), tmp_path / "events.jsonl", version="1")
    assert list(tmp_path.iterdir()) == []
