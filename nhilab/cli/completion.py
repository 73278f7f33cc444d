"""``nhilab completion``: a script that makes a shell complete commands, options, scenarios and names."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.late import VARIABLE
from nhilab.cli.options import Json, Quiet, writable_file


class Shell(StrEnum):
    """Shells there is a script for."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"
    powershell = "powershell"


def completion_command(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.", show_default=False)],
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Print a script that completes commands, options, scenario files, strategies and metrics in a shell.

    Load it where the shell starts: eval "$(nhilab completion bash)" in ~/.bashrc, or zsh in ~/.zshrc.
    """
    text = import_module("typer.completion").get_completion_script(
        prog_name="nhilab", complete_var=VARIABLE, shell=shell.value
    )
    if json is not None:
        writable_file(json)
        write_json(json, {"shell": shell.value, "script": text})
    if not quiet:
        typer.echo(text)
