"""Who hands work to whom."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from nhilab.base.errors import InputError
from nhilab.scenario.estate_section import Place
from nhilab.scenario.rows import EstateRows


def delegates(rows: EstateRows, places: dict[str, Place]) -> list[int]:
    """Workload that each workload's calls hand work to, -1 for none.

    Raises
    ------
    InputError
        If it does not exist, or work would go round in a circle, or wait for a slot that its caller holds, or
        nobody gives a workload work.
    """
    number = {row.name: i for i, row in enumerate(rows.workloads)}
    found = []
    for i, row in enumerate(rows.workloads):
        file, key = rows.origin("workloads", i)
        name = row.delegates_to.workload if row.delegates_to else ""
        if name and name not in number:
            raise InputError(file, f"{key}.delegates_to.workload", name, f"one of {', '.join(number)}")
        if name and row.queue is not None:
            raise InputError(file, f"{key}.queue", "a queue", "no queue where calls are delegated")
        found.append(number[name] if name else -1)
    for i, row in enumerate(rows.workloads):
        file, key = rows.origin("workloads", i)
        if row.arrivals is None and not row.own_process and i not in found:
            raise InputError(file, f"{key}.arrivals", "nothing", "arrivals, or another workload that delegates to it")
        if row.delegates_to is not None and i in _downstream(i, found):
            name = row.delegates_to.workload
            raise InputError(file, f"{key}.delegates_to.workload", name, "a workload whose work does not come back")
    _check_lines(rows, places, found)
    return found


def _check_lines(rows: EstateRows, places: dict[str, Place], delegates_to: list[int]) -> None:
    """No circle of places with limited slots at which tasks hold a slot while those they wait for want one."""
    limited = [w.place in places and places[w.place].slots is not None for w in rows.workloads]
    waits_for: dict[str, set[str]] = {}
    for i, row in enumerate(rows.workloads):
        waited_for = {rows.workloads[j].place for j in _downstream(i, delegates_to) if limited[j]}
        if limited[i] and waited_for:
            waits_for.setdefault(row.place, set()).update(waited_for)
    try:
        tuple(TopologicalSorter(waits_for).static_order())
    except CycleError as error:
        place = str(error.args[1][0])
        allowed = "places without slots, or none where work handed on waits for a slot that its own caller holds"
        raise InputError(rows.origin("workloads", 0)[0], f"estate.places.{place}.slots", place, allowed) from error


def _downstream(i: int, delegates_to: list[int]) -> set[int]:
    """Workloads that one's work is handed on to."""
    found: set[int] = set()
    while (i := delegates_to[i]) >= 0 and i not in found:
        found.add(i)
    return found
