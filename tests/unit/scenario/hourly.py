"""The hourly scenario with something in it changed, and what the loader says of it."""

from __future__ import annotations

from typing import Any

import pytest

from nhilab.base.errors import InputError
from nhilab.base.estate import Estate
from scenarios import HOURLY, as_content, as_scenario

GONE = object()


def put(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The content with the value at a key path replaced, or taken away."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    inner: Any = content
    for part in way:
        inner = inner[part]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return content


def with_value(path: str, value: Any) -> dict[str, Any]:
    """Content of the hourly scenario with the value at a key path replaced, or taken away."""
    return put(as_content(HOURLY), path, value)


def refusal(content: dict[str, Any]) -> tuple[str, str, str]:
    """Key path, value found and what is allowed, from the one line with which the content is refused."""
    with pytest.raises(InputError) as caught:
        as_scenario(content, file="some/small.yaml")
    message = str(caught.value)
    assert message.startswith("some/small.yaml: ") and "\n" not in message
    key, _, rest = message.removeprefix("some/small.yaml: ").partition(": found ")
    found, _, allowed = rest.partition("; allowed: ")
    return key, found, allowed


def checked(content: dict[str, Any], key: str, found: str, allowed: str) -> None:
    """Check that the content is refused under this very key, with this found and this allowed."""
    named, shown, told = refusal(content)
    assert named == key
    assert found in shown and allowed in told


def estate_of(content: dict[str, Any]) -> Estate:
    """Estate of content."""
    return as_scenario(content).estate
