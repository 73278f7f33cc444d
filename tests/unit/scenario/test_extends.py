"""A scenario file may extend another: its content under this one's, each number with its own origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR, MINUTE
from nhilab.scenario.extends import GONE, Content, over, without_gone
from nhilab.scenario.folder import COLUMNS
from nhilab.scenario.load import load_scenario
from nhilab.scenario.provenance import Origin
from scenarios import HOURLY, as_content, as_scenario

CITED, CHOSEN = Origin("cited", "RFC 1"), Origin("chosen", "")


def files(folder: Path, **texts: str) -> Path:
    """Write files NAME.yaml; the first one's path."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / f"{next(iter(texts))}.yaml"


def merged(base: Any, top: Any) -> Any:
    return without_gone(over(Content(base, {}), Content(top, {})).plain)


@pytest.mark.parametrize(
    ("base", "top", "whole"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 1}, {"a": 2}, {"a": 2, "b": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "d": 4}}, {"a": {"b": 3, "c": 2, "d": 4}}),
        ({"a": [1, 2, 3]}, {"a": [4]}, {"a": [4]}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 2}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"exponential": "1s"}}, {"a": {"exponential": None, "uniform": [1, 2]}}, {"a": {"uniform": [1, 2]}}),
        ({"a": [{"b": 1}]}, {}, {"a": [{"b": 1}]}),
        ({}, {"a": None}, {"a": None}),
        ({"a": GONE}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": GONE}, {}),
    ],
)
def test_mappings_merge_and_everything_else_is_replaced_and_null_removes(base: Any, top: Any, whole: Any) -> None:
    assert merged(base, top) == whole


def test_the_origin_of_a_number_is_that_of_the_file_that_gave_it() -> None:
    cited = dict.fromkeys(("a.b", "a.c", "d.0", "d.1", "e"), CITED)
    base = Content({"a": {"b": 1, "c": 2}, "d": [3, 4], "e": 5}, cited)
    top = Content({"a": {"b": 9}, "d": [8], "e": None}, {"a.b": CHOSEN, "d.0": CHOSEN})
    assert over(base, top).origins == {"a.b": CHOSEN, "a.c": CITED, "d.0": CHOSEN}


def test_a_file_says_only_what_differs_from_the_one_it_extends(tmp_path: Path) -> None:
    top = "extends: base.yaml\nissuers: {sts: {servers: 3}}\nstrategies: {static: null, jit: {title: Just in time}}"
    loaded = load_scenario(files(tmp_path, top=top, base=HOURLY))
    assert loaded.name == "top" and loaded.issuers["sts"].servers == 3
    assert list(loaded.strategies) == ["jit"] and loaded.strategies["jit"].stages[0].ttl == 15 * MINUTE


def test_the_digest_does_not_depend_on_whether_content_came_from_another_file(tmp_path: Path) -> None:
    plain = as_content(HOURLY)
    base = {key: plain[key] for key in plain if key != "threat"} | {"question": "Another?", "horizon": "9h"}
    top = {"extends": "base.yaml", **{key: plain[key] for key in ("question", "threat", "horizon")}}
    path = files(tmp_path, top=yaml.safe_dump(top), base=yaml.safe_dump(base, sort_keys=False))
    assert load_scenario(path).digest() == as_scenario(HOURLY).digest()
    (tmp_path / "top.yaml").write_text(yaml.safe_dump(top | {"horizon": "7h"}))
    assert load_scenario(path).digest() != as_scenario(HOURLY).digest()


def test_a_chain_is_followed_and_each_file_is_named_relative_to_the_one_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    files(tmp_path / "far", middle="extends: ../base.yaml\nhorizon: 8h\nwarm_up: 2h")
    path = files(tmp_path, top="extends: far/middle.yaml\nhorizon: 9h", base=HOURLY)
    content = load_scenario(path).content
    assert (content.horizon, content.warm_up, content.follow_up) == (9 * HOUR, 2 * HOUR, HOUR)


def test_what_a_middle_file_removes_stays_removed_and_may_be_given_anew(tmp_path: Path) -> None:
    middle = "extends: base.yaml\nverifiers: {gateway: {layers: null}}\nfollow_up: null"
    path = files(tmp_path, top="extends: middle.yaml\nfollow_up: 2h", middle=middle, base=HOURLY)
    loaded = load_scenario(path)
    assert loaded.content.verifiers["gateway"].layers == () and loaded.content.follow_up == 2 * HOUR


