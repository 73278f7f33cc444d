"""What the pages for people show, block by block, and how a command of theirs is run small."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Final

from nhilab.cli.catalogue import COMMANDS
from nhilab.cli.main import run

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ("README.md", "scenarios/README.md", "scenarios/MY-ESTATE.md", "nhilab/MODEL.md")
SMALL: Final = {"--replications": "1", "--campaigns": "10", "--samples": "2", "--workers": "1"}
"""Sizes at which the commands of the pages run here, where the page gives none and the command takes them."""

ELSEWHERE: Final = ("reproduce", "verify")
"""Commands that other tests run: `tests/golden`, `tests/verification`."""

_FENCED: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """Fenced blocks of a language, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [found for kind, found in _FENCED.findall(text) if kind == language]


def commands(page: str, language: str) -> list[list[str]]:
    """Arguments of every call of ``nhilab`` in the blocks of a language, without comments and prompts.

    The calls in the page's tables count as blocks of sh.
    """
    lines = "\n".join(blocks(page, language)).replace("\\\n", " ").splitlines()
    if language == "sh":
        lines += [span for span in tabled(page) if span.split()[1] not in ELSEWHERE]
    calls = [re.search(r"(?:^|/|\s)nhilab (.+)$", line) for line in lines if not line.startswith("#")]
    return [shlex.split(call[1], comments=True) for call in calls if call]


def tabled(page: str) -> list[str]:
    """Whole calls of ``nhilab`` in the rows of a page's tables."""
    rows = [line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [span for row in rows for span in re.findall(r"`(nhilab [^`]+)`", row) if "[" not in span]


def options_of(arguments: list[str]) -> set[str]:
    """Options of the command that arguments are for, by its help."""
    said, words = io.StringIO(), [word for word in arguments if not word.startswith("-")]
    length = next(n for n in (2, 1) if " ".join(words[:n]) in COMMANDS)
    with contextlib.redirect_stdout(said):
        run([*words[:length], "--help"])
    return set(re.findall(r"--[a-z][a-z-]+", said.getvalue()))


def small(arguments: list[str]) -> list[str]:
    """The same call, at a small size."""
    known = options_of(arguments)
    given = {word.split("=")[0] for word in arguments}
    if "--help" in given:
        return arguments
    sizes = {name: value for name, value in SMALL.items() if name in known and name not in given}
    if "--precision" in given:
        sizes = {name: value for name, value in sizes.items() if name != "--replications"}
    return [*arguments, *(word for pair in sizes.items() for word in pair)]
