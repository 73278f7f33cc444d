"""Verdicts as workflow commands of GitHub Actions."""

from __future__ import annotations

from unit.report.verdicts import checked, judgement

from nhilab.report.files.annotations import annotated, command


def test_only_broken_and_undecided_limits_are_annotated_on_the_line_of_the_limit() -> None:
    undecided = judgement("undecided", key="hops", reason="the limit lies within the interval")
    check = checked({"a": (judgement("met"), undecided), "b": (judgement("broken"),)})
    assert annotated(check, file="estate.yaml", lines={"reach": 12, "hops": None}) == [
        "::warning file=estate.yaml,title=a may break a limit::a: hops at most 3: undecided, the limit lies within the"
        " interval: found 4 (3.5 to 4.5) in 8 replications",
        "::error file=estate.yaml,line=12,title=b breaks a limit::b: reach at most 3: found 4 (3.5 to 4.5) in 8"
        " replications",
    ]
    assert annotated(check, file="estate.yaml", lines={}, strict=True)[0].startswith("::error file=estate.yaml,title=a")


def test_no_text_ends_a_command_or_begins_another() -> None:
    text = command("error", "50 %\r\n::error::no", {"file": "a:b,c%.yaml", "title": "x\ny"})
    assert text == "::error file=a%3Ab%2Cc%25.yaml,title=x%0Ay::50 %25%0D%0A::error::no"
    assert text.count("\n") == 0


def test_a_command_without_properties_has_no_space() -> None:
    assert command("warning", "so", {"line": None}) == "::warning::so"
