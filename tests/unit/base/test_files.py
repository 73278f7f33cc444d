from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from nhilab.base.errors import InputError
from nhilab.base.files import read_text, whole_file, whole_folder, write_json, write_text


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class InterruptedRunError(Exception):
    pass


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "ledger.json"
    with whole_file(path) as beside:
        beside.write_text("whole")
        assert not path.exists()
        assert beside.parent == path.parent
    assert path.read_text() == "whole"
    assert entries(path.parent) == ["ledger.json"]


def test_an_exception_leaves_no_file_behind(tmp_path: Path) -> None:
    with pytest.raises(InterruptedRunError), whole_file(tmp_path / "ledger.json") as beside:
        beside.write_text("half")
        raise InterruptedRunError
    assert entries(tmp_path) == []


def test_an_exception_leaves_the_older_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    path.write_text("older")
    with pytest.raises(InterruptedRunError), whole_file(path) as beside:
        beside.write_text("half")
        raise InterruptedRunError
    assert path.read_text() == "older"
    assert entries(tmp_path) == ["ledger.json"]


def test_a_whole_file_replaces_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    write_text(path, "older")
    write_text(path, "newer, é")
    assert path.read_text(encoding="utf-8") == "newer, é"


def test_a_disk_error_becomes_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No space left") as caught, whole_file(tmp_path / "a"):
        raise OSError(28, "No space left on device")
    assert caught.value.file == str(tmp_path / "a")
    assert entries(tmp_path) == []
    with pytest.raises(InputError, match="No space left"), whole_folder(tmp_path / "b"):
        raise OSError(28, "No space left on device")
    assert entries(tmp_path) == []


def test_an_error_inside_a_folder_is_told_by_the_name_it_would_have_had(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught, whole_folder(tmp_path / "run") as beside:
        raise InputError(beside / "calls.parquet", "", "No space left on device", "a disk with room")
    assert caught.value.file == str(tmp_path / "run" / "calls.parquet")
    assert entries(tmp_path) == []


@pytest.mark.parametrize("name", ["taken/report.json", "taken/deep/report.json", "x" * 300])
def test_a_path_that_cannot_be_written_becomes_an_input_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(InputError):
        write_text(tmp_path / name, "text")
    with pytest.raises(InputError), whole_folder(tmp_path / name):
        pass
    assert entries(tmp_path) == ["taken"]


def test_a_file_in_the_place_of_a_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file of the user")
    with pytest.raises(InputError, match="run"), whole_folder(tmp_path / "run"):
        pass
    assert (tmp_path / "run").read_text() == "a file of the user"
    assert entries(tmp_path) == ["run"]


def test_a_whole_folder_replaces_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "one"
    with whole_folder(path) as beside:
        (beside / "a").write_text("1")
        (beside / "inner").mkdir()
        assert not path.exists()
    with whole_folder(path) as beside:
        (beside / "b").write_text("2")
        assert entries(path) == ["a", "inner"]
    assert entries(path) == ["b"]
    assert entries(path.parent) == ["one"]
    assert path.stat().st_mode & 0o777 == 0o755


def test_an_exception_leaves_the_older_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a").write_text("older")
    with pytest.raises(InterruptedRunError), whole_folder(tmp_path / "one") as beside:
        (beside / "b").write_text("half")
        raise InterruptedRunError
    assert entries(tmp_path / "one") == ["a"]
    assert entries(tmp_path) == ["one"]


def test_json_is_sorted_and_holds_finite_numbers_only(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"b": 1, "a": [0.5, None]})
    assert path.read_text().index('"a"') < path.read_text().index('"b"')
    assert path.read_text().endswith("}\n")
    assert json.loads(path.read_text()) == {"a": [0.5, None], "b": 1}
    for number in (math.nan, math.inf):
        with pytest.raises(ValueError, match="JSON"):
            write_json(path, {"a": number})
    assert json.loads(path.read_text()) == {"a": [0.5, None], "b": 1}


def test_text_a_user_named_comes_back(tmp_path: Path) -> None:
    write_text(tmp_path / "a.yaml", "größe: 1\n")
    assert read_text(tmp_path / "a.yaml") == "größe: 1\n"


def test_a_file_that_cannot_be_read_becomes_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_text(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match="directory"):
        read_text(tmp_path)


def test_text_in_another_encoding_is_refused_at_its_byte(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"gr\xf6sse: 1")
    with pytest.raises(InputError, match=r"byte 2.*UTF-8"):
        read_text(tmp_path / "a.yaml")


def test_a_link_is_followed_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_text(tmp_path / "link.json", "text")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "text"
    assert entries(tmp_path) == ["link.json", "real.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_and_never_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(pipe, "text")
        assert os.read(reader, 10) == b"text"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert entries(tmp_path) == ["pipe"]
