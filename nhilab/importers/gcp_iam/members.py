"""Who a binding names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """Kinds of members; only service accounts and workload identities are non-human identities here."""

    SERVICE_ACCOUNT = "service account"
    WORKLOAD_IDENTITY = "workload identity"
    CONVENIENCE = "convenience member"
    DELETED = "deleted member"
    GROUP = "group"
    USER = "user"
    DOMAIN = "domain"
    PUBLIC = "public"
    FEDERATED = "federated identity"
    OTHER = "other"


BASIC_ROLE: Final = {"projectOwner": "roles/owner", "projectEditor": "roles/editor", "projectViewer": "roles/viewer"}
"""The basic role a convenience member stands for."""

_WORKLOAD: Final = re.compile(r"serviceAccount:(?P<project>[^\[\]]+)\.svc\.id\.goog\[(?P<who>[^\[\]/]+/[^\[\]/]+)\]")
_AGENT: Final = re.compile(r"(service|project)-\d+@.+|\d+@(cloudservices|cloudbuild)\.gserviceaccount\.com")
_DEFAULT: Final = re.compile(r"(\d+)-[a-z0-9]+@developer\.gserviceaccount\.com")
_OF_PROJECT: Final = re.compile(
    r"[^@]+@(?P<own>[^@]+)\.iam\.gserviceaccount\.com|(?P<app>[^@]+)@appspot\.gserviceaccount\.com"
)
_KINDS: Final = {
    "serviceAccount": Kind.SERVICE_ACCOUNT, "group": Kind.GROUP, "user": Kind.USER, "domain": Kind.DOMAIN,
    "deleted": Kind.DELETED, "principal": Kind.FEDERATED, "principalSet": Kind.FEDERATED,
    "allUsers": Kind.PUBLIC, "allAuthenticatedUsers": Kind.PUBLIC, **dict.fromkeys(BASIC_ROLE, Kind.CONVENIENCE),
}  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A member of a binding.

    `name` is the e-mail of an account, ``NAMESPACE/NAME`` of a workload identity, the project of a convenience
    member, else the text after the prefix. `project` is the cluster's project of a workload identity, `role`
    the basic role of a convenience member; both are empty otherwise.
    """

    kind: Kind
    name: str
    project: str = ""
    role: str = ""


def parse_member(text: str) -> Member:
    """Member of an IAM binding, from its text.

    Examples
    --------
    >>> parse_member("serviceAccount:build.svc.id.goog[pods/runner]")
    Member(kind=<Kind.WORKLOAD_IDENTITY: 'workload identity'>, name='pods/runner', project='build', role='')
    """
    if match := _WORKLOAD.fullmatch(text):
        return Member(Kind.WORKLOAD_IDENTITY, match["who"], project=match["project"])
    prefix, _, name = text.partition(":")
    return Member(_KINDS.get(prefix, Kind.OTHER), name or text, role=BASIC_ROLE.get(prefix, ""))


def owner_of(email: str, project_of_number: Mapping[str, str]) -> str:
    """Who answers for an account: ``google`` for service agents, else its project, empty if unknown.

    Parameters
    ----------
    email : str
        The account.
    project_of_number : mapping of str to str
        Project ids of the export by project number, for default accounts named after the number.
    """
    if _AGENT.fullmatch(email):
        return "google"
    if match := _DEFAULT.fullmatch(email):
        return project_of_number.get(match[1], "")
    match = _OF_PROJECT.fullmatch(email)
    return (match["own"] or match["app"]) if match else ""
