"""What systems are documented, or were reported, to do, reproduced from their documented parameters.

Each test names its source. Sources that are among the recorded figures are looked up there: `FIGURES` below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from unit.engine.hand import TABLE, Call, Task, filled, previous, ran, seconds, stage

from nhilab.base.quantities import MINUTE, SECOND
from nhilab.lab import try_strategy
from nhilab.ledger.acceptance import honoured_until
from nhilab.ledger.passive import passive_until
from nhilab.ledger.tables import Ledger, Status
from scenarios import HOURLY, as_content, as_scenario

ENTRA_CAE = "MicrosoftDocs/entra-docs@016d85b:docs/identity/conditional-access/concept-continuous-access-evaluation.md"
API_GATEWAY = (
    "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/apigateway/aws.sdk.kotlin.services.apigateway.model/"
    "-authorizer/authorizer-result-ttl-in-seconds.html"
)
STS = (
    "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/sts/aws.sdk.kotlin.services.sts.model/"
    "-assume-role-request/duration-seconds.html"
)
FIGURES = [
    ("SPIRE", "JWT-SVID", "default_jwt_svid_ttl", 300, "spiffe/spire@ef8527e:doc/spire_server.md"),
    ("SPIRE", "rotation", "agent renewal point", None, "spiffe/spire@ef8527e:pkg/common/rotationutil/rotationutil.go"),
    ("AWS", "STS AssumeRole", "DurationSeconds min", 900, STS),
    ("AWS", "IAM", "eventual-consistency lag (measured)", 4, "https://www.isecurify.co/?p=2472"),
    ("AWS", "API Gateway REST Lambda authorizer", "result cache TTL default", 300, API_GATEWAY),
    ("HashiCorp Vault", "batch token", "revocation", None,
     "hashicorp/vault@049338b:website/content/docs/concepts/tokens.mdx"),
    ("Kubernetes", "kube-apiserver", "authentication-token-webhook-cache-ttl", 120,
     "kubernetes/kubernetes@013ea59:pkg/kubeapiserver/options/authentication.go"),
    ("Kubernetes", "bound SA token", "revocation by deleting pod/SA/secret", 60,
     "kubernetes/kubernetes@031075d:pkg/serviceaccount/claims.go"),
    ("Azure/Entra", "CAE", "critical-event revocation lag", 900, ENTRA_CAE),
    ("Azure/Entra", "access token under CAE", "lifetime", 100800, ENTRA_CAE),
    ("GitHub", "App installation token", "lifetime", 3600, "octokit/auth-app.js@fdf6833:README.md"),
    ("GitHub", "GITHUB_TOKEN (hosted runner)", "max lifetime", 21600,
     "https://docs.github.com/en/enterprise-cloud@latest/actions/concepts/security/github_token"),
]  # fmt: skip
"""System, mechanism, parameter, seconds and source of the recorded figures behind the tests of this file."""

ENDED = {"revoke": ["task-end"]}
JOB = [Task(0, [Call(takes=100)])]
"""A job of 100 seconds."""
BUCKET_ONLY = {"grants": [{"resources": ["bucket"]}]}
"""Grants behind one verifier, the gateway."""


def honoured(ledger: Ledger, credential: int = 0) -> float | None:
    """Until when some verifier honours a credential, in seconds."""
    return seconds(honoured_until(ledger))[credential]


def preset(name: str, **more: Any) -> dict[str, Any]:
    return {"preset": name} | more


@pytest.mark.parametrize(("system", "mechanism", "parameter", "value", "source"), FIGURES)
def test_a_source_cited_here_is_a_recorded_figure(
    shared_data: Path, system: str, mechanism: str, parameter: str, value: float | None, source: str
) -> None:
    rows = yaml.safe_load((shared_data / "credential_systems.yaml").read_text(encoding="utf-8"))
    (row,) = [r for r in rows if (r["system"], r["mechanism"], r["parameter"]) == (system, mechanism, parameter)]
    assert (row["value_seconds"], row["source"]) == (value, source)


STACKED: list[dict[str, Any]] = [
    {"poll": {"period": "10s"}}, {"cache": {"ttl": "60s"}}, {"cache": {"ttl": "30s"}},
]  # fmt: skip
"""A store's own cache of 10 s, filled at 0; then the iterator cache and the query cache."""


