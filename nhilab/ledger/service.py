"""What every ledger must keep of issuers: how many they serve, when, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from nhilab.base.quantities import BoolArray, IntArray
from nhilab.ledger.kinship import managed, provisioned, replacements
from nhilab.ledger.tables import Ledger


def served_by_issuer(ledger: Ledger) -> Iterator[tuple[str, IntArray, int]]:
    """Each issuer's name, the rows of the credentials it served, and how many servers it has."""
    c, stages = ledger.credentials, ledger.stages
    issuer = np.append(stages.issuer, "")[c.stage]
    served = managed(ledger) & ~provisioned(ledger) & ~replacements(ledger)
    for name in np.unique(stages.issuer).tolist():
        yield name, np.flatnonzero(served & (issuer == name)), int(stages.servers[stages.issuer == name][0])


def begun_at(ledger: Ledger) -> IntArray:
    """Beginning of each credential's service, µs."""
    begun: IntArray = ledger.credentials.issued_at - ledger.credentials.service_time
    return begun


def _too_many_served(ledger: Ledger) -> BoolArray:
    broken = np.zeros(len(ledger.credentials), np.bool_)
    begun, ended = begun_at(ledger), ledger.credentials.issued_at
    for _, rows, servers in served_by_issuer(ledger):
        busy = rows[begun[rows] < ended[rows]]
        at_once = np.searchsorted(np.sort(begun[busy]), begun[busy], side="right")
        at_once -= np.searchsorted(np.sort(ended[busy]), begun[busy], side="right")
        broken[busy[at_once > servers]] = True
    return broken


def _begun_in_outage(ledger: Ledger) -> BoolArray:
    """Credentials whose service began while their issuer could not be reached."""
    begun, broken, outages = begun_at(ledger), np.zeros(len(ledger.credentials), np.bool_), ledger.outages
    served = np.zeros(len(broken), np.bool_)
    for _, rows, _ in served_by_issuer(ledger):
        served[rows] = True
    for stage, begin, end in zip(outages.stage, outages.from_at, outages.until_at, strict=True):
        broken |= served & (ledger.credentials.stage == stage) & (begin <= begun) & (begun < end)
    return broken


def _served_out_of_turn(ledger: Ledger) -> BoolArray:
    """Requests begun after one of their issuer that asked later, though they had not been turned away.

    Who is turned away asks again and lines up anew, and `requested_at` is the first time. The time-out is at least
    the longest service anybody got, so who was turned away has waited that long before its own service. Whether
    a free server waited for its rate limit or for nothing the ledger does not say.
    """
    c, begun = ledger.credentials, begun_at(ledger)
    broken = np.zeros(len(c), np.bool_)
    for _, rows, _ in served_by_issuer(ledger):
        order = rows[np.argsort(c.requested_at[rows], kind="stable")]
        asked = c.requested_at[order]
        first_later = np.append(np.minimum.accumulate(begun[order][::-1])[::-1], np.iinfo(np.int64).max)
        jumped = begun[order] > first_later[np.searchsorted(asked, asked, side="right")]
        longest = int(c.service_time[rows].max(initial=0))
        again = begun[order] - asked >= longest
        broken[order[jumped & ~again]] = True
    return broken


SERVICE: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("an issuer serves no more at once than it has servers", _too_many_served),
    ("an issuer begins nothing in an outage", _begun_in_outage),
    ("an issuer serves in order of asking, but for who was turned away and asked again", _served_out_of_turn),
)
"""Rules of issuers."""
