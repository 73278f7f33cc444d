"""What steps of a path are about, in words that do not depend on a run: entries, places, credentials, resources."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final, NamedTuple

from nhilab.ledger.tables import Ledger, Source

ENTRY: Final = "entry"
PLACE: Final = "place"
CREDENTIAL: Final = "credential"
RESOURCE: Final = "resource"

ALL_GRANTS: Final = "all-grants"
UNMANAGED: Final = "unmanaged"

_SOURCES: Final = {Source.STANDING: "standing", Source.ATTESTED: "attested", Source.PREVIOUS: "derived"}


class Node(NamedTuple):
    """Something a path leads through.

    Attributes
    ----------
    kind : str
        `entry`, `place`, `credential` or `resource`.
    name : str
        Its name; of a credential, the identity it authenticates as.
    stage, scope : str
        Of a credential: issuer and source; what it permits of the identity's grants.
    """

    kind: str
    name: str
    stage: str = ""
    scope: str = ""

    def __str__(self) -> str:
        """A name without spaces or commas, one for each node, as in a list of edges.

        Examples
        --------
        >>> str(Node(CREDENTIAL, "deployer", "sts-attested", "all-grants"))
        'credential:deployer/sts-attested/all-grants'
        """
        parts = "/".join(part for part in (self.name, self.stage, self.scope) if part)
        return f"{self.kind}:{'_'.join(parts.replace(',', ';').split())}"


class Nodes:
    """Nodes of one ledger's rows; those of equal words are one.

    Parameters
    ----------
    ledger : Ledger
    """

    def __init__(self, ledger: Ledger) -> None:
        estate, self._scopes = ledger.estate, ledger.scopes
        self._identity: list[str] = estate.identities.name.tolist()
        self._place: list[str] = estate.places.name.tolist()
        self._resource: list[str] = estate.resources.name.tolist()
        self._operation: list[str] = estate.permissions.operation.tolist()
        self._resource_of: list[int] = estate.permissions.resource.tolist()
        self._stage = _stage_names(ledger)
        self.credential = cache(self._credential)
        self.scope = cache(self._scope)

    def place(self, place: int) -> Node:
        """Node of a place."""
        return Node(PLACE, self._place[place])

    def resource(self, resource: int) -> Node:
        """Node of a resource."""
        return Node(RESOURCE, self._resource[resource])

    def operation(self, permission: int) -> str:
        """An operation on a resource, as ``RESOURCE:OPERATION``; empty for none."""
        if permission < 0:
            return ""
        return f"{self._resource[self._resource_of[permission]]}:{self._operation[permission]}"

    def identity(self, identity: int) -> Node:
        """Node of all credentials of an identity, whatever their stage and scope."""
        return Node(CREDENTIAL, self._identity[identity])

    def kind_of_credential(self, identity: int, stage: int) -> Node:
        """Node of all credentials of an identity from one stage, whatever their scope."""
        return Node(CREDENTIAL, self._identity[identity], self._stage[stage])

    def _credential(self, scope: int, stage: int) -> Node:
        identity = int(self._scopes.identity[scope])
        return self.kind_of_credential(identity, stage)._replace(scope=self.scope(scope))

    def _scope(self, scope: int) -> str:
        """A scope in words: what it is narrowed to, or all grants of its identity."""
        s = self._scopes
        resource = self._resource[s.resource[scope]] if s.resource[scope] >= 0 else ""
        narrowed = [str(s.environment[scope]), str(s.resource_class[scope]), resource, str(s.operation[scope])]
        words = ";".join(word for word in narrowed if word) or ALL_GRANTS
        return f"{words};exchanged" if s.within[scope] >= 0 else words


def _stage_names(ledger: Ledger) -> dict[int, str]:
    """Issuer and source of each stage, with its row where two would be called alike; -1 for no stage."""
    rows = zip(ledger.stages.issuer.tolist(), ledger.stages.source.tolist(), strict=True)
    names = [f"{issuer}-{_SOURCES[Source(source)]}" for issuer, source in rows]
    count = Counter(names)
    return {-1: UNMANAGED} | {k: f"{name}-{k}" if count[name] > 1 else name for k, name in enumerate(names)}
