"""Verdicts as JUnit XML, as GitLab, Jenkins and GitHub's report actions read it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Final

from nhilab.base.files import write_text
from nhilab.report.tables.check import bound_words, found_words
from nhilab.study.designs.check import Check
from nhilab.study.designs.limits import Judgement

_NOT_IN_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, check: Check, *, file: str, strict: bool = False) -> None:
    """Write verdicts as JUnit XML.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_text(path, junit(check, file=file, strict=strict))


def junit(check: Check, *, file: str, strict: bool = False) -> str:
    """Verdicts as JUnit XML: a suite per strategy, a case per limit.

    Parameters
    ----------
    check : Check
    file : str
        The scenario's, as named on the command line.
    strict : bool
        An undecided limit is a failure; else it is skipped.

    Returns
    -------
    str
        Times are 0, so that equal verdicts are equal files. Characters that XML cannot hold are replaced by "?".

    Notes
    -----
    Checked by ``tests/unit/report/files/test_junit.py``.
    """
    root = ElementTree.Element("testsuites", name="nhilab check", time="0")
    for name, found in check.strategies.items():
        suite = ElementTree.SubElement(root, "testsuite", name=_plain(f"{check.scenario}: {name}"), time="0")
        _properties(suite, check, name)
        for judgement in found:
            _case(suite, check, name, judgement, file=file, strict=strict)
        _count(suite)
    _count(root)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _properties(suite: ElementTree.Element, check: Check, strategy: str) -> None:
    properties = ElementTree.SubElement(suite, "properties")
    about = {
        "strategy": strategy,
        "scenario_digest": check.scenario_digest,
        "seed": check.seed,
        "campaigns": check.campaigns,
        "confidence": check.confidence,
    }
    for name, value in about.items():
        ElementTree.SubElement(properties, "property", name=name, value=_plain(str(value)))


def _case(
    suite: ElementTree.Element, check: Check, strategy: str, judgement: Judgement, *, file: str, strict: bool
) -> None:
    wanted = f"{judgement.limit.key} {bound_words(judgement.limit)}"
    where = _plain(f"nhilab.{check.scenario}.{strategy}")
    case = ElementTree.SubElement(suite, "testcase", classname=where, name=_plain(wanted), file=_plain(file), time="0")
    found = f"found {found_words(judgement)}"
    if judgement.verdict == "broken":
        failure = ElementTree.SubElement(case, "failure", type="broken", message=_plain(f"{wanted}: {found}"))
        failure.text = _plain(f"Strategy {strategy} breaks the limit {wanted}: {found}.")
    elif judgement.verdict == "undecided":
        message = _plain(f"undecided: {judgement.reason}; {found}")
        if strict:
            ElementTree.SubElement(case, "failure", type="undecided", message=message).text = message
        else:
            ElementTree.SubElement(case, "skipped", message=message)
    else:
        ElementTree.SubElement(case, "system-out").text = _plain(found)


def _count(element: ElementTree.Element) -> None:
    counts = {"tests": "testcase", "failures": "failure", "skipped": "skipped"}
    for name, kind in counts.items():
        element.set(name, str(sum(1 for _ in element.iter(kind))))
    element.set("errors", "0")


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("?", text)
