"""Where and when each campaign begins: drawn once, before anything is replayed."""

from __future__ import annotations

from dataclasses import dataclass

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.base.tables import Table, column


@dataclass(frozen=True, eq=False, kw_only=True)
class Entrances(Table):
    """One row per campaign. Without a way in (`entered_at` NEVER) the campaign is empty."""

    entry: IdArray = column("i4", "entry class, its number in the threat")
    entered_at: IntArray = column("i8", "first foothold, or the leak read", "µs", neutral=NEVER)
    place: IdArray = column("i4", "place of the foothold, -1 if none", neutral=-1)
    unit: IdArray = column("i4", "unit of the foothold, -1 if none", neutral=-1)
    copy: IdArray = column("i4", "leaked copy that is read, -1 if none", neutral=-1)
    dwell: IntArray = column("i8", "how long a foothold lasts", "µs", neutral=0)
    dormancy: IntArray = column("i8", "from entry until first use", "µs", neutral=0)
    takes_keys: BoolArray = column("?", "keys of exportable-key credentials come along", neutral=True)
    stays_until: IntArray = column("i8", "the entry's foothold lasts at least so long", "µs", neutral=0)
    inside: BoolArray = column("?", "acts inside the task it came in by, carries nothing away", neutral=False)
    task: IdArray = column("i4", "task it came in by, -1 if none", neutral=-1)
    held: IdArray = column("i4", "credential in hand from the start, -1 if none", neutral=-1)
    signer: IdArray = column("i4", "a stage whose issuer's signing key is held, -1 if none", neutral=-1)
    key: IntArray = column("i8", "random bits that decide who is noticed", neutral=0)
