"""Draws of credential strategies, as they could stand in a scenario file."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from nhilab.testing.chance import BINDINGS, DIMENSIONS, OWNERS, Row, length, often, seconds


def _renewed(draw: DrawFn, row: Row, before: list[Row], *, clocked: bool) -> Row:
    """Keys of a stage that is renewed before it has to be, if it may be, after those before it."""
    narrow = OWNERS[: 1 if row["issue_per"] == "task" else 2]
    wider = any(b["issue_per"] in narrow for b in before)
    if row["issue_per"] == "call" or wider or not clocked or not often(draw, 40):
        return {}
    if row["from"] == "standing" and draw(st.booleans()):
        found: Row = {"renew": {"every": seconds(draw, 60, 600)}}
    else:
        ahead = draw(st.sampled_from([0.4, 0.5, 0.8]))
        found = {"renew": {"ahead": ahead} | ({"jitter": 0.2} if draw(st.booleans()) else {})}
        if row["ttl"] != "never":
            found["ttl"] = seconds(draw, 20 if before else 200, 400)
    return found | ({"revoke": [*row.get("revoke", []), "renewal"]} if draw(st.booleans()) else {})


def _stage(draw: DrawFn, before: list[Row], *, last: bool, standing: bool, issuers: list[str], clocked: bool) -> Row:
    """A stage after those before it.

    Parents live long against services: of one whose issuer cascades, no child would be issued alive otherwise.
    """
    owner = draw(st.sampled_from(OWNERS[2:] if standing else OWNERS))
    ttl = "never" if often(draw, 50 if standing else 10) else seconds(draw, 1 if last else 200, 400)
    row: Row = {
        "issuer": draw(st.sampled_from(issuers)), "issue_per": owner, "ttl": ttl,
        "from": "previous" if before else "standing" if standing else "attested",
        "binding": draw(st.sampled_from(BINDINGS)), "on_expired": "fail" if often(draw, 20) else "reissue",
    }  # fmt: skip
    if not standing:
        row["scope"] = sorted(draw(st.sets(st.sampled_from(DIMENSIONS), max_size=2)))
    if owner in ("call", "task") and draw(st.booleans()):
        row["revoke"] = ["task-end"]
    if not last and owner != "call" and often(draw, 25):
        return row | {"single_use": True} | ({"revoke": [*row.get("revoke", []), "renewal"]} if often(draw, 30) else {})
    return row | _renewed(draw, row, before, clocked=clocked)


def _authorize(draw: DrawFn) -> Row:
    chance = st.sampled_from([0.0, 0.0, 0.3, 1.0])
    row: Row = {
        "decision_time": length(draw, 2), "cache": draw(st.sampled_from(["0", "1m"])),
        "false_allow_probability": draw(chance), "false_deny_probability": draw(chance),
    }  # fmt: skip
    if draw(st.booleans()):
        row["escalation"] = {"approval_time": length(draw, 30), "wrong_approval_probability": draw(chance)}
    if draw(st.booleans()):
        row["max_denials"] = draw(st.integers(1, 3))
    return row


def strategy(draw: DrawFn, issuers: list[str], *, clocked: bool, mixed_with: str = "") -> Row:
    """A strategy; it may send some workloads to `mixed_with`."""
    n = draw(st.sampled_from([1, 1, 2, 2, 3]))
    standing = clocked and often(draw, 30)
    stages: list[Row] = []
    for k in range(n):
        first = standing and not stages
        stages.append(_stage(draw, stages[:], last=k + 1 == n, standing=first, issuers=issuers, clocked=clocked))
    row: Row = {"stages": stages}
    if mixed_with and often(draw, 25):
        some = {"workloads": ["workload-[01]*"]} if draw(st.booleans()) else {"kinds": ["agent", "pipeline"]}
        row["mix"] = [{"strategy": mixed_with, "share": draw(st.sampled_from([0.3, 0.7, 1.0]))} | some]
    if often(draw, 25):
        row["authorize"] = _authorize(draw)
    if often(draw, 25):
        row |= {"identities": "per-workload", "grants": draw(st.sampled_from(["copied", "used"]))}
    return row | {"delegation": draw(st.sampled_from(["own", "forward", "exchange"]))}


@st.composite
def _strategies(draw: DrawFn, issuers: list[str], clocked: bool) -> Row:
    return strategy(draw, issuers, clocked=clocked)


def credential_strategies(issuers: Sequence[str], *, clocked: bool = True) -> SearchStrategy[Row]:
    """Credential strategies as plain mappings, to be laid over a scenario whose issuers have these names.

    Parameters
    ----------
    issuers : sequence of str
        Names of issuers; each stage is one's.
    clocked : bool
        Allow standing credentials, and renewal before it is asked for.

    Returns
    -------
    SearchStrategy of dict
        One to three stages with every source, owner, scope, binding, renewal and revocation a file knows, per-request
        authorisation, delegation and identities of one's own. Shrinks to one attested stage per call. What the
        issuers refuse (their range of lifetimes) is refused when the scenario is made or the strategy is run.

    Raises
    ------
    ValueError
        If no issuer is named.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    if not issuers:
        raise ValueError("strategies are drawn for at least one issuer")
    return _strategies(list(issuers), clocked)
