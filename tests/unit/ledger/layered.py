"""One credential at one verifier behind given layers, small enough to count by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

from reference.slow_world import World

from nhilab.base.estate import Expiry, LayerKind, Unreachable
from nhilab.base.quantities import NEVER
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.passive import passive_until
from nhilab.ledger.tables import Ledger

Row = dict[str, Any]
ACCESS: Row = {"expiry": int(Expiry.ACCESS)}
UNCHECKED: Row = {"checks_expiry": False}
OPEN: Row = {"on_unreachable": int(Unreachable.OPEN)}
STALE: Row = {"on_unreachable": int(Unreachable.STALE)}


def cache(ttl: int, **more: Any) -> Row:
    return {"kind": int(LayerKind.CACHE), "ttl": ttl} | more


def poll(period: int, phase: int = 0) -> Row:
    return {"kind": int(LayerKind.POLL), "period": period, "phase": phase}


def push(delay: int) -> Row:
    return {"kind": int(LayerKind.PUSH), "delay": delay}


def replica(lag: int, n: int = 1) -> Row:
    return {"kind": int(LayerKind.REPLICA), "lag": lag, "n": n}


def first_of(*branches: Row) -> list[Row]:
    return [branch | {"alternative": 0} for branch in branches]


def world(*layers: Row, verifier: Row | None = None, **credential: Any) -> Ledger:
    """A credential of stage 0, issued at 0, that expires at 100 unless told, at a verifier behind the layers."""
    made = World()
    made.verifier(**({"self_contained": False} | (verifier or {})))
    for layer in layers:
        made.add("layers", verifier=0, **layer)
    made.identity(made.permission(0))
    made.stage(NEVER)
    made.task(made.place(), 0, 1000)
    made.credential(**({"expires": 100} | credential))
    return made.ledger()


def with_calls(ledger: Ledger, *instants: int, draws: tuple[float, ...] = ()) -> Ledger:
    """The same with calls that arrived at these instants, in this order of rows."""
    made = World()
    for at in instants:
        made.call(0, 0, at)
    for row, draw in enumerate(draws):
        made.rows["calls"][row]["replica_draw"] = draw
    return dataclasses.replace(ledger, calls=made.table("calls"))


def with_outages(ledger: Ledger, *outages: tuple[int, int], stage: int = 0) -> Ledger:
    made = World()
    for from_at, until_at in outages:
        made.add("outages", stage=stage, from_at=from_at, until_at=until_at)
    return dataclasses.replace(ledger, outages=made.table("outages"))


def adversarial(*layers: Row, outages: tuple[tuple[int, int], ...] = (), **told: Any) -> int:
    """Until when the credential is accepted at worst."""
    return int(accept_until(with_outages(world(*layers, **told), *outages))[0, 0])


def passive(*layers: Row, calls: tuple[int, ...] = (), draws: tuple[float, ...] = (), **told: Any) -> int:
    """Until when it is accepted after these calls alone."""
    return int(passive_until(with_calls(world(*layers, **told), *calls, draws=draws))[0, 0])
