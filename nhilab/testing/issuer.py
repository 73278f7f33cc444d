"""Draws of issuers: their queues, limits, outages, and how they revoke."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from nhilab.testing.chance import DIMENSIONS, Row, length, often, seconds


def _outage(draw: DrawFn) -> Row:
    lasts = draw(st.integers(1, 200))
    row: Row = {"from": seconds(draw, 0, 1500), "for": f"{lasts}s"}
    return row | ({"every": f"{lasts + draw(st.integers(1, 900))}s"} if draw(st.booleans()) else {})


def _stressed(draw: DrawFn, *, clocked: bool) -> Row:
    """Why an issuer lets its clients wait, or go."""
    row: Row = {}
    if often(draw, 25):
        row["rate_limit"] = {"rate": f"{draw(st.integers(1, 60))}/m", "burst": draw(st.integers(1, 4))}
    if clocked and often(draw, 30):
        row["outages"] = [_outage(draw) for _ in range(draw(st.integers(1, 2)))]
    if often(draw, 30):
        row |= {"timeout": seconds(draw, 1, 20), "attempts": draw(st.integers(1, 3)), "backoff": seconds(draw, 0, 10)}
    return row


def issuer(draw: DrawFn, *, clocked: bool) -> Row:
    """An issuer; `clocked` allows outages."""
    row: Row = {
        "servers": draw(st.integers(1, 2)), "service_time": length(draw, 5),
        "revocation_servers": draw(st.integers(1, 2)), "revocation_time": length(draw, 3),
    }  # fmt: skip
    row |= _stressed(draw, clocked=clocked)
    if often(draw, 20):
        low = draw(st.integers(1, 60))
        row["ttl_range"] = [f"{low}s", f"{low + draw(st.integers(200, 400))}s"]
    if often(draw, 20):
        some = st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=3)
        row["narrows"] = {kind: draw(some) for kind in draw(st.sampled_from([["default"], ["database", "default"]]))}
    if often(draw, 20):
        row["out_of_range"] = "reject"
    row["revocation_unit"] = draw(st.sampled_from(["credential", "credential", "subtree", "identity", "none"]))
    if row["revocation_unit"] != "none":
        row |= {"cascade": often(draw, 30), "revokes_when_owner_gone": often(draw, 20)}
    return row
