"""The README's table is what `results/ci-estate/summary.json` says; `--rewrite-golden` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path

from nhilab.base.quantities import SECOND, format_duration

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->"
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