def test_access_revoked_after_a_second_is_given_until_66_s_through_stacked_caches() -> None:
    """OpenFGA, https://github.com/openfga/openfga/pull/2843 (description of 2025-12-08).

    Its parameters: a store behind a cache of 10 s, CheckIteratorCacheTTL = 60 s, CheckQueryCacheTTL = 30 s,
    CacheControllerTTL = 5 s. The store's cache is filled at 0 and the access is taken away at 1. At 5 the controller
    drops what is kept in memory, so the check at 6 asks the store, whose cache still says yes until 10: that answer
    is kept in memory and given until 66. Here the store's cache, asked at 0, is a poll; what the memory held until 5
    is left out, as nothing of it is left at 6.
    """
    taken_away = Task(0, [Call()], instance=1)
    checks = Task(0, [Call(takes=0, permission=TABLE), Call(6, 0), *[Call(1, 0)] * 70])
    failing = stage(on_expired="fail", **ENDED)
    ledger = ran([taken_away, checks], failing, sts={"revocation_unit": "identity"}, gateway={"layers": STACKED})
    accepted = ledger.calls.status[2:] == Status.DONE
    assert seconds(ledger.credentials.revoked_at)[1] == 1
    assert seconds(ledger.calls.arrived_at[2:][accepted]) == [float(at) for at in range(6, 66)]
    (refused,) = np.flatnonzero(ledger.calls.status == Status.REFUSED)
    assert seconds(ledger.calls.arrived_at[[refused]]) == [66]
    assert passive_until(ledger)[1, 0] == 66 * SECOND
    assert honoured_until(ledger)[1] >= 66 * SECOND


@pytest.mark.parametrize(("renew", "share"), [("on-use", 0.5), ({"ahead": 0.5, "jitter": 0}, 0.75)])
def test_renewal_at_half_life_lengthens_a_thiefs_mean_residual_from_a_half_to_three_quarters(
    renew: Any, share: float
) -> None:
    """SPIRE JWT SVIDs: five minutes, replaced at half their life (spiffe/spire, see `FIGURES`).

    A thief at a uniform instant finds one whose age is uniform on [0, T) without renewal, on [0, T/2) with it. The
    jitter of the documented renewal would move the mean by less than a thousandth of T; it is left out.
    """
    content = as_content(HOURLY)
    content["estate"]["workloads"]["agent"]["arrivals"] = {"every": "20s"}
    content["profiles"]["default"] = {"calls": 1, "call_time": "1s", "think_time": "0"}
    content["issuers"]["sts"] = preset("spire", service_time="0")
    kept = preset("spire-jwt", issuer="sts", issue_per="workload", renew=renew) | {"from": "attested"}
    content["strategies"] = {"kept": {"stages": [kept]}}
    content["verifiers"]["gateway"] = {"self_contained": True}
    trial = try_strategy(as_scenario(filled(content)), "kept", seed=1, campaigns=3000)
    residual = trial.observations["credential_residual_s"]
    error = 300 * (1 - share) / np.sqrt(3) / np.sqrt(residual.denominator)
    assert residual.denominator > 2500
    assert residual.numerator / residual.denominator == pytest.approx(300 * share, abs=4.5 * error)


@pytest.mark.parametrize(
    ("out_of_range", "lifetime", "hypothetical"), [({}, 300, True), ({"out_of_range": "clamp"}, 900, False)]
)
def test_sts_refuses_a_session_of_five_minutes_and_an_issuer_that_clamps_makes_it_fifteen(
    out_of_range: dict[str, str], lifetime: float, hypothetical: bool
) -> None:
    """AWS STS AssumeRole: DurationSeconds from 900 (see `FIGURES`)."""
    sts = preset("aws-sts", service_time="0", **out_of_range)
    ledger = ran(JOB, stage(ttl="5m"), sts=sts)
    assert ledger.stages.hypothetical.tolist() == [hypothetical]
    assert ledger.stages.asked_ttl.tolist() == [5 * MINUTE]
    assert seconds(ledger.credentials.expires_at) == [lifetime]


def test_revoking_a_roles_sessions_ends_every_session_given_before_within_seconds() -> None:
    """AWS: there is no revocation of one session; a deletion takes about 4 s to be known (see `FIGURES`)."""
    tasks = [Task(0, [Call(takes=100)]), Task(0, [Call(takes=3000)], instance=1), Task(200, [Call()])]
    ledger = ran(tasks, stage(ttl="1h", **ENDED), sts=preset("aws-sts", service_time="0"), gateway=preset("aws-iam"),
                 robot=BUCKET_ONLY)  # fmt: skip
    assert seconds(ledger.credentials.revoked_at) == [100, 100, 201]
    assert [honoured(ledger, c) for c in range(3)] == [104, 104, 205]


BATCH = preset("vault-batch-token", issue_per="task", ttl="1h", issuer="sts")
VAULT: dict[str, Any] = {
    "login": {"preset": "vault-service-token", "service_time": "0"},
    "sts": {"preset": "vault-batch-token", "service_time": "0"},
}
SERVICE = preset("vault-service-token", issue_per="task", issuer="login", ttl="2h", renew="on-use", **ENDED)


