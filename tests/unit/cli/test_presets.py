"""The command that lists presets, and shows one with its sources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhilab.cli.main import run
from nhilab.scenario.presets import presets


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that must succeed; what it printed."""

    def command(*arguments: str) -> str:
        assert run(["presets", *arguments]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return command


def test_the_list_has_a_line_for_every_preset(printed: Any) -> None:
    lines = printed().splitlines()
    expected = [(p.name, p.section, p.title) for p in presets().values()]
    assert [tuple(line.split(maxsplit=2)) for line in lines] == expected
    assert max(map(len, lines)) <= 160


def test_a_preset_is_shown_with_each_value_its_source_and_its_note(printed: Any) -> None:
    text = printed("spire-x509")
    preset = presets()["stages", "spire-x509"]
    assert text.startswith(f"spire-x509 (stages): {preset.title}\nnote: {preset.note}\n")
    said = [line.split(maxsplit=3) for line in text.splitlines()[2:]]
    assert [(key, value) for key, value, _, _ in said] == [
        ("ttl", "1h"), ("renew.ahead", "0.5"), ("renew.jitter", "0.05"), ("binding", "exportable-key"),
    ]  # fmt: skip
    assert [(tag, source) for _, _, tag, source in said] == [tuple(s.origin) for s in preset.statements()]


def test_a_name_of_several_sections_shows_all_of_them(printed: Any) -> None:
    text = printed("entra-cae")
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith("entra-cae")] == [
        "entra-cae (issuers)", "entra-cae (verifiers)", "entra-cae (stages)",
    ]  # fmt: skip


def test_json_holds_the_same_as_the_text(printed: Any) -> None:
    listed = json.loads(printed("--json"))
    assert [(p["name"], p["section"], p["title"]) for p in listed] == [
        (p.name, p.section, p.title) for p in presets().values()
    ]
    (one,) = json.loads(printed("vault-service-token", "--json"))[:1]
    assert one["section"] == "issuers" and one["note"]
    first, second = (part for part in one["says"] if part["key"].startswith("ttl_range"))
    assert first["key"] == "ttl_range.0" and "assumed" in first
    assert second["value"] == "768h" and second["cited"].startswith("hashicorp/vault@")
    assert {"key": "timeout", "system": "HashiCorp Vault", "mechanism": "server",
            "parameter": "default_max_request_duration"} in one["figures"]  # fmt: skip


@pytest.mark.parametrize(("name", "said"), [("spire-x508", "spire-x509"), ("zzz", "lists them")])
def test_an_unknown_preset_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    assert run(["presets", name]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("nhilab: ") and said in err and name in err


def test_help_says_how_a_scenario_names_one(printed: Any) -> None:
    assert "nhilab presets aws-sts" in " ".join(printed("--help").split())
