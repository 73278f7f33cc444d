"""Fixtures of the importers' tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.importers.export_tree import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "export")
