"""What an import found, what it left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from nhilab.importers.gcp_iam.access import Access, Opening, members_of, operations_of
from nhilab.importers.gcp_iam.export import Export
from nhilab.importers.gcp_iam.jobs import Assignment
from nhilab.importers.gcp_iam.members import Kind
from nhilab.importers.gcp_iam.roles import RoleTable
from nhilab.importers.gcp_iam.timings import Timings


@dataclass(frozen=True)
class Estate:
    """Resources and identities found."""

    resources: Mapping[str, int]
    identities: int
    named_accounts: int
    described_accounts: int
    google_accounts: int


@dataclass(frozen=True)
class Policies:
    """Bindings found, and those that give nothing here.

    `members` counts members of bindings by kind; `roles` is the number of distinct roles; `impersonation` counts
    service accounts and workload identities bound by impersonation role.
    """

    bindings: int
    roles: int
    custom_roles: int
    members: Mapping[str, int]
    impersonation: Mapping[str, int]
    unknown_roles: Mapping[str, int]
    deleted_members: tuple[str, ...]
    conditional_bindings: int
    files_elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class Grants:
    """Expanded grants: single operations on single resources."""

    grants: int
    by_operation: Mapping[str, int]
    median_per_identity: float
    largest_identity: str
    largest_grants: int
    largest_resources: int
    largest_share: float
    openings: Mapping[str, int]
    attestations: int


@dataclass(frozen=True)
class Jobs:
    """Jobs of the list; `left_out` holds names by reason, a job under each of its reasons."""

    jobs: int
    resolved: int
    workloads: int
    minimum_interval: tuple[str, ...]
    assumed_account: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Parameters:
    """Where the scenario's parameters come from, by kind and by value.

    A kind is a column, or a number or list of numbers of the file; a value is a cell or a single number.
    """

    kinds: Mapping[str, int]
    values: Mapping[str, int]


@dataclass(frozen=True)
class ImportReport:
    """Everything an import has to say; `jobs` and `timings` are None where none were given."""

    source: str
    estate: Estate
    policies: Policies
    grants: Grants
    jobs: Jobs | None
    timings: Timings | None
    parameters: Parameters


def describe_estate(export: Export, access: Access, owners: Mapping[str, str]) -> Estate:
    """Count resources and identities."""
    named = {member.name for _, member in members_of(export) if member.kind is Kind.SERVICE_ACCOUNT}
    return Estate(
        resources=_counted(resource.resource_class for resource in export.resources),
        identities=len(access.identities),
        named_accounts=len(named),
        described_accounts=sum(r.resource_class == "service-account" and r.described for r in export.resources),
        google_accounts=sum(owner == "google" for owner in owners.values()),
    )


def describe_policies(export: Export, table: RoleTable) -> Policies:
    """Count bindings, members by kind, unknown roles."""
    read = list(members_of(export))
    identities = (Kind.SERVICE_ACCOUNT, Kind.WORKLOAD_IDENTITY)
    named = sorted({binding.role for binding, _ in read})
    unknown = {role for role in named if operations_of(role, export, table) is None}
    impersonating = {role for role in named if (operations_of(role, export, table) or {}).keys() == {"service-account"}}
    policies = [o.bindings for o in export.organizations] + [r.bindings for r in export.resources]
    return Policies(
        bindings=sum(len(policy) for policy in policies),
        roles=len(named),
        custom_roles=len(export.custom_roles),
        members=_counted(member.kind.value for _, member in read),
        impersonation=_counted(b.role for b, m in read if b.role in impersonating and m.kind in identities),
        unknown_roles=_counted(binding.role for binding, _ in read if binding.role in unknown),
        deleted_members=tuple(sorted({member.name for _, member in read if member.kind is Kind.DELETED})),
        conditional_bindings=sum(binding.conditional for policy in policies for binding in policy),
        files_elsewhere=export.unread,
    )


def describe_grants(export: Export, access: Access, openings: tuple[Opening, ...], attestations: int) -> Grants:
    """Count grants, and measure the most powerful identity."""
    held = Counter(identity for identity, _, _ in access.grants)
    largest = max(access.identities, key=lambda identity: (held[identity], identity), default="")
    reached = {resource for identity, resource, _ in access.grants if identity == largest}
    return Grants(
        grants=len(access.grants),
        by_operation=_counted(operation for _, _, operation in access.grants),
        median_per_identity=float(median(held[identity] for identity in access.identities)) if held else 0.0,
        largest_identity=largest,
        largest_grants=held[largest],
        largest_resources=len(reached),
        largest_share=len(reached) / len(export.resources),
        openings=_counted(operation for _, operation, *_ in openings),
        attestations=attestations,
    )


def describe_jobs(assignment: Assignment) -> Jobs:
    """Count jobs and name the ones left out."""
    return Jobs(
        jobs=len(assignment.jobs),
        resolved=assignment.resolved,
        workloads=len(assignment.workloads),
        minimum_interval=tuple(sorted(job.name for job in assignment.jobs if job.minimum)),
        assumed_account=tuple(workload.name for workload in assignment.workloads if workload.assumed),
        left_out=assignment.left_out,
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
