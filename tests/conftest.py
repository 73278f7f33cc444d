"""Options, profiles and fixtures of every test."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["pytester"]

REPOSITORY = Path(__file__).resolve().parents[1]

hypothesis.settings.register_profile("dev", derandomize=False, deadline=None)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=50, print_blob=True)
hypothesis.settings.register_profile("full", derandomize=False, deadline=None, max_examples=1000, print_blob=True)


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("nhilab")
    group.addoption("--full", action="store_true", help="full-size verification, fresh seeds, 1000 examples")
    group.addoption("--rewrite-golden", action="store_true", help="write the frozen values of tests/golden anew")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--rewrite-golden") and _in_ci():
        raise pytest.UsageError("--rewrite-golden is for people; in CI frozen values are only compared")
    if config.getoption("--hypothesis-profile", default=None) is None:
        small = "ci" if _in_ci() else "dev"
        hypothesis.settings.load_profile("full" if config.getoption("--full") else small)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full"):
        for item in items:
            if item.get_closest_marker("full"):
                item.add_marker(pytest.mark.skip(reason="full size, asked for with --full"))


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """The full size of a verification was asked for."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(scope="session")
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Frozen values are to be written, not compared."""
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of recorded data beside the repository; without it tests are skipped, except in CI."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        reason = "the recorded data is not there: ../shared/data beside the repository"
        if _in_ci():
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return folder
