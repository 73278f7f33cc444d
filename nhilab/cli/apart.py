"""Commands that write no file twice, and none over what they read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from nhilab.base.errors import InputError
from nhilab.base.files import STDOUT, is_special


class ApartCommand(TyperCommand):
    """A command that begins only if each file it is given has one use."""

    def invoke(self, ctx: Any) -> Any:
        """Call the command.

        Raises
        ------
        InputError
            If two of its files are the same one.
        """
        known: dict[str, str] = {}
        for name, path in self._files(ctx.params):
            if path != STDOUT and is_special(path):
                continue  # a terminal or /dev/null takes whatever comes
            place = "-" if path == STDOUT else os.path.realpath(path)
            if place in known:
                raise InputError(name, "", str(path), f"another file than that of {known[place]}")
            known[place] = name
        return super().invoke(ctx)

    def _files(self, given: dict[str, Any]) -> Iterator[tuple[str, Path]]:
        """Names and values of parameters that are files; what is read comes before what is written."""
        for parameter in sorted(self.params, key=lambda one: one.param_type_name):  # arguments, then options
            if isinstance(path := given.get(str(parameter.name)), Path):
                yield str(parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[-1]), path
