"""One campaign by the fast replay, in the words of its slow twin."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from reference.slow_campaign import SlowResult

from nhilab.campaign.decomposition import MILESTONES
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.threat_section import Detection


def fast_campaign(
    ledger: Ledger, entrance: dict[str, int], thief: dict[str, int], detection: Detection | None = None
) -> Compromises:
    """One campaign by the fast replay."""
    followed = _with_follow_up(ledger, thief["follow_up"])
    columns = {name: [value] for name, value in entrance.items()}
    entries = Entries.of(name=np.array(["entry"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(followed, Entrances.of(entry=[0], **columns), entries,
                            hop_time=thief["hop_time"], detection=detection)  # fmt: skip


def _with_follow_up(ledger: Ledger, follow_up: int) -> Ledger:
    return dataclasses.replace(ledger, follow_up=follow_up)


def as_slow(found: Compromises) -> SlowResult:
    """The fast replay's tables in the twin's words."""
    campaign, taken, reached = found.campaigns, found.taken, found.reached
    rows = zip(taken.credential.tolist(), taken.taken_at.tolist(), taken.honoured_until.tolist(), strict=True)
    fell: dict[int, Any] = {
        resource: (permission, at, held, hops)
        for resource, permission, at, held, hops in zip(
            reached.resource.tolist(),
            reached.permission.tolist(),
            reached.reached_at.tolist(),
            reached.held_time.tolist(),
            reached.n_hops.tolist(),
            strict=True,
        )
    }
    return SlowResult(
        n_taken=int(campaign.n_taken[0]),
        n_minted=int(campaign.n_minted[0]),
        taken={c: (at, until) for c, at, until in rows},
        at_entry=set(taken.credential[taken.at_entry].tolist()),
        access_until=int(campaign.access_until[0]),
        exposure_until=int(campaign.exposure_until[0]),
        reached=fell,
        persistent=bool(campaign.persistent[0]),
        n_brokered=int(campaign.n_brokered[0]),
        n_responses=int(campaign.n_responses[0]),
        milestones=tuple(int(getattr(campaign, name)[0]) for name in MILESTONES),
        collateral_calls=int(campaign.collateral_calls[0]),
    )
