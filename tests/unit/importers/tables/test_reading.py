"""One table: encoding, separator, headings, rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhilab.base.errors import InputError
from nhilab.importers.tables.reading import Table, read_table


def read(tmp_path: Path, text: str | bytes, name: str = "grants") -> Table:
    (tmp_path / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(tmp_path, name)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [tuple(row.cells.values()) for row in table.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_separator_line_ends_and_byte_order_mark_make_no_difference(
    tmp_path: Path, separator: str, end: str, encoding: str
) -> None:
    lines = [["identity", "resource", "operations"], ["bäcker", "a/*", "read"], ["ci", "b", "*"]]
    text = end.join(separator.join(line) for line in lines)
    assert cells(read(tmp_path, text.encode(encoding))) == [("bäcker", "a/*", "read"), ("ci", "b", "*")]


def test_a_quoted_cell_may_hold_the_separator_and_quotes(tmp_path: Path) -> None:
    table = read(tmp_path, '"identity","resource","operations"\n"ci, ""old""", db ,"read,write"\n')
    assert cells(table) == [('ci, "old"', "db", "read,write")]


def test_blanks_around_cells_do_not_count_even_before_a_quote(tmp_path: Path) -> None:
    assert cells(read(tmp_path, 'identity, resource ,operations\nci, "db, old",  read \n')) == [
        ("ci", "db, old", "read")
    ]


def test_headings_are_found_in_any_case_and_under_their_other_names(tmp_path: Path) -> None:
    table = read(tmp_path, "Service Account,RESOURCE,Permission\nci,db,read\n")
    assert table.headings == {"identity": "Service Account", "resource": "RESOURCE", "operations": "Permission"}


def test_a_columns_own_name_comes_before_its_aliases(tmp_path: Path) -> None:
    table = read(tmp_path, "name,account\nci,1234\n", "identities")
    assert cells(table) == [("ci",)]
    assert table.unread == ("account",)


def test_unknown_columns_are_named_and_left(tmp_path: Path) -> None:
    table = read(tmp_path, "identity,resource,operations,granted at\nci,db,read,yesterday\n")
    assert table.unread == ("granted at",)
    assert cells(table) == [("ci", "db", "read")]


def test_blank_and_repeated_rows_are_counted_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, "identity,resource,operations\n\nci,db,read\n,,\nci,db,read\nci,db,write\n\n")
    assert (table.blank, table.repeated) == (3, (5,))
    assert [row.number for row in table.rows] == [3, 6]


def test_cells_missing_at_the_end_are_empty(tmp_path: Path) -> None:
    table = read(tmp_path, "name,owner,visible\nci\nbot,me,,,\n", "identities")
    assert cells(table) == [("ci", "", ""), ("bot", "me", "")]


def test_a_line_break_in_a_column_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    table = read(tmp_path, 'name,note\nci,"two\nlines"\nbot,\n', "identities")
    assert [row.number for row in table.rows] == [2, 3]


def test_a_table_may_be_a_header_alone(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "identity,resource,operations")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("identity,resource,operations\nci,db".encode("utf-16"), "grants.csv: found 'UTF-16'; allowed: text in UTF-8"),
        ("identity,resource,operations\nci,db".encode("utf-16-le"), "row 1: found '\\x00'; allowed: text in UTF-8"),
        ("identity,resource,operations\nbä,db".encode("latin-1"), "row 2: found b'\\xe4'; allowed: text in UTF-8"),
        ("", "column identity: found 'an empty file'; allowed: identity, resource, operations"),
        ("\n\n", "column identity: found 'an empty file'"),
        ("identity,operations\nci,read", "column resource: found 'identity, operations'; allowed: identity, resource"),
        ("identity,resource,operations,Resource\n", "column resource: found 'resource and Resource'; allowed: one"),
        ("account,member,resource,operations\n", "column identity: found 'account and member'; allowed: one column"),
        ("identity,resource,operations\nci,db,read,write", "row 2: found '4 cells'; allowed: 3 cells"),
        ('identity,resource,operations\nci,db,read\n"ci,db,read\n', "row 3: found 'unexpected end of data'"),
        ('identity,resource,operations\n"ci"x,db,read\n', "allowed: cells of ordinary size, quotes around whole ones"),
        ("identity|resource|operations\nci|db|read", "column identity: found 'identity|resource|operations'"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_one_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert said in str(error.value)
    assert "grants.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"jobs\.csv: found 'No such file"):
        read_table(tmp_path, "jobs")
