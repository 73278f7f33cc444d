"""Rows of an estate drawn from figures measured on a real one."""

from __future__ import annotations

from nhilab.scenario.estate_section import EstateSection
from nhilab.scenario.rows import EstateRows


def generated_rows(section: EstateSection, file: str) -> EstateRows:
    """Rows drawn from the figures in `section` of `file`."""
    raise ValueError(f"{file}: {section}")