def test_tags_count_in_the_file_that_has_them(tmp_path: Path) -> None:
    base = HOURLY.replace("issuers:", "issuers:\n  cited: the manual").replace("{calls: 2,", "{measured: us, calls: 2,")
    top = "extends: base.yaml\nissuers: {sts: {servers: 3}}\nprofiles: {default: {calls: {value: 4, cited: them}}}"
    origins = load_scenario(files(tmp_path, top=top, base=base)).provenance.origins
    assert origins["issuers.sts.service_time"] == Origin("cited", "the manual")
    assert origins["issuers.sts.servers"] == Origin("assumed", "")
    assert origins["profiles.default.calls"] == Origin("cited", "them")
    assert origins["profiles.default.call_time"] == Origin("measured", "us")
    assert origins["strategies.jit.stages.0.ttl"] == Origin("chosen", "")
    assert "extends" not in origins


@pytest.mark.parametrize(
    ("texts", "file"),
    [
        ({"a": "extends: a.yaml"}, "a"),
        ({"a": "extends: ./../{folder}/a.yaml"}, "a"),
        ({"a": "extends: b.yaml", "b": "extends: a.yaml"}, "b"),
        ({"a": "extends: b.yaml", "b": "extends: c.yaml", "c": "extends: b.yaml"}, "c"),
    ],
)
def test_a_circle_is_refused(tmp_path: Path, texts: dict[str, str], file: str) -> None:
    path = files(tmp_path, **{name: text.format(folder=tmp_path.name) for name, text in texts.items()})
    with pytest.raises(InputError, match="extend itself") as caught:
        load_scenario(path)
    assert str(caught.value).startswith(f"{tmp_path / file}.yaml:1:10: extends: found ")


@pytest.mark.parametrize("other", ["absent.yaml", ".", "3", "[base.yaml]", "{a: b}", "''"])
def test_what_cannot_be_extended_is_refused_by_the_file_that_names_it(tmp_path: Path, other: str) -> None:
    path = files(tmp_path, top=f"extends: {other}")
    with pytest.raises(InputError, match="a scenario file, named relative to this one") as caught:
        load_scenario(path)
    assert caught.value.file == str(path) and caught.value.key == "extends"


def test_errors_name_the_file_that_holds_what_is_wrong(tmp_path: Path) -> None:
    path = files(tmp_path, top="extends: base.yaml", base=HOURLY.replace("ttl: 15m", "ttl: -15m"))
    with pytest.raises(InputError, match=r"found '-15m'") as caught:
        load_scenario(path)
    assert caught.value.file == str(tmp_path / "base.yaml") and caught.value.key == "strategies.jit.stages.0.ttl"
    base = files(tmp_path, base="horizon: 1h\nhorizon: 2h")
    with pytest.raises(InputError, match="each key once") as caught:
        load_scenario(path)
    assert str(caught.value).startswith(f"{base}:2:1: found")


def test_a_folder_of_tables_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    tables = tmp_path / "bases" / "tables"
    tables.mkdir(parents=True)
    rows = {
        "resources": "bucket,object-store,dev,1,false", "identities": "robot,true,", "grants": "robot,bucket,read",
        "openings": "", "attestations": "robot,runner", "workloads": "agent,agent,robot,runner,1,,,3/h,default",
    }  # fmt: skip
    for name, row in rows.items():
        (tables / f"{name}.csv").write_text(",".join(COLUMNS[name]) + "\n" + row + "\n" * bool(row))
    content = as_content(HOURLY)
    content["estate"] = {"tables": "tables", "places": content["estate"]["places"]}
    content["estate"]["verifier_by_class"] = {"default": "gateway"}
    base = files(tmp_path / "bases", base=yaml.safe_dump(content))
    top = files(tmp_path, top="extends: bases/base.yaml")
    assert load_scenario(top).digest() == load_scenario(base).digest()
    again = files(tmp_path, again="extends: bases/base.yaml\nestate: {tables: elsewhere}")
    with pytest.raises(InputError) as caught:
        load_scenario(again)
    assert Path(caught.value.file).parent == tmp_path / "elsewhere"
