"""The plugin gives a test its scenario and its trial, and says in one line what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from unit.testing.doctored import PIPELINE

from nhilab.lab import try_strategy
from nhilab.study.comparisons.compare import compare

LOADED = (try_strategy, compare)
"""Loaded before any test: pytester forgets what a run inside has loaded, and numpy cannot be loaded twice."""

MARKED = """
import pytest
pytestmark = pytest.mark.nhilab(scenario="pipeline.yaml")

def test_scenario(nhilab_scenario):
    assert nhilab_scenario.name == "pipeline"

@pytest.mark.nhilab(strategy=["job-token", "session"], seed=0, campaigns=5)
def test_trial(nhilab_scenario, nhilab_trial):
    assert len(nhilab_trial.compromises.campaigns) == 5
    assert "access_window_s" in nhilab_trial.observations

@pytest.mark.nhilab(strategy="session", seed=0, campaigns=5)
class TestSame:
    kept = []
    def test_first(self, nhilab_trial): self.kept.append(nhilab_trial)
    def test_second(self, nhilab_trial): assert self.kept == [nhilab_trial]
"""
UNMARKED = "def test_scenario(nhilab_scenario): assert nhilab_scenario.name == 'pipeline'"


def ran(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    """A test file beside the scenario file of the example, run with warnings as errors."""
    shutil.copy(PIPELINE, pytester.path / "pipeline.yaml")
    pytester.makepyfile(test)
    plugins = ("-p", "nhilab.testing.plugin", "-p", "no:cacheprovider", "-p", "no:randomly")
    return pytester.runpytest_inprocess(*plugins, "-W", "error", "--strict-markers", "-v", *options)


def test_a_marker_gives_the_scenario_and_a_trial_for_each_strategy(pytester: pytest.Pytester) -> None:
    result = ran(pytester, MARKED)
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(
        ["*::test_trial?pipeline-job-token? PASSED*", "*::test_trial?pipeline-session? PASSED*"]
    )


def test_the_scenario_comes_from_the_option_or_the_ini_file_where_no_marker_names_one(
    pytester: pytest.Pytester,
) -> None:
    ran(pytester, UNMARKED, "--nhilab-scenario", "pipeline.yaml").assert_outcomes(passed=1)
    pytester.makeini("[pytest]\nnhilab_scenario = pipeline.yaml\n")
    ran(pytester, UNMARKED).assert_outcomes(passed=1)


def test_without_any_scenario_the_test_says_how_to_name_one(pytester: pytest.Pytester) -> None:
    result = ran(pytester, UNMARKED)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["nhilab_scenario: found no file; allowed: @pytest.mark.nhilab(scenario=FILE), *"])


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        ("scenario='pipeline.yaml', strategy='jit'", "*found 'jit'; allowed: one of job-token, session, static-key*"),
        ("scenario='pipeline.yaml'", "*strategy of nhilab_trial: found None; allowed: one of job-token*"),
        ("scenario='none.yaml', strategy='session'", "*none.yaml*found*"),
        ("scenario='bad.yaml', strategy='session'", "*bad.yaml: horizon: found *; allowed: *"),
        ("scnario='pipeline.yaml'", "*marker nhilab: found scnario; allowed: scenario, strategy, seed, campaigns*"),
        ("'pipeline.yaml'", "*marker nhilab: found 'pipeline.yaml'; allowed: scenario, *, by name*"),
    ],
)
def test_a_mistake_of_the_user_is_one_line_without_a_traceback(mark: str, line: str, pytester: pytest.Pytester) -> None:
    text = PIPELINE.read_text(encoding="utf-8").replace("horizon: 6h", "horizon: six")
    (pytester.path / "bad.yaml").write_text(text, encoding="utf-8")
    result = ran(pytester, f"import pytest\n@pytest.mark.nhilab({mark})\ndef test_one(nhilab_trial): pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([line])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert not [said for said in result.outlines if said.startswith(("E  ", ">  "))]


def test_the_marker_is_registered_and_listed(pytester: pytest.Pytester) -> None:
    result = ran(pytester, UNMARKED, "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.nhilab(scenario=, strategy=, seed=, campaigns=): what *"])


@pytest.mark.parametrize("twice", [False, True])
def test_as_an_entry_point_it_may_also_be_named_by_hand(twice: bool, tmp_path: Path) -> None:
    """Both have the same name, the module's; under another one, pytest would refuse the second."""
    info = tmp_path / "own-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n", encoding="utf-8")
    written = (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    line = written.split("[project.entry-points.pytest11]\n")[1].splitlines()[0].replace('"', "")
    (info / "entry_points.txt").write_text(f"[pytest11]\n{line}\n", encoding="utf-8")
    code = f"import sys, pytest; sys.path.insert(0, {str(tmp_path)!r}); sys.exit(pytest.main(sys.argv[1:]))"
    options = ["--markers", *(["-p", "nhilab.testing.plugin"] if twice else [])]
    found = subprocess.run([sys.executable, "-c", code, *options], cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert found.stdout.count("@pytest.mark.nhilab(") == 1


def test_the_plugin_itself_loads_neither_numpy_nor_hypothesis() -> None:
    """With a package root that loads nothing: what is not asked for costs nothing."""
    root = str(Path(__file__).parents[3] / "nhilab")
    code = (
        f"import sys, types\nroot = sys.modules['nhilab'] = types.ModuleType('nhilab')\nroot.__path__ = [{root!r}]\n"
        "import nhilab.testing.plugin\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules} & {'numpy', 'hypothesis', 'polars', 'simpy'}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_without_hypothesis_what_draws_says_what_to_install_and_the_rest_works() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from nhilab.testing import assert_laws, assert_limits, assert_no_worse, edited\n"
        "try:\n    from nhilab.testing import scenarios\n"
        "except ImportError as error:\n    print(error)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "scenarios draws with hypothesis: pip install nhilab[testing]"
