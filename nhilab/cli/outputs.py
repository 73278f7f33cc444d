"""Where the results of a study go besides the terminal: numbers, a table, a figure, a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from nhilab.base.files import write_json, write_text
from nhilab.cli.options import writable_figure, writable_file, writable_page


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Files asked for; None for the others."""

    json: Path | None = None
    csv: Path | None = None
    figure: Path | None = None
    report: Path | None = None

    def check(self) -> None:
        """Refuse what could not be written, before anything is computed.

        Raises
        ------
        InputError
            If a file cannot be written, or its name promises another kind of file.
        """
        for file, refuse in (
            (self.json, writable_file), (self.csv, writable_file), (self.figure, writable_figure),
            (self.report, writable_page),
        ):  # fmt: skip
            if file is not None:
                refuse(file)

    def write(
        self,
        json: Callable[[], dict[str, Any]],
        *,
        csv: Callable[[], str] | None = None,
        figure: Callable[[], Any] | None = None,
        report: Callable[[], Any],
    ) -> None:
        """Write the files asked for; only for these is anything made.

        Parameters
        ----------
        json, csv, figure, report : callable
            Make the numbers, the table's text, the figure and the page.

        Raises
        ------
        InputError
            If a file cannot be written.
        """
        if self.json is not None:
            write_json(self.json, json())
        if self.csv is not None and csv is not None:
            write_text(self.csv, csv())
        if self.figure is not None and figure is not None:
            later("nhilab.report.drawing.drawing", "write_figure")(self.figure, figure)
        if self.report is not None:
            later("nhilab.report.page.html", "write_html")(self.report, report())


def later(module: str, name: str) -> Callable[..., Any]:
    """A function of a module that takes long to import (matplotlib: a second), imported when it is called.

    Examples
    --------
    >>> later("nhilab.base.quantities", "format_duration")(60_000_000)
    '1m'
    """

    def call(*arguments: Any) -> Any:
        return getattr(import_module(module), name)(*arguments)

    return call
