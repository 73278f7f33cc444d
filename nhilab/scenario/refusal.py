"""What is wrong with a scenario file's content, in the lab's words instead of the validator's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError

from nhilab.base.errors import InputError
from nhilab.scenario.distributions import KINDS
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.known_keys import keys_at, meant

_ALLOWED: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "missing": lambda _: "this key is required",
    "less_than_equal": lambda c: f"less than or equal to {c['le']}",
    "less_than": lambda c: f"less than {c['lt']}",
    "greater_than_equal": lambda c: f"greater than or equal to {c['ge']}",
    "greater_than": lambda c: f"greater than {c['gt']}",
    "too_short": lambda c: f"at least {c['min_length']} of them",
    "string_too_short": lambda _: "a text that is not empty",
    "string_type": lambda _: "a text",
    "bool_type": lambda _: "true or false",
    "bool_parsing": lambda _: "true or false",
    "tuple_type": lambda _: "a list",
    "dict_type": lambda _: "a mapping",
    "model_type": lambda _: "a mapping",
    "model_attributes_type": lambda _: "a mapping",
    "int_type": lambda _: "a whole number",
    "int_parsing": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "float_parsing": lambda _: "a number",
    "literal_error": lambda c: str(c["expected"]),
    "date_parsing": lambda _: "a day such as 2026-01-05",
    "date_from_datetime_parsing": lambda _: "a day such as 2026-01-05",
    "union_tag_invalid": lambda c: "one of " + str(c.get("expected_tags", "")).replace("'", ""),
    "union_tag_not_found": lambda c: "one of " + ", ".join(sorted(KINDS)),
}
"""What is allowed, by the validator's kind of error and its particulars."""


def refusal(error: ValidationError, file: str) -> InputError:
    """The first thing wrong; a key that is not known goes first, for it explains a required one that is missing."""
    errors = error.errors()
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    parts = [str(p) for i, p in enumerate(first["loc"]) if not _is_tag(first["loc"], i) and p != "[key]"]
    found: object = first["input"]
    if first["type"] == "extra_forbidden":
        known = meant(parts[-1], keys_at(ScenarioFile, first["loc"][:-1]))
        return InputError(file, ".".join(parts), parts[-1], f"a known key, {known}")
    if first["type"] == "union_tag_not_found" and (kinds := keys_at(ScenarioFile, first["loc"])):
        return InputError(file, ".".join(parts), found, "exactly one of " + ", ".join(kinds))
    if first["type"] == "missing" or found is None:
        found = "nothing"
    say = _ALLOWED.get(first["type"])
    allowed = say(first.get("ctx", {})) if say else first["msg"].removeprefix("Value error, ")
    return InputError(file, ".".join(parts), found, allowed)


def _is_tag(location: tuple[int | str, ...], i: int) -> bool:
    return location[i] in KINDS and i > 0 and i + 1 < len(location) and location[i + 1] == location[i]
