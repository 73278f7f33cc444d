"""What was documented of public incidents: figures that went into their scenarios, and figures to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.scenario.distributions import Strict

CONSISTENCY: Final = "consistency.yaml"
Flag = Literal["verified", "inferred", "recalled"]
ReadingName = Literal[
    "access_window", "access_after", "detected_after", "reached_after", "residual", "revoked_over", "taken",
    "taken_after",
]  # fmt: skip


class Figure(Strict):
    """A documented figure: an interval, whether it is verified, and where it is from.

    Attributes
    ----------
    fact : str
        Two instants of the record, or the number it states.
    low, high : float
        Ends of the documented interval; the same where it is one number.
    unit : str
        ``h``, ``d``, or what is counted.
    flag : ``"verified"``, ``"inferred"`` or ``"recalled"``
        Stated in the source, worked out from it, or from memory.
    source : str
        Name of a source of the incident.
    """

    fact: str
    low: float
    high: float
    unit: str
    flag: Flag
    source: str


class Given(Figure):
    """A figure that the scenario was given: the keys it set, of whose values it may be the sum."""

    sets: tuple[str, ...]
    sum: bool = False


class Predicted(Figure):
    """A figure that the scenario was not given: what is read of which strategy to compare it with, and why it follows.

    Attributes
    ----------
    at_most : bool
        The record gives an upper bound only.
    basis : ``"sum"`` or ``"mechanism"``
        Whether it adds up from inputs, or follows from something else.
    """

    figure: str
    reading: ReadingName
    basis: Literal["sum", "mechanism"]
    of: str = ""
    strategy: str = "documented"
    at_most: bool = False
    note: str = ""


class Incident(Strict):
    """One incident: what its alternatives show, its sources by name, and its figures."""

    shows: str
    sources: dict[str, str]
    inputs: tuple[Given, ...]
    outputs: tuple[Predicted, ...]


def load_incidents(folder: Path) -> dict[str, Incident]:
    """Incidents by the names of their scenarios, in the file's order.

    Parameters
    ----------
    folder : Path
        With a scenario for each incident and ``consistency.yaml``.

    Raises
    ------
    InputError
        If the file cannot be read, or says something else.
    """
    path = folder / CONSISTENCY
    try:
        content: Any = yaml.safe_load(read_text(path))
        return TypeAdapter(dict[str, Incident]).validate_python(content)
    except yaml.YAMLError as error:
        raise InputError(path, "", str(error).splitlines()[0], "YAML") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(path, key, first.get("input"), first["msg"]) from error
