"""Nothing changed that was not meant to: the digests and values of one small comparison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.study.small import compared, small

from nhilab.base.files import write_json

FROZEN = Path(__file__).with_name("small.json")


def test_a_small_comparison_is_what_it_was(tmp_path: Path, rewrite_golden: bool) -> None:
    comparison = compared(small(tmp_path))
    found = {
        "ledgers": {name: list(digests) for name, digests in comparison.ledgers.items()},
        "compromises": {name: list(digests) for name, digests in comparison.compromises.items()},
        "strategies": comparison.to_json()["strategies"],
    }
    if rewrite_golden:
        write_json(FROZEN, found)
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    assert found["ledgers"] == frozen["ledgers"]
    assert found["compromises"] == frozen["compromises"]
    assert found["strategies"].keys() == frozen["strategies"].keys()
    for name, estimates in frozen["strategies"].items():
        assert found["strategies"][name].keys() == estimates.keys()
        for key, estimate in estimates.items():
            now = found["strategies"][name][key]
            assert now.keys() == estimate.keys()
            for part, value in estimate.items():
                exact = value is None or isinstance(value, str)
                assert now[part] == (value if exact else pytest.approx(value, rel=1e-9)), f"{name} {key} {part}"
