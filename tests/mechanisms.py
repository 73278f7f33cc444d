"""Hypothesis draws of every mechanism a scenario file knows, each legal and each now and then."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
DIMENSIONS = ("environment", "class", "resource", "operation")
OWNERS = ("call", "task", "workload", "place", "identity")
BINDINGS = ("bearer", "bearer", "exportable-key", "non-exportable", "brokered")
NETWORKS = ("", "", "inner")


def often(draw: Any, percent: int) -> bool:
    """True about so often; shrinks to False."""
    return bool(draw(st.integers(0, 99)) >= 100 - percent)


def seconds(draw: Any, low: int, high: int) -> str:
    return f"{draw(st.integers(low, high))}s"


def length(draw: Any, high: int) -> Any:
    """A distribution of lengths up to about `high` seconds; whole seconds half of the time, so ties are frequent."""
    kind = draw(st.sampled_from(["constant", "constant", "exponential", "uniform", "lognormal", "quantiles"]))
    if kind == "constant":
        return seconds(draw, 0, high)
    if kind == "lognormal":
        return {"lognormal": {"median": seconds(draw, 1, high), "sigma": draw(st.sampled_from([0.0, 0.5, 1.0]))}}
    if kind == "exponential":
        return {"exponential": seconds(draw, 0, high)}
    values = sorted(draw(st.lists(st.integers(0, high), min_size=2, max_size=2 if kind == "uniform" else 4)))
    return {kind: [f"{v}s" for v in values]}


# Verifiers -------------------------------------------------------------------------------------------------


def _cache(draw: Any, *, clocked: bool, checked: bool = True) -> Row:
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


def _branch(draw: Any, *, clocked: bool) -> Row:
    kind = draw(st.sampled_from(["cache", "cache", "push", "replica", "poll"]))
    if kind == "poll" and clocked:
        return {"poll": {"period": seconds(draw, 1, 60), "phase": seconds(draw, 0, 60)}}
    if kind == "push":
        return {"push": {"delay": seconds(draw, 0, 60), "loss_probability": draw(st.sampled_from([0, 0.3]))}}
    if kind == "replica":
        return {"replica": {"lag": seconds(draw, 0, 60), "n": draw(st.integers(1, 3))}}
    return _cache(draw, clocked=clocked)


def _layers(draw: Any, *, clocked: bool) -> list[Row]:
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


def verifier(draw: Any, *, clocked: bool) -> Row:
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


# Issuers ---------------------------------------------------------------------------------------------------


def _outage(draw: Any) -> Row:
    lasts = draw(st.integers(1, 200))
    row: Row = {"from": seconds(draw, 0, 1500), "for": f"{lasts}s"}
    return row | ({"every": f"{lasts + draw(st.integers(1, 900))}s"} if draw(st.booleans()) else {})


def _stressed(draw: Any, *, clocked: bool) -> Row:
    """Why an issuer lets its clients wait, or go."""
    row: Row = {}
    if often(draw, 25):
        row["rate_limit"] = {"rate": f"{draw(st.integers(1, 60))}/m", "burst": draw(st.integers(1, 4))}
    if clocked and often(draw, 30):
        row["outages"] = [_outage(draw) for _ in range(draw(st.integers(1, 2)))]
    if often(draw, 30):
        row |= {"timeout": seconds(draw, 1, 20), "attempts": draw(st.integers(1, 3)), "backoff": seconds(draw, 0, 10)}
    return row


def issuer(draw: Any, *, clocked: bool) -> Row:
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


# Strategies ------------------------------------------------------------------------------------------------


def _renewed(draw: Any, row: Row, before: list[Row], *, clocked: bool) -> Row:
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


def _stage(draw: Any, before: list[Row], *, last: bool, standing: bool, issuers: list[str], clocked: bool) -> Row:
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


def _authorize(draw: Any) -> Row:
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


def strategy(draw: Any, issuers: list[str], *, clocked: bool) -> Row:
    """A strategy; it may send some workloads to strategy b."""
    n = draw(st.sampled_from([1, 1, 2, 2, 3]))
    standing = clocked and often(draw, 30)
    stages: list[Row] = []
    for k in range(n):
        first = standing and not stages
        stages.append(_stage(draw, stages[:], last=k + 1 == n, standing=first, issuers=issuers, clocked=clocked))
    row: Row = {"stages": stages}
    if often(draw, 25):
        some = {"workloads": ["workload-[01]*"]} if draw(st.booleans()) else {"kinds": ["agent", "pipeline"]}
        row["mix"] = [{"strategy": "b", "share": draw(st.sampled_from([0.3, 0.7, 1.0]))} | some]
    if often(draw, 25):
        row["authorize"] = _authorize(draw)
    if often(draw, 25):
        row |= {"identities": "per-workload", "grants": draw(st.sampled_from(["copied", "used"]))}
    return row | {"delegation": draw(st.sampled_from(["own", "forward", "exchange"]))}


# Estate ----------------------------------------------------------------------------------------------------


def elsewhere(draw: Any, places: dict[str, Any], workloads: dict[str, Any]) -> None:
    """Copies of workloads' credentials, and messages that wait, at some places."""
    for workload in workloads.values():
        if often(draw, 25):
            found = draw(st.lists(st.sampled_from(sorted(places)), unique=True, min_size=1, max_size=2))
            workload["copies_to"] = [{"place": place, "rotated": draw(st.booleans())} for place in found]
        if often(draw, 25) and "delegates_to" not in workload:
            carries = draw(st.sampled_from([{}, {"carries": "authorisation"}]))
            workload["queue"] = {"place": "queue", "wait": length(draw, 120)} | carries
            if draw(st.booleans()):
                workload["queue"]["consumers"] = draw(st.integers(1, 2))


def delegation(draw: Any, places: dict[str, Any], workloads: dict[str, Any]) -> None:
    """Work goes to workloads further down; never to a place with few slots unless to a later one than its own.

    Who holds a slot while it waits for another one of the same place, or of one before it, might wait for ever.
    """
    names, order = list(workloads), list(places)
    for i, name in enumerate(names[:-1]):
        to = names[draw(st.integers(i + 1, len(names) - 1))]
        here, there = workloads[name]["place"], workloads[to]["place"]
        held = [n for n in names[: i + 1] if "delegates_to" in workloads[n]] + [name]
        after = all(order.index(there) > order.index(workloads[n]["place"]) for n in held)
        if often(draw, 40) and ("slots" not in places[there] or (after and here != there)):
            workloads[name]["delegates_to"] = {"workload": to, "probability": draw(st.sampled_from([0.3, 1.0]))}
    handed = {w["delegates_to"]["workload"] for w in workloads.values() if "delegates_to" in w}
    for name in sorted(handed - {names[0]}):
        if draw(st.booleans()):
            del workloads[name]["arrivals"]


def standing(draw: Any, identities: list[str], places: list[str]) -> dict[str, Any]:
    """Credentials that no strategy manages."""
    return {
        f"orphan-{n}": {
            "identity": draw(st.sampled_from(identities)), "binding": draw(st.sampled_from(BINDINGS)),
            "places": draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=2)),
            "ttl": draw(st.sampled_from(["never", "5m"])),
        }
        for n in range(draw(st.sampled_from([0, 0, 1, 2])))
    }  # fmt: skip
