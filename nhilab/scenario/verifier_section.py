"""What a scenario file may say about verifiers: what stands between an issuer and the decision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nhilab.scenario.distributions import Duration, FiniteDuration, Name, Positive, Probability, Strict


class Cache(Strict):
    """Keeps an answer. Expiry counts from when it was written, or from when it was last used (`access`)."""

    ttl: FiniteDuration
    expiry: Literal["write", "access"] = "write"
    tick: Annotated[FiniteDuration, Field(description="a clock that counts whole ticks, as nginx counts seconds")] = 0
    checks_expiry: Annotated[bool, Field(description="false: serves a verdict past the credential's expiry")] = True
    stale_for: Annotated[FiniteDuration, Field(description="refresh in the background serves the old answer once")] = 0
    negative_ttl: Annotated[FiniteDuration | None, Field(description="for answers that say dead; else ttl")] = None

    @model_validator(mode="after")
    def _countable(self) -> Cache:
        uneven = self.tick and (self.ttl % self.tick or (self.negative_ttl or 0) % self.tick)
        if uneven or (self.tick and self.expiry == "access"):
            raise ValueError("ttl and negative_ttl multiples of tick, with expiry after write")
        if self.stale_for and self.expiry == "access":
            raise ValueError("stale_for with expiry after write only")
        return self


class Poll(Strict):
    """Fetches the list of revocations at phase + any whole number of periods."""

    period: Annotated[FiniteDuration, Field(gt=0)]
    phase: FiniteDuration = 0


class Push(Strict):
    """Is told of each revocation after a delay, or never, if the message is lost."""

    delay: FiniteDuration = 0
    loss_probability: Probability = 0.0


class Replica(Strict):
    """One of `n` copies of the issuer's state answers; the i-th lags i/n of `lag`."""

    lag: FiniteDuration
    n: Positive = 1


class Branch(Strict):
    """One layer: exactly one of cache, poll, push and replica."""

    cache: Cache | None = None
    poll: Poll | None = None
    push: Push | None = None
    replica: Replica | None = None

    @model_validator(mode="after")
    def _one(self) -> Branch:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError("exactly one of " + ", ".join(f.alias or n for n, f in type(self).model_fields.items()))
        return self


class Layer(Branch):
    """One layer between the issuer and the verifier's decision, or a first-of: alternatives of which one suffices."""

    first_of: Annotated[tuple[Branch, ...] | None, Field(alias="first-of", min_length=2)] = None


class Verifier(Strict):
    """Who decides. Self-contained: signature and expiry only. Otherwise it asks the issuer, through its layers."""

    self_contained: bool = False
    leeway: FiniteDuration = 0
    session: Annotated[Duration, Field(description="access is checked at connect only; this long it stays open")] = 0
    accepts_from: Annotated[Name | None, Field(description="the only network it accepts")] = None
    on_unreachable: Literal["closed", "open", "stale"] = "closed"
    layers: tuple[Layer, ...] = ()

    @model_validator(mode="after")
    def _layers_ask(self) -> Verifier:
        if self.self_contained and self.layers:
            raise ValueError("no layers on a self-contained verifier: it never asks")
        if self.on_unreachable == "stale" and not (self.layers and self.layers[-1].cache):
            raise ValueError("on_unreachable: stale only where the last layer is a cache: it has the last answer")
        return self

    @model_validator(mode="after")
    def _unchecked_caches_last(self) -> Verifier:
        unchecked = False
        for layer in self.layers:
            if any(branch.cache and not branch.cache.checks_expiry for branch in layer.first_of or ()):
                raise ValueError("no cache with checks_expiry: false inside a first-of")
            if unchecked and layer.cache is None:
                raise ValueError("only caches after a cache with checks_expiry: false")
            unchecked = unchecked or (layer.cache is not None and not layer.cache.checks_expiry)
        return self
