"""The public surface is small, sorted and complete."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

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
    public = {name for name in vars(package) if name.isidentifier() and not name.startswith("_")}
    modules = {path.stem for path in (ROOT / "nhilab").iterdir()}
    assert public - modules <= set(getattr(package, "__all__", []))


def test_the_version_is_the_one_of_the_project_file() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert importlib.metadata.version("nhilab") == written
    assert getattr(importlib.import_module("nhilab"), "__version__", written) == written


def test_importing_the_root_loads_nothing_heavy() -> None:
    heavy = ("numpy", "scipy", "polars", "pydantic", "matplotlib", "hypothesis", "distributed", "optuna", "SALib")
    code = f"import sys, nhilab; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_using_the_root_draws_no_figure_and_asks_no_cluster() -> None:
    heavy = ("matplotlib", "hypothesis", "distributed", "optuna", "SALib", "ipywidgets", "pandas")
    code = f"import sys\nfrom nhilab import *\nprint([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_documented_and_shown_in_the_docstring_of_the_root_or_a_noun() -> None:
    package = importlib.import_module("nhilab")
    for name in package.__all__:
        assert getattr(package, name).__doc__, name
        assert name in str(package.__doc__) or name[0].isupper()
    assert len(package.__all__) <= 20


def test_an_unknown_name_of_the_root_is_an_attribute_error() -> None:
    package = importlib.import_module("nhilab")
    with pytest.raises(AttributeError, match="no attribute 'simulate'"):
        getattr(package, "simu" + "late")
