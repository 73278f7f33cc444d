"""Small reports of every command, and comparisons that are hard on a page."""

from __future__ import annotations

from pathlib import Path

from unit.study.hourly_designs import YAML as HOURLY
from unit.study.small import YAML

from nhilab.cli.main import run

FAST = ("--replications", "2", "--campaigns", "10", "--workers", "1", "--quiet")
ASSUMED = "issuers: {sts: {servers: 1, "
REFUSING = "issuers: {strict: {ttl_range: [1h, 12h], out_of_range: reject, service_time: 20ms}, sts: {servers: 1, "
NAUGHTY = "<b>&\"'</b><script>alert(1)</script>"
TEN = "".join(
    f"  minutes-{n}: {{stages: [{{issuer: sts, from: attested, issue_per: task, ttl: {n}m}}]}}\n" for n in range(1, 10)
)
HARD = (
    TEN
    + "  refused: {stages: [{issuer: strict, from: attested, issue_per: task, ttl: 5m}]}\n"
    + f"  {NAUGHTY!r}: {{stages: [{{issuer: sts, from: attested, issue_per: task, ttl: 5m}}]}}\n".replace("\\'", "''")
)
LONE = YAML.replace("how long is a stolen token honoured?", "'Is <em>one</em> & \"only\" enough?'")

TEXTS = {
    "compare": YAML,
    "hard": YAML.replace(ASSUMED, REFUSING).replace("strategies:\n", "strategies:\n" + HARD),
    "lone": LONE,
    "sweep": YAML,
    "factorial": YAML + "controls: {short: {strategy.session.ttl: 5m}, narrow: {strategy.session.scope: [class]}}\n",
    "frontier": HOURLY,
    "recommend": HOURLY + "limits: {access_window_s_p95: 1h}\n",
    "sensitivity": YAML
    + "uncertain: {strategy.session.ttl: {uniform: [10m, 1h]}, threat.hop_time: {loguniform: [1s, 1m]}}\n",
    "break-even": YAML,
    "check": YAML + "limits: {issuances_per_task: 0.5, access_window_s_p95: 1h, reach: 100}\n",
    "cost": YAML + "prices: {issuance: 0.01, loss: {incidents_per_year: 2, per_incident: 100}}\n",
}
OPTIONS = {
    "lone": ("-s", "task"),
    "sweep": ("--vary", "strategy.session.ttl=5m,1h,never", "-s", "session", "-s", "task"),
    "sensitivity": ("--samples", "2", "-s", "session"),
    "break-even": ("--vary", "strategy.session.ttl=5m..2h", "--against", "task"),
    "check": ("--max-replications", "2"),
}
COMPARISONS = ("compare", "hard", "lone")
ALL = tuple(TEXTS)


def report(name: str, folder: Path) -> Path:
    """The page of a command, and its numbers beside it as JSON."""
    folder = folder / name
    page = folder / "page.html"
    if not page.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "small.yaml").write_text(TEXTS[name], encoding="utf-8")
        command = "compare" if name in COMPARISONS else name
        outputs = ("--report", str(page), "--json", str(folder / "numbers.json"))
        status = run([command, str(folder / "small.yaml"), *OPTIONS.get(name, ()), *FAST, *outputs])
        assert status == (1 if name == "check" else 0)
    return page
