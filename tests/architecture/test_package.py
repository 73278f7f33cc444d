"""The public surface is small, sorted and complete."""

from __future__ import annotations

import importlib
import importlib.metadata
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_public_names_are_sorted_and_can_be_imported() -> None:
    package = importlib.import_module("nhilab")
    written = (ROOT / "nhilab/__init__.py").read_text(encoding="utf-8").strip()
    names = list(getattr(package, "__all__", []))
    assert bool(names) == bool(written), "a root that is not empty has __all__"
    assert names == sorted(set(names), key=str.casefold)
    assert [name for name in names if not hasattr(package, name)] == []


def test_the_root_shows_nothing_beyond_its_public_names() -> None:
    package = importlib.import_module("nhilab")
    public = {name for name in vars(package) if not name.startswith(("_", "@"))}  # pytest adds names with @ of its own
    modules = {path.stem for path in (ROOT / "nhilab").iterdir()}
    assert public - modules <= set(getattr(package, "__all__", []))


def test_the_version_is_the_one_of_the_project_file() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert importlib.metadata.version("nhilab") == written
    assert getattr(importlib.import_module("nhilab"), "__version__", written) == written
