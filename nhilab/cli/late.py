"""Commands that are imported when they are called: the help of all of them needs none."""

from __future__ import annotations

import re
import textwrap
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from nhilab.cli.apart import ApartCommand
from nhilab.cli.catalogue import COMMANDS, GROUPS
from nhilab.cli.loading import loading

VARIABLE: Final = "_NHILAB_COMPLETE"
"""Set where a shell asks for completions."""


class LateGroup(TyperGroup):
    """Commands known by name and summary; whichever is called is then loaded."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that arguments call, loaded, and what is left of them."""
        name, known, rest = super().resolve_command(ctx, args)
        listed = name if self.name not in GROUPS else f"{self.name} {name}"
        return name, known if listed not in COMMANDS else loaded(listed), rest


def loaded(name: str) -> Any:
    """The command of a name in the catalogue, imported; its help ends with its examples."""
    module, _, function = COMMANDS[name].function.partition(":")
    with loading():
        called = getattr(import_module(f"nhilab.cli.{module}"), function)
    alone = plain_app()
    epilog = _examples(COMMANDS[name].examples)
    alone.command(name.rpartition(" ")[2], cls=ApartCommand, epilog=epilog)(called)
    return typer.main.get_command(alone)


def listed_app() -> typer.Typer:
    """All commands of the catalogue by name and summary, none of them loaded."""
    app = plain_app()
    groups = {"": app}
    for name, summary in GROUPS.items():
        groups[name] = typer.Typer(cls=LateGroup, help=summary, rich_markup_mode=None)
        app.add_typer(groups[name], name=name)
    for name, command in COMMANDS.items():
        group, _, own = name.rpartition(" ")
        groups[group].command(own, help=command.summary)(_not_loaded)
    return app


def plain_app() -> typer.Typer:
    """An application whose help and errors are plain text."""
    return typer.Typer(cls=LateGroup, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _not_loaded() -> None:
    """Stand for a command."""


def _examples(lines: tuple[str, ...]) -> str:
    said = "\n".join("  " + " \\\n      ".join(_folded(f"nhilab {line}")) for line in lines)
    return f"\b\nExamples:\n{said}"


def _folded(line: str) -> list[str]:
    """A command line in parts that fit 80 columns; no option stands apart from its value."""
    together = re.sub(r"( --?[\w-]+) (?=[^-])", "\\1\u00a0", line)
    parts = textwrap.wrap(together, 68, break_long_words=False, break_on_hyphens=False)
    return [part.replace("\u00a0", " ") for part in parts]
