"""Distributions as scenario files write them, with their quantile function and known moments."""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from nhilab.base.quantities import NEVER, FloatArray, format_duration, parse_duration
from nhilab.scenario.keys import LENGTH, at_key, said


class Strict(BaseModel):
    """Base of every part of a scenario file: frozen, no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


def _finite(value: int) -> int:
    if value >= NEVER:
        raise ValueError("a finite length")
    return value


Duration = Annotated[
    int,
    BeforeValidator(parse_duration, json_schema_input_type=LENGTH),
    Field(description="A length such as 20ms, 15m, 1h30m, 7d; never where it has no end.", examples=["15m"]),
]
FiniteDuration = Annotated[Duration, AfterValidator(_finite)]
Probability = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, pattern=r"^[^\s*?]+$")]
Positive = Annotated[int, Field(ge=1)]


KINDS: Final = frozenset(
    {"constant", "exponential", "uniform", "lognormal", "quantiles", "geometric", "loguniform", "triangular"}
)
"""The key that names a distribution in a scenario file."""


class Constant(Strict):
    """Always the same length."""

    constant: Annotated[FiniteDuration, said("The length.", "50ms")]

    def quantile(self, u: FloatArray) -> FloatArray:
        """Value at probability u; shape of u, µs."""
        return np.full_like(u, float(self.constant))

    def moments(self) -> tuple[float, float]:
        """E[X] in µs and E[X²] in µs²."""
        return float(self.constant), float(self.constant) ** 2


class Exponential(Strict):
    """Exponential of the given mean."""

    exponential: Annotated[FiniteDuration, said("Its mean.", "200ms")]

    def quantile(self, u: FloatArray) -> FloatArray:
        """Value at probability u; shape of u, µs."""
        return -self.exponential * np.log1p(-u)

    def moments(self) -> tuple[float, float]:
        """E[X] in µs and E[X²] in µs²."""
        return float(self.exponential), 2.0 * float(self.exponential) ** 2


class Uniform(Strict):
    """Uniform between two lengths."""

    uniform: Annotated[tuple[FiniteDuration, FiniteDuration], said("The smaller length first.", ["1s", "5s"])]

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.uniform[0] > self.uniform[1]:
            found = " to ".join(map(format_duration, self.uniform))
            raise at_key("uniform", found, "the smaller length first")
        return self

    def quantile(self, u: FloatArray) -> FloatArray:
        """Value at probability u; shape of u, µs."""
        low, high = self.uniform
        return low + (high - low) * u

    def moments(self) -> tuple[float, float]:
        """E[X] in µs and E[X²] in µs²."""
        low, high = map(float, self.uniform)
        return (low + high) / 2, (low * low + low * high + high * high) / 3


class LognormalShape(Strict):
    """Median and the standard deviation of the logarithm."""

    median: Annotated[FiniteDuration, said("Half are shorter.", "1m")]
    sigma: Annotated[float, said("Standard deviation of the logarithm; 1 is wide.", 1, ge=0)]


class Lognormal(Strict):
    """Lognormal of the given median and sigma."""

    lognormal: Annotated[LognormalShape, said("Its shape.", {"median": "1m", "sigma": 1})]

    def quantile(self, u: FloatArray) -> FloatArray:
        """Value at probability u; shape of u, µs."""
        from scipy.special import ndtri  # a third of a second that reading a scenario does not need

        scaled: FloatArray = self.lognormal.median * np.exp(self.lognormal.sigma * ndtri(u))
        return scaled

    def moments(self) -> tuple[float, float]:
        """E[X] in µs and E[X²] in µs²."""
        median, variance = float(self.lognormal.median), self.lognormal.sigma**2
        return median * float(np.exp(variance / 2)), median**2 * float(np.exp(2 * variance))


class Quantiles(Strict):
    """Equally spaced quantiles from the least value to the largest, straight lines between them."""

    quantiles: Annotated[
        tuple[FiniteDuration, ...],
        said("In ascending order, least and largest included.", ["1s", "10s", "2m"], min_length=2),
    ]

    @model_validator(mode="after")
    def _ordered(self) -> Quantiles:
        if any(a > b for a, b in zip(self.quantiles, self.quantiles[1:], strict=False)):
            raise at_key("quantiles", "a shorter one after a longer one", "quantiles in ascending order")
        return self

    def quantile(self, u: FloatArray) -> FloatArray:
        """Value at probability u; shape of u, µs."""
        grid = np.linspace(0.0, 1.0, len(self.quantiles))
        return np.interp(u, grid, np.asarray(self.quantiles, dtype=np.float64))

    def moments(self) -> tuple[float, float]:
        """E[X] in µs and E[X²] in µs²."""
        a, b = (np.asarray(part, np.float64) for part in (self.quantiles[:-1], self.quantiles[1:]))
        return float(np.mean((a + b) / 2)), float(np.mean((a * a + a * b + b * b) / 3))


def _single_key(value: Any) -> str | None:
    if isinstance(value, dict) and len(value) == 1:
        return str(next(iter(value)))
    return next(iter(type(value).model_fields), None) if isinstance(value, Strict) else None


def _plain_constant(value: Any) -> Any:
    return value if isinstance(value, dict | Strict) else {"constant": value}


TimeDistribution = Annotated[
    Annotated[Constant, Tag("constant")]
    | Annotated[Exponential, Tag("exponential")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Lognormal, Tag("lognormal")]
    | Annotated[Quantiles, Tag("quantiles")],
    Discriminator(_single_key),
    BeforeValidator(_plain_constant),
]


class ConstantCount(Strict):
    """Always the same number."""

    constant: Annotated[int, said("The number.", 10, ge=1)]

    def quantile(self, u: FloatArray) -> FloatArray:
        """Number at probability u."""
        return np.full_like(u, float(self.constant))


class GeometricCount(Strict):
    """Geometric on 1, 2, … of the given mean."""

    geometric: Annotated[float, said("Its mean, at least 1.", 10, ge=1)]

    def quantile(self, u: FloatArray) -> FloatArray:
        """Number at probability u."""
        if self.geometric == 1:
            return np.ones_like(u)
        number: FloatArray = np.maximum(1.0, np.ceil(np.log1p(-u) / np.log1p(-1.0 / self.geometric)))
        return number


class UniformCount(Strict):
    """Uniform on the whole numbers from the first to the second, both included."""

    uniform: Annotated[
        tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]], said("First and last number.", [1, 10])
    ]

    def quantile(self, u: FloatArray) -> FloatArray:
        """Number at probability u."""
        low, high = self.uniform
        number: FloatArray = np.floor(low + (high - low + 1) * u)
        return number


CountDistribution = Annotated[
    Annotated[ConstantCount, Tag("constant")]
    | Annotated[GeometricCount, Tag("geometric")]
    | Annotated[UniformCount, Tag("uniform")],
    Discriminator(_single_key),
    BeforeValidator(_plain_constant),
]
