"""Every summary carries every guard: a table of commands and of what each must say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from unit.study.small import YAML

from nhilab.cli.main import run

# Whatever deserves a warning, deserves it here: an issuer that refuses, one that gives less, judgements that never err,
# numbers that nobody has measured, thieves that come by no issuer, access without end, and a single replication.
STRATEGIES = """strategies:
  static: {stages: [{issuer: sts, from: standing, issue_per: identity, ttl: never}]}
  refused: {stages: [{issuer: vault, from: attested, issue_per: task, ttl: 5m}]}
  judged:
    stages: [{issuer: broker, from: attested, issue_per: task, ttl: 30m}]
    authorize: {decision_time: 50ms}
"""
ISSUERS = """issuers:
  sts: {servers: 1, service_time: {exponential: 20ms}}
  vault: {servers: 1, service_time: {exponential: 20ms}, ttl_range: [1h, 12h], out_of_range: reject}
  broker: {servers: 1, service_time: {exponential: 20ms}, ttl_range: [1m, 10m], out_of_range: clamp}
"""
STUDIES = """
limits: {access_window_s_p95: 1h, issuances_per_task: 9}
controls: {short: {strategy.judged.ttl: 5m}}
space: {strategy.judged.ttl: [5m, 10m]}
uncertain: {threat.hop_time: {uniform: [1s, 10s]}}
prices: {issuance: 0.01}
"""
TEXT = (
    YAML[: YAML.index("issuers:")]
    + ISSUERS
    + YAML[YAML.index("verifiers:") : YAML.index("strategies:")]
    + STRATEGIES
    + YAML[YAML.index("threat:") :]
    + STUDIES
)
COMMANDS = {
    "compare": (),
    "sweep": ("--vary", "strategy.judged.ttl=5m,10m", "-s", "judged", "-s", "refused", "-s", "static"),
    "factorial": ("-s", "judged"),
    "frontier": ("-s", "judged"),
    "recommend": (),
    "sensitivity": ("-s", "judged", "--against", "refused", "--samples", "2"),
    "break-even": ("--vary", "strategy.judged.ttl=5m..10m", "-s", "judged", "--against", "static"),
    "check": ("--max-replications", "1"),
    "cost": (),
}
ALL = frozenset(COMMANDS)
GUARDS = {
    "whose speed": (r"the automated thief \(5s a hop\)", ALL),
    "the other thief": (r"manual", ALL),
    "where numbers come from": (r"Numbers written in the scenario file: .*assumed", ALL),
    "assumed numbers": (r"--assumptions all", ALL),
    "issuers left out": (r"No way in leads through an issuer or broker", ALL),
    "judgements that never err": (r"judged[^.]* each call is judged and no judgement is ever wrong", ALL),
    "no intervals": (r"One replication: (there are )?no intervals|there is no interval", ALL),
    "hypothetical": (r"refused \(hypothetical\)", ALL - {"factorial", "frontier", "break-even"}),
    "what is given instead": (r"Stage 1 of judged, as broker delivers it", ALL),
    "endless access is a bound": (
        r"≥|lower bound|above the cap|cut at",
        ALL - {"factorial", "frontier", "sensitivity"},
    ),
}


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command prints, on one line."""
    folder = tmp_path_factory.mktemp("guards")
    path = folder / "warned.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return {command: printed(command, path) for command in COMMANDS}


def printed(command: str, path: Path) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        options = ("--replications", "1", "--campaigns", "10", "--workers", "1")
        status = run([command, str(path), *COMMANDS[command], *options])
    assert status in (0, 1), command
    return out.getvalue()


@pytest.mark.parametrize(
    ("command", "guard"), [(command, guard) for guard, (_, where) in GUARDS.items() for command in sorted(where)]
)
def test_every_summary_says_what_limits_it(summaries: dict[str, str], command: str, guard: str) -> None:
    assert re.search(GUARDS[guard][0], " ".join(summaries[command].split())), summaries[command]


@pytest.mark.parametrize("command", sorted(ALL))
def test_no_summary_gives_a_ratio_with_an_endless_arm(summaries: dict[str, str], command: str) -> None:
    assert not re.search(r"times (shorter|longer)|elasticity", summaries[command])


@pytest.mark.parametrize("command", sorted(ALL))
def test_every_summary_fits_80_columns(summaries: dict[str, str], command: str) -> None:
    assert max(map(len, summaries[command].splitlines())) <= 80


@pytest.mark.parametrize("command", sorted(ALL))
def test_no_guard_is_said_twice(summaries: dict[str, str], command: str) -> None:
    text = " ".join(summaries[command].split())
    for guard in ("issuers left out", "judgements that never err", "where numbers come from"):
        assert len(re.findall(GUARDS[guard][0], text)) == 1, guard
