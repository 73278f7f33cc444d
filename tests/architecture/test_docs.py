"""What is documented is documented fully, and its examples run."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages([str(ROOT / "nhilab")], "nhilab.")
    if not found.name.endswith("__main__")
)
RETURNS = re.compile(r"^Returns\n-------\n\S", re.MULTILINE)


def undocumented(source: str) -> list[str]:
    """Public functions without a docstring, or that return something and do not say so in Returns."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node) or ""
            silent = isinstance(node.returns, ast.Constant) and node.returns.value is None
            if not text or not (silent or RETURNS.search(text)):
                found.append(node.name)
    return found


@pytest.mark.parametrize("room", ["theory", "metrics"])
def test_every_public_function_says_what_it_returns(room: str) -> None:
    files = sorted((ROOT / "nhilab" / room).rglob("*.py"))
    found = {path.name: undocumented(path.read_text(encoding="utf-8")) for path in files}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_a_function_without_a_section_returns_is_seen() -> None:
    good = 'def f():\n    """One.\n\n    Returns\n    -------\n    float\n        It.\n    """\n'
    bad = 'def g():\n    """Returns it."""\n'
    silent = 'def h() -> None:\n    """Refuse what is wrong."""\n'
    assert undocumented(good + bad + silent) == ["g"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_module_run(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_the_package_holds_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    tests = [t for name in MODULES for t in finder.find(importlib.import_module(name), name)]
    assert any(test.examples for test in tests)


def test_contributors_read_why_each_dependency_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]
    names = {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in wanted}
    text = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| ([\w.-]+) \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)) - {
        "core",
        *project["optional-dependencies"],
    }
    assert rows == names
