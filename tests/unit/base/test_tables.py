from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nhilab.base.errors import InputError
from nhilab.base.estate import Grants
from nhilab.base.quantities import NEVER, BoolArray, FloatArray, IdArray, IntArray
from nhilab.base.tables import StrArray, Table, column, digest_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Visits(Table):
    who: IdArray = column("i4", "visitor")
    name: StrArray = column("U", "what they are called")
    began_at: IntArray = column("i8", "start", "µs")
    weight: FloatArray = column("f8", "importance", neutral=1.0)
    welcome: BoolArray = column("?", "let in", neutral=True)
    left_at: IntArray = column("i8", "end", "µs", neutral=NEVER)


@dataclass(frozen=True, eq=False, kw_only=True)
class Calls(Table):
    who: IdArray = column("i4", "visitor")


def visits(**changed: Any) -> Visits:
    columns: dict[str, Any] = {
        "who": [3, 1, 2],
        "name": ["ann", "", "zoë"],
        "began_at": [0, 1_500_000, NEVER],
        "weight": [0.5, 1.0, 2.0],
        "welcome": [True, False, True],
        "left_at": [1, NEVER, NEVER],
    }
    return Visits(**(columns | changed))


def test_columns_take_their_declared_dtype() -> None:
    kinds = {name: array.dtype.str.lstrip("<|") for name, array in visits().columns().items()}
    assert kinds == {
        "who": "i4",
        "name": "U3",
        "began_at": "i8",
        "weight": "f8",
        "welcome": "b1",
        "left_at": "i8",
    }
    assert len(visits()) == 3


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Visits: columns of lengths \[2, 3\]"):
        visits(who=[1, 2])


def test_a_column_without_a_neutral_value_must_be_given() -> None:
    with pytest.raises(TypeError, match="began_at"):
        Visits(who=[1], name=["ann"])  # type: ignore[call-arg,arg-type]


def test_a_column_left_out_is_neutral() -> None:
    table = Visits(who=np.array([1, 2], np.int32), name=np.array(["a", "b"]), began_at=np.array([0, 1]))
    assert table.weight.tolist() == [1.0, 1.0]
    assert table.welcome.tolist() == [True, True]
    assert table.left_at.tolist() == [NEVER, NEVER]


def test_a_table_cannot_be_changed() -> None:
    table = visits()
    with pytest.raises(ValueError, match="read-only"):
        table.who[0] = 7
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.who = np.array([1, 2, 3], np.int32)  # type: ignore[misc]


def test_a_table_keeps_its_rows_when_the_given_array_changes() -> None:
    given = np.array([3, 1, 2], np.int32)
    table = visits(who=given)
    given[0] = 99
    assert table.who.tolist() == [3, 1, 2]
    assert given.flags.writeable


def test_a_frame_shows_seconds_and_null_for_never() -> None:
    frame = visits().frame()
    assert frame.columns == ["id", "who", "name", "began_at", "weight", "welcome", "left_at"]
    assert frame["id"].to_list() == [0, 1, 2]
    assert frame["began_at"].to_list() == [0.0, 1.5, None]
    assert frame["left_at"].to_list() == [1e-6, None, None]
    assert frame["name"].to_list() == ["ann", "", "zoë"]
    assert frame["weight"].to_list() == [0.5, 1.0, 2.0]


def test_a_frame_without_rows_has_the_same_schema() -> None:
    assert Visits.empty().frame().schema == visits().frame().schema
    assert len(Visits.empty()) == 0


@pytest.mark.parametrize(
    "table",
    [
        visits(),
        visits(name=["", "", ""]),
        visits(name=["a\nb", "naïve 名", "x" * 5_000]),
        visits(weight=[0.1, np.inf, np.nan]),
        visits(began_at=[-(2**62), 2**53 + 1, NEVER - 1]),
        Visits.empty(),
    ],
    ids=["plain", "empty strings", "odd strings", "odd floats", "large instants", "no rows"],
)
def test_a_table_comes_back_from_parquet_with_the_same_digest(table: Visits, tmp_path: Path) -> None:
    table.write(tmp_path / "visits.parquet")
    again = Visits.read(tmp_path / "visits.parquet")
    assert digest_of(again) == digest_of(table)
    for name, array in table.columns().items():
        assert again.columns()[name].dtype.kind == array.dtype.kind
        assert repr(again.columns()[name].tolist()) == repr(array.tolist())


def test_parquet_holds_exact_microseconds(tmp_path: Path) -> None:
    visits().write(tmp_path / "visits.parquet")
    frame = pl.read_parquet(tmp_path / "visits.parquet")
    assert frame["began_at"].to_list() == [0, 1_500_000, NEVER]
    assert frame["began_at"].dtype == pl.Int64


CHANGES: dict[str, object] = {
    "who": 9,
    "name": "bob",
    "began_at": 7,
    "weight": 0.75,
    "welcome": None,
    "left_at": 5,
}


@pytest.mark.parametrize("name", list(CHANGES))
@pytest.mark.parametrize("row", [0, 1, 2])
def test_the_digest_changes_with_any_cell(name: str, row: int) -> None:
    values = visits().columns()[name].tolist()
    values[row] = not values[row] if name == "welcome" else CHANGES[name]
    assert digest_of(visits(**{name: values})) != digest_of(visits())


def test_the_digest_tells_apart_strings_that_join_alike() -> None:
    ways = [["ab", "c", ""], ["a", "bc", ""], ["", "ab", "c"], ["a\0b", "c", "d"], ["a", "b\0c", "d"]]
    assert len({digest_of(visits(name=way)) for way in ways}) == len(ways)


def test_the_digest_depends_on_the_rows_only() -> None:
    wide = np.array(["ann", "", "zoë", "a much longer name"])[:3]
    assert digest_of(visits(name=wide)) == digest_of(visits())
    assert digest_of(visits(who=np.array([3, 0, 1, 0, 2])[::2])) == digest_of(visits())


def test_the_digest_depends_on_the_order_and_kind_of_tables() -> None:
    a, b = visits(), visits(who=[1, 2, 3])
    assert digest_of(a, b) != digest_of(b, a)
    assert digest_of(a) != digest_of(a, Calls.empty())
    assert digest_of(Calls.empty()) != digest_of(Visits.empty())


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "visits.parquet"
    pl.DataFrame({"who": [1], "name": ["a"]}).write_parquet(path)
    with pytest.raises(InputError, match="column began_at: found 'nothing'; allowed: columns who, name, began_at"):
        Visits.read(path)


def test_what_is_not_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "visits.parquet"
    path.write_text("who,name\n1,ann\n")
    with pytest.raises(InputError, match="a Parquet file of this lab"):
        Visits.read(path)
    with pytest.raises(InputError, match="missing"):
        Visits.read(tmp_path / "missing.parquet")


def test_a_table_that_cannot_be_written_is_the_user_s_to_mend(tmp_path: Path) -> None:
    folder = tmp_path / "taken.parquet"
    folder.mkdir()
    with pytest.raises(InputError, match="that can be written"):
        Grants.of(identity=[0], permission=[1]).write(folder)
