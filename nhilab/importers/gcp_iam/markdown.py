"""The report of an import as a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nhilab.importers.gcp_iam.members import Kind
from nhilab.importers.gcp_iam.report import Grants, ImportReport, Jobs, Parameters, Policies
from nhilab.importers.gcp_iam.timings import Timings

_LEFT_OUT_MEMBERS = {
    Kind.GROUP: "groups: who belongs to them is not in the export, so an account that acts through a group is missed",
    Kind.USER: "people: not non-human identities",
    Kind.PUBLIC: "allUsers and allAuthenticatedUsers: access without any credential",
    Kind.DOMAIN: "domains: people",
    Kind.DELETED: "deleted accounts: nobody can authenticate as them",
    Kind.FEDERATED: "federated identities (principal:// and principalSet://): their pool is not in the export",
    Kind.OTHER: "members of a form this importer does not know",
}

_TO_KNOW = """\
## What to know

- Operations come from one table of roles, `roles.yaml` beside the importer, with Google's pages. Listing the names
  of objects or secrets is not counted; an Owner, Editor or Viewer reaches objects only where the bucket's policy
  names projectOwner, projectEditor or projectViewer. Access lists of single objects are not in the export.
- Impersonation has strengths. `mint-token` and `mint-key` open the account. `act-as` alone opens nothing; with
  `deploy` in the account's project it becomes `run-as`, which does. `admin` sets the account's policy, so its holder
  can grant themselves `mint-token`: it opens the account too. An Editor mints no tokens and reads no secret payload,
  but may create keys and act as accounts of the project. Organisation policies that forbid keys are not in the export.
- `exec` on a project opens the place of that name: code run in the cluster can take what its pods hold.
- Whoever runs at a cluster is taken to be able to use every workload identity bound to that cluster: namespaces
  are not separate places here.
- Accounts not described in the export are not visible: responders can unbind but not disable them.
- Sensitivities and crown jewels are assumed by class (`tables/resources.csv`).
"""


def report_markdown(report: ImportReport) -> str:
    """Page of a report: what was found, what was left out and why, and where the numbers come from."""
    sections = [
        _found(report),
        _left_out(report.policies),
        _grants(report.grants, report.policies),
        _jobs(report.jobs),
        _timings(report.timings, report.jobs),
        _parameters(report.parameters),
        _TO_KNOW,
    ]
    return "\n".join([f"# Import of {report.source}\n", *sections])


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _found(report: ImportReport) -> str:
    estate, policies = report.estate, report.policies
    rows: list[tuple[object, ...]] = [("resources", _number(sum(estate.resources.values())))]
    rows += [(f"– {name}", _number(count)) for name, count in estate.resources.items()]
    rows += [
        ("identities", _number(estate.identities)),
        ("– service accounts named in bindings", _number(estate.named_accounts)),
        ("– service accounts described", _number(estate.described_accounts)),
        ("– Google's own agents among them", _number(estate.google_accounts)),
        ("bindings", _number(policies.bindings)),
        ("distinct roles", _number(policies.roles)),
        ("custom roles read", _number(policies.custom_roles)),
    ]
    return "## Found\n\n" + _table(("what", "number"), rows)


def _left_out(policies: Policies) -> str:
    lines = [
        f"- {_number(policies.members[kind])} × {reason}."
        for kind, reason in _LEFT_OUT_MEMBERS.items()
        if kind in policies.members
    ]
    lines += [f"  - deleted: {name}" for name in policies.deleted_members]
    for role, count in policies.unknown_roles.items():
        lines.append(f"- Unknown role {role}, {count} members: grants nothing.")
    if policies.conditional_bindings:
        lines.append(f"- {policies.conditional_bindings} bindings carry a condition; it is taken as always true.")
    if policies.files_elsewhere:
        shown = ", ".join(policies.files_elsewhere[:5])
        lines.append(f"- {len(policies.files_elsewhere)} policies lie in folders not read, such as {shown}.")
    return "## Left out of the policies, and why\n\n" + ("\n".join(lines) or "Nothing.") + "\n"


def _grants(grants: Grants, policies: Policies) -> str:
    rows: list[tuple[object, ...]] = [
        ("grants of single operations", _number(grants.grants)),
        ("median per identity", f"{grants.median_per_identity:g}"),
        (f"largest: {grants.largest_identity}", _number(grants.largest_grants)),
        ("resources it reaches", f"{_number(grants.largest_resources)} ({grants.largest_share:.0%} of all)"),
        ("trust policies (account, cluster)", _number(grants.attestations)),
    ]
    rows += [(f"grants of {name}", _number(count)) for name, count in grants.by_operation.items()]
    rows += [(f"openings by {name}", _number(count)) for name, count in grants.openings.items()]
    rows += [(f"accounts bound with {name}", _number(count)) for name, count in policies.impersonation.items()]
    return "## Grants and what they open\n\n" + _table(("what", "number"), rows)


def _jobs(jobs: Jobs | None) -> str:
    head = "## Jobs\n\n"
    if jobs is None:
        return head + "No list of jobs was given: there is no workload, and the scenario cannot be run.\n"
    lines = [
        f"{_number(jobs.jobs)} jobs, {_number(jobs.workloads)} of them workloads; "
        f"{_number(jobs.resolved)} resolve to a Google account. Left out, by reason (a job may have several; "
        "names in report.json):\n",
        *(f"- {_number(len(names))}: {reason}" for reason, names in jobs.left_out.items()),
    ]
    if jobs.minimum_interval:
        lines.append(f"\n{len(jobs.minimum_interval)} jobs give a minimum interval; it is read as an interval.")
    if jobs.assumed_account:
        lines.append(f"\n{len(jobs.assumed_account)} workloads run as the account **assumed** for their cluster.")
    if not jobs.workloads:
        lines.append("\nNo workload is left: the scenario cannot be run.")
    return head + "\n".join(lines) + "\n"


def _timings(timings: Timings | None, jobs: Jobs | None) -> str:
    head = "## Job durations\n\n"
    if timings is None:
        return head + "No timings were given: the task time is **assumed**.\n"
    dropped = "\n".join(f"- {_number(count)} dropped: {reason}" for reason, count in timings.dropped.items())
    joined = (
        "\n\nThese timings and this estate were put together by the importer. Unless both come from one organisation, "
        "no estate was measured that has both: it is a composition.\n"
    )
    return (
        f"{head}{_number(timings.n_rows)} rows, {_number(timings.n_used)} used: mean {timings.mean:.1f} s, median "
        f"{timings.median:.1f} s; {_number(timings.n_negative)} rows are below zero.\n\n{dropped}{joined}"
    )


def _parameters(parameters: Parameters) -> str:
    rows = list(_shares(parameters.kinds, parameters.values))
    head = "## Where the parameters come from\n\nA kind is one column of a table, or one number or list of numbers of "
    told = "scenario.yaml; a value is one filled cell or one number.\n\n"
    return head + told + _table(("origin", "kinds", "share", "values", "share"), rows)


def _shares(kinds: Mapping[str, int], values: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    for origin, count in kinds.items():
        of_kinds, of_values = count / sum(kinds.values()), values[origin] / sum(values.values())
        yield origin, count, f"{of_kinds:.0%}", _number(values[origin]), f"{of_values:.1%}"
