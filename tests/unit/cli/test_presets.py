"""The command that lists presets, and shows one with its sources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhilab.cli.main import run
from nhilab.scenario.presets import presets


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that must succeed; what it printed."""

    def command(*arguments: str) -> str:
        assert run(["presets", *arguments]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return command


def test_the_list_has_name_and_section_of_every_preset_and_its_title_below(printed: Any) -> None:
    lines = printed().splitlines()
    named = [tuple(line.split()) for line in lines if not line.startswith(" ")]
    assert named == [(p.name, p.section) for p in presets().values()]
    titles = " ".join(line.strip() for line in lines if line.startswith(" "))
    assert titles == " ".join(p.title for p in presets().values())
    assert max(map(len, lines)) <= 80


def test_a_preset_is_shown_with_each_value_its_source_and_its_note(printed: Any) -> None:
    text = printed("spire-x509")
    preset = presets()["stages", "spire-x509"]
    assert " ".join(text.split()).startswith(f"spire-x509 (stages): {preset.title} note: {preset.note} ttl ")
    said = [tuple(line.split()) for line in text.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert said == [
        ("ttl", "1h", "cited"), ("renew.ahead", "0.5", "cited"), ("renew.jitter", "0.05", "cited"),
        ("binding", "exportable-key", "cited"),
    ] == [(s.key, str(s.value), s.origin.tag) for s in preset.statements()]  # fmt: skip
    sources = " ".join(line.strip() for line in text.splitlines() if line.startswith("      "))
    assert sources == " ".join(s.origin.source for s in preset.statements())


def test_only_addresses_reach_beyond_80_columns(printed: Any) -> None:
    for name in dict.fromkeys(name for _, name in presets()):
        long = [line for line in printed(name).splitlines() if len(line) > 80]
        assert [line for line in long if " " in line.strip()] == []


def test_a_name_of_several_sections_shows_all_of_them(printed: Any) -> None:
    text = printed("entra-cae")
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith("entra-cae (")] == [
        "entra-cae (issuers)", "entra-cae (verifiers)", "entra-cae (stages)",
    ]  # fmt: skip


def test_json_holds_the_same_as_the_text(printed: Any) -> None:
    listed = json.loads(printed("--json", "-"))
    assert [(p["name"], p["section"], p["title"]) for p in listed] == [
        (p.name, p.section, p.title) for p in presets().values()
    ]
    (one,) = json.loads(printed("vault-service-token", "--json", "-"))[:1]
    assert one["section"] == "issuers" and one["note"]
    first, second = (part for part in one["says"] if part["key"].startswith("ttl_range"))
    assert first["key"] == "ttl_range.0" and "assumed" in first
    assert second["value"] == "768h" and second["cited"].startswith("hashicorp/vault@")
    assert {"key": "timeout", "system": "HashiCorp Vault", "mechanism": "server",
            "parameter": "default_max_request_duration"} in one["figures"]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"), [("spire-x508", "spire-x509"), ("Vault", "vault-service-token"), ("zzz", "lists them")]
)
def test_an_unknown_preset_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    assert run(["presets", name]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("nhilab: ") and said in err and name in err


def test_help_says_how_a_scenario_names_one(printed: Any) -> None:
    assert "nhilab presets aws-sts" in " ".join(printed("--help").split())