def test_an_orphan_batch_token_lives_to_its_expiry_whatever_is_revoked() -> None:
    """HashiCorp Vault: batch tokens are not individually revocable (see `FIGURES`); lag = remaining TTL for an orphan.

    Another workload's service token, and all it gave rise to, is revoked with its task meanwhile.
    """
    service = {"stages": [SERVICE | {"from": "attested"}]}
    ledger = ran([*JOB, Task(0, [Call(takes=50)], instance=2)], BATCH | ENDED | {"from": "attested"},
                 others={"service": service}, strategy={"mix": [{"strategy": "service", "workloads": ["batch"]}]},
                 **VAULT)  # fmt: skip
    batch, other = ledger.calls.credential.tolist()
    assert seconds(ledger.credentials.revoked_at[[batch, other]]) == [None, 50]
    assert honoured(ledger, batch) == 3600


def test_a_batch_token_that_has_a_parent_stops_working_when_that_is_revoked() -> None:
    """HashiCorp Vault: a batch token stops working when its parent, not an orphan's, is revoked (see `FIGURES`)."""
    two = [SERVICE | {"from": "attested"}, BATCH | {"from": "previous"}]
    ledger = ran(JOB, *two, **VAULT, robot=BUCKET_ONLY)
    assert seconds(ledger.credentials.revoked_at) == [100, 100] and honoured(ledger, 1) == 100


@pytest.mark.parametrize("crash_after", [-1, 1])
@pytest.mark.parametrize(("verifier", "lag"), [("kube-apiserver", 70), ("kube-apiserver-webhook-authn", 120)])
def test_the_token_of_a_pod_that_is_gone_is_honoured_as_long_as_the_api_server_takes_to_notice(
    verifier: str, lag: float, crash_after: int
) -> None:
    """Kubernetes: a minute of leeway and 10 s of success cache; or the webhook's 2 minutes (see `FIGURES`)."""
    ledger = ran([JOB[0]._replace(crash_after=crash_after)], stage(ttl="1h"), gateway=preset(verifier),
                 sts=preset("kubernetes-token-request", service_time="0"),
                 robot=BUCKET_ONLY)  # fmt: skip
    assert seconds(ledger.credentials.revoked_at) == [100] and honoured(ledger) == 100 + lag


def test_continuous_access_evaluation_ends_a_token_of_28_hours_sooner_than_expiry_one_of_an_hour() -> None:
    """Microsoft Entra: told within 15 minutes with it, not revocable before expiry without (see `FIGURES`)."""

    def job(name: str, ttl: str) -> Ledger:
        sts = preset(name, service_time="0")
        return ran(JOB, stage(ttl=ttl, **ENDED), sts=sts, gateway=preset(name), robot=BUCKET_ONLY)

    told, untold = job("entra-cae", "28h"), job("entra", "1h")
    assert honoured(told) == 100 + 15 * 60 and seconds(told.credentials.expires_at) == [28 * 3600]
    assert honoured(untold) == 3600 and seconds(untold.credentials.revocation_requested_at) == [None]


@pytest.mark.parametrize(("issuer", "asked", "until"), [
    ("github-app", {}, 3600), ("github-app", ENDED, 100), ("github-actions", {}, 100),
])  # fmt: skip
def test_an_installation_token_outlives_its_job_unless_it_is_revoked_and_a_jobs_own_does_not(
    issuer: str, asked: dict[str, Any], until: float
) -> None:
    """GitHub: an installation token lives an hour, whatever is asked; GITHUB_TOKEN ends with its job."""
    ledger = ran(JOB, stage(ttl="10m", **asked), sts=preset(issuer, service_time="0"), robot=BUCKET_ONLY)
    assert honoured(ledger) == until
    assert seconds(ledger.credentials.expires_at) == [3600 if issuer == "github-app" else 600]


def test_a_lambda_authorizers_answer_survives_a_revocation_for_the_caches_five_minutes() -> None:
    """API Gateway: authorizerResultTtlInSeconds is 300; a cached Allow survives token revocation (see `FIGURES`)."""
    calls = [Call(takes=0), *[Call(10, 0)] * 40]
    ledger = ran([Task(0, [Call()], instance=1), Task(0, calls)], stage(on_expired="fail", ttl="1h", **ENDED),
                 sts={"revocation_unit": "identity"}, gateway=preset("aws-api-gateway-authorizer"))  # fmt: skip
    mine = ledger.calls.task == 1
    arrived = ledger.calls.arrived_at[mine & (ledger.calls.status == Status.DONE)]
    assert seconds(ledger.credentials.revoked_at)[1] == 1
    assert seconds(arrived) == [10.0 * n for n in range(30)]
    assert seconds(ledger.calls.arrived_at[ledger.calls.status == Status.REFUSED]) == [300]


def test_what_a_chain_ends_with_its_parent_ends_at_the_parents_expiry_at_the_latest() -> None:
    """HashiCorp Vault: leases of a service token end with it (tokens.mdx, see `FIGURES`)."""
    vault = preset("vault-service-token", service_time="0")
    two = [stage(issuer="login", ttl="30m", issue_per="workload"), previous(issuer="sts", ttl="1h")]
    ledger = ran(JOB, *two, login=vault, sts=preset("vault-dynamic-secret", service_time="0"))
    assert seconds(ledger.credentials.expires_at) == [1800, 1800]
