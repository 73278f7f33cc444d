"""Verdicts as annotations on the scenario file, in the workflow commands of GitHub Actions."""

from __future__ import annotations

from collections.abc import Mapping

from nhilab.report.tables.check import bound_words, found_words
from nhilab.study.designs.check import Check


def annotated(check: Check, *, file: str, lines: Mapping[str, int | None], strict: bool = False) -> list[str]:
    """One workflow command for each limit that is broken or undecided.

    Parameters
    ----------
    check : Check
    file : str
        The scenario's, as named on the command line.
    lines : dict of key to int or None
        Line of each limit; without one the annotation is on the file.
    strict : bool
        Undecided ones are errors, else warnings.

    Notes
    -----
    Source: GitHub, *Workflow commands for GitHub Actions*. Checked by ``tests/unit/report/files/test_annotations.py``.
    """
    commands = []
    for name, found in check.strategies.items():
        for judgement in found:
            if judgement.verdict == "met":
                continue
            wanted = f"{judgement.limit.key} {bound_words(judgement.limit)}"
            broken = judgement.verdict == "broken"
            about = "breaks" if broken else "may break"
            reason = "" if broken else f"undecided, {judgement.reason}: "
            commands.append(
                command(
                    "error" if broken or strict else "warning",
                    f"{name}: {wanted}: {reason}found {found_words(judgement)}",
                    {"file": file, "line": lines.get(judgement.limit.key), "title": f"{name} {about} a limit"},
                )
            )
    return commands


def command(kind: str, message: str, properties: Mapping[str, object]) -> str:
    r"""A workflow command, escaped.

    Examples
    --------
    >>> command("error", "100 %\nsure", {"file": "a,b.yaml", "line": None})
    '::error file=a%2Cb.yaml::100 %25%0Asure'
    """
    given = ",".join(f"{key}={_escaped_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{kind} {given}::{_escaped(message)}" if given else f"::{kind}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
