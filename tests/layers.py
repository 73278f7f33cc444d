"""Hypothesis strategies for section 5: legal layers of every kind, ledgers around them, questions to a verifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from reference.slow_world import World

from nhilab.base.estate import Estate, Expiry, LayerKind, Unreachable
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Status

END = 60
Row = dict[str, Any]


def _often(draw: Any, percent: int) -> bool:
    """True about so often; shrinks to False."""
    return draw(st.integers(0, 99)) >= 100 - percent


def _cache(draw: Any, *, checks_expiry: bool) -> Row:
    row: Row = {"kind": LayerKind.CACHE, "ttl": draw(st.integers(0, 12)), "checks_expiry": checks_expiry}
    shape = draw(st.sampled_from(("plain", "tick", "access", "stale")))
    tick = draw(st.integers(2, 5)) if shape == "tick" else 1
    if shape == "tick":
        row |= {"tick": tick, "ttl": tick * draw(st.integers(0, 3))}
    if shape == "access":
        row["expiry"] = Expiry.ACCESS
    if shape in ("stale", "tick") and (shape == "stale" or _often(draw, 30)):
        row["stale_for"] = draw(st.integers(1, 8))
    if _often(draw, 30):
        row["negative_ttl"] = tick * draw(st.integers(0, 5))
    return row


def _other(draw: Any) -> Row:
    kind = draw(st.sampled_from((LayerKind.POLL, LayerKind.PUSH, LayerKind.REPLICA)))
    if kind == LayerKind.POLL:
        return {"kind": kind, "period": draw(st.integers(1, 12)), "phase": draw(st.integers(0, 14))}
    if kind == LayerKind.PUSH:
        return {"kind": kind, "delay": draw(st.integers(0, 9))}
    return {"kind": kind, "lag": draw(st.integers(0, 12)), "n": draw(st.integers(1, 3))}


def _branch(draw: Any) -> Row:
    return _cache(draw, checks_expiry=True) if draw(st.booleans()) else _other(draw)


@st.composite
def layer_rows(draw: Any, verifier: int = 0, *, last_is_cache: bool = False) -> list[Row]:
    """Legal rows of `layers` for one verifier, nearest the issuer first."""
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 3))):
        if _often(draw, 20):
            pair = [_branch(draw) for _ in range(draw(st.integers(2, 3)))]
            rows += [row | {"alternative": 10 * verifier + number} for row in pair]
        else:
            rows.append(_branch(draw))
    if last_is_cache or _often(draw, 30):
        # From the first unchecked cache on there are only caches, and after it they may check again.
        checks = [draw(st.booleans()) for _ in range(draw(st.integers(1, 3)))]
        rows += [_cache(draw, checks_expiry=one) for one in checks]
    return [row | {"verifier": verifier} for row in rows]


def _verifier(draw: Any, world: World, *, policies: tuple[Unreachable, ...]) -> None:
    alone = _often(draw, 8)
    policy = Unreachable.CLOSED if alone else draw(st.sampled_from(policies))
    number = world.verifier(
        self_contained=alone, leeway=draw(st.integers(0, 4)), on_unreachable=int(policy),
        session_time=draw(st.sampled_from((0, 0, 5, NEVER))),
    )  # fmt: skip
    if not alone:
        for row in draw(layer_rows(number, last_is_cache=policy == Unreachable.STALE)):
            world.add("layers", **row)


def _estate(draw: Any, policies: tuple[Unreachable, ...]) -> World:
    """One or two verifiers, each with one or two permissions."""
    world = World()
    for _ in range(draw(st.integers(1, 2))):
        _verifier(draw, world, policies=policies)
    guards = [v for v in range(len(world.rows["verifiers"])) for _ in range(draw(st.integers(1, 2)))]
    permissions = [world.permission(guard) for guard in guards]
    world.identity(*permissions)
    return world


def _life(draw: Any, world: World) -> Row:
    """Instants of one credential, and which pushes about it are lost."""
    issued = draw(st.integers(0, 20))
    expires = NEVER if _often(draw, 15) else issued + draw(st.integers(1, 40))
    revoked = NEVER if _often(draw, 25) else issued + draw(st.integers(0, 40))
    layers = world.rows["layers"]
    lost = [i for i, row in enumerate(layers) if row.get("kind") == LayerKind.PUSH and _often(draw, 25)]
    return {
        "issued_at": issued, "expires_at": expires, "revoked_at": revoked, "lost_pushes": sum(1 << i for i in lost)
    }  # fmt: skip


def _outages(draw: Any, world: World, stage: int) -> None:
    """Outages of one stage's issuer, with some time between them."""
    start = 0
    for _ in range(draw(st.integers(0, 2))):
        start += draw(st.integers(0, 25))
        end = start + draw(st.integers(1, 20))
        world.add("outages", stage=stage, from_at=start, until_at=end)
        start = end + 1


def _draws(draw: Any) -> float:
    """Which replica is met, [0, 1)."""
    return draw(st.integers(0, 11)) / 12


@st.composite
def layered_ledgers(draw: Any, policies: tuple[Unreachable, ...] = tuple(Unreachable)) -> Ledger:
    """Credentials at verifiers behind random layers, with calls at random instants and outages."""
    world = _estate(draw, policies)
    for stage in range(2):
        world.stage(NEVER)
        _outages(draw, world, stage)
    world.task(world.place(), 0, END)
    lives = [_life(draw, world) for _ in range(draw(st.integers(1, 3)))]
    for life in lives:
        world.credential(
            issued=life["issued_at"], expires=life["expires_at"], stage=draw(st.integers(-1, 1)),
            revoked_at=life["revoked_at"], lost_pushes=life["lost_pushes"],
        )  # fmt: skip
    for _ in range(draw(st.integers(0, 20))):
        credential = draw(st.integers(0, len(lives) - 1))
        permission = draw(st.integers(0, len(world.rows["permissions"]) - 1))
        call = world.call(permission, credential, draw(st.integers(lives[credential]["issued_at"], END)))
        status = draw(st.sampled_from((Status.DONE, Status.DONE, Status.DONE, Status.REFUSED, Status.SKIPPED)))
        world.rows["calls"][call] |= {"status": int(status), "replica_draw": _draws(draw)}
    return world.ledger()


@dataclass(frozen=True)
class Question:
    """One call on its way to a verifier."""

    credential: int
    verifier: int
    at: int
    replica_draw: float
    reachable: bool


@dataclass(frozen=True)
class Conversation:
    """Credentials (their instants and lost pushes) and the questions about them, in order of time."""

    estate: Estate
    lives: tuple[Row, ...]
    questions: tuple[Question, ...]


@st.composite
def conversations(
    draw: Any, policies: tuple[Unreachable, ...] = tuple(Unreachable), *, always_reachable: bool = False
) -> Conversation:
    """What verifiers are asked, in order of time."""
    world = _estate(draw, policies)
    lives = tuple(_life(draw, world) for _ in range(draw(st.integers(1, 3))))
    questions: list[Question] = []
    now = 0
    for _ in range(draw(st.integers(1, 25))):
        now += draw(st.integers(0, 6))
        begun = [c for c, life in enumerate(lives) if life["issued_at"] <= now]
        if begun:
            verifier = draw(st.integers(0, len(world.rows["verifiers"]) - 1))
            reachable = always_reachable or not _often(draw, 25)
            questions.append(Question(draw(st.sampled_from(begun)), verifier, now, _draws(draw), reachable))
    return Conversation(world.ledger().estate, lives, tuple(questions))
