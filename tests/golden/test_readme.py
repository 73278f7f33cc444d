"""The README's table and answers are what `results/` says; `--rewrite-golden` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nhilab.base.quantities import SECOND, format_duration

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->"
ANSWERS, END_OF_ANSWERS = "<!-- answers -->\n", "<!-- end of answers -->"
ORDER = ["static-keys", "session-12h", "workload-identity-1h", "per-task-15m", "per-call-1m", "bootstrap-15m"]
HEAD = (
    "| strategy | access window | never ends | exposure window | resources reached | standing privilege "
    "| issuances a job | added latency a job |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def length(estimate: dict[str, float], *, endless: bool) -> str:
    mean, low, high = (format_duration(estimate[k] * SECOND) for k in ("mean", "low", "high"))
    return f"{'≥ ' if endless else ''}{mean}" + ("" if low == high else f" ({low} to {high})")


def number(estimate: dict[str, float], *, share: bool = False) -> str:
    def shown(value: float) -> str:
        return f"{value:.0%}" if share else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

    mean, low, high = (shown(estimate[k]) for k in ("mean", "low", "high"))
    return mean if low == high else f"{mean} ({low} to {high})"


def table(strategies: dict[str, dict[str, dict[str, float]]]) -> str:
    rows = []
    for name in ORDER:
        found = strategies[name]
        endless = found["unbounded_share"]["mean"] > 0
        stays = found["exposure_window_s"]["mean"] > 86_400
        rows.append(
            f"| `{name}` | {length(found['access_window_s'], endless=endless)} "
            f"| {number(found['unbounded_share'], share=True)} "
            f"| {length(found['exposure_window_s'], endless=endless and stays)} | {number(found['reach'])} "
            f"| {number(found['standing_privilege'])} | {number(found['issuances_per_task'])} "
            f"| {length(found['added_latency_s'], endless=False)} |\n"
        )
    return HEAD + "".join(rows)


def published(*path: str) -> Any:
    return json.loads(ROOT.joinpath("results", *path).read_text(encoding="utf-8"))


def bought(effects: dict[str, Any], metric: str) -> str:
    """Shares of the reduction, the largest first, without those that cannot be told from 0 or are below 1 %."""
    shares = effects[metric]["shapley_share"].items()
    told = sorted(((share["mean"], name) for name, share in shares if share["low"] > 0.01), reverse=True)
    return ", ".join(f"{name} {mean:.0%}" for mean, name in told)


def advised(name: str) -> str:
    """The recommended design of a form of work, and what the next one that meets the limits costs beside it."""
    (found,) = published("lifetimes", f"{name}.json")["recommendation"]["classes"].values()
    met = [one for one in found["candidates"] if {limit["verdict"] for limit in one["limits"].values()} == {"met"}]
    assert found["recommended"] == met[0]["name"]
    paid = [one["cost"]["money_per_task"]["mean"] / met[0]["cost"]["money_per_task"]["mean"] for one in met[1:]]
    others = [
        f"`{one['name']}` too, at {'the same cost' if f'{times:.2g}' == '1' else f'{times:.2g} times the cost'}"
        for one, times in zip(met[1:], paid, strict=True)
    ]
    return f"`{met[0]['name']}`" + (f" ({'; '.join(others)})" if others else ", alone")


def answers() -> str:
    effects = published("four-controls", "factorial.json")["effects"]
    session = published("session-or-per-call", "summary.json")["strategies"]
    window, reach, wait, denied = (
        {name: one[key]["mean"] for name, one in session.items()}
        for key in ("access_window_s", "reach_weighted", "added_latency_s", "denied_call_share")
    )
    return (
        f"- **Four controls**: the reduction of the access window was bought by {bought(effects, 'access_window_s')}; "
        f"that of the weighted reach by {bought(effects, 'reach_weighted')}.\n"
        "- **Session or per call**: a token for each call cuts the access window from "
        f"{format_duration(window['session'] * SECOND)} to {format_duration(window['per-call'] * SECOND)} and the "
        f"weighted reach from {reach['session']:.3g} to {reach['per-call']:.3g}, for "
        f"{format_duration(wait['per-call'] * SECOND)} a task; only a decision on each request stops calls out of plan "
        f"({denied['per-request']:.1%} of calls), for {format_duration(wait['per-request'] * SECOND)}.\n"
        "- **No single right lifetime.** Cheapest design that keeps a thief's 95th percentile under half an hour and "
        f"fails at most 1 % of tasks: for a one-off call {advised('one-off-call')}, for a queued batch "
        f"{advised('queued-batch')}, for an autonomous agent {advised('autonomous-agent')}.\n"
    )


def test_the_readme_states_the_published_answers(rewrite_golden: bool) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = text.split(ANSWERS)
    shown, after = rest.split(END_OF_ANSWERS)
    wanted = answers()
    if rewrite_golden:
        (ROOT / "README.md").write_text(before + ANSWERS + wanted + END_OF_ANSWERS + after, encoding="utf-8")
        shown = wanted
    assert shown == wanted


def test_the_readme_shows_the_published_results(rewrite_golden: bool) -> None:
    summary = json.loads((ROOT / "results" / "ci-estate" / "summary.json").read_text(encoding="utf-8"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    shown, after = rest.split(END)
    wanted = table(summary["strategies"])
    if rewrite_golden:
        (ROOT / "README.md").write_text(before + BEGIN + wanted + END + after, encoding="utf-8")
        shown = wanted
    assert shown == wanted


def test_what_the_readme_says_of_a_thief_who_types_is_published() -> None:
    thieves = published("ci-estate", "summary.json")["thieves"]
    assert (thieves["own"]["hop_s"], thieves["other"]["hop_s"]) == (5, 1800)
    window, reach = (
        {name: found[key]["mean"] for name, found in thieves["other"]["strategies"].items()}
        for key in ("access_window_s", "reach")
    )
    assert f"{window['per-call-1m']:.0f} s" == "7 s" and f"{window['per-task-15m'] / 60:.0f} min" == "3 min"
    assert reach["per-call-1m"] == reach["per-task-15m"] == 0
    assert min(window[name] for name in ("static-keys", "session-12h", "workload-identity-1h")) > 2 * 86_400
