"""What the pages for people show runs, in the order in which it is shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from documents.blocks import PAGES, ROOT, blocks, commands, options_of, small

from nhilab.cli.main import run

TABLE = re.compile(r"^`(\w+\.csv)`.*?```csv\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the reader has it: the scenarios, and the tables that the page on estates shows."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "tables").mkdir()
    for name, text in TABLE.findall((ROOT / "scenarios" / "MY-ESTATE.md").read_text(encoding="utf-8")):
        (tmp_path / "tables" / name).write_text(text, encoding="utf-8")
    (tmp_path / "our-estate.yaml").write_text(blocks("scenarios/MY-ESTATE.md", "yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page, "sh")])
def test_every_command_the_page_shows_runs(page: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in commands(page, "sh"):
        status = run(small(arguments))
        assert status == 0, f"nhilab {' '.join(arguments)}: {capsys.readouterr().err}"


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page, "console")])
def test_every_option_of_a_command_that_needs_the_readers_data_exists(page: str) -> None:
    for arguments in commands(page, "console"):
        asked = {word.split("=")[0] for word in arguments if word.startswith("--")}
        assert asked <= options_of(arguments), arguments


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_the_code_the_page_shows_runs(page: str, desk: Path) -> None:
    for text in blocks(page, "python"):
        exec(compile(text, page, "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("page", PAGES)
def test_every_file_the_page_links_to_is_there(page: str) -> None:
    folder = (ROOT / page).parent
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\((?!https?://)([^)#]+)\)", text)]
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_four_tables_of_the_page_on_estates_are_shown_whole() -> None:
    found = dict(TABLE.findall((ROOT / "scenarios" / "MY-ESTATE.md").read_text(encoding="utf-8")))
    assert set(found) == {"identities.csv", "resources.csv", "grants.csv", "jobs.csv"}
