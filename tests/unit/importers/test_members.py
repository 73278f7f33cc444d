"""Who a binding names."""

from __future__ import annotations

import pytest

from nhilab.importers.gcp_iam.members import Kind, Member, owner_of, parse_member


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("serviceAccount:a@p.iam.gserviceaccount.com", Member(Kind.SERVICE_ACCOUNT, "a@p.iam.gserviceaccount.com")),
        ("serviceAccount:p.svc.id.goog[ns/name]", Member(Kind.WORKLOAD_IDENTITY, "ns/name", project="p")),
        ("serviceAccount:example.com:p.svc.id.goog[n/k]", Member(Kind.WORKLOAD_IDENTITY, "n/k", "example.com:p")),
        ("projectEditor:p", Member(Kind.CONVENIENCE, "p", role="roles/editor")),
        ("group:g@example.org", Member(Kind.GROUP, "g@example.org")),
        ("user:u@example.org", Member(Kind.USER, "u@example.org")),
        ("allUsers", Member(Kind.PUBLIC, "allUsers")),
        ("allAuthenticatedUsers", Member(Kind.PUBLIC, "allAuthenticatedUsers")),
        ("deleted:serviceAccount:a@p?uid=1", Member(Kind.DELETED, "serviceAccount:a@p?uid=1")),
        ("principalSet://iam.googleapis.com/x", Member(Kind.FEDERATED, "//iam.googleapis.com/x")),
        ("martian", Member(Kind.OTHER, "martian")),
    ],
)
def test_every_form_of_member_is_told_apart(text: str, member: Member) -> None:
    assert parse_member(text) == member


@pytest.mark.parametrize(
    ("email", "owner"),
    [
        ("build@shop.iam.gserviceaccount.com", "shop"),
        ("shop@appspot.gserviceaccount.com", "shop"),
        ("42-compute@developer.gserviceaccount.com", "shop"),
        ("43-compute@developer.gserviceaccount.com", ""),
        ("service-42@compute-system.iam.gserviceaccount.com", "google"),
        ("service-42@gcp-sa-pubsub.iam.gserviceaccount.com", "google"),
        ("42@cloudservices.gserviceaccount.com", "google"),
        ("42@cloudbuild.gserviceaccount.com", "google"),
        ("project-42@storage-transfer-service.iam.gserviceaccount.com", "google"),
    ],
)
def test_service_agents_belong_to_google_and_other_accounts_to_their_project(email: str, owner: str) -> None:
    assert owner_of(email, {"42": "shop"}) == owner
