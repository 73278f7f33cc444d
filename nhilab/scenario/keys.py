"""How a key of a scenario file is described, and how a mistake that takes two keys to see is put on one of them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError


def said(description: str, *examples: Any, **limits: Any) -> Any:
    """What a key means, with values it could have, for editors and for `nhilab schema`.

    Parameters
    ----------
    description : str
        One sentence.
    *examples
        As they could stand in a file; not needed where all values can be listed.
    **limits
        Of the value, as for pydantic's ``Field``.
    """
    return Field(description=description, examples=list(examples) or None, **limits)


def at_key(key: str, found: object, allowed: str) -> ValidationError:
    """A mistake in one key of the mapping that a validator looks at.

    Parameters
    ----------
    key : str
        As a file writes it.
    found : object
        As a file could write it.
    allowed : str
    """
    kind = PydanticCustomError("not_allowed", "{allowed}", {"allowed": allowed})
    return ValidationError.from_exception_data("scenario", [InitErrorDetails(type=kind, loc=(key,), input=found)])


_UNIT: Final = r"(us|µs|ms|min|s|m|h|d|w|y)"
_LENGTH: Final = rf"^(\s*\d+(\.\d+)?\s*{_UNIT})+\s*$|^\s*(never|unlimited|0)\s*$"
LENGTH_SCHEMA: Final[dict[str, Any]] = {"anyOf": [{"type": "string", "pattern": _LENGTH}, {"const": 0}]}
LENGTH: Final = Annotated[int | str, WithJsonSchema(LENGTH_SCHEMA)]
"""How a length of time may be written."""

_RATE: Final = rf"^\s*\d+(\.\d+)?(e-?\d+)?\s*/\s*({_UNIT}|(\d+(\.\d+)?\s*{_UNIT})+)\s*$"
RATE: Final = Annotated[str, WithJsonSchema({"type": "string", "pattern": _RATE})]
"""How a rate may be written."""
