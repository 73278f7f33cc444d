"""The published results are what the code says today, at the published settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhilab.scenario.load import load_scenario
from nhilab.study.reproduce import reproduce

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results" / "ci-estate"


def close(found: object, published: object) -> bool:
    """Equal, but for the last digits of floats."""
    if isinstance(published, dict):
        return isinstance(found, dict) and found.keys() == published.keys() and all(
            close(found[key], value) for key, value in published.items()
        )  # fmt: skip
    if isinstance(published, list):
        return isinstance(found, list) and len(found) == len(published) and all(map(close, found, published))
    return found == (pytest.approx(published, rel=1e-9) if isinstance(published, float) else published)


def test_the_published_results_come_out_again(tmp_path: Path) -> None:
    reproduce(tmp_path, load_scenario(ROOT / "scenarios" / "ci-estate.yaml"))
    for name in ("summary.json", "manifest.json"):
        found = json.loads((tmp_path / "ci-estate" / name).read_text(encoding="utf-8"))
        published = json.loads((PUBLISHED / name).read_text(encoding="utf-8"))
        assert close(found, published), f"{name} changed: `nhilab reproduce` writes it anew"
