"""Draws of verifiers, with every kind of layer between them and the issuer."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from nhilab.testing.chance import Row, often, seconds


def _cache(draw: DrawFn, *, clocked: bool, checked: bool = True) -> Row:
    """A cache with at most one of its peculiarities; `clocked` allows ticks."""
    shape = draw(st.sampled_from(["plain", "plain", "access", "stale", "tick"]))
    row: Row = {"ttl": seconds(draw, 0, 90)}
    if shape == "access":
        row["expiry"] = "access"
    if shape == "stale":
        row["stale_for"] = seconds(draw, 0, 30)
    tick = draw(st.integers(1, 10)) if shape == "tick" and clocked else 0
    if tick:
        row |= {"tick": f"{tick}s", "ttl": f"{tick * draw(st.integers(0, 9))}s"}
    if often(draw, 25):
        row["negative_ttl"] = f"{(tick or 1) * draw(st.integers(0, 9))}s"
    return {"cache": row if checked else row | {"checks_expiry": False}}


def _branch(draw: DrawFn, *, clocked: bool) -> Row:
    kind = draw(st.sampled_from(["cache", "cache", "push", "replica", "poll"]))
    if kind == "poll" and clocked:
        return {"poll": {"period": seconds(draw, 1, 60), "phase": seconds(draw, 0, 60)}}
    if kind == "push":
        return {"push": {"delay": seconds(draw, 0, 60), "loss_probability": draw(st.sampled_from([0, 0.3]))}}
    if kind == "replica":
        return {"replica": {"lag": seconds(draw, 0, 60), "n": draw(st.integers(1, 3))}}
    return _cache(draw, clocked=clocked)


def _layers(draw: DrawFn, *, clocked: bool) -> list[Row]:
    """Nearest the issuer first; what does not check the expiry has only caches behind it."""
    rows: list[Row] = []
    for _ in range(draw(st.integers(0, 2))):
        several = often(draw, 15)
        branches = [_branch(draw, clocked=clocked) for _ in range(draw(st.integers(2, 3)) if several else 1)]
        rows.append({"first-of": branches} if several else branches[0])
    if often(draw, 15):
        checks = [draw(st.booleans()) for _ in range(draw(st.integers(1, 2)))]
        rows += [_cache(draw, clocked=clocked, checked=checked) for checked in checks]
    return rows


def verifier(draw: DrawFn, *, clocked: bool) -> Row:
    """A verifier; `clocked` allows polls and ticks."""
    row: Row = {"leeway": draw(st.sampled_from(["0", "0", "5s", "1m"]))}
    if often(draw, 20):
        row["session"] = draw(st.sampled_from(["30s", "never"]))
    if often(draw, 10):
        row["accepts_from"] = "inner"
    if often(draw, 30):
        return row | {"self_contained": True}
    row["layers"] = _layers(draw, clocked=clocked)
    answers = ["closed", "open", "stale"] if row["layers"] and "cache" in row["layers"][-1] else ["closed", "open"]
    return row | {"on_unreachable": draw(st.sampled_from(answers))}
