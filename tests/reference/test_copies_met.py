"""Which copies a foothold meets, found by sorted keys, against a look at each copy."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import ledgers

from nhilab.base.quantities import NEVER
from nhilab.campaign.index import ReplayIndex
from scenarios import share


@share(200)
@given(st.data())
def test_intervals_alone_or_together_meet_the_copies_that_one_look_at_each_copy_finds(data: st.DataObject) -> None:
    index = ReplayIndex(data.draw(ledgers()))
    n_units, last = len(index.units.place), index.span + 1
    assume(n_units)
    start_end = st.tuples(st.integers(0, last), st.integers(1, last) | st.just(NEVER)).map(
        lambda t: (t[0], t[0] + t[1])
    )
    found = data.draw(st.lists(st.tuples(st.integers(0, n_units - 1), start_end), min_size=1))
    wanted = [(u, s, min(e, NEVER)) for u, (s, e) in found]
    unit, start, end = np.array(wanted, np.int64).T
    slow = [
        (row, copy)
        for row, (u, s, e) in enumerate(wanted)
        for copy in range(len(index.copy_unit))
        if index.copy_unit[copy] == u and max(index.copy_from[copy], s) < min(index.copy_end[copy], e)
    ]
    together = [found.tolist() for found in index.overlapping(unit, start, end)]
    assert sorted(zip(*together, strict=True)) == slow
    for row in range(len(wanted)):
        alone = slice(row, row + 1)
        copies = index.overlapping(unit[alone], start[alone], end[alone])[1]
        assert [(row, copy) for copy in sorted(copies.tolist())] == [pair for pair in slow if pair[0] == row]
