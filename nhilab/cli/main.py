"""The command line: arguments in, exit status out, one line on standard error for what went wrong."""

from __future__ import annotations

import importlib.metadata
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Final, cast

import typer

from nhilab.base.errors import InputError, NhilabError, WorkerError
from nhilab.cli.late import VARIABLE, listed_app
from nhilab.study.cells.interrupts import TERMINATED, Interrupts, hearing

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

_USAGE: Final = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What typer raises for a wrong command line; it has no public name."""

app = listed_app()


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"nhilab {importlib.metadata.version('nhilab')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What credential strategies of non-human identities cost, and what they buy."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Entry point of ``nhilab``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    with hearing() as interrupts:
        signal.signal(signal.SIGTERM, interrupts)
        sys.unraisablehook = lambda raised: None if interrupts.noted else sys.__unraisablehook__(raised)
        try:
            status = run(sys.argv[1:])
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is written and said: only the interpreter has to end
        except KeyboardInterrupt:
            status = _said("interrupted", INTERRUPTED)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str
        As typed, without the program's name.

    Returns
    -------
    int
        0 done; 1 a guardrail or verification failed, or a worker was killed; 2 bad input; 130 interrupted.
    """
    try:
        with hearing() as interrupts:
            return _run(arguments, interrupts)
    except KeyboardInterrupt:
        return _said("interrupted", INTERRUPTED)


def _run(arguments: Sequence[str], interrupts: Interrupts) -> int:
    try:
        status = _called(arguments, interrupts)
    except BrokenPipeError:
        sys.stdout = io.StringIO()  # whoever read it has gone
        return FAILED
    except WorkerError as error:
        return _said(str(error), FAILED)
    except InputError as error:
        return _said(str(_located(error)), BAD_INPUT)
    except (NhilabError, OSError) as error:
        return _said(str(error), BAD_INPUT)
    except _USAGE as error:
        return _said(str(getattr(error, "format_message", error.__str__)()), BAD_INPUT)
    except typer.Abort:
        return _said("interrupted", INTERRUPTED)
    if status == INTERRUPTED:
        return _said("interrupted; what is finished is kept, the same command resumes", INTERRUPTED)
    return status if isinstance(status, int) else DONE


def _called(arguments: Sequence[str], interrupts: Interrupts) -> object:
    """What the command returns; that it was interrupted, whatever was made of the interrupt inside."""
    if VARIABLE in os.environ:
        import_module("typer.completion").completion_init()  # a shell asks what could come next
    try:
        status: object = app(list(arguments), prog_name="nhilab", standalone_mode=False)
    except Exception:
        interrupts.check()
        raise
    if interrupts.terminated:
        sys.exit(TERMINATED)
    return INTERRUPTED if interrupts.noted else status


def _located(error: InputError) -> InputError:
    """The error with the line of a scenario file that it is about."""
    from nhilab.scenario.marks import located  # nothing that goes well needs it

    return located(error)


def _said(message: str, status: int) -> int:
    sys.stderr.write("nhilab: " + " ".join(message.split()) + "\n")
    return status
