"""Sets of instants: sorted lists of disjoint intervals that do not touch."""

from __future__ import annotations

from nhilab.base.quantities import NEVER

Interval = tuple[int, int]


def union(*sets: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for a, b in sorted(interval for one in sets for interval in one):
        if a >= b:
            continue
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def meet(one: list[Interval], other: list[Interval]) -> list[Interval]:
    return union([(max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d)])


def minus(one: list[Interval], other: list[Interval]) -> list[Interval]:
    """Instants of the one that are not in the other."""
    edges = [-1, *(edge for interval in union(other) for edge in interval), NEVER]
    return meet(one, list(zip(edges[::2], edges[1::2], strict=True)))


def from_on(instants: list[Interval], start: int) -> list[Interval]:
    return meet(instants, [(start, NEVER)])


def first(instants: list[Interval]) -> int:
    return instants[0][0] if instants else NEVER


def last(instants: list[Interval]) -> int:
    return instants[-1][1] if instants else 0
