"""Measured durations become quantiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhilab.base.errors import InputError
from nhilab.importers.gcp_iam.timings import NOT_POSITIVE, SKIPPED, WITHOUT, Timings, read_timings


def timings(tmp_path: Path, *rows: str) -> Timings:
    path = tmp_path / "timings.csv"
    path.write_text("job,conclusion,exec_seconds\n" + "".join(f"j,{row}\n" for row in rows))
    return read_timings(path)


def test_skipped_and_non_positive_durations_are_dropped_by_rule_and_counted(tmp_path: Path) -> None:
    found = timings(tmp_path, "success,10", "failure,30", "skipped,-1", "skipped,5", "cancelled,0", "cancelled,")
    assert (found.n_rows, found.n_used, found.mean, found.n_negative) == (6, 2, 20.0, 1)
    assert found.dropped == {SKIPPED: 2, WITHOUT: 1, NOT_POSITIVE: 1}


def test_quantiles_are_equally_spaced_from_the_least_to_the_largest(tmp_path: Path) -> None:
    found = timings(tmp_path, *(f"success,{second}" for second in range(1, 42)))
    assert found.quantiles == pytest.approx([1 + 2 * step for step in range(21)])


@pytest.mark.parametrize("text", ["fast", "nan", "inf"])
def test_a_duration_that_is_no_number_is_refused_at_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        timings(tmp_path, "success,10", f"success,{text}")
    assert caught.value.key == "line 3, column exec_seconds"


def test_timings_of_which_none_is_left_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one job that ran"):
        timings(tmp_path, "skipped,10", "success,0")
