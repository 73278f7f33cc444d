"""What a scenario file may say of a generated estate."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from nhilab.scenario.cron import parse_cron
from nhilab.scenario.distributions import FiniteDuration, Name, Positive, Probability, Strict

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

    sensitivity: Annotated[float, Field(gt=0, description="Weight in weighted reach; 1 is ordinary.")] = 1.0
    crown_jewel: Annotated[bool, Field(description="Counted by crown_jewel_probability.")] = False


class Environments(Strict):
    """Environments of one kind; each is itself a resource, and holds others."""

    count: Annotated[Positive, Field(description="How many there are.")]
    resources: Annotated[
        dict[Name, dict[Annotated[int, Field(ge=0)], Positive]],
        Field(
            description="By class, how many environments hold how many: {3: 120, 1: 13} is 3 in 120 of them and "
            "1 in 13; the rest hold none. Which ones is drawn."
        ),
    ] = {}
    place: Annotated[Name | None, Field(description="The place a cluster of theirs is, opened by `opens_place`.")] = (
        None
    )


class Access(Strict):
    """A role given on the resources of some environments."""

    role: Annotated[Name, Field(description="One of `roles`.")]
    environments: Annotated[
        Name,
        Field(alias="in", description="own: the account's home; all; or a kind of environments."),
    ] = "own"
    of: Annotated[Positive | None, Field(description="How many of these environments, drawn; all if not given.")] = None
    at_most: Annotated[
        Positive | None, Field(description="Resources of each class in each environment, drawn; all if not given.")
    ] = None


class Account(Strict):
    """Service accounts alike, one in each home."""

    homes: Annotated[
        dict[Name, Which],
        Field(
            min_length=1,
            description="By kind of environments, which ones have such an account: all, 11 (the first 11) or 52-73. "
            "Accounts given by the same numbers stand in the same environments.",
        ),
    ]
    each: Annotated[Positive, Field(description="Accounts in each home.")] = 1
    grants: Annotated[tuple[Access, ...], Field(description="What it may do.")] = ()
    mintable_from: Annotated[
        tuple[Name, ...],
        Field(description="Places its trust policy accepts beside those its workloads run at; own: its home's place."),
    ] = ()
    managed: Annotated[
        bool,
        Field(
            description="Responders can revoke it, and it is itself a resource of its home that others may work with."
        ),
    ] = True
    owner: Annotated[str, Field(description="Who answers for it; own: its home; empty if nobody.")] = "own"


class Workloads(Strict):
    """Workloads that run as accounts of one sort, with the mix of their schedules."""

    account: Annotated[Name, Field(description="One of `accounts`; several such accounts take turns.")]
    place: Annotated[Name, Field(description="Where they run.")]
    every: Annotated[
        dict[Period, Positive],
        WrapValidator(_each_once),
        Field(description="By period, how many run at it, at random phases."),
    ] = {}
    cron: Annotated[
        dict[Cron, Positive],
        Field(
            description="By cron expression, how many run by it. A field H is a value drawn for each workload, "
            "H/6 every sixth from a drawn start (as in Jenkins)."
        ),
    ] = {}
    share: Annotated[Probability, Field(description="Share of them that exist; which ones is drawn.")] = 1.0
    kind: Annotated[Literal["agent", "pipeline", "batch", "service"], Field(description="What they are.")] = "pipeline"
    profile: Annotated[Name, Field(description="One of the file's profiles.")] = "default"


class GeneratedEstate(Strict):
    """An estate drawn from figures measured on a real one: kinds of environments, accounts and workloads."""

    seed: Annotated[int, Field(ge=0, description="Which chance draws the estate; not the seed of a run.")]
    environment_class: Annotated[Name, Field(description="Class of the resource that an environment itself is.")] = (
        "project"
    )
    account_class: Annotated[Name, Field(description="Class of the resource a managed account is.")] = "service-account"
    classes: Annotated[dict[Name, ResourceClass], Field(description="What resources are worth, by class.")] = {}
    environments: Annotated[dict[Name, Environments], Field(min_length=1, description="Environments, by kind.")]
    roles: Annotated[
        dict[Name, dict[Name, Operations]], Field(min_length=1, description="Operations by class, for each role.")
    ]
    opens_account: Annotated[
        tuple[Name, ...], Field(description="Operations on an account's resource that let one mint for it.")
    ] = ("mint-token", "mint-key", "run-as", "admin")
    opens_place: Annotated[
        tuple[Name, ...], Field(description="Operations on an environment that give a foothold on its place.")
    ] = ("exec",)
    accounts: Annotated[dict[Name, Account], Field(min_length=1, description="Service accounts, by sort.")]
    workloads: Annotated[dict[Name, Workloads], Field(min_length=1, description="Workloads, by group.")]
