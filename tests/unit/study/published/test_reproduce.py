"""The published results, computed again."""

from __future__ import annotations

import json
from pathlib import Path

from unit.study.small import small

from nhilab.study.published.reproduce import reproduce


def test_a_reproduction_writes_the_same_bytes_each_time(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    written = []
    for name in ("a", "b"):
        reproduce(tmp_path / name, scenario, replications=2, campaigns=10)
        folder = tmp_path / name / "small"
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]
    assert set(written[0]) == {"summary.json", "manifest.json"}


def test_the_manifest_says_settings_and_digests_and_nothing_of_the_machine(tmp_path: Path) -> None:
    comparison = reproduce(tmp_path, small(tmp_path), replications=2, campaigns=10)
    manifest = json.loads((tmp_path / "small" / "manifest.json").read_text())
    assert set(manifest) == {"schema", "settings", "digests"}
    assert manifest["settings"]["replications"] == 2
    assert manifest["digests"]["scenario"] == comparison.scenario_digest
    assert manifest["digests"]["ledgers"]["task"] == list(comparison.ledgers["task"])
    assert json.loads((tmp_path / "small" / "summary.json").read_text()) == comparison.to_json()
