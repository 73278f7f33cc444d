"""A key is found on its line of the file."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from nhilab.base.errors import InputError
from nhilab.scenario.load import load_scenario
from nhilab.scenario.marks import line_of, located, position_of
from scenarios import HOURLY

TEXT = "question: which line?\nlimits:\n  # a comment\n  reach: !measured 3\n  'hops': 2\nlist: [1]\n"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("limits",), 2),
        (("limits", "reach"), 4),
        (("limits", "hops"), 5),
        (("limits", "nothing"), None),
        (("limits", "reach", "deeper"), None),
        (("list", "0"), None),
    ],
)
def test_a_key_has_the_line_it_is_written_on(tmp_path: Path, keys: tuple[str, ...], line: int | None) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    assert line_of(tmp_path / "a.yaml", keys) == line


def test_a_file_that_cannot_be_read_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
    assert line_of(tmp_path / "broken.yaml", ("a",)) is None
    assert line_of(tmp_path / "absent.yaml", ("a",)) is None


MARKED = """\
question: where?
extends: under.yaml
estate:
  assumed:
    places: &places
      host: {kind: runner, slots: {value: 4, cited: RFC 1}}
  resources:
    "a.b": {class: x}
copy:
  <<: *places
  other: 1
strategies:
  hourly:
    stages:
      - {issuer: sts, ttl: 1h}
      - issuer: sts
        ttl: &long 12h
again: *long
"""
UNDER = """\
threat:
  hop_time: 5s
strategies:
  daily: {stages: [{ttl: 1d}]}
copy: 3
"""


@pytest.mark.parametrize(
    ("key", "file", "line", "column"),
    [
        ("question", "top", 1, 11),
        ("estate", "top", 3, 1),
        ("strategies.hourly.stages.0.ttl", "top", 15, 28),
        ("strategies.hourly.stages.1.ttl", "top", 17, 14),
        ("strategies.hourly.stages.1", "top", 16, 9),
        ("estate.places.host.slots", "top", 6, 43),  # in a tagged part, and tagged by itself
        ("estate.resources.a.b.class", "top", 8, 20),  # a name with a dot
        ("copy.host.kind", "top", 6, 20),  # merged from where it is anchored
        ("again", "top", 17, 14),
        ("threat.hop_time", "under", 2, 13),
        ("strategies.daily.stages.0.ttl", "under", 4, 26),
        ("strategies.hourly.stages.0.scope", "top", 15, 9),  # absent: what should hold it
        ("strategies.hourly.stages.7", "top", 14, 5),
        ("threat.entries", "under", 1, 1),
    ],
)
def test_a_key_path_is_found_where_it_is_really_written(
    tmp_path: Path, key: str, file: str, line: int, column: int
) -> None:
    (tmp_path / "top.yaml").write_text(MARKED, encoding="utf-8")
    (tmp_path / "under.yaml").write_text(UNDER, encoding="utf-8")
    assert position_of(tmp_path / "top.yaml", key) == (tmp_path / f"{file}.yaml", line, column)


def test_what_a_file_hides_of_the_one_it_extends_is_not_found_there(tmp_path: Path) -> None:
    (tmp_path / "top.yaml").write_text("extends: under.yaml\ncopy: 1\n", encoding="utf-8")
    (tmp_path / "under.yaml").write_text("copy: {a: 2}\n", encoding="utf-8")
    assert position_of(tmp_path / "top.yaml", "copy.a") == (tmp_path / "top.yaml", 2, 1)


def test_what_no_file_says_has_no_position(tmp_path: Path) -> None:
    (tmp_path / "top.yaml").write_text("question: a\nextends: top.yaml\n", encoding="utf-8")
    assert position_of(tmp_path / "top.yaml", "threat.hop_time") is None
    assert position_of(tmp_path / "absent.yaml", "threat") is None
    error = InputError(tmp_path / "top.yaml", "threat", "nothing", "this key is required")
    assert located(error) is error


def test_an_error_of_loading_names_file_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "top.yaml").write_text("extends: under.yaml\nthreat: {hop_tiem: 5s}\n", encoding="utf-8")
    (tmp_path / "under.yaml").write_text(HOURLY, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / "top.yaml")
    assert str(caught.value).startswith(f"{tmp_path / 'top.yaml'}:2:10: threat.hop_tiem: found 'hop_tiem'; allowed: ")
    assert "perhaps hop_time; known here: hop_time, entries, detection" in str(caught.value)


def test_a_position_survives_a_process(tmp_path: Path) -> None:
    error = InputError(tmp_path, "a", 1, "2", at=(3, 4))
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == f"{tmp_path}:3:4: a: found 1; allowed: 2"
