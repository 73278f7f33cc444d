"""Changes of one fixed ledger, without response: what only helps a thief never gives him less."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import NEVER, IntArray, add, parse_duration
from nhilab.base.tables import Table
from nhilab.campaign.draw import draw_entrances
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.acceptance import honoured_until
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.threat_section import Detection, Threat
from nhilab.testing.breach import instant, refuse


def with_cache(ledger: Ledger, verifier: str, ttl: str) -> Ledger:
    """The ledger with one more cache of a verifier, nearest its issuers; nothing else is run anew.

    Parameters
    ----------
    ledger : Ledger
    verifier : str
        Its name.
    ttl : str
        How long an answer is kept, from its writing: ``"30s"``.

    Returns
    -------
    Ledger

    Raises
    ------
    InputError
        If there is no such verifier.

    Notes
    -----
    Lost pushes stay with their layers. Checked by ``tests/unit/testing/test_change.py``.
    """
    layers, credentials = ledger.estate.layers, ledger.credentials
    neutral = {f.name: f.metadata["neutral"] for f in dataclasses.fields(layers)}
    row = neutral | {"verifier": _verifier(ledger, verifier), "ttl": parse_duration(ttl)}
    columns = {name: np.insert(values, 0, row[name]) for name, values in layers.columns().items()}
    estate = dataclasses.replace(ledger.estate, layers=type(layers)(**columns))
    credentials = dataclasses.replace(credentials, lost_pushes=credentials.lost_pushes << 1)
    return dataclasses.replace(ledger, estate=estate, credentials=credentials)


def with_leeway(ledger: Ledger, verifier: str, more: str) -> Ledger:
    """The ledger with a verifier that accepts so much longer after expiry; nothing else is run anew.

    Parameters
    ----------
    ledger : Ledger
    verifier : str
        Its name.
    more : str
        What its leeway grows by: ``"30s"``.

    Returns
    -------
    Ledger

    Raises
    ------
    InputError
        If there is no such verifier.

    Notes
    -----
    Checked by ``tests/unit/testing/test_change.py``.
    """
    verifiers = ledger.estate.verifiers
    leeway = verifiers.leeway.copy()
    leeway[_verifier(ledger, verifier)] += parse_duration(more)
    estate = dataclasses.replace(ledger.estate, verifiers=dataclasses.replace(verifiers, leeway=leeway))
    return dataclasses.replace(ledger, estate=estate)


def assert_no_shorter(after: Ledger, before: Ledger) -> None:
    r"""No credential is honoured for a shorter time after a change than before it.

    .. math:: h'_c \ge h_c \quad \text{for each credential } c

    Parameters
    ----------
    after, before : Ledger
        With the same credentials, row by row.

    Raises
    ------
    AssertionError
        With the credentials that end earlier, or the numbers of credentials if they differ.

    Notes
    -----
    Definition: MODEL.md §5. Checked by ``tests/unit/testing/test_change.py``.
    """
    now, then = honoured_until(after), honoured_until(before)
    if len(now) != len(then):
        raise AssertionError(f"not so: both ledgers hold the same credentials ({len(now)} and {len(then)})")
    refuse(
        "no credential is honoured for a shorter time than before",
        now < then,
        lambda row: f"credential {row}: honoured until {instant(now[row])}, before {instant(then[row])}",
    )


def assert_lateness_only_lengthens(ledger: Ledger, *, by: str = "30s") -> None:
    r"""One more cache, or more leeway, of any verifier never shortens the time a credential is honoured.

    .. math:: h_c(\text{ledger with more of it}) \ge h_c(\text{ledger})

    Parameters
    ----------
    ledger : Ledger
    by : str
        TTL of the cache, and what the leeway grows by.

    Raises
    ------
    AssertionError
        With the change and the credentials that end earlier.

    Notes
    -----
    Definition: MODEL.md §5. Checked by ``tests/unit/testing/test_change.py``.
    """
    for verifier in ledger.estate.verifiers.name.tolist():
        for what, changed in (("a cache", with_cache), ("leeway", with_leeway)):
            try:
                assert_no_shorter(changed(ledger, verifier, by), ledger)
            except AssertionError as broken:
                raise AssertionError(f"{what} of {by} at {verifier}: {broken}") from None


def assert_better_thief_finds_no_less(ledger: Ledger, threat: Threat, *, seed: int, campaigns: int = 20) -> None:
    r"""A thief who stays longer, hops faster or waits less reaches and holds no less, campaign by campaign.

    .. math:: \text{reached}_i \subseteq \text{reached}'_i, \qquad a'_i \ge a_i

    Parameters
    ----------
    ledger : Ledger
    threat : Threat
        Ways in and speed; its detection is left out, as with a response the faster thief is caught earlier.
    seed : int
        Which chance.
    campaigns : int

    Raises
    ------
    AssertionError
        With the change and the campaigns that find less.

    Notes
    -----
    Definition: MODEL.md §7. Checked by ``tests/unit/testing/test_change.py``.
    """
    ways = draw_entrances(ledger, threat, n=campaigns, seed=seed)
    plain = replayed(ledger, ways, threat.hop_time)
    longer = dataclasses.replace(ways, dwell=add(ways.dwell, ledger.follow_up // 2 + 1))
    better = {
        "more dwell": replayed(ledger, longer, threat.hop_time),
        "a faster thief": replayed(ledger, ways, threat.hop_time // 2),
        "less dormancy": replayed(ledger, dataclasses.replace(ways, dormancy=ways.dormancy // 2), threat.hop_time),
    }
    for change, more in better.items():
        _refuse_less(change, more, plain)


def replayed(ledger: Ledger, ways: Entrances, hop_time: int, detection: Detection | None = None) -> Compromises:
    """What thieves find who come in as given; hunted where somebody detects them."""
    n = int(ways.entry.max(initial=0)) + 1
    entries = Entries.of(name=np.array([str(i) for i in range(n)]), technique=np.array(["T1552"] * n), weight=[1.0] * n)
    return replay_entrances(ledger, ways, entries, hop_time=hop_time, detection=detection)


def later(table: Any, delay: int) -> Any:
    """The table with all its instants later by µs; what never comes still never comes, and lengths stay."""
    moved = {}
    for field in dataclasses.fields(table):
        is_length = field.name.endswith("_time") or field.name in ("dwell", "dormancy")
        if field.metadata["unit"] == "µs" and not is_length:
            values = getattr(table, field.name)
            moved[field.name] = np.where(values < NEVER, values + delay, NEVER)
    return dataclasses.replace(table, **moved)


def _refuse_less(change: str, more: Compromises, less: Compromises) -> None:
    for name in ("access_until", "exposure_until", "reach"):
        _refuse_smaller(f"{change} never lessens {name}", getattr(more.campaigns, name), getattr(less.campaigns, name))
    reached = _instants(more.reached)
    rows = list(_instants(less.reached).items())
    lost = np.array([reached.get(key, NEVER) > at for key, at in rows], np.bool_)
    refuse(f"{change} reaches every resource no later", lost,
           lambda row: f"campaign {rows[row][0][0]}, resource {rows[row][0][1]}: "
           f"{instant(reached.get(rows[row][0], NEVER))}, before {instant(rows[row][1])}")  # fmt: skip


def _refuse_smaller(sentence: str, now: IntArray, then: IntArray) -> None:
    shown = str if now.dtype == np.int32 else instant
    refuse(sentence, now < then, lambda row: f"campaign {row}: {shown(now[row])}, before {shown(then[row])}")


def _instants(reached: Table) -> dict[tuple[int, int], int]:
    columns = (getattr(reached, name).tolist() for name in ("campaign", "resource", "reached_at"))
    return {(campaign, resource): at for campaign, resource, at in zip(*columns, strict=True)}


def _verifier(ledger: Ledger, name: str) -> int:
    names = ledger.estate.verifiers.name.tolist()
    if name not in names:
        raise InputError("ledger", "verifier", name, "one of " + ", ".join(names))
    return int(names.index(name))
