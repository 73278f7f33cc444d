"""The command line: arguments in, exit status out, one line on standard error for what went wrong."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, Final, cast

import typer

from nhilab.base.errors import NhilabError
from nhilab.cli.audit import audit_command
from nhilab.cli.break_even import break_even_command
from nhilab.cli.cells import cells
from nhilab.cli.check import check_command
from nhilab.cli.compare import compare_command
from nhilab.cli.controls import controls_command
from nhilab.cli.cost import cost_command
from nhilab.cli.factorial import factorial_command
from nhilab.cli.frontier import frontier_command
from nhilab.cli.gcp_iam import gcp_iam_command
from nhilab.cli.paths import paths_command
from nhilab.cli.presets import presets_command
from nhilab.cli.recommend import recommend_command
from nhilab.cli.reproduce import reproduce_command
from nhilab.cli.run import run_command
from nhilab.cli.schema import schema_command
from nhilab.cli.sensitivity import sensitivity_command
from nhilab.cli.sweep import sweep_command
from nhilab.cli.tables import tables_command
from nhilab.cli.verify import verify_command
from nhilab.ledger.store import versions
from nhilab.study.interrupts import TERMINATED, Interrupts, hearing
from nhilab.study.local import WorkerError

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

_USAGE: Final = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What typer raises for a wrong command line; it has no public name."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
importers = typer.Typer(help="Make a scenario of recorded data.", rich_markup_mode=None)
app.command("compare")(compare_command)
app.command("run")(run_command)
app.command("factorial")(factorial_command)
app.command("sensitivity")(sensitivity_command)
app.command("check")(check_command)
app.command("controls")(controls_command)
app.command("cost")(cost_command)
app.command("audit")(audit_command)
app.command("verify")(verify_command)
app.command("paths")(paths_command)
app.command("schema")(schema_command)
app.command("presets")(presets_command)
app.command("reproduce")(reproduce_command)
app.command("sweep")(sweep_command)
app.command("break-even")(break_even_command)
app.command("frontier")(frontier_command)
app.command("recommend")(recommend_command)
app.add_typer(importers, name="import")
app.add_typer(cells, name="cells")
importers.command("gcp-iam")(gcp_iam_command)
importers.command("tables")(tables_command)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"nhilab {versions()['nhilab']}")
        raise typer.Exit


@importers.callback()
def _importers() -> None:
    pass


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
    try:
        status: object = app(list(arguments), prog_name="nhilab", standalone_mode=False)
    except Exception:
        interrupts.check()
        raise
    if interrupts.terminated:
        sys.exit(TERMINATED)
    return INTERRUPTED if interrupts.noted else status


def _said(message: str, status: int) -> int:
    sys.stderr.write("nhilab: " + " ".join(message.split()) + "\n")
    return status
