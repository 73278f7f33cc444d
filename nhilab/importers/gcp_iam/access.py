"""Who may do what, and what that opens: bindings expanded to single permissions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nhilab.importers.gcp_iam.export import Binding, Export, Organization, Resource
from nhilab.importers.gcp_iam.members import Kind, Member
from nhilab.importers.gcp_iam.roles import NOTHING, Operations, RoleTable

ACCOUNT: Final = "service-account"
OPENS_IDENTITY: Final = frozenset({"mint-token", "mint-key", "run-as", "admin"})
"""Operations on a service account that let one work in its name. `act-as` alone does not."""

Grant = tuple[str, str, str]
"""Identity, resource, operation."""

Opening = tuple[str, str, str, str, str]
"""Resource, operation, identity opened, place opened, when."""


@dataclass(frozen=True)
class Access:
    """Expanded bindings, each list sorted and without duplicates."""

    identities: tuple[str, ...]
    grants: tuple[Grant, ...]
    attestations: tuple[tuple[str, str], ...]
    accounts_of_workload: Mapping[tuple[str, str], tuple[str, ...]]


def operations_of(role: str, export: Export, table: RoleTable) -> Operations | None:
    """Operations of a predefined or exported custom role by resource class; None if the role is unknown."""
    if role in export.custom_roles:
        return table.of_custom(export.custom_roles[role])
    return table.roles.get(role)


def applies(organization: Organization, project: str, export: Export) -> bool:
    """Whether a project inherits from an organisation: not if its description names another parent organisation."""
    parent = export.parent_of_project.get(project, "")
    return not (organization.number and parent.startswith("organizations/") and parent != organization.number)


def expand(export: Export, table: RoleTable) -> Access:
    """Expand all bindings of an export to grants of single operations on single resources.

    Organisation and project policies are inherited by everything inside; a convenience member of a bucket
    policy stands for the accounts with that basic role on the project. An account that may act as another and
    deploy in the other's project gets `run-as` on it
    (https://cloud.google.com/iam/docs/attach-service-accounts).
    """
    bindings = {resource.name: list(_effective(resource, export)) for resource in export.resources}
    named = {binding.role for listed in bindings.values() for binding in listed}
    roles = {role: operations_of(role, export, table) or NOTHING for role in named}
    basic = _basic_holders(export, bindings)
    grants: set[Grant] = set()
    attested: set[tuple[str, Member]] = set()
    for resource in export.resources:
        for binding in bindings[resource.name]:
            operations = roles[binding.role].get(resource.resource_class, frozenset())
            grants.update(
                (account, resource.name, operation)
                for member in binding.members
                for account in _accounts(member, basic)
                for operation in operations
            )
            if resource.resource_class == ACCOUNT and "mint-token" in operations:
                attested.update((resource.short_name, m) for m in binding.members if m.kind is Kind.WORKLOAD_IDENTITY)
    grants.update(_run_as(grants, export))
    return Access(
        identities=tuple(sorted(_identities(export))),
        grants=tuple(sorted(grants)),
        attestations=tuple(sorted({(account, member.project) for account, member in attested})),
        accounts_of_workload=_by_workload(attested),
    )


def openings_of(access: Access, export: Export, places: Iterable[str]) -> tuple[Opening, ...]:
    """What performing a granted permission opens: the account itself, or the runners of a project's cluster."""
    known, held = frozenset(places), {(resource, operation) for _, resource, operation in access.grants}
    running = {resource.removeprefix("projects/") for resource, operation in held if operation == "exec"}
    rows: list[Opening] = []
    for resource in export.resources:
        if resource.resource_class == ACCOUNT:
            opening = [operation for operation in OPENS_IDENTITY if (resource.name, operation) in held]
            rows += [(resource.name, operation, resource.short_name, "", "now") for operation in opening]
        elif resource.resource_class == "project" and resource.project in known & running:
            rows.append((resource.name, "exec", "", resource.project, "now"))
    return tuple(sorted(rows))


def _effective(resource: Resource, export: Export) -> Iterator[Binding]:
    for organization in export.organizations:
        if applies(organization, resource.project, export):
            yield from organization.bindings
    if resource.resource_class != "project":
        yield from export.policy_of_project[resource.project]
    yield from resource.bindings


def _basic_holders(export: Export, bindings: Mapping[str, list[Binding]]) -> dict[tuple[str, str], set[str]]:
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for resource in export.resources:
        if resource.resource_class == "project":
            for binding in bindings[resource.name]:
                accounts = (member.name for member in binding.members if member.kind is Kind.SERVICE_ACCOUNT)
                holders[resource.project, binding.role].update(accounts)
    return holders


def _accounts(member: Member, basic: Mapping[tuple[str, str], set[str]]) -> Iterable[str]:
    if member.kind is Kind.SERVICE_ACCOUNT:
        return (member.name,)
    if member.kind is Kind.CONVENIENCE:
        return basic.get((member.name, member.role), ())
    return ()


def _run_as(grants: set[Grant], export: Export) -> set[Grant]:
    project_of = {r.name: f"projects/{r.project}" for r in export.resources if r.resource_class == ACCOUNT}
    return {
        (identity, resource, "run-as")
        for identity, resource, operation in grants
        if operation == "act-as" and (identity, project_of[resource], "deploy") in grants
    }


def _identities(export: Export) -> set[str]:
    named = {member.name for _, member in members_of(export) if member.kind is Kind.SERVICE_ACCOUNT}
    return named | {r.short_name for r in export.resources if r.resource_class == ACCOUNT}


def members_of(export: Export) -> Iterator[tuple[Binding, Member]]:
    """Every member of every binding of the export, each policy read once."""
    policies = [o.bindings for o in export.organizations] + [r.bindings for r in export.resources]
    for binding in (binding for policy in policies for binding in policy):
        for member in binding.members:
            yield binding, member


def _by_workload(attested: set[tuple[str, Member]]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for account, member in attested:
        found[member.project, member.name.rpartition("/")[2]].add(account)
    return {key: tuple(sorted(accounts)) for key, accounts in sorted(found.items())}
