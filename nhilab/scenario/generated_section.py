"""What a scenario file may say of a generated estate."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from nhilab.scenario.cron import parse_cron
from nhilab.scenario.distributions import FiniteDuration, Name, Positive, Probability, Strict
from nhilab.scenario.keys import said

_RANGE: Final = re.compile(r"[1-9]\d*-[1-9]\d*")
_DRAWN: Final = re.compile(r"H(/[1-9]\d*)?")


def _which(value: Any) -> tuple[int, int | None]:
    if value == "all":
        return 1, None
    if isinstance(value, str) and _RANGE.fullmatch(value):
        first, last = map(int, value.split("-"))
        if first <= last:
            return first, last
    elif isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return 1, value
    raise ValueError("all, a number for that many from the first, or a range such as 52-73")


def _cron(text: str) -> str:
    parse_cron(" ".join("1" if _DRAWN.fullmatch(field) else field for field in text.split()))
    return text


def _period(period: int) -> int:
    if period == 0:
        raise ValueError("a length above 0")
    return period


def _each_once(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    parsed = handler(value)
    if len(parsed) != len(value):
        raise ValueError("each length once")
    return parsed


Which = Annotated[
    tuple[int, int | None],
    BeforeValidator(_which, json_schema_input_type=int | str),
    Field(examples=["all", 11, "52-73"]),
]
Operations = Annotated[tuple[Name, ...], Field(min_length=1)]
Period = Annotated[FiniteDuration, AfterValidator(_period)]
Cron = Annotated[str, AfterValidator(_cron)]


class ResourceClass(Strict):
    """What every resource of a class is worth."""

    sensitivity: Annotated[float, said("Weight in weighted reach; 1 is ordinary.", 5, gt=0)] = 1.0
    crown_jewel: Annotated[bool, said("Counted by crown_jewel_probability.", True)] = False


class Environments(Strict):
    """Environments of one kind; each is itself a resource, and holds others."""

    count: Annotated[Positive, said("How many there are.", 258)]
    resources: Annotated[
        dict[Name, dict[Annotated[int, Field(ge=0)], Positive]],
        said(
            "By class, how many environments hold how many: {3: 120, 1: 13} is 3 in 120 of them and 1 in 13; the rest "
            "hold none. Which ones is drawn.",
            {"bucket": {3: 120, 1: 13}},
        ),
    ] = {}
    place: Annotated[Name | None, said("The place a cluster of theirs is, opened by `opens_place`.", "runner")] = None


class Access(Strict):
    """A role given on the resources of some environments."""

    role: Annotated[Name, said("One of `roles`.", "reader")]
    environments: Annotated[
        Name,
        said("own: the account's home; all; or a kind of environments.", "own", "all", alias="in"),
    ] = "own"
    of: Annotated[Positive | None, said("How many of these environments, drawn; all if not given.", 3)] = None
    at_most: Annotated[
        Positive | None, said("Resources of each class in each environment, drawn; all if not given.", 2)
    ] = None


class Account(Strict):
    """Service accounts alike, one in each home."""

    homes: Annotated[
        dict[Name, Which],
        said(
            "By kind of environments, which ones have such an account: all, 11 (the first 11) or 52-73. "
            "Accounts given by the same numbers stand in the same environments.",
            {"project": "all", "cluster": "52-73"},
            min_length=1,
        ),
    ]
    each: Annotated[Positive, said("Accounts in each home.", 2)] = 1
    grants: Annotated[tuple[Access, ...], said("What it may do.", [{"role": "reader", "in": "all", "of": 3}])] = ()
    mintable_from: Annotated[
        tuple[Name, ...],
        said("Places its trust policy accepts beside those its workloads run at; own: its home's place.", ["own"]),
    ] = ()
    managed: Annotated[
        bool,
        said("Responders can revoke it, and it is a resource of its home that others may work with.", False),
    ] = True
    owner: Annotated[str, said("Who answers for it; own: its home; empty if nobody.", "own")] = "own"


class Workloads(Strict):
    """Workloads that run as accounts of one sort, with the mix of their schedules."""

    account: Annotated[Name, said("One of `accounts`; several such accounts take turns.", "builder")]
    place: Annotated[Name, said("Where they run.", "runner")]
    every: Annotated[
        dict[Period, Positive],
        WrapValidator(_each_once),
        said("By period, how many run at it, at random phases.", {"15m": 12, "1d": 300}),
    ] = {}
    cron: Annotated[
        dict[Cron, Positive],
        said(
            "By cron expression, how many run by it. A field H is a value drawn for each workload, H/6 every sixth "
            "from a drawn start (as in Jenkins).",
            {"H H * * *": 20},
        ),
    ] = {}
    share: Annotated[Probability, said("Share of them that exist; which ones is drawn.", 0.5)] = 1.0
    kind: Annotated[Literal["agent", "pipeline", "batch", "service"], said("What they are.")] = "pipeline"
    profile: Annotated[Name, said("One of the file's profiles.", "default")] = "default"


class GeneratedEstate(Strict):
    """An estate drawn from figures measured on a real one: kinds of environments, accounts and workloads."""

    seed: Annotated[int, said("Which chance draws the estate; not the seed of a run.", 1, ge=0)]
    environment_class: Annotated[Name, said("Class of the resource that an environment itself is.", "project")] = (
        "project"
    )
    account_class: Annotated[Name, said("Class of the resource a managed account is.", "service-account")] = (
        "service-account"
    )
    classes: Annotated[
        dict[Name, ResourceClass], said("What resources are worth, by class.", {"secret": {"sensitivity": 5}})
    ] = {}
    environments: Annotated[
        dict[Name, Environments], said("Environments, by kind.", {"project": {"count": 258}}, min_length=1)
    ]
    roles: Annotated[
        dict[Name, dict[Name, Operations]],
        said("Operations by class, for each role.", {"reader": {"bucket": ["read"]}}, min_length=1),
    ]
    opens_account: Annotated[
        tuple[Name, ...], said("Operations on an account's resource that let one mint for it.", ["mint-token"])
    ] = ("mint-token", "mint-key", "run-as", "admin")
    opens_place: Annotated[
        tuple[Name, ...], said("Operations on an environment that give a foothold on its place.", ["exec"])
    ] = ("exec",)
    accounts: Annotated[
        dict[Name, Account],
        said("Service accounts, by sort.", {"builder": {"homes": {"project": "all"}}}, min_length=1),
    ]
    workloads: Annotated[
        dict[Name, Workloads],
        said("Workloads, by group.", {"nightly": {"account": "builder", "place": "runner"}}, min_length=1),
    ]
