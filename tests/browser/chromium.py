"""A real browser for the tests of the page: found, started, watched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AXE = "node_modules/axe-core/axe.min.js"
DESK, PHONE = 1280, 390


@dataclass
class Seen:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Open = Callable[..., tuple[Page, Seen]]


def missing(what: str) -> NoReturn:
    """Skip for want of something, or fail where ``NHILAB_BROWSER=required`` says that it must be there."""
    if os.environ.get("NHILAB_BROWSER") == "required":
        pytest.fail(f"{what}, and NHILAB_BROWSER=required", pytrace=False)
    pytest.skip(what)


def executable() -> str:
    """Path of a browser, or the reason why these tests are skipped."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    return found or missing(f"no browser is installed: none of {', '.join(NAMES)}")


def axe_source() -> str:
    """The accessibility checker's script, from the folder ``NHILAB_NPM`` or ``.venv/npm``."""
    folder = Path(os.environ.get("NHILAB_NPM") or REPOSITORY / ".venv" / "npm")
    if not (folder / AXE).is_file():
        missing(f"axe-core is not installed: npm install --prefix {folder} axe-core")
    return (folder / AXE).read_text(encoding="utf-8")


@contextmanager
def started() -> Iterator[Browser]:
    """A browser without a window."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, file: Path, *, width: int = DESK, scheme: Any = "light", script: bool = True
) -> Iterator[tuple[Page, Seen]]:
    """A file as a page of a width, with what it asks for and complains about."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
    )
    try:
        page, seen = context.new_page(), Seen()
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(file.as_uri())
        yield page, seen
    finally:
        context.close()
