"""What the estate section of a scenario file may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from nhilab.base.quantities import NEVER
from nhilab.scenario.distributions import Duration, Name, Positive, Probability, Strict
from nhilab.scenario.generated_section import GeneratedEstate
from nhilab.scenario.keys import at_key, said
from nhilab.scenario.workload_section import Workload


class Operation(Strict):
    """What performing an operation opens; identities also by pattern (``*`` and ``?`` as in a shell)."""

    opens_places: Annotated[tuple[Name, ...], said("Places on which it gives a foothold.", ["runner"])] = ()
    opens_identities: Annotated[tuple[str, ...], said("Identities it lets one mint for.", ["deployer", "sa-*"])] = ()
    plants: Annotated[tuple[str, ...], said("Identities it creates lasting keys or grants of.", ["deployer"])] = ()
    when: Annotated[
        Literal["now", "next-task"], said("Whether a place is opened at once, or by the next task that starts there.")
    ] = "now"


class Resource(Strict):
    """Something a credential opens; `count` makes that many alike, named NAME-1, NAME-2, …"""

    resource_class: Annotated[
        Name,
        said("Its class, by which scopes and issuers tell resources apart.", "object-store", "database", alias="class"),
    ]
    verifier: Annotated[Name, said("One of `verifiers`: who decides whether a credential is accepted.", "gateway")]
    environment: Annotated[Name, said("Project, account or stage it belongs to.", "production")] = "default"
    count: Annotated[Positive, said("How many alike, named NAME-1, NAME-2, ….", 8)] = 1
    sensitivity: Annotated[float, said("Weight in weighted reach; 1 is ordinary.", 5, gt=0)] = 1.0
    crown_jewel: Annotated[bool, said("Counted by crown_jewel_probability.", True)] = False
    place: Annotated[Name | None, said("Shared place where the credentials presented to it remain.", "tool-server")] = (
        None
    )
    operations: Annotated[
        dict[Name, Operation],
        said("What can be done with it, and what that opens.", {"read": {}, "exec": {"opens_places": ["runner"]}}),
    ] = {"read": Operation(), "write": Operation()}


class Grant(Strict):
    """Operations on the resources whose names match a pattern (``*`` and ``?`` as in a shell)."""

    resources: Annotated[tuple[str, ...], said("Names or patterns of resources.", ["orders", "logs-*"])]
    operations: Annotated[tuple[str, ...], said("Names or patterns of operations.", ["read"])] = ("*",)


class Identity(Strict):
    """A service account. Without `mintable_from` its trust policy accepts the places its workloads run at."""

    grants: Annotated[
        tuple[Grant, ...], said("What it may do.", [{"resources": ["orders"], "operations": ["read"]}])
    ] = ()
    mintable_from: Annotated[
        tuple[Name, ...] | None,
        said("Places its trust policy accepts; [] for none, and if not given, where its workloads run.", ["runner"]),
    ] = None
    visible: Annotated[bool, said("Responders know of it, and can revoke it.", False)] = True
    owner: Annotated[str, said("Team that answers for it; if empty, triage takes longer.", "payments-team")] = ""


class Place(Strict):
    """Where credentials lie and can be taken."""

    kind: Annotated[Name, said("What it is: runner, host, disk-cache, queue, log or secret-store.", "runner")] = "host"
    isolation: Annotated[
        Literal["shared", "slot", "task"], said("What one foothold holds: all of it, one slot, or one running task.")
    ] = "shared"
    slots: Annotated[Positive | None, said("Tasks that can run at once; no limit if not given.", 40)] = None
    inside: Annotated[Name | None, said("Shared place that holds this one.", "cluster")] = None
    residue: Annotated[Duration, said("How long a copy remains after its owner ended.", "10m", "never")] = 0
    log: Annotated[Name | None, said("Shared place where printed credentials lie.", "build-log")] = None
    logs_token_probability: Annotated[Probability, said("Chance that a call prints its credential.", 0.001)] = 0.0
    network: Annotated[str, said("Network it stands in; verifiers may accept one only.", "office")] = ""
    scanner_delay: Annotated[
        Duration, said("Of a log: until a scanner has what it finds revoked; never if there is none.", "5m")
    ] = NEVER


class Standing(Strict):
    """A credential that no strategy manages: an orphan, a break-glass or a third party's key, with all grants."""

    identity: Annotated[Name, said("One of `identities`, whose grants it carries.", "deployer")]
    places: Annotated[tuple[Name, ...], said("Where it lies.", ["laptop"], min_length=1)]
    ttl: Annotated[Duration, said("Its lifetime from the start.", "90d", "never")] = NEVER
    binding: Annotated[
        Literal["bearer", "exportable-key", "non-exportable", "brokered"], said("What using it takes, as in a stage.")
    ] = "bearer"


class EstateSection(Strict):
    """What exists: listed here, read from CSV tables, or generated."""

    resources: Annotated[
        dict[Name, Resource],
        said("What credentials open, by name.", {"orders": {"class": "database", "verifier": "gateway"}}),
    ] = {}
    identities: Annotated[
        dict[Name, Identity], said("Service accounts, by name.", {"deployer": {"grants": [{"resources": ["orders"]}]}})
    ] = {}
    workloads: Annotated[
        dict[Name, Workload],
        said("Software that makes calls, by name.",
             {"deploy": {"identity": "deployer", "place": "runner", "arrivals": {"rate": "12/h"}}}),
    ] = {}  # fmt: skip
    places: Annotated[
        dict[Name, Place],
        said("Where things run, and credentials lie, by name.", {"runner": {"isolation": "slot", "slots": 4}}),
    ] = {}
    standing: Annotated[
        dict[Name, Standing],
        said(
            "Credentials that no strategy manages, by name.",
            {"old-key": {"identity": "deployer", "places": ["laptop"]}},
        ),
    ] = {}
    tables: Annotated[str | None, said("Folder of CSV tables, relative to this file, instead of lists.", "tables")] = (
        None
    )
    generated: Annotated[
        GeneratedEstate | None,
        said("An estate drawn from measured figures, instead of lists.", {
            "seed": 1, "environments": {"project": {"count": 3, "resources": {"bucket": {2: 3}}}},
            "roles": {"reader": {"bucket": ["read"]}},
            "accounts": {"reader": {"homes": {"project": "all"}, "grants": [{"role": "reader"}]}},
            "workloads": {"nightly": {"account": "reader", "place": "runner", "every": {"1d": 3}}},
        }),
    ] = None  # fmt: skip
    verifier_by_class: Annotated[
        dict[Name, Name],
        said("Of resources in tables or generated: who decides, by class or `default`.", {"default": "gateway"}),
    ] = {}
    scale: Annotated[int, said("Instances of every workload are multiplied by it.", 10, ge=1)] = 1

    @model_validator(mode="after")
    def _one(self) -> EstateSection:
        listed = bool(self.resources or self.identities or self.workloads)
        given = [name for name in ("tables", "generated") if getattr(self, name) is not None]
        if listed and given:
            raise at_key(given[0], "lists beside it", "no resources, identities and workloads where there are others")
        if listed + len(given) != 1:
            raise ValueError("exactly one of: resources, identities and workloads; tables; generated")
        return self
