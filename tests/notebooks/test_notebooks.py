"""Notebooks run from top to bottom, use what is public, are numbered and short, and are kept without outputs."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LINES = 60
PUBLIC = {
    "nhilab", "nhilab.testing", "nhilab.report.figures", "nhilab.report.notebook.explorer",
    "nhilab.importers.tables", "numpy", "polars", "matplotlib.pyplot", "simpy", "hypothesis", "hypothesis.strategies",
    "pathlib", "tempfile",
}  # fmt: skip
"""What a notebook may import: the public names of the lab, and what any reader knows."""


def code_of(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def imported(source: str) -> set[str]:
    """Modules that a text imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_runs_from_top_to_bottom_and_shows_something(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    done = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    shown = [output for cell in done.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert kinds & {"image/png", "text/html"}
    assert [output for output in shown if output.get("name") == "stderr"] == []
    bare = [output for output in shown if "Figure" in output.get("data", {}).get("text/plain", "")]
    assert all("image/png" in output["data"] for output in bare)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_short_and_without_outputs(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    assert sum(len(source.splitlines()) for source in code_of(path)) <= LINES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_use_what_is_public_and_nothing_else(path: Path) -> None:
    assert imported("\n".join(code_of(path))) <= PUBLIC


@pytest.mark.parametrize("path", NOTEBOOKS[1:], ids=lambda path: path.stem)
def test_a_notebook_begins_with_a_question_and_ends_with_an_answer_that_it_computes(path: Path) -> None:
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    assert texts[0].startswith("# ") and "?" in texts[0]
    assert "**Answer**" in "".join(texts[-2:])


def test_notebooks_are_numbered_from_1() -> None:
    assert [path.stem[:3] for path in NOTEBOOKS] == [f"{number:02}-" for number in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) == 7


def test_an_import_of_what_is_not_public_is_seen() -> None:
    assert imported("import nhilab.engine.run\nfrom nhilab.study import compare") == {
        "nhilab.engine.run", "nhilab.study",
    }  # fmt: skip
