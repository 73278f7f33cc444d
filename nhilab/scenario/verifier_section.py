"""What a scenario file may say about verifiers: what stands between an issuer and the decision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from nhilab.base.quantities import format_duration
from nhilab.scenario.distributions import Duration, FiniteDuration, Name, Positive, Probability, Strict
from nhilab.scenario.keys import at_key, said


class Cache(Strict):
    """Keeps an answer. Expiry counts from when it was written, or from when it was last used (`access`)."""

    ttl: Annotated[FiniteDuration, said("How long an answer is kept.", "5m")]
    expiry: Annotated[
        Literal["write", "access"], said("From when that counts: the answer's fetch, or its last use.")
    ] = "write"
    tick: Annotated[
        FiniteDuration, said("A clock that counts whole ticks, as nginx counts seconds; 0 for none.", "1s")
    ] = 0
    checks_expiry: Annotated[bool, said("If false, it serves a verdict past the credential's expiry.", False)] = True
    stale_for: Annotated[
        FiniteDuration, said("A refresh in the background serves the old answer once more, so long.", "30s")
    ] = 0
    negative_ttl: Annotated[
        FiniteDuration | None, said("How long an answer that says dead is kept; ttl if not given.", "10s")
    ] = None

    @model_validator(mode="after")
    def _countable(self) -> Cache:
        if self.tick and self.expiry == "access":
            raise at_key("expiry", "access", "write, where a clock ticks")
        for key, length in (("ttl", self.ttl), ("negative_ttl", self.negative_ttl or 0)):
            if self.tick and length % self.tick:
                raise at_key(key, format_duration(length), f"a multiple of tick ({format_duration(self.tick)})")
        if self.stale_for and self.expiry == "access":
            raise at_key("stale_for", format_duration(self.stale_for), "0, where expiry counts from the last access")
        return self


class Poll(Strict):
    """Fetches the list of revocations at phase + any whole number of periods."""

    period: Annotated[FiniteDuration, said("How often it fetches.", "10m", gt=0)]
    phase: Annotated[FiniteDuration, said("When it first does.", "2m")] = 0


class Push(Strict):
    """Is told of each revocation after a delay, or never, if the message is lost."""

    delay: Annotated[FiniteDuration, said("How long the message takes.", "3s")] = 0
    loss_probability: Annotated[Probability, said("Chance that it is lost.", 0.05)] = 0.0


class Replica(Strict):
    """One of `n` copies of the issuer's state answers; the i-th lags i/n of `lag`."""

    lag: Annotated[FiniteDuration, said("Largest lag.", "2s")]
    n: Annotated[Positive, said("How many copies.", 3)] = 1


class Branch(Strict):
    """One layer: exactly one of cache, poll, push and replica."""

    cache: Annotated[Cache | None, said("It keeps answers.", {"ttl": "5m"})] = None
    poll: Annotated[Poll | None, said("It fetches a list of revocations.", {"period": "10m"})] = None
    push: Annotated[Push | None, said("It is told of revocations.", {"delay": "3s", "loss_probability": 0.05})] = None
    replica: Annotated[Replica | None, said("It asks a copy that lags.", {"lag": "2s", "n": 3})] = None

    @model_validator(mode="after")
    def _one(self) -> Branch:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError("exactly one of " + ", ".join(f.alias or n for n, f in type(self).model_fields.items()))
        return self


class Layer(Branch):
    """One layer between the issuer and the verifier's decision, or a first-of: alternatives of which one suffices."""

    first_of: Annotated[
        tuple[Branch, ...] | None,
        said("Alternatives side by side: the first to know suffices.",
             [{"push": {"delay": "3s"}}, {"cache": {"ttl": "5m"}}], alias="first-of", min_length=2),
    ] = None  # fmt: skip


class Verifier(Strict):
    """Who decides. Self-contained: signature and expiry only. Otherwise it asks the issuer, through its layers."""

    self_contained: Annotated[bool, said("Signature and expiry only: it never learns of a revocation.", True)] = False
    leeway: Annotated[FiniteDuration, said("Accepted past expiry, for clocks that differ.", "60s")] = 0
    session: Annotated[Duration, said("Access is checked at connect only; so long it stays open.", "1h")] = 0
    accepts_from: Annotated[Name | None, said("The only network it accepts; any if not given.", "office")] = None
    on_unreachable: Annotated[
        Literal["closed", "open", "stale"],
        said("What it does when it has to ask and cannot: refuse, accept, or serve its last answer."),
    ] = "closed"
    layers: Annotated[
        tuple[Layer, ...],
        said("What stands between the issuer and the decision, nearest the issuer first.", [{"cache": {"ttl": "5m"}}]),
    ] = ()

    @model_validator(mode="after")
    def _layers_ask(self) -> Verifier:
        if self.self_contained and self.layers:
            raise at_key("layers", f"{len(self.layers)} of them", "none on a self-contained verifier: it never asks")
        if self.on_unreachable == "stale" and not (self.layers and self.layers[-1].cache):
            raise at_key(
                "on_unreachable", "stale", "stale only where the last layer is a cache: it has the last answer"
            )
        return self

    @model_validator(mode="after")
    def _unchecked_caches_last(self) -> Verifier:
        unchecked = False
        for layer in self.layers:
            if any(branch.cache and not branch.cache.checks_expiry for branch in layer.first_of or ()):
                raise at_key("layers", "such a cache", "no cache with checks_expiry: false inside a first-of")
            if unchecked and layer.cache is None:
                raise at_key("layers", "another layer", "only caches after a cache with checks_expiry: false")
            unchecked = unchecked or (layer.cache is not None and not layer.cache.checks_expiry)
        return self
