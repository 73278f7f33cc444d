"""Scopes in use during a run: all grants of an identity, a bucket of them, or what an exchange leaves of those."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import IdArray
from nhilab.ledger.tables import ScopePermissions, Scopes
from nhilab.strategy.plan import Plan, permissions_in


class ScopeBook:
    """Numbers of scopes, in order of first use; those of identities' all grants come first."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._keys: list[tuple[int, int, int]] = [(i, 0, -1) for i in range(len(plan.estate.identities))]
        self._number = {key: row for row, key in enumerate(self._keys)}
        self._held: dict[int, frozenset[int]] = {}

    def number(self, identity: int, bucket: int, within: int = -1) -> int:
        """Number of a scope: an identity's permissions in a bucket, cut to those of scope `within`."""
        key = identity, bucket, within
        found = self._number.get(key)
        if found is None:
            found = self._number[key] = len(self._keys)
            self._keys.append(key)
        return found

    def permissions(self, scope: int) -> IdArray:
        """Permissions of a scope, ascending; int32."""
        identity, bucket, within = self._keys[scope]
        own = permissions_in(self._plan.buckets[bucket], self._plan.estate.granted(identity), self._plan.estate)
        return own if within < 0 else own[np.isin(own, self.permissions(within))]

    def holds(self, scope: int, permission: int) -> bool:
        """Whether a credential of this scope opens a permission."""
        held = self._held.get(scope)
        if held is None:
            held = self._held[scope] = frozenset(self.permissions(scope).tolist())
        return permission in held

    def tables(self, used: IdArray) -> tuple[Scopes, ScopePermissions]:
        """Tables of all scopes; `used` names the scope of every accepted call."""
        identity, number, within = np.array(self._keys, np.int64).reshape(-1, 3).T
        buckets = [self._plan.buckets[b] for b in number.tolist()]
        held = [self.permissions(scope) for scope in range(len(self._keys))]
        scopes = Scopes.of(
            identity=identity,
            environment=np.array([b.environment for b in buckets], np.str_),
            resource_class=np.array([b.resource_class for b in buckets], np.str_),
            resource=[b.resource for b in buckets],
            operation=np.array([b.operation for b in buckets], np.str_),
            n_calls=np.bincount(used, minlength=len(buckets)),
            within=within,
        )
        permissions = ScopePermissions.of(
            scope=np.repeat(np.arange(len(buckets)), [len(p) for p in held]), permission=np.concatenate(held)
        )
        return scopes, permissions
