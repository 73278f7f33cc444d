"""What campaigns found, as tables: the replay writes them, metrics and figures read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from nhilab.base.quantities import NEVER, BoolArray, FloatArray, IdArray, IntArray
from nhilab.base.tables import StrArray, Table, column, digest_of


class StepKind(IntEnum):
    """How a thief came by something."""

    FOOTHOLD = 0
    TAKEN = 1
    MINTED = 2


class Act(IntEnum):
    """What kind of act a use of a credential is to those who watch: the first that holds."""

    DENIED = 0
    OUT_OF_INTENT = 1
    AFTER_PURPOSE_END = 2
    FOREIGN = 3
    IN_PATTERN = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Entries(Table):
    """Ways in, as the threat lists them."""

    name: StrArray = column("U", "name of the entry class")
    technique: StrArray = column("U", "MITRE ATT&CK technique")
    weight: FloatArray = column("f8", "share of campaigns that start here")
    n_leaks: IdArray = column("i4", "at-leak entries: copies in the log during the theft interval", neutral=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Campaigns(Table):
    """One row per campaign, also of those that find nothing."""

    entry: IdArray = column("i4", "way in, a row of entries")
    entered_at: IntArray = column("i8", "first foothold, or the leak read; NEVER if no way in", "µs")
    place: IdArray = column("i4", "place of entry, -1 if none")
    unit: IdArray = column("i4", "unit of the place, -1 if none")
    n_taken: IdArray = column("i4", "credentials taken from copies")
    n_brokered: IdArray = column("i4", "credentials used through a broker, never taken", neutral=0)
    n_minted: IdArray = column("i4", "(scope, stage) pairs minted")
    access_until: IntArray = column("i8", "last instant anything in hand or mintable is honoured", "µs")
    exposure_until: IntArray = column("i8", "the same for what the entry itself took", "µs")
    persistent: BoolArray = column("?", "holds a live minting cycle")
    reach: IdArray = column("i4", "distinct resources on which an operation worked")
    reach_weighted: FloatArray = column("f8", "sum of their sensitivities")
    resource_seconds: FloatArray = column("f8", "sensitivity times time held, observed", "s")
    crown_jewel_at: IntArray = column("i8", "first crown jewel, NEVER if none", "µs")
    n_hops: IdArray = column("i4", "openings before a resource, summed over the resources reached")
    environments: IdArray = column("i4", "distinct environments reached")
    collateral_calls: IdArray = column("i4", "legitimate calls the response would break", neutral=0)
    detected_at: IntArray = column("i8", "milestone of the decomposition", "µs", neutral=NEVER)
    triaged_at: IntArray = column("i8", "milestone of the decomposition", "µs", neutral=NEVER)
    responded_at: IntArray = column("i8", "milestone of the decomposition", "µs", neutral=NEVER)
    revoked_at: IntArray = column("i8", "milestone of the decomposition", "µs", neutral=NEVER)
    cut_at: IntArray = column("i8", "milestone of the decomposition", "µs", neutral=NEVER)
    n_responses: IdArray = column("i4", "responses to it", neutral=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Taken(Table):
    """Credentials taken from copies, by campaign, then credential."""

    campaign: IdArray = column("i4", "whose theft")
    credential: IdArray = column("i4", "what was taken")
    taken_at: IntArray = column("i8", "first instant foothold and copy met", "µs")
    honoured_until: IntArray = column("i8", "last instant honoured from where the thief stands", "µs")
    at_entry: BoolArray = column("?", "the entry's own foothold took it")


@dataclass(frozen=True, eq=False, kw_only=True)
class Reached(Table):
    """Resources reached, by campaign, then resource."""

    campaign: IdArray = column("i4", "whose reach")
    resource: IdArray = column("i4", "what fell")
    permission: IdArray = column("i4", "the operation that worked first (least row on ties)")
    reached_at: IntArray = column("i8", "when it first worked", "µs")
    held_time: IntArray = column("i8", "how long some operation worked, observed", "µs")
    n_hops: IdArray = column("i4", "openings before it")
    step: IdArray = column("i4", "the credential or mint it fell to, a row of steps")


@dataclass(frozen=True, eq=False, kw_only=True)
class Steps(Table):
    """How things came into the thief's hand; `previous` leads back to the entry (-1)."""

    campaign: IdArray = column("i4", "whose step")
    kind: IdArray = column("i4", "0 foothold, 1 credential taken or used through a broker, 2 minted")
    at: IntArray = column("i8", "when", "µs")
    place: IdArray = column("i4", "foothold: place, else -1", neutral=-1)
    unit: IdArray = column("i4", "foothold: unit, else -1", neutral=-1)
    credential: IdArray = column("i4", "taken: credential, else -1", neutral=-1)
    scope: IdArray = column("i4", "taken, minted: scope in hand, else -1", neutral=-1)
    stage: IdArray = column("i4", "taken, minted: stage, else -1", neutral=-1)
    permission: IdArray = column("i4", "operation that opened it, -1 if none did", neutral=-1)
    n_hops: IdArray = column("i4", "openings so far")
    previous: IdArray = column("i4", "step it came from, a row of steps; -1 at the entry", neutral=-1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Compromises:
    """Everything a replay leaves behind.

    `follow_up` in µs is how long each campaign was observed, `watched` the chance that an act is noticed, by `Act`;
    empty where nobody watches.
    """

    entries: Entries
    campaigns: Campaigns
    taken: Taken
    reached: Reached
    steps: Steps
    follow_up: int
    watched: tuple[float, ...] = ()

    def __repr__(self) -> str:
        return f"Compromises({len(self.campaigns)} campaigns, {len(self.taken)} credentials taken)"

    def digest(self) -> str:
        """SHA-256 of the exact content."""
        return digest_of(self.entries, self.campaigns, self.taken, self.reached, self.steps)

    def nothing(self) -> BoolArray:
        """Campaigns that ended up with nothing in hand; shape (campaigns,)."""
        c = self.campaigns
        empty: BoolArray = (c.n_taken == 0) & (c.n_brokered == 0) & (c.n_minted == 0)
        return empty
