"""The pictures of a comparison: what they say and that they agree with each other."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Literal

import matplotlib.colors
import polars as pl
import pytest
from matplotlib.figure import Figure
from unit.report.drawn import bars
from unit.study.small import YAML, compared, small, write

from nhilab.base.errors import InputError
from nhilab.lab import load_scenario
from nhilab.report.drawing.drawing import svg_element
from nhilab.report.drawing.palette import looks_of
from nhilab.report.pictures.pictures import Picture, comparison_pictures, write_pictures
from nhilab.report.sentences.words import number
from nhilab.scenario.scenario import Scenario
from nhilab.study.closeups.closeup import Closeup, look_closely
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def comparison(scenario: Scenario) -> Comparison:
    return compared(scenario)


@pytest.fixture(scope="module")
def closeup(scenario: Scenario) -> Closeup:
    return look_closely(scenario, seed=0, campaigns=20)


@pytest.fixture(scope="module")
def pictures(comparison: Comparison, scenario: Scenario, closeup: Closeup) -> dict[str, Picture]:
    return {picture.key: picture for picture in comparison_pictures(comparison, scenario, closeup)}


def colours(figure: Figure) -> dict[str, str]:
    """Colour of each line or point by its label."""
    lines = [line for axes in figure.axes for line in axes.lines]
    return {str(line.get_label()): str(line.get_color()) for line in lines if str(line.get_label())[0] != "_"}


def test_the_headline_comes_first_and_keys_are_fit_for_files(pictures: dict[str, Picture]) -> None:
    assert list(pictures) == [
        "how-long-and-how-far", "survival", "risk-against-issuances-per-task", "risk-against-added-latency",
        "reach-map", "life-of-a-credential",
    ]  # fmt: skip


def test_every_picture_has_words_with_numbers_for_who_cannot_see_it(pictures: dict[str, Picture]) -> None:
    for picture in pictures.values():
        assert re.search(r"\d", picture.alt), picture.key
        assert picture.alt.endswith("."), picture.key
        assert picture.caption.endswith("."), picture.key
        assert "nan" not in picture.alt, picture.key


def test_the_words_have_the_numbers_of_the_comparison(pictures: dict[str, Picture], comparison: Comparison) -> None:
    for name, found in comparison.strategies.items():
        window, reach = number(found["access_window_s"].mean, "s"), number(found["reach"].mean, "resources")
        bound = "at least " if name == "static" else ""
        alt = pictures["how-long-and-how-far"].alt
        assert re.search(rf"{name}: {bound}{re.escape(window)} \(.*?\) and {re.escape(reach)} ", alt), name
        assert f"under {name}" in pictures["survival"].alt
    assert "of 3 strategies" in pictures["risk-against-issuances-per-task"].alt.lower()


def test_a_strategy_has_one_colour_in_all_figures_of_a_report(pictures: dict[str, Picture]) -> None:
    drawn = {key: colours(pictures[key].draw()) for key in pictures if key not in ("reach-map", "life-of-a-credential")}
    assert len(drawn) == 4
    for key, found in drawn.items():
        assert found == {name: look.colour for name, look in looks_of(["static", "session", "task"]).items()}, key
    life = pictures["life-of-a-credential"].draw().axes[0]
    seen = [matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in bars(life, "_in use")]
    assert seen == [look.colour for look in looks_of(["static", "session", "task"]).values()]


def test_a_strategy_keeps_its_colour_when_the_others_are_not_compared(scenario: Scenario) -> None:
    alone = comparison_pictures(compared(scenario, ("task",)), scenario)
    assert colours(alone[0].draw()) == {"task": looks_of(scenario.strategies)["task"].colour}


def test_one_strategy_alone_is_drawn(scenario: Scenario) -> None:
    closeup = look_closely(scenario, seed=0, campaigns=20, strategies=["session"])
    for picture in comparison_pictures(compared(scenario, ("session",)), scenario, closeup):
        assert picture.draw().axes, picture.key


def test_one_replication_is_drawn_without_intervals_and_says_so(scenario: Scenario) -> None:
    one = compare(scenario, seed=0, replications=1, campaigns=20)
    for picture in comparison_pictures(one, scenario):
        assert "no intervals" in picture.caption, picture.key
        assert picture.draw().axes
    points = comparison_pictures(one, scenario)[0].draw().axes[0]
    assert [bar for container in points.containers for bar in container[2]] == []


def test_twelve_strategies_are_told_apart(tmp_path: Path) -> None:
    more = "".join(
        f"  task-of-a-long-name-{i}: {{stages: [{{issuer: sts, from: attested, issue_per: task, ttl: {i}m}}]}}\n"
        for i in range(1, 10)
    )
    scenario = load_scenario(write(tmp_path, YAML.replace("threat:\n", f"{more}threat:\n")))
    comparison = compare(scenario, seed=0, replications=2, campaigns=10)
    pictures = comparison_pictures(comparison, scenario, look_closely(scenario, seed=0, campaigns=10))
    looks = {(line.get_color(), line.get_marker()) for line in pictures[0].draw().axes[0].lines
             if str(line.get_label())[0] != "_"}  # fmt: skip
    assert len(looks) == 12
    assert [p.key for p in pictures if p.key.startswith("reach-map")] == ["reach-map-1", "reach-map-2"]
    assert all(len(p.alt) < 1000 for p in pictures)


def test_lower_bounds_are_marked_where_the_window_is_drawn(pictures: dict[str, Picture]) -> None:
    for key in ("how-long-and-how-far", "risk-against-added-latency"):
        assert "lower bound" in pictures[key].caption
        labels = [line.get_label() for line in pictures[key].draw().axes[0].lines]
        assert labels.count("_bound") == 1


def test_hypothetical_strategies_are_marked_in_every_picture(
    comparison: Comparison, scenario: Scenario, closeup: Closeup
) -> None:
    marked = dataclasses.replace(comparison, hypothetical=("task",))
    for picture in comparison_pictures(marked, scenario, closeup):
        texts = " ".join(svg_texts(picture.draw()))
        assert "(hypothetical)" in texts, picture.key


def svg_texts(figure: Figure) -> list[str]:
    ticks = [t.get_text() for axes in figure.axes for t in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return ticks + [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_the_window_is_decomposed_where_thieves_are_answered_only(comparison: Comparison, scenario: Scenario) -> None:
    arms = {n: found | {"detect_s": found["access_window_s"]} for n, found in comparison.strategies.items()}
    answered = dataclasses.replace(comparison, strategies=arms)
    assert "what-the-window-is-made-of" in [p.key for p in comparison_pictures(answered, scenario)]
    assert "what-the-window-is-made-of" not in [p.key for p in comparison_pictures(comparison, scenario)]


def test_what_lies_behind_the_map_is_a_table_with_paths(pictures: dict[str, Picture]) -> None:
    table = pictures["reach-map"].table
    assert table is not None
    assert {"resource", "strategy", "reached by", "median time", "commonest path"} <= set(table.columns)
    assert table["commonest path"].str.contains("runner").any()
    lives = pictures["life-of-a-credential"].table
    assert lives is not None
    assert set(lives.schema.dtypes()) == {pl.String}


def test_pictures_are_files_with_the_same_bytes_each_time(pictures: dict[str, Picture], tmp_path: Path) -> None:
    some = [pictures["reach-map"], pictures["life-of-a-credential"]]
    kinds: tuple[Literal["svg", "png"], ...] = ("svg", "png")
    for kind in kinds:
        for folder in ("one", "other"):
            paths = write_pictures(tmp_path / folder, some, kind)
            assert [path.name for path in paths] == [f"reach-map.{kind}", f"life-of-a-credential.{kind}"]
        for path in paths:
            assert path.read_bytes() == (tmp_path / "one" / path.name).read_bytes()
    assert (tmp_path / "one" / "reach-map.png").read_bytes()[:4] == b"\x89PNG"


def test_a_folder_that_cannot_be_written_is_a_one_line_error(pictures: dict[str, Picture], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can be written"):
        write_pictures(tmp_path / "file", [pictures["survival"]], "svg")


def test_elements_of_one_page_share_no_ids_and_refer_to_their_own(pictures: dict[str, Picture]) -> None:
    elements = [svg_element(pictures[key].draw, name=key) for key in ("survival", "life-of-a-credential")]
    ids = [re.findall(r'\bid="([^"]*)"', element) for element in elements]
    assert not set(ids[0]) & set(ids[1])
    for own, element in zip(ids, elements, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]*)', element)) <= set(own)


def test_letters_of_a_page_have_its_ink_and_those_of_a_file_are_read_on_any_ground(
    pictures: dict[str, Picture], tmp_path: Path
) -> None:
    assert "currentColor" in svg_element(pictures["survival"].draw)
    assert "#767676" not in svg_element(pictures["survival"].draw)
    (path,) = write_pictures(tmp_path, [pictures["survival"]], "svg")
    assert "#767676" in path.read_text(encoding="utf-8")
