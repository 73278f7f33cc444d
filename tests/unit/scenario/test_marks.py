"""A key is found on its line of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhilab.scenario.marks import line_of

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
