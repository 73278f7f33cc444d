"""The command line, in this process."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from unit.study.small import YAML, compared, small, write

import nhilab.cli.compare as compare_module
import nhilab.study.verify.run as verify_module
from nhilab.base.errors import WorkerError
from nhilab.cli.main import run
from nhilab.lab import load_scenario
from nhilab.ledger.store import read_ledger
from nhilab.study.verify.check import CheckResult

FAST = ("--replications", "2", "--campaigns", "5", "--workers", "1")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that must fail as bad input; its one line on standard error."""

    def refuse(*arguments: object) -> str:
        status = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert status == 2, err
        assert out == ""
        assert err.startswith("nhilab: ")
        assert err.count("\n") == 1
        assert err.endswith("\n")
        assert "Traceback" not in err
        return err

    return refuse


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("horizon: 4h", "horizont: 4h", "horizont: found 'horizont'; allowed: a known key"),
        ("ttl: 15m", "ttl: -15m", "strategies.task.stages.0.ttl: found '-15m'"),
        ("{issuer: sts, from: standing", "{issuer: vault, from: standing", "found 'vault'; allowed: one of sts"),
        ("places: [runner]", "places: [laptop]", "found 'laptop'; allowed: one of runner"),
        ("warm_up: 30m", "warm_up: 4h", "warm_up"),
        ("question: how", "question: !!python/object/apply:os.system [x] #", "plain YAML"),
        ("question: how", "question: [how", "plain YAML"),
    ],
)
def test_a_wrong_scenario_is_one_line_that_names_what_is_wrong(
    tmp_path: Path, refused: Any, old: str, new: str, said: str
) -> None:
    assert old in YAML
    path = write(tmp_path, YAML.replace(old, new, 1))
    line = refused("compare", path)
    assert str(path) in line
    assert said in line


