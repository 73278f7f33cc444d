"""What the scenarios of the library show: one sentence each, and the comparisons that it stands on.

The README prints the sentences; ``tests/reference/test_scenario_library.py`` checks the comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Less:
    """A metric is less under one strategy than under another: the 95 % interval of the difference lies below 0.

    Differences are paired by replication. ``strategy @ way in`` reads the campaigns of one way in.
    """

    metric: str
    less: str
    more: str


@dataclass(frozen=True)
class Same:
    """A metric hardly differs: the 95 % interval of the difference is within this share of the other's mean of 0."""

    metric: str
    one: str
    other: str
    within: float = 0.0


@dataclass(frozen=True)
class Shown:
    """What a scenario shows, how that is checked, and words of the file that name its mechanism."""

    sentence: str
    claims: tuple[Less | Same, ...]
    mechanism: tuple[str, ...]


LIBRARY: dict[str, Shown] = {
    "one-off-call": Shown(
        "The shortest lifetime costs a one-off call nothing, neither issuances nor latency, and every longer one only "
        "helps thieves.",
        (
            Less("access_window_s", "ttl-1m", "ttl-15m"),
            Less("access_window_s", "ttl-15m", "ttl-1h"),
            Less("access_window_s", "ttl-1h", "ttl-12h"),
            Same("issuances_per_task", "ttl-1m", "ttl-12h"),
            Same("added_latency_s", "ttl-1m", "ttl-12h"),
            Same("failed_task_share", "ttl-1m", "ttl-12h"),
        ),
        ("isolation: task", "on_expired: fail"),
    ),
    "queued-batch": Shown(
        "Messages outlive short lifetimes: the shorter, the more batches fail, unless consumers log in themselves for "
        "each message that waited too long.",
        (
            Less("failed_task_share", "ttl-12h", "ttl-1h"),
            Less("failed_task_share", "ttl-1h", "ttl-15m"),
            Less("failed_task_share", "ttl-15m-reissue", "ttl-15m"),
            Less("issuances_per_task", "ttl-15m", "ttl-15m-reissue"),
            Less("access_window_s", "ttl-15m-reissue", "ttl-12h"),
        ),
        ("queue:", "carries: credential", "on_expired: reissue"),
    ),
    "autonomous-agent": Shown(
        "No lifetime stops a call that is out of plan; deciding each request does, and adds more latency than even "
        "one-minute tokens.",
        (
            Same("denied_call_share", "ttl-1m", "ttl-12h"),
            Less("denied_call_share", "ttl-1m", "per-request"),
            Less("added_latency_s", "ttl-1m", "per-request"),
            Less("issuances_per_task", "ttl-1h", "ttl-1m"),
            Less("access_window_s", "ttl-1m", "ttl-1h"),
        ),
        ("drift_probability",),
    ),
    "multi-hop-agents": Shown(
        "A forwarded token gives whoever reads the helper's log all that the planner may do; an exchanged one gives "
        "less than the helper's own account.",
        (
            Less("reach", "own", "forward"),
            Less("reach", "exchange", "own"),
            Less("reach", "own @ log", "forward @ log"),
            Less("reach", "exchange @ log", "own @ log"),
            Less("crown_jewel_probability", "own", "forward"),
            Same("reach", "exchange @ dependency", "own @ dependency"),
            Less("issuances_per_task", "forward", "exchange"),
        ),
        ("delegates_to", "delegation: forward", "delegation: exchange"),
    ),
    "session-or-per-call": Shown(
        "A token for each call shrinks what a transcript leaks, and for how long; a decision on each request stops "
        "calls that are out of plan. Neither does the other's work, and a thief inside the agent mints anyway.",
        (
            Less("reach", "per-call @ transcript", "session @ transcript"),
            Less("access_window_s", "per-call", "session"),
            Same("denied_call_share", "per-call", "session"),
            Less("denied_call_share", "session", "per-request"),
            Same("reach", "per-request", "session"),
            Same("reach", "per-call @ dependency", "session @ dependency"),
            Less("decisions_per_call", "session", "per-request"),
            Less("added_latency_s", "per-call", "per-request"),
        ),
        ("authorize:", "issue_per: call", "drift_probability"),
    ),
    "hijacked-agent": Shown(
        "Neither short tokens nor a closed network hold a hijacked agent, which acts from inside; deciding each call "
        "does, as well as it is decided. Against a leaked token it is the other way round.",
        (
            Same("reach", "per-call @ hijacked", "session @ hijacked"),
            Same("access_window_s", "per-call @ hijacked", "session @ hijacked", within=0.05),
            Same("reach", "session @ closed-hijacked", "session @ hijacked", within=0.2),
            Less("reach", "decided @ hijacked", "decided-loosely @ hijacked"),
            Less("reach", "decided-loosely @ hijacked", "session @ hijacked"),
            Less("crown_jewel_probability", "decided @ hijacked", "session @ hijacked"),
            Same("reach", "decided @ transcript", "session @ transcript"),
            Same("access_window_s", "decided @ transcript", "session @ transcript", within=0.01),
            Less("reach", "per-call @ transcript", "session @ transcript"),
            Less("access_window_s", "per-call @ transcript", "session @ transcript"),
            Less("access_window_s", "session @ closed-transcript", "session @ transcript"),
            Less("added_latency_s", "per-call", "decided"),
        ),
        ("takes: nothing", "accepts_from", "authorize:", "false_allow_probability"),
    ),
    "runner-cache": Shown(
        "Isolation decides how many teams a thief reaches, lifetime for how long; where runners are reused without a "
        "wipe, a short lifetime does part of isolation's work, on shared ones none.",
        (
            Less("reach", "cached-secret @ fresh", "cached-secret @ reused"),
            Less("reach", "per-job-5m @ fresh", "per-job-5m @ shared"),
            Less("reach", "per-job-5m @ reused", "per-job-1h @ reused"),
            Same("reach", "per-job-5m @ shared", "cached-secret @ shared"),
            Less("access_window_s", "per-job-5m", "per-job-1h"),
            Less("access_window_s", "per-job-1h", "cached-secret"),
        ),
        ("residue", "isolation: shared", "isolation: slot", "isolation: task"),
    ),
    "shared-account": Shown(
        "An account for each workload buys no reach while grants are copied, and multiplies standing privilege; with "
        "the grants that are used, a thief reaches a fraction.",
        (
            Same("reach", "own-copied", "shared"),
            Less("standing_privilege", "shared", "own-copied"),
            Less("reach", "own-used", "own-copied"),
            Less("crown_jewel_probability", "own-used", "shared"),
            Less("policies_to_operate", "shared", "own-used"),
        ),
        ("identities: per-workload", "grants: copied", "grants: used"),
    ),
    "slow-revocation": Shown(
        "Revoking at the task's end helps, but behind caches and messages that may be lost a five-minute token dies "
        "sooner than a revoked one; both together do best.",
        (
            Less("overhang_s", "revoked-1h", "unrevoked-1h"),
            Less("overhang_s", "short-5m", "revoked-1h"),
            Less("overhang_s", "short-and-revoked", "short-5m"),
            Less("exposure_window_s", "short-5m", "revoked-1h"),
            Less("exposure_window_s", "short-5m @ caches", "revoked-1h @ caches"),
            Less("exposure_window_s", "short-5m @ messages", "revoked-1h @ messages"),
            Less("proof_of_death_share", "short-5m", "short-and-revoked"),
        ),
        ("cache:", "opa-bundle", "loss_probability", "revoke: [task-end]"),
    ),
    "bootstrap-secret": Shown(
        "A lasting secret makes its 15-minute tokens as bad as the secret. Rotating it bounds the window; attestation, "
        "or a key that cannot leave the host, restores the 15 minutes.",
        (
            Same("access_window_s", "secret-then-15m", "secret"),
            Same("unbounded_share", "secret-then-15m", "secret"),
            Less("access_window_s", "rotated-then-15m", "secret-then-15m"),
            Less("access_window_s", "attested-15m", "rotated-then-15m"),
            Same("access_window_s", "key-bound-then-15m", "attested-15m", within=0.05),
            Less("standing_privilege", "attested-15m", "secret-then-15m"),
        ),
        ("from: standing", "from: previous", "from: attested"),
    ),
    "assertion-to-session": Shown(
        "The window is the session's, not the assertion's: a five-minute assertion bounds nothing unless the session "
        "is as short, or ends with it.",
        (
            Less("exposure_window_s", "session-1h", "session-12h"),
            Less("exposure_window_s", "session-5m", "session-1h"),
            Less("exposure_window_s", "session-12h-cascading", "session-12h"),
            Same("exposure_window_s", "session-12h-cascading", "session-5m", within=0.05),
            Less("issuances_per_task", "session-12h", "session-12h-cascading"),
        ),
        ("spire-jwt", "from: previous", "cascade: true"),
    ),
    "copied-secret": Shown(
        "Adding keys does nothing about a forgotten copy; rotation helps once the old key is revoked; a task's token "
        "leaves no copy to find.",
        (
            Same("access_window_s", "key-added", "lasting-key"),
            Less("access_window_s", "key-replaced", "key-added"),
            Less("unbounded_share", "key-replaced", "key-added"),
            Less("theft_probability", "per-task", "key-replaced"),
        ),
        ("copies_to", "rotated: false", "revoke: [renewal]"),
    ),
    "tool-server": Shown(
        "What an agent shows to a tool server is what the server's thief gets: exchange at the next hop changes "
        "nothing, a token for this server alone, or one bound to a key, does.",
        (
            Same("reach", "wide-exchanged", "wide-own"),
            Same("reach", "wide-forwarded", "wide-own"),
            Less("reach", "narrow-own", "wide-own"),
            Less("crown_jewel_probability", "narrow-own", "wide-exchanged"),
            Less("reach", "wide-bound", "narrow-own"),
            Less("policies_to_operate", "wide-own", "narrow-own"),
        ),
        ("place: tool-server", "scope: [resource]", "delegation: exchange", "exportable-key"),
    ),
    "four-controls": Shown(
        "Each control does its own work: expiry against a thief who mints, scope and binding against a leaked copy, "
        "revocation against what the task leaves. Together they leave least.",
        (
            Less("access_window_s", "short-expiry @ dependency", "fast-revocation @ dependency"),
            Less("reach", "narrow-scope @ log", "short-expiry @ log"),
            Less("access_window_s", "bound-key @ log", "narrow-scope @ log"),
            Less("overhang_s", "fast-revocation", "short-expiry"),
            Less("resource_seconds", "all-four", "short-expiry"),
            Less("resource_seconds", "short-expiry", "baseline"),
            Less("resource_seconds", "narrow-scope", "baseline"),
            Less("resource_seconds", "fast-revocation", "baseline"),
            Less("resource_seconds", "bound-key", "baseline"),
        ),
        ("ttl: 5m", "scope: [resource, operation]", "revoke: [task-end]", "binding: non-exportable"),
    ),
    "detectable-misuse": Shown(
        "Misuse that shows ends nothing without revocation, and revocation waits for misuse that shows; a short life "
        "needs neither. A leaked token of narrow scope reaches little, and shows nothing.",
        (
            Same("access_window_s", "visible-misuse", "baseline", within=0.01),
            Less("access_window_s", "visible-and-revoked", "fast-revocation"),
            Less("access_window_s", "fast-revocation", "baseline"),
            Less("access_window_s", "short-expiry", "visible-and-revoked"),
            Less("cache_or_session_s", "all-four", "visible-and-revoked"),
            Less("residual_lifetime_s", "visible-and-revoked", "short-expiry"),
            Less("reach", "narrow-scope @ log", "visible-and-revoked @ log"),
            Less("access_window_s", "visible-and-revoked @ log", "visible-revoked-narrow @ log"),
            Same("access_window_s", "visible-revoked-narrow @ log", "baseline @ log", within=0.01),
            Less("resource_seconds", "all-four", "visible-revoked-narrow"),
            Less("resource_seconds", "all-four", "short-expiry"),
            Less("resource_seconds", "visible-revoked-narrow", "fast-revocation"),
        ),
        ("detection:", "identities: per-workload", "revocation_unit: none", "scope: [resource, operation]"),
    ),
    "unseen-accounts": Shown(
        "Short tokens end the managed way in within minutes and change nothing for whoever finds the forgotten key, "
        "which opens the managed account, too.",
        (
            Less("access_window_s", "per-call-1m @ dependency", "lasting-key @ dependency"),
            Same("unbounded_share", "per-call-1m @ old-host", "lasting-key @ old-host"),
            Same("reach", "per-call-1m @ old-host", "lasting-key @ old-host"),
            Less("reach", "per-call-1m @ dependency", "per-call-1m @ old-host"),
            Less("unbounded_share", "per-call-1m", "lasting-key"),
        ),
        ("standing:", "opens_identities"),
    ),
    "issuer-outage": Shown(
        "Outages fail tasks that live on short tokens. An hour's token renewed at half its life fails no more than "
        "twelve hours do; verifiers that fail open honour what was revoked.",
        (
            Less("failed_task_share", "ttl-1h", "ttl-5m"),
            Same("failed_task_share", "ttl-1h-ahead", "ttl-12h", within=0.1),
            Less("access_window_s", "ttl-1h-ahead", "ttl-12h"),
            Less("added_latency_s", "ttl-1h-ahead", "ttl-5m"),
            Less("exposure_window_s", "per-task-revoked @ strict", "per-task-revoked @ lenient"),
        ),
        ("outages:", "timeout:", "on_unreachable: open", "on_unreachable: closed"),
    ),
    "partial-adoption": Shown(
        "On isolated runners every workload that adopts counts; on a shared one next to nothing is gained until the "
        "last lasting key is gone.",
        (
            Same("unbounded_share", "adopted-75 @ host", "adopted-0 @ host"),
            Less("unbounded_share", "adopted-100 @ host", "adopted-75 @ host"),
            Less("unbounded_share", "adopted-25 @ alone", "adopted-0 @ alone"),
            Less("unbounded_share", "adopted-75 @ alone", "adopted-25 @ alone"),
            Less("unbounded_share", "adopted-100", "adopted-75"),
        ),
        ("mix:", "share: 0.25", "share: 0.75"),
    ),
    "ways-in": Shown(
        "Tokens of a task's own leave nothing on disk or in stores and shorten what jobs give away. Binding works "
        "against logs and queues alone, deciding against a hijacked agent alone; an insider's key and a signing key "
        "reach as far under each of them.",
        (
            Less("theft_probability", "per-task-15m @ disk-cache", "session-12h @ disk-cache"),
            Less("theft_probability", "per-task-15m @ secret-store", "session-12h @ secret-store"),
            Less("theft_probability", "session-12h @ standing-secret", "lasting-key @ standing-secret"),
            Less("access_window_s", "per-task-15m @ dependency", "session-12h @ dependency"),
            Less("access_window_s", "per-call-1m @ dependency", "per-task-15m @ dependency"),
            Less("access_window_s", "per-call-1m @ poisoned-cache", "session-12h @ poisoned-cache"),
            Less("access_window_s", "per-call-1m @ log-leak", "per-task-15m @ log-leak"),
            Less("reach", "bound-15m @ log-leak", "per-call-1m @ log-leak"),
            Less("reach", "bound-15m @ queue-reader", "per-task-15m @ queue-reader"),
            Same("access_window_s", "bound-15m @ runner-dump", "per-task-15m @ runner-dump"),
            Same("access_window_s", "bound-15m @ dependency", "per-task-15m @ dependency"),
            Same("access_window_s", "bound-15m @ poisoned-cache", "per-task-15m @ poisoned-cache"),
            Less("reach", "decided-15m @ hijacked-agent", "per-task-15m @ hijacked-agent"),
            Same("reach", "per-call-1m @ hijacked-agent", "lasting-key @ hijacked-agent"),
            Same("reach", "decided-15m @ dependency", "per-task-15m @ dependency"),
            Same("unbounded_share", "per-call-1m @ insider", "lasting-key @ insider"),
            Same("reach", "per-call-1m @ insider", "lasting-key @ insider"),
            Same("reach", "per-call-1m @ signing-key", "session-12h @ signing-key"),
            Less("reach", "lasting-key @ signing-key", "per-call-1m @ signing-key"),
        ),
        ("timing: next-task", "timing: holds", "timing: signs", "resident: true", "takes: nothing"),
    ),
}
"""By name of the file, in the order of the README."""

GROUND: dict[str, str] = {
    "ci-estate": "The front page: lifetime works on what was stolen, broken impersonation cycles on the rest.",
    "base": "What the others extend: one workload, one host, the usual hour.",
}
"""Files that are no part of the library: the large estate, and what the library shares."""
