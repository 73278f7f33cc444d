from __future__ import annotations

import pickle
from pathlib import Path

from nhilab.base.errors import InputError, InvariantError, NhilabError


def test_an_input_error_names_file_key_value_and_what_is_allowed() -> None:
    error = InputError(Path("a.yaml"), "strategies.jit.ttl", "-5m", "a length")
    assert str(error) == "a.yaml: strategies.jit.ttl: found '-5m'; allowed: a length"
    assert (error.file, error.key, error.found, error.allowed) == (
        "a.yaml",
        "strategies.jit.ttl",
        "-5m",
        "a length",
    )


def test_an_input_error_without_a_key_names_the_file() -> None:
    assert str(InputError("a.yaml", "", 3, "text")) == "a.yaml: found 3; allowed: text"


def test_an_input_error_is_one_line_of_reasonable_length() -> None:
    message = str(InputError("a.yaml", "key", "x\n" * 10_000, "one\nof\n  these"))
    assert "\n" not in message
    assert message.endswith("...; allowed: one of these")
    assert len(message) < 200


def test_an_input_error_survives_the_way_back_from_a_worker() -> None:
    error = InputError("a.yaml", "key", {"ttl": 3}, "text")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InputError
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_broken_invariant_is_not_an_input_error() -> None:
    assert issubclass(InputError, NhilabError)
    assert issubclass(InvariantError, NhilabError)
    assert not issubclass(InvariantError, InputError)
