"""Schedules of generated workloads: a mix of periods and cron expressions, with fields that are drawn."""

from __future__ import annotations

from typing import Final

import numpy as np

from nhilab.scenario.generated_section import Workloads
from nhilab.scenario.workload_section import Arrivals

_FIELDS: Final = ((0, 59), (0, 23), (1, 28), (1, 12), (0, 6))


def drawn_cron(text: str, chance: np.random.Generator) -> str:
    """Cron expression with every field ``H`` or ``H/n`` replaced by a drawn value.

    Examples
    --------
    >>> from nhilab.base.streams import stream
    >>> drawn_cron("0 H/12 * * *", stream(0, "example"))
    '0 11-23/12 * * *'
    """
    fields = text.split()
    for i, ((low, high), field) in enumerate(zip(_FIELDS, fields, strict=False)):
        if field == "H":
            fields[i] = str(chance.integers(low, high + 1))
        elif field.startswith("H/"):
            step = int(field[2:])
            start = low + int(chance.integers(0, min(step, high - low + 1)))
            fields[i] = f"{start}-{high}/{step}"
    return " ".join(fields)


def drawn_schedules(group: Workloads, chance: np.random.Generator) -> list[Arrivals]:
    """Schedule of every workload of a group, in drawn order, as many as its share leaves."""
    listed = [{"every": f"{every}us"} for every, n in group.every.items() for _ in range(n)]
    listed += [{"cron": drawn_cron(cron, chance)} for cron, n in group.cron.items() for _ in range(n)]
    order = chance.permutation(len(listed))
    return [Arrivals.model_validate(listed[i]) for i in order[: round(group.share * len(listed))]]
