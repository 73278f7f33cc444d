"""The published results are what the code says today, at the published settings."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nhilab.report.tables.incidents import alternatives_frame, consistency_frame, markdown
from nhilab.scenario.load import load_scenario
from nhilab.study.published.incident_record import load_incidents
from nhilab.study.published.incidents import study_incidents
from nhilab.study.published.reproduce import reproduce

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results"
INCIDENTS = ROOT / "scenarios" / "incidents"


def close(found: object, published: object) -> bool:
    """Equal, but for the last digits of floats."""
    if isinstance(published, dict):
        return isinstance(found, dict) and found.keys() == published.keys() and all(
            close(found[key], value) for key, value in published.items()
        )  # fmt: skip
    if isinstance(published, list):
        return isinstance(found, list) and len(found) == len(published) and all(map(close, found, published))
    return found == (pytest.approx(published, rel=1e-9) if isinstance(published, float) else published)


def rows(frame: pl.DataFrame, name: str) -> list[dict[str, object]]:
    """Rows of one incident of a table, without what is empty."""
    return [
        {key: value for key, value in row.items() if value not in (None, "")}
        for row in frame.iter_rows(named=True)
        if row["incident"] == name
    ]


def published(name: str) -> Any:
    return json.loads((PUBLISHED / "ci-estate" / name).read_text(encoding="utf-8"))


def test_the_first_day_of_the_published_results_comes_out_again(tmp_path: Path) -> None:
    reproduce(tmp_path, load_scenario(ROOT / "scenarios" / "ci-estate.yaml"), replications=1)
    found = json.loads((tmp_path / "ci-estate" / "manifest.json").read_text(encoding="utf-8"))["digests"]
    digests = published("manifest.json")["digests"]
    assert found["scenario"] == digests["scenario"]
    for table in ("ledgers", "compromises"):
        assert found[table] == {name: days[:1] for name, days in digests[table].items()}, (
            f"{table} changed: `nhilab reproduce --only estate` writes the results anew"
        )


def test_the_published_summary_is_the_one_of_the_manifest() -> None:
    text = json.dumps(published("summary.json"), sort_keys=True, allow_nan=False)
    assert published("manifest.json")["digests"]["summary"] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.full
def test_the_published_results_come_out_again(tmp_path: Path) -> None:
    reproduce(tmp_path, load_scenario(ROOT / "scenarios" / "ci-estate.yaml"))
    for name in ("summary.json", "manifest.json"):
        found = json.loads((tmp_path / "ci-estate" / name).read_text(encoding="utf-8"))
        assert close(found, published(name)), f"{name} changed: `nhilab reproduce` writes it anew"


@pytest.mark.parametrize("name", load_incidents(INCIDENTS))
def test_the_published_incidents_come_out_again(name: str) -> None:
    studies = study_incidents(INCIDENTS, only=[name])
    for file, frame in (("consistency", consistency_frame(studies)), ("alternatives", alternatives_frame(studies))):
        published = pl.read_csv(PUBLISHED / "incidents" / f"{file}.csv", infer_schema_length=None)
        for one, other in zip(rows(frame, name), rows(published, name), strict=True):
            assert close(one, other), f"{file}.csv changed: `nhilab reproduce --only incidents` writes it anew"
    page = (PUBLISHED / "incidents" / "incidents.md").read_text(encoding="utf-8")
    assert [line for line in markdown(studies).splitlines() if line not in page.splitlines()] == []
