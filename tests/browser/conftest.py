"""One browser for each file of tests, and the pages it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser.chromium import Open, Seen, opened, started
from browser.reports import report
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open no longer than its file of tests: while it is, no other event loop can run in this process."""
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages are written once."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def show(browser: Browser, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open the page of a command, or of a hard comparison."""
    monkeypatch.setenv("NHILAB_CACHE", str(folder / "cells"))
    with ExitStack() as stack:

        def show(name: str, **how: object) -> tuple[Page, Seen]:
            return stack.enter_context(opened(browser, report(name, folder), **how))

        yield show
