"""What a scenario file may say for studies: limits to keep, prices, controls, and what could be otherwise.

None of it changes what a run gives, so none of it is in the scenario's digest.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from nhilab.base.quantities import NEVER, SECOND, parse_duration
from nhilab.scenario.distributions import Name, Strict
from nhilab.scenario.keys import said

KeyPath = Annotated[str, Field(min_length=1, description="A key path such as strategy.jit.ttl", pattern=r"^[^\s=]+$")]
Amount = Annotated[float, Field(ge=0)]
_PERCENT: Final = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*%\s*$")
_IN_SECONDS: Final = re.compile(r"_s(_given_theft)?(_p\d+)?$")
_SHARES: Final = ("_share", "_probability")


def limit_value(key: str, value: Any) -> float:
    """A limit in the unit of the key it is about.

    Parameters
    ----------
    key : str
        Its name tells its kind: lengths end in ``_s`` (``_s_p95``, ``_s_given_theft``), shares in ``_share`` or
        ``_probability``.
    value : str, int or float
        A plain number is in the key's unit. ``15m`` only for a length, ``0.1%`` only for a share or a utilisation.

    Raises
    ------
    ValueError
        Saying what is allowed.

    Examples
    --------
    >>> limit_value("access_window_s_p95", "15m"), limit_value("failed_task_share", "0.1%"), limit_value("reach", 12)
    (900.0, 0.001, 12.0)
    """
    in_seconds, share = _IN_SECONDS.search(key) is not None, key.endswith(_SHARES)
    in_percent = share or key.endswith("_utilisation")
    allowed = "seconds or a length such as 15m" if in_seconds else "a number or a share such as 0.1%"
    allowed = allowed if in_seconds or in_percent else "a number, in the metric's unit"
    number = _plain(value) if not isinstance(value, bool) else None
    if isinstance(value, str) and number is None:
        if in_percent and (percent := _PERCENT.match(value)):
            number = float(percent.group(1)) / 100
        elif in_seconds:
            with suppress(ValueError):
                number = length / SECOND if (length := parse_duration(value)) < NEVER else None
    if number is None or not 0 <= number < math.inf:
        raise ValueError(f"{allowed}, finite and at least 0")
    if share and number > 1:
        raise ValueError("a share of at most 1, or 100%")
    return number


def _plain(value: Any) -> float | None:
    """A number, or one written as a text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _in_their_units(limits: Any) -> Any:
    """Limits as numbers, so that a mistake in one is named by its own key."""
    if not isinstance(limits, dict):
        return limits
    wrong: list[InitErrorDetails] = []
    numbers: dict[Any, Any] = {}
    for key, value in limits.items():
        try:
            numbers[key] = limit_value(str(key), value)
        except ValueError as error:
            said = PydanticCustomError("limit", "{said}", {"said": str(error)})
            wrong.append(InitErrorDetails(type=said, loc=(str(key),), input=value))
    if wrong:
        raise ValidationError.from_exception_data("limits", wrong)
    return numbers


Limit = Annotated[
    float,
    BeforeValidator(lambda value: value, json_schema_input_type=float | str),
    Field(ge=0, description="In the metric's unit: 15m, 0.1%, 12.", examples=["15m", "0.1%", 12]),
]


class Loss(Strict):
    """What one incident costs, and how many there are."""

    incidents_per_year: Annotated[float, said("Mean of a Poisson number of incidents.", 0.5, gt=0)]
    per_incident: Annotated[Amount, said("Whatever the thief finds, if he finds anything.", 10000)] = 0.0
    per_weighted_resource: Annotated[Amount, said("For each resource reached, times its weight.", 500)] = 0.0
    per_weighted_resource_hour: Annotated[Amount, said("For each hour he can use it.", 20)] = 0.0


class Prices(Strict):
    """Unit prices, all in one currency."""

    currency: Annotated[str, said("In which all prices are.", "EUR", min_length=1, max_length=8)] = "EUR"
    issuance: Annotated[Amount, said("Of one credential.", 0.001)] = 0.0
    decision: Annotated[Amount, said("Of one decision on a request.", 0.0005)] = 0.0
    approval_minute: Annotated[Amount, said("A minute of the person who approves escalated calls.", 1.5)] = 0.0
    failed_task: Annotated[Amount, said("Of a task that fails.", 2)] = 0.0
    loss: Annotated[Loss | None, said("What thieves cost.", {"incidents_per_year": 0.5, "per_incident": 10000})] = None


Bound = str | float


class Uncertain(Strict):
    """A number that is not known: uniform or log-uniform between two values, or triangular with its mode between.

    Values are lengths such as ``5m`` or plain numbers, all of a kind.
    """

    uniform: Annotated[tuple[Bound, Bound] | None, said("Least and largest value.", [0.1, 0.9])] = None
    loguniform: Annotated[tuple[Bound, Bound] | None, said("The same, uniform in the logarithm.", ["5s", "30m"])] = None
    triangular: Annotated[
        tuple[Bound, Bound, Bound] | None, said("Least, most likely and largest value.", ["1m", "5m", "1h"])
    ] = None
    whole: Annotated[bool, said("Only whole numbers make sense.", True)] = False

    @model_validator(mode="after")
    def _one_kind(self) -> Uncertain:
        values = self.values()
        if not values or sum(map(bool, (self.uniform, self.loguniform, self.triangular))) != 1:
            raise ValueError("exactly one of uniform, loguniform and triangular")
        if len({isinstance(value, str) for value in values}) > 1:
            raise ValueError("lengths or numbers, not both")
        numbers = self.numbers()
        if list(numbers) != sorted(numbers) or numbers[0] == numbers[-1]:
            raise ValueError("values in ascending order")
        if self.loguniform is not None and numbers[0] <= 0:
            raise ValueError("values above 0")
        if max(numbers) >= NEVER:
            raise ValueError("finite values")
        return self

    def values(self) -> tuple[Bound, ...]:
        """The values as written."""
        return self.uniform or self.loguniform or self.triangular or ()

    @property
    def is_length(self) -> bool:
        """Whether it is a length of time."""
        return isinstance(self.values()[0], str)

    def numbers(self) -> tuple[float, ...]:
        """The values as numbers; lengths in µs."""
        return tuple(float(parse_duration(v)) if isinstance(v, str) else v for v in self.values())


Limits = Annotated[dict[Name, Limit], BeforeValidator(_in_their_units, json_schema_input_type=dict[Name, Limit])]
Controls = dict[Name, Annotated[dict[KeyPath, Any], Field(min_length=1)]]
Space = dict[KeyPath, Annotated[tuple[Any, ...], Field(min_length=1)]]
Uncertainty = dict[KeyPath, Uncertain]
Worlds = dict[Name, dict[KeyPath, Any]]
STUDIES: Final = frozenset({"limits", "prices", "controls", "space", "uncertain", "worlds"})
"""The sections that say nothing about what happens."""
