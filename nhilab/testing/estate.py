"""Draws of what exists: places, resources, identities, workloads and how work goes between them."""

from __future__ import annotations

from typing import Final, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from nhilab.testing.chance import BINDINGS, NETWORKS, Row, length, often, seconds


class Size(NamedTuple):
    """At most so many kinds of each; at least one, and two of resources."""

    workloads: int = 4
    resources: int = 4
    identities: int = 3
    places: int = 3


_CRONS: Final = (
    "*/10 * * * *", "0,30 * * * MON-FRI", "5-20/5 * * * Mon", "*/7 0 5 1 sun", "@hourly", "3 * * jan,FEB 1-3",
    "10/15 0-1 * * *", "0 * 5 * *",
)  # fmt: skip


def _arrivals(draw: DrawFn, minutes: int, *, certain: bool) -> Row:
    kind = "every" if certain else draw(st.sampled_from(["every", "cron", "rate"]))
    given: Row = {
        "every": lambda: f"{draw(st.integers(2, minutes // 2))}m",
        "cron": lambda: draw(st.sampled_from(_CRONS)),
        "rate": lambda: f"{draw(st.integers(1, 20))}/h",
    }
    jitter = {"jitter": seconds(draw, 1, 60)} if not certain and draw(st.booleans()) else {}
    return {kind: given[kind]()} | jitter


def _places(draw: DrawFn, size: Size) -> Row:
    """Places to run at; then a queue and a shelf, which are shared, and a log that a scanner may watch."""
    places: Row = {}
    for p in range(draw(st.integers(1, size.places))):
        isolation = draw(st.sampled_from(["shared", "slot", "task"]))
        place: Row = {
            "kind": "runner",
            "isolation": isolation,
            "residue": draw(st.sampled_from(["0", "0", "20s", "3m"])),
        }
        place["network"] = draw(st.sampled_from(NETWORKS))
        if draw(st.booleans()):
            place["slots"] = draw(st.integers(1, 3))
        if draw(st.booleans()):
            place |= {"log": "logs", "logs_token_probability": draw(st.sampled_from([0.2, 1.0]))}
        around = [name for name, other in places.items() if other["isolation"] == "shared"]
        if len(around) and draw(st.booleans()):
            place["inside"] = draw(st.sampled_from(around))
        places[f"place-{p}"] = place
    logs: Row = {"kind": "log", "residue": draw(st.sampled_from(["1m", "10m", "never"]))}
    if often(draw, 40):
        logs["scanner_delay"] = seconds(draw, 0, 120)
    shelf = {"kind": "secret-store", "residue": draw(st.sampled_from(["0", "1m"]))}
    return places | {"queue": {"kind": "queue"}, "shelf": shelf, "logs": logs}


def _resources(draw: DrawFn, identities: list[str], places: list[str], verifiers: list[str], size: Size) -> Row:
    """Resource 0 opens nothing, so that every identity has something to call."""
    resources: Row = {}
    for r in range(draw(st.integers(2, size.resources))):
        operations: Row = {"read": {}}
        if r and draw(st.integers(0, 2)):
            opens = draw(st.sampled_from(["opens_places", "opens_identities"]))
            targets = identities if opens == "opens_identities" else places
            operations["admin"] = {opens: [draw(st.sampled_from(targets))]}
            operations["admin"]["when"] = draw(st.sampled_from(["now", "next-task"]))
        elif draw(st.booleans()):
            operations["write"] = {}
        resources[f"resource-{r}"] = {
            "class": draw(st.sampled_from(["database", "secret-store"])), "operations": operations,
            "environment": draw(st.sampled_from(["dev", "prod"])), "verifier": draw(st.sampled_from(verifiers)),
            "crown_jewel": draw(st.booleans()), "count": draw(st.sampled_from([1, 1, 2])),
        }  # fmt: skip
        if often(draw, 25):
            resources[f"resource-{r}"]["place"] = "shelf"
    return resources


def estate(draw: DrawFn, minutes: int, verifiers: list[str], *, size: Size, clocked: bool) -> Row:
    """An estate whose workloads run at places named place-…, for a horizon of so many minutes."""
    places = _places(draw, size)
    running = [p for p in places if p.startswith("place-")]
    names = [f"identity-{i}" for i in range(draw(st.integers(1, size.identities)))]
    resources = _resources(draw, names, running, verifiers, size)
    identities: Row = {}
    for name in names:
        also = draw(st.sets(st.sampled_from(sorted(resources))))
        identities[name] = {"grants": [{"resources": [r, f"{r}-*"]} for r in sorted({"resource-0"} | also)]}
        if draw(st.integers(0, 4)) == 0:
            identities[name]["mintable_from"] = sorted(draw(st.sets(st.sampled_from(running), max_size=2)))
    workloads: Row = {}
    for w in range(draw(st.integers(1, size.workloads))):
        workload: Row = {
            "identity": draw(st.sampled_from(names)), "place": draw(st.sampled_from(running)),
            "arrivals": _arrivals(draw, minutes, certain=w == 0), "count": draw(st.sampled_from([1, 1, 2])),
            "profile": draw(st.sampled_from(["brief", "long"])),
            "kind": draw(st.sampled_from(["agent", "pipeline", "batch"])),
        }  # fmt: skip
        if draw(st.booleans()):
            workload["targets"] = [{"resources": ["*"]}]
        workloads[f"workload-{w}"] = workload
    if often(draw, 40):
        _delegation(draw, places, workloads)
    _elsewhere(draw, places, workloads)
    orphans = _standing(draw, names, sorted(places)) if clocked else {}
    return {
        "resources": resources, "identities": identities, "workloads": workloads, "places": places,
        "standing": orphans,
    }  # fmt: skip


def _elsewhere(draw: DrawFn, places: Row, workloads: Row) -> None:
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


def _delegation(draw: DrawFn, places: Row, workloads: Row) -> None:
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


def _standing(draw: DrawFn, identities: list[str], places: list[str]) -> Row:
    """Credentials that no strategy manages."""
    return {
        f"orphan-{n}": {
            "identity": draw(st.sampled_from(identities)), "binding": draw(st.sampled_from(BINDINGS)),
            "places": draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=2)),
            "ttl": draw(st.sampled_from(["never", "5m"])),
        }
        for n in range(draw(st.sampled_from([0, 0, 1, 2])))
    }  # fmt: skip
