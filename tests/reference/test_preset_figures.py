"""Every number a preset carries is the published figure it names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from nhilab.base.quantities import DAY, HOUR, MINUTE, SECOND, parse_duration, parse_rate
from nhilab.scenario.presets import Preset, Statement, presets

FILES = ("credential_systems.yaml", "threat_figures.yaml")
UNITS = (SECOND, MINUTE, HOUR, DAY)
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")


class Carried(NamedTuple):
    """A value of a preset with the figure it names."""

    preset: Preset
    statement: Statement
    figure: dict[str, Any]
    words: str


@pytest.fixture(scope="session")
def figures(shared_data: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    rows = [row for name in FILES for row in yaml.safe_load((shared_data / name).read_text(encoding="utf-8"))]
    table = {(row["system"], row["mechanism"], row["parameter"]): row for row in rows}
    assert len(table) == len(rows)
    return table


@pytest.fixture(scope="session")
def carried(figures: dict[tuple[str, str, str], dict[str, Any]]) -> list[Carried]:
    found = []
    for preset in presets().values():
        statements = {s.key: s for s in preset.statements()}
        for named in preset.figures:
            figure = figures[named["system"], named["mechanism"], named["parameter"]]
            found.append(Carried(preset, statements[named["key"]], figure, named.get("words", "")))
    return found


def numbers(words: str) -> set[float]:
    """Numbers in a text: as they stand, fractions, per cent, halves; of a range also its middle and half its width."""
    plain = []
    for match in NUMBER.findall(words):
        upper, _, lower = match.partition("/")
        plain.append(float(upper) / float(lower or 1))
    ranges = [(float(a), float(b)) for a, b in re.findall(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", words)]
    shares = [n / 100 for n in plain] if "%" in words else []
    halves = [0.5] if "half" in words else []
    return {*plain, *shares, *halves, *((a + b) / 2 for a, b in ranges), *((b - a) / 2 for a, b in ranges)}


def agrees(item: Carried) -> bool:
    """Whether the value is the figure's own, or is given by the words of the figure that the preset names."""
    value = item.statement.value
    if isinstance(value, bool | list) or (isinstance(value, str) and not value[0].isdigit() and value != "never"):
        return True
    if value == "never":
        return bool(re.search(r"never|no |empty", item.words))
    if isinstance(value, str) and "/" in value:
        return parse_rate(value) in numbers(item.words)
    given = parse_duration(value) if isinstance(value, str) else value
    if not item.words and item.figure["value_seconds"] is not None:
        return bool(given == item.figure["value_seconds"] * SECOND)
    if isinstance(value, str):
        return any(given == round(number * unit) for number in numbers(item.words) for unit in UNITS)
    return any(abs(given - number) < 1e-4 for number in numbers(item.words))


def test_every_carried_number_is_the_figure_it_names(carried: list[Carried]) -> None:
    assert [(c.preset.name, c.statement.key, c.statement.value) for c in carried if not agrees(c)] == []


def test_every_carried_value_has_the_figures_source_and_words(carried: list[Carried]) -> None:
    wrong = [(c.preset.name, c.statement.key) for c in carried if c.statement.origin.source != c.figure["source"]]
    said = [f"{c.figure['value_text']} | {c.figure.get('note', '')}" for c in carried]
    assert wrong == []
    assert [c.words for c, text in zip(carried, said, strict=True) if c.words not in text] == []


def test_a_carried_number_that_is_off_is_seen(carried: list[Carried]) -> None:
    lengths = [c for c in carried if isinstance(c.statement.value, str) and c.statement.value[:1] in "123456789"]
    bent = [c._replace(statement=replace(c.statement, value="7" + c.statement.value)) for c in lengths]
    shares = [c for c in carried if isinstance(c.statement.value, float)]
    bent += [c._replace(statement=replace(c.statement, value=c.statement.value + 0.02)) for c in shares]
    assert len(lengths) > 100 and len(shares) > 20
    assert [(c.preset.name, c.statement) for c in bent if agrees(c)] == []


def test_most_published_figures_are_in_a_preset(
    carried: list[Carried], figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    used = {(c.figure["system"], c.figure["mechanism"], c.figure["parameter"]) for c in carried}
    assert len(used) >= 130 and used <= set(figures)
