"""The pytest plugin: a scenario, and a trial of one of its strategies, as fixtures.

A test says what it is about with ``@pytest.mark.nhilab(scenario="x.yaml", strategy="jit", seed=1, campaigns=200)``, on
itself, its class or its module; a scenario for all others comes from ``--nhilab-scenario`` or the ini option
``nhilab_scenario``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from nhilab.lab import Trial
    from nhilab.scenario.scenario import Scenario

ALLOWED: Final = ("scenario", "strategy", "seed", "campaigns")
"""What the marker says."""

_LOADED: Final = pytest.StashKey[dict[Path, "Scenario"]]()
_TRIED: Final = pytest.StashKey[dict[tuple[Any, ...], "Trial"]]()


class Wanted(NamedTuple):
    """Which trial a test is about; None for what nobody has said."""

    strategy: str | None
    seed: int | None
    campaigns: int | None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the scenario of tests that name none."""
    text = "scenario file of the fixture nhilab_scenario, for tests that name none"
    parser.getgroup("nhilab").addoption("--nhilab-scenario", metavar="FILE", default=None, help=text)
    parser.addini("nhilab_scenario", f"{text}; beside the ini file", type="string", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker is for."""
    text = "nhilab(scenario=, strategy=, seed=, campaigns=): what nhilab_scenario and nhilab_trial give the test"
    config.addinivalue_line("markers", text)
    config.stash[_LOADED], config.stash[_TRIED] = {}, {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test the file and the strategies it is marked with; several strategies are several tests."""
    names = {"nhilab_scenario", "nhilab_trial"} & set(metafunc.fixturenames)
    if not names:
        return
    said: dict[str, Any] = {}
    for mark in reversed(list(metafunc.definition.iter_markers("nhilab"))):
        said |= _of_marker(mark)
    file = _file(metafunc, said)
    if "nhilab_scenario" in names:
        metafunc.parametrize("nhilab_scenario", [file], ids=[file.stem if file else "none"], indirect=True,
                             scope="session")  # fmt: skip
    if "nhilab_trial" in names:
        given = said.get("strategy")
        strategies = [given] if given is None or isinstance(given, str) else list(given)
        wanted = [Wanted(strategy, said.get("seed"), said.get("campaigns")) for strategy in strategies]
        ids = [strategy or "none" for strategy in strategies]
        metafunc.parametrize("nhilab_trial", wanted, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def nhilab_scenario(request: pytest.FixtureRequest) -> Scenario:
    """The scenario of the test's marker, of ``--nhilab-scenario``, or of the ini option; loaded once."""
    from nhilab.base.errors import InputError
    from nhilab.lab import load_scenario

    file: Path | None = request.param
    if file is None:
        pytest.fail("nhilab_scenario: found no file; allowed: @pytest.mark.nhilab(scenario=FILE), --nhilab-scenario "
                    "FILE, or nhilab_scenario = FILE in the ini file", pytrace=False)  # fmt: skip
    loaded = request.config.stash[_LOADED]
    try:
        if file not in loaded:
            loaded[file] = load_scenario(file)
    except InputError as error:
        pytest.fail(str(error), pytrace=False)
    return loaded[file]


@pytest.fixture(scope="session")
def nhilab_trial(request: pytest.FixtureRequest, nhilab_scenario: Scenario) -> Trial:
    """Ledger and compromises of the marker's strategy: by default of the scenario's own seed and 200 thieves."""
    from nhilab.lab import try_strategy
    from nhilab.study.comparisons.compare import CAMPAIGNS

    wanted: Wanted = request.param
    if wanted.strategy not in nhilab_scenario.strategies:
        allowed = "one of " + ", ".join(nhilab_scenario.strategies)
        pytest.fail(f"{nhilab_scenario.written.file}: strategy of nhilab_trial: found {wanted.strategy!r}; allowed: "
                    f"{allowed}, in @pytest.mark.nhilab(strategy=…)", pytrace=False)  # fmt: skip
    seed = nhilab_scenario.content.seed if wanted.seed is None else wanted.seed
    campaigns = wanted.campaigns or CAMPAIGNS
    tried = request.config.stash[_TRIED]
    key = (nhilab_scenario.digest(), wanted.strategy, seed, campaigns)
    if key not in tried:
        tried[key] = try_strategy(nhilab_scenario, wanted.strategy, seed=seed, campaigns=campaigns)
    return tried[key]


def _of_marker(mark: pytest.Mark) -> dict[str, Any]:
    """What a marker says."""
    wrong = [*map(repr, mark.args), *(name for name in mark.kwargs if name not in ALLOWED)]
    if wrong:
        pytest.fail(f"marker nhilab: found {wrong[0]}; allowed: {', '.join(ALLOWED)}, by name", pytrace=False)
    return dict(mark.kwargs)


def _file(metafunc: pytest.Metafunc, said: dict[str, Any]) -> Path | None:
    """The scenario file: beside the test, where pytest was called, or beside the ini file."""
    config = metafunc.config
    if "scenario" in said:
        return Path(metafunc.definition.path.parent, said["scenario"])
    if given := config.getoption("--nhilab-scenario"):
        return Path(config.invocation_params.dir, given)
    beside = config.inipath.parent if config.inipath else config.rootpath
    named = config.getini("nhilab_scenario")
    return beside / named if named else None