@pytest.mark.parametrize(
    ("added", "arguments", "said"),
    [
        ("", ("compare", "-s", "jit"), ":{strategies}:1: strategies: found 'jit'"),
        ("limits: {acces_window_s: 1h}\n", ("check",), ":{last}:10: limits.acces_window_s: found"),
        ("space:\n  strategy.nobody.ttl: [1h]\n", ("frontier",), ":{last}:1: space: found 'strategy.nobody.ttl'"),
        ("prices: {issuance: -1}\n", ("cost",), ":{last}:20: prices.issuance: found -1"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column_however_late_it_is_seen(
    tmp_path: Path, refused: Any, added: str, arguments: tuple[str, ...], said: str
) -> None:
    path = write(tmp_path, YAML + added)
    lines = YAML.splitlines()
    where = {"strategies": lines.index("strategies:") + 1, "last": len(lines) + 1}
    command, *options = arguments
    assert f"nhilab: {path}{said.format(**where)}" in refused(command, path, *options)


def test_an_empty_estate_is_refused(tmp_path: Path, refused: Any) -> None:
    start, end = YAML.index("estate:"), YAML.index("profiles:")
    assert "estate" in refused("compare", write(tmp_path, YAML[:start] + "estate: {}\n" + YAML[end:]))


def test_yaml_that_tries_to_run_code_runs_nothing(tmp_path: Path, refused: Any) -> None:
    made = tmp_path / "made"
    bad = YAML.replace("question: how", f"question: !!python/object/apply:pathlib.Path.touch [{made}] #", 1)
    refused("compare", write(tmp_path, bad))
    assert not made.exists()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, refused: Any) -> None:
    assert "absent.yaml" in refused("compare", tmp_path / "absent.yaml")
    assert str(tmp_path) in refused("compare", tmp_path)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refused("run", tmp_path / "binary.yaml", "-s", "task", "--out", tmp_path / "out")


def test_an_unknown_strategy_is_told_the_allowed_ones(tmp_path: Path, refused: Any) -> None:
    path = write(tmp_path)
    for command in (("compare", path, "-s", "jit"), ("run", path, "-s", "jit", "--out", tmp_path / "out")):
        assert "found 'jit'; allowed: one of static, session, task" in refused(*command)


@pytest.mark.parametrize("option", ["--out", "--json", "--report"])
def test_outputs_that_cannot_be_written_are_refused_before_computing(
    tmp_path: Path, refused: Any, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr(compare_module, "compare", lambda *_, **__: pytest.fail("computed"))
    (tmp_path / "file").write_text("mine")
    assert "can be written" in refused("compare", write(tmp_path), option, tmp_path / "file" / "inside")
    if option != "--out":
        assert "found 'a folder'" in refused("compare", write(tmp_path), option, tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare",),
        ("nonsense",),
        ("compare", "{path}", "--nonsense"),
        ("compare", "{path}", "--replications", "0"),
        ("compare", "{path}", "--workers", "many"),
        ("compare", "{path}", "--seed", "-1"),
        ("compare", "{path}", "--precision", "5 apples"),
        ("compare", "{path}", "--precision", "5%", "--replications", "3"),
        ("run", "{path}", "-s", "task"),
        ("import", "gcp-iam", "{path}", "--out", "{path}", "--default-account", "cluster"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_status_2(
    tmp_path: Path, refused: Any, arguments: tuple[str, ...]
) -> None:
    refused(*(text.format(path=write(tmp_path)) for text in arguments))


def test_compare_writes_what_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path)
    outputs = ("--out", str(tmp_path / "out"), "--json", str(tmp_path / "c.json"), "--report", str(tmp_path / "c.html"))
    assert run(["compare", str(path), "-s", "task", "-s", "static", *FAST, *outputs]) == 0
    out, err = capsys.readouterr()
    assert "how long is a stolen token honoured?" in out
    assert "Difference from task" in out
    assert err == ""
    content = json.loads((tmp_path / "c.json").read_text())
    assert content["seed"] == 7
    assert list(content["differences"]) == ["static - task"]
    assert (tmp_path / "out" / "comparison.json").read_bytes() == (tmp_path / "c.json").read_bytes()
    assert len(list((tmp_path / "out" / "cells").iterdir())) == 4
    assert not (tmp_path / "cache").exists()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["elapsed_s"] > 0
    assert manifest["settings"]["replications"] == 2
    assert manifest["settings"]["hypothetical"] == []
    assert (tmp_path / "c.html").read_text().startswith("<!doctype html>")


def test_compare_agrees_with_the_study(tmp_path: Path) -> None:
    path = write(tmp_path)
    arguments = ("--replications", "3", "--campaigns", "20", "--seed", "0", "--workers", "1", "--quiet")
    assert run(["compare", str(path), *arguments, "--json", str(tmp_path / "c.json")]) == 0
    assert json.loads((tmp_path / "c.json").read_text()) == compared(small(tmp_path)).to_json()


def test_quiet_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(write(tmp_path)), *FAST, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_comparison_does_not_overwrite_the_manifest_of_something_else(tmp_path: Path, refused: Any) -> None:
    path = write(tmp_path)
    assert run(["run", str(path), "-s", "task", "--out", str(tmp_path / "run"), "--quiet"]) == 0
    assert "nhilab/ledger/1" in refused("compare", path, *FAST, "--out", tmp_path / "run")


def test_run_writes_a_ledger_with_its_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path)
    assert run(["run", str(path), "-s", "task", "--seed", "3", "--out", str(tmp_path / "run")]) == 0
    ledger = read_ledger(tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["scenario_digest"] == load_scenario(path).digest()
    assert (manifest["strategy"], manifest["scenario"], manifest["seed"]) == ("task", "small", 3)
    assert (manifest["hypothetical"], manifest["notes"]) == (False, [])
    assert ledger.digest() in capsys.readouterr().out


@pytest.mark.parametrize(("out_of_range", "hypothetical"), [("reject", True), ("clamp", False)])
def test_run_says_in_its_manifest_and_aloud_what_is_not_delivered_as_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out_of_range: str, hypothetical: bool
) -> None:
    limits = f"{{servers: 1, ttl_range: [1h, 2h], out_of_range: {out_of_range},"
    path = write(tmp_path, YAML.replace("{servers: 1,", limits))
    assert run(["run", str(path), "-s", "task", "--out", str(tmp_path / "run")]) == 0
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["hypothetical"] is hypothetical
    [note] = manifest["notes"]
    assert note.startswith("task (hypothetical): sts refuses" if hypothetical else "Stage 1 of task, as sts delivers")
    assert note in capsys.readouterr().out
    assert read_ledger(tmp_path / "run").stages.hypothetical.tolist() == [hypothetical]


def test_run_refuses_a_folder_that_holds_something_else(tmp_path: Path, refused: Any) -> None:
    path = write(tmp_path)
    refused("run", path, "-s", "task", "--out", tmp_path)
    assert path.exists()


def test_schema_prints_the_keys_of_a_scenario_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert {"question", "estate", "strategies", "threat"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_reproduce_writes_summary_manifest_and_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhilab.study.published.reproduce.reproduce.__kwdefaults__", _fewer())
    arguments = ["--scenario", str(write(tmp_path)), "--results", str(tmp_path / "results"), "--workers", "1"]
    assert run(["reproduce", *arguments, "--quiet"]) == 0
    names = {path.name for path in (tmp_path / "results" / "small").iterdir()}
    assert names == {"summary.json", "manifest.json", "figure.svg"}


def _fewer() -> dict[str, object]:
    from nhilab.study.published.reproduce import reproduce

    return {**(reproduce.__kwdefaults__ or {}), "replications": 2, "campaigns": 5}


def _checked(z: float) -> CheckResult:
    return CheckResult("uniform phase", "claim", "s", 450.0, 451.0, 1.0, 40, z, 5.0, 9.0, -9.0, False)


@pytest.mark.parametrize(("z", "status"), [(1.0, 0), (9.0, 1)])
def test_verify_fails_with_status_1_where_the_lab_differs_from_theory(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], z: float, status: int
) -> None:
    monkeypatch.setattr(verify_module, "verify_all", lambda *_, **__: [_checked(z)])
    assert run(["verify"]) == status
    assert "uniform phase" in capsys.readouterr().out


def test_a_killed_worker_is_one_line_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def die(*_: object, **__: object) -> None:
        raise WorkerError("a worker process was killed")

    monkeypatch.setattr(compare_module, "compare", die)
    assert run(["compare", str(write(tmp_path))]) == 1
    assert capsys.readouterr().err == "nhilab: a worker process was killed\n"


def test_an_interrupt_is_one_line_and_status_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compare_module, "compare", interrupt)
    assert run(["compare", str(write(tmp_path))]) == 130
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("--help",), ("compare", "--help"), ("import", "gcp-iam", "--help")])
def test_help_is_on_standard_output_with_status_0(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(arguments) == 0
    assert "Usage: nhilab" in capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    written = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"nhilab {written}\n"
