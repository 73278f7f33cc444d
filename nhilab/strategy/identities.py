"""An identity for each workload instead of a shared one."""

from __future__ import annotations

import dataclasses

import numpy as np

from nhilab.base.estate import Attestations, Estate, Grants, Identities, Openings
from nhilab.base.quantities import IdArray


def per_workload(estate: Estate, *, used_only: bool) -> Estate:
    """The estate in which every workload has an identity of its own.

    Parameters
    ----------
    estate : Estate
    used_only : bool
        The new identity holds only the permissions its workload's calls are for, not all of the shared one's.

    Returns
    -------
    Estate
        The shared identities stay, without grants unless a standing credential that nobody manages carries them; row
        ``identities + w`` is that of workload w.

    Notes
    -----
    Definition: MODEL.md §2, identities per workload. Checked by ``tests/unit/strategy/test_identities.py``.
    """
    shared, old = estate.workloads.identity, estate.identities
    n = len(old)
    names = [f"{old.name[i]}/{w}" for i, w in zip(shared.tolist(), estate.workloads.name.tolist(), strict=True)]
    return dataclasses.replace(
        estate,
        identities=Identities.of(
            name=np.concatenate([old.name, np.array(names, np.str_)]),
            visible=np.concatenate([old.visible, old.visible[shared]]),
            owner=np.concatenate([old.owner, old.owner[shared]]),
        ),
        workloads=dataclasses.replace(estate.workloads, identity=n + np.arange(len(shared), dtype=np.int32)),
        grants=_grants(estate, used_only),
        openings=_openings(estate),
        attestations=_attestations(estate),
    )


def _successors(estate: Estate) -> dict[int, list[int]]:
    """New identities of each shared one."""
    found: dict[int, list[int]] = {}
    for workload, identity in enumerate(estate.workloads.identity.tolist()):
        found.setdefault(identity, []).append(len(estate.identities) + workload)
    return found


def _grants(estate: Estate, used_only: bool) -> Grants:
    keep = set(range(len(estate.identities))) - set(_successors(estate)) | set(estate.standing.identity.tolist())
    held: list[tuple[int, IdArray]] = [(i, estate.granted(i)) for i in sorted(keep)]
    for workload, identity in enumerate(estate.workloads.identity.tolist()):
        used = estate.targets.permission[estate.targets.workload == workload]
        permissions = np.unique(used) if used_only else estate.granted(identity)
        held.append((len(estate.identities) + workload, permissions))
    return Grants.of(
        identity=np.repeat([i for i, _ in held], [len(p) for _, p in held]),
        permission=np.concatenate([p for _, p in held]),
    )


def _openings(estate: Estate) -> Openings:
    """What opened a shared identity opens each of its successors."""
    old, successors = estate.openings, _successors(estate)
    rows: list[tuple[int, int, int, int, int]] = []
    for row in zip(old.permission, old.place, old.identity, old.when, old.plants, strict=True):
        p, q, opened, w, plants = (int(x) for x in row)
        rows += [(p, q, i, w, plants) for i in successors.get(opened, [opened])]
    permission, place, identity, when, plants_too = np.array(rows, np.int32).reshape(-1, 5).T
    return Openings.of(permission=permission, place=place, identity=identity, when=when, plants=plants_too)


def _attestations(estate: Estate) -> Attestations:
    """A successor is attested from its own workload's place, where the shared identity was."""
    old, n = estate.attestations, len(estate.identities)
    pairs = set(zip(old.identity.tolist(), old.place.tolist(), strict=True))
    kept = {pair for pair in pairs if pair[0] not in _successors(estate)}
    workloads = zip(estate.workloads.identity.tolist(), estate.workloads.place.tolist(), strict=True)
    kept |= {(n + w, place) for w, (identity, place) in enumerate(workloads) if (identity, place) in pairs}
    ordered = sorted(kept)
    return Attestations.of(identity=[i for i, _ in ordered], place=[p for _, p in ordered])
