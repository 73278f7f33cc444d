"""A room, and a folder of a room, imports only from those below it (contracts in pyproject.toml)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename="pyproject.toml", no_cache=True))
"""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True)


def test_no_room_imports_from_a_room_above_it() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("base/breach.py", "import nhilab.report", "nhilab.base is not allowed to import nhilab.report"),
        (
            "metrics/breach.py",
            "import nhilab.engine",
            "nhilab.metrics is not allowed to import nhilab.engine",
        ),
        ("study/cells/breach.py", "import simpy", "nhilab.study is not allowed to import simpy"),
        (
            "study/cells/breach.py",
            "import nhilab.study.designs",
            "nhilab.study.cells is not allowed to import nhilab.study.designs",
        ),
        (
            "report/tables/breach.py",
            "import nhilab.report.drawing",
            "nhilab.report.tables is not allowed to import nhilab.report.drawing",
        ),
        ("metrics/breach.py", "import matplotlib", "nhilab.metrics is not allowed to import matplotlib"),
    ],
)
def test_a_breach_of_the_layers_is_reported(tmp_path: Path, module: str, line: str, complaint: str) -> None:
    skeleton = ("nhilab/lab.py", "nhilab/__main__.py")
    for source in [*(ROOT / "nhilab").rglob("*/__init__.py"), *(ROOT / name for name in skeleton)]:
        target = tmp_path / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("")
    (tmp_path / "nhilab/__init__.py").write_text("")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint(tmp_path).returncode == 0, lint(tmp_path).stdout

    (tmp_path / "nhilab" / module).write_text(line + "\n")
    result = lint(tmp_path)
    assert result.returncode == 1
    assert complaint in " ".join(result.stdout.split())
