"""What belongs to a strategy can be hidden with it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure
from unit.study.small import compared, small

from nhilab.report.drawing.belonging import OF_STRATEGY, belongs
from nhilab.report.drawing.drawing import svg_element
from nhilab.report.pictures.pictures import Picture, comparison_pictures, write_pictures
from nhilab.study.closeups.closeup import look_closely


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Picture, ...]:
    scenario = small(tmp_path_factory.mktemp("scenario"))
    return comparison_pictures(compared(scenario), scenario, look_closely(scenario, seed=0, campaigns=20))


def test_every_strategy_can_be_hidden_in_every_picture(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        found = set(re.findall(rf'id="{OF_STRATEGY}([^"]*)"', svg_element(picture.draw)))
        assert found == {"static", "session", "task"}, picture.key


def test_legends_are_hidden_with_their_strategies(pictures: tuple[Picture, ...]) -> None:
    legend = pictures[0].draw().legends[0]
    assert [text.get_gid() for text in legend.get_texts()] == [OF_STRATEGY + n for n in ("static", "session", "task")]
    assert all(handle is not None and handle.get_gid() for handle in legend.legend_handles)


def test_ids_of_a_file_are_each_there_once(pictures: tuple[Picture, ...], tmp_path: Path) -> None:
    for path in write_pictures(tmp_path, pictures, "svg"):
        ids = [element.get("id") for element in ElementTree.parse(path).iter() if element.get("id")]
        assert len(ids) == len(set(ids)), path.name


def test_the_parts_of_a_container_belong_where_it_does() -> None:
    axes = Figure().subplots()
    bars = axes.barh([0, 1], [1, 2])
    belongs("a", bars)
    assert [bar.get_gid() for bar in bars] == [OF_STRATEGY + "a"] * 2
