"""Files to start a scenario from: a small whole one with comments, or one that lays changes over another."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from nhilab.base.errors import InputError
from nhilab.base.files import STDOUT, write_text
from nhilab.scenario.extends import read_extended, without_gone
from nhilab.scenario.load import load_scenario

_OVER = """\
# yaml-language-server: $schema=scenario-schema.json
# `nhilab schema --json scenario-schema.json` writes that file: editors then complete keys and check values.
#
# Lays what differs over another file: mappings merge, lists and distributions are replaced, null removes a key.
# `nhilab explain` says what comes of it.

question: {question}
extends: {extends}

# Strategies that are there: {names}.
# NAME: null leaves one out.
strategies:
  mine:                                         # the first of them under another name: change it
    title: what is different about it
    stages:
{stages}
# Other numbers to replace by your own, each with its source; for instance
# threat: {{hop_time: {{value: 5m, measured: where this comes from}}}}
"""


def starter() -> str:
    """Text of a small whole scenario with comments."""
    return files(__package__).joinpath("starter.yaml").read_text(encoding="utf-8")


def over(path: Path, *, beside: Path) -> str:
    """Text of a scenario that lays a strategy of its own over another file.

    Parameters
    ----------
    path : Path
        The other file.
    beside : Path
        Folder in which the text will lie.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the other file is no scenario.
    """
    loaded = load_scenario(path)
    content: dict[str, Any] = without_gone(read_extended(path)[0])
    stages = content["strategies"][next(iter(loaded.strategies))]["stages"]
    lines = [yaml.safe_dump(s, default_flow_style=True, sort_keys=False, width=10**6).strip() for s in stages]
    return _OVER.format(
        question=yaml.safe_dump(loaded.content.question, width=10**6).removesuffix("\n...\n").strip(),
        extends=yaml.safe_dump(Path(os.path.relpath(path, beside)).as_posix()).removesuffix("\n...\n").strip(),
        names=", ".join(loaded.strategies),
        stages="".join(f"      - {line}\n" for line in lines),
    )


def write_new(path: Path, text: str) -> None:
    """Write a text to a file that is not there yet.

    Raises
    ------
    InputError
        If there is one, or it cannot be written.
    """
    if path != STDOUT and (path.exists() or path.is_symlink()):
        raise InputError(path, "", "a file that is there already", "a new file")
    write_text(path, text)
