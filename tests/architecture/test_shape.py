"""The code keeps its shape: what is at the top, how long things are, what they may be called and use."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = {"pyproject.toml", "README.md", "LICENSE", "nhilab", "scenarios", "notebooks", "tests", "results"}
SOURCES = sorted((ROOT / "nhilab").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))

FILE_LINES, LONGER_FILE_LINES, BODY_LINES = 250, 270, 40
LONGER_FILES: dict[str, str] = {
    "nhilab/ledger/tables.py": "one declaration after the other; apart, no reader would see the ledger whole",
}
"""Files allowed up to 270 lines, each with the reason why it is not split."""

VAGUE = {"util", "utils", "helper", "helpers", "manager", "handler"}
RANDOM_ALLOWED = {"Generator"}
RANDOM_ALLOWED_IN_STREAMS = {"Generator", "PCG64", "SeedSequence"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(module) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def root_imports(module: ast.Module, depth: int) -> list[int]:
    """Lines that import the package root; `depth` is how many packages the file lies in."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import) and any(alias.name == "nhilab" for alias in node.names):
            found.append(node.lineno)
        if isinstance(node, ast.ImportFrom):
            absolute = node.level == 0 and node.module == "nhilab"
            relative = node.level >= depth and node.module is None
            if absolute or relative:
                found.append(node.lineno)
    return found


def own_randomness(module: ast.Module, allowed: set[str]) -> list[str]:
    """Uses of numpy.random beyond `allowed`, and of the standard library's random."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr not in allowed:
            owner = ast.unparse(node.value)
            if owner in ("np.random", "numpy.random") or node.attr == "default_rng":
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.ImportFrom):
            wanted = {alias.name for alias in node.names}
            from_random = node.module == "numpy.random" and not wanted <= allowed
            if from_random or node.module == "random" or (node.module == "numpy" and "random" in wanted):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Import) and {a.name for a in node.names} & {"random", "numpy.random"}:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def test_nothing_else_is_tracked_at_the_top() -> None:
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {name.split("/")[0] for name in listed.split("\0") if name}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_everything_agreed_is_at_the_top() -> None:
    assert {name for name in TOP if not (ROOT / name).exists()} == set()


def test_every_file_answers_one_question_in_about_250_lines() -> None:
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    limits = {name: LONGER_FILE_LINES if name in LONGER_FILES else FILE_LINES for name in lines}
    assert {name: n for name, n in lines.items() if n > limits[name]} == {}
    assert {name for name in LONGER_FILES if lines.get(name, 0) <= FILE_LINES} == set(), "no longer longer"


def test_every_function_body_has_at_most_40_lines() -> None:
    long = {
        f"{named(path)}:{function.lineno} {function.name}": body_lines(function)
        for path in SOURCES
        for function in functions(tree(path))
        if body_lines(function) > BODY_LINES
    }
    assert long == {}


def test_nothing_inside_imports_the_package_root() -> None:
    found = {named(path): root_imports(tree(path), len(path.relative_to(ROOT).parts) - 1) for path in SOURCES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_module_has_a_vague_name() -> None:
    paths = {named(path): set(path.with_suffix("").relative_to(ROOT).parts) for path in SOURCES}
    vague = {name for name, parts in paths.items() if {w for p in parts for w in p.split("_")} & VAGUE}
    assert vague == set()


def test_all_chance_comes_from_named_streams() -> None:
    allowed = dict.fromkeys(SOURCES, RANDOM_ALLOWED)
    allowed[ROOT / "nhilab/base/streams.py"] = RANDOM_ALLOWED_IN_STREAMS
    found = {named(path): own_randomness(tree(path), names) for path, names in allowed.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_test_is_named_by_a_sentence() -> None:
    short = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in TESTS
        for function in functions(tree(path))
        if function.name.startswith("test_") and len(function.name.strip("_").split("_")) < 4
    ]
    assert short == []


@pytest.mark.parametrize(
    "line",
    ["import nhilab", "import nhilab as lab", "from nhilab import base", "from .. import base"],
)
def test_an_import_of_the_root_is_seen(line: str) -> None:
    assert root_imports(ast.parse(line), depth=2) == [1]
    assert root_imports(ast.parse("from nhilab.base import errors\nfrom . import errors"), depth=2) == []


@pytest.mark.parametrize(
    "line",
    [
        "rng = np.random.default_rng()",
        "np.random.seed(0)",
        "from numpy.random import default_rng",
        "from numpy import random",
        "import random",
        "from random import choice",
    ],
)
def test_chance_from_elsewhere_is_seen(line: str) -> None:
    assert len(own_randomness(ast.parse(line), RANDOM_ALLOWED)) == 1
    assert own_randomness(ast.parse("def f(rng: np.random.Generator): ..."), RANDOM_ALLOWED) == []


def test_the_docstring_does_not_count_as_body() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n\n    return a\n'
    assert [body_lines(function) for function in functions(ast.parse(source))] == [3]
