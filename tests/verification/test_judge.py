"""The judge itself: what it must let pass, and what it must refuse."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from nhilab.base.streams import stream
from nhilab.engine import copies, copies_elsewhere, stations
from nhilab.engine.stays import Scene, Stays
from nhilab.ledger import acceptance
from nhilab.study.verify import caches, reach, residual
from nhilab.study.verify.check import Check, CheckResult, Evidence, judge
from nhilab.study.verify.run import CHECKS, verify


def unseen(*_: object) -> Evidence:
    raise AssertionError("judged from evidence alone")


CHECK = Check("name", "claim", "s", unseen)


def judged(evidence: Evidence, n_checks: int = 20) -> CheckResult:
    return judge(CHECK, evidence, n_checks=n_checks)


def named(name: str) -> Check:
    return next(check for check in CHECKS if check.name == name)


def test_the_limit_holds_its_false_alarm_rate() -> None:
    # 1e-4 over a hundredth of a check is 1 % for this one: about 40 of 4000 replications of a true theory.
    chance = stream(5, "judge", "true")
    alarms = sum(not judged(Evidence(3.0, chance.normal(3.0, 1.0, 12)), 1).agrees for _ in range(4000))
    assert alarms <= 3
    z = [judged(Evidence(3.0, chance.normal(3.0, 1.0, 12)), 1).z for _ in range(4000)]
    assert 0.035 < np.mean(np.abs(z) > 2.2010) < 0.065, "Student's t with 11 degrees of freedom, 5 %"


def test_a_theory_far_off_is_refused() -> None:
    values = stream(5, "judge", "far").normal(3.0, 0.01, 40)
    assert judged(Evidence(3.0, values)).verdict == "agrees"
    assert judged(Evidence(3.1, values)).verdict == "differs"


def test_too_few_replications_are_too_weak() -> None:
    found = judged(Evidence(3.0, stream(5, "judge", "weak").normal(3.0, 1.0, 40)))
    assert found.agrees and not found.passed and found.verdict == "too weak"


def test_values_without_any_chance_are_judged_too() -> None:
    assert judged(Evidence(3.0, np.full(9, 3.0))).passed
    assert judged(Evidence(3.0, np.full(9, 1.0))).verdict == "differs"


def test_a_ratio_weighs_replications_by_their_size() -> None:
    found = judged(Evidence(2.0, np.array([1.0, 30.0, 9.0]), np.array([1.0, 10.0, 9.0])))
    assert found.estimate == pytest.approx(2.0) and found.z == pytest.approx(0.0)


def test_controls_narrow_the_error_and_leave_the_mean() -> None:
    chance = stream(5, "judge", "controls")
    controls = chance.normal(0.0, 1.0, (400, 2))
    values = 3.0 + controls @ [2.0, -1.0] + chance.normal(0.0, 0.1, 400)
    plain, adjusted = judged(Evidence(3.0, values)), judged(Evidence(3.0, values, controls=controls))
    assert adjusted.standard_error == pytest.approx(0.1 / math.sqrt(400), rel=0.2)
    assert adjusted.standard_error < plain.standard_error / 10
    assert abs(adjusted.z) < adjusted.limit and abs(plain.z) < plain.limit


def test_controls_of_any_scale_do_the_same() -> None:
    chance = stream(5, "judge", "scale")
    controls = chance.normal(0.0, 1.0, (60, 2))
    values = 3.0 + controls @ [2.0, -1.0] + chance.normal(0.0, 0.1, 60)
    one, other = (judged(Evidence(3.0, values, controls=c)) for c in (controls, controls * [1e9, 1e-9]))
    assert one.z == pytest.approx(other.z)


def test_an_exact_check_needs_every_value() -> None:
    values = np.array([5.0, 5.0, 5.0 + 1e-6])
    assert judged(Evidence(5.0, values[:2], resolution=1e-6)).passed
    assert not judged(Evidence(5.0, values, resolution=1e-6)).agrees
    assert not judged(Evidence(5.0, np.empty(0) + 5.0, resolution=1e-6)).agrees


def test_another_number_of_values_agrees_with_nothing() -> None:
    assert judged(Evidence.exact([5.0, 6.0], np.array([5.0, 6.0]))).passed
    assert not judged(Evidence.exact([5.0, 5.0], np.array([5.0]))).agrees
    assert judged(Evidence.exact(5.0, np.array([5.0, 5.0, 5.0]))).passed


def test_an_exact_check_tells_never_from_a_finite_instant() -> None:
    theory = np.array([math.inf, 2.0])
    assert judged(Evidence(theory, theory, resolution=1e-6)).passed
    assert not judged(Evidence(theory, np.array([1e9, 2.0]), resolution=1e-6)).agrees
    assert not judged(Evidence(np.array([1e9, 2.0]), theory, resolution=1e-6)).agrees


@pytest.mark.parametrize("name", ["star", "chain", "tree", "mutual impersonation"])
def test_one_microsecond_of_hop_time_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slower(*args: object, hop: float, **more: object) -> object:
        return original(*args, hop=hop + 1e-6, **more)

    room, function = (reach.thief, "mutual_impersonation") if name.startswith("mutual") else (reach.reach, name)
    original = getattr(room, function)
    monkeypatch.setattr(room, function, slower)
    assert verify(named(name), seed=1).verdict == "differs"


@pytest.mark.parametrize("name", ["poll before a cache, bound", "session, bound", "first of two, bound"])
def test_a_layer_forgotten_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = acceptance.layer_steps
    monkeypatch.setattr(acceptance, "layer_steps", lambda layers, verifier: original(layers, verifier)[:-1])
    assert verify(named(name), seed=1).verdict == "differs"


def test_a_limit_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stations.TokenBucket, "admission", lambda self, now: (now, 0.0))
    assert verify(named("rate limit"), seed=1).verdict == "differs"


def test_a_rest_of_residue_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    original = copies_elsewhere.queued

    def longer(scene: Scene) -> Stays:
        return original(scene)._replace(until_at=original(scene).until_at + 60_000_000)

    monkeypatch.setattr(copies, "queued", longer)
    assert verify(named("lying in a queue"), seed=1).verdict == "differs"


def test_the_static_closure_overstates_what_thieves_reach() -> None:
    reached, allowed = zip(
        *((found.campaigns.reach.mean(), len(closure)) for _, found, closure in reach.closures("ci", 3)),
        strict=True,
    )
    assert sum(reached) > 0.3 * len(reached)
    assert sum(allowed) > 1.1 * sum(reached)


def test_a_closure_short_of_a_resource_is_noticed() -> None:
    seen = missed = 0
    for _, found, closure in reach.closures("ci", 3):
        for resource in sorted(closure):
            seen += 1
            missed += bool(np.isin(found.reached.resource, sorted(closure - {resource}), invert=True).any())
    assert missed > seen / 3


def test_survival_is_read_with_the_revocation_put_on_the_ledger() -> None:
    scenario = caches.build(
        stages=[caches.stage(math.inf, source="standing", issue_per="identity")],
        verifiers={"verifier": {"layers": [{"cache": {"ttl": "60s"}}]}},
        workload={"arrivals": {"cron": "*/10 * * * *"}},
        horizon=7_200.0, warm_up=0.0, follow_up=60.0,
    )  # fmt: skip
    ledger = next(caches.ledgers(scenario, 1, 1))
    first = int(ledger.calls.arrived_at[0])
    found = caches.survivals(ledger, first + np.array([1, 59_999_999, 60_000_000, 599_999_999]))
    assert found.ravel().tolist() == [59.999999, 0.000001, 0.0, 0.0]


def test_the_lifetimes_of_the_residual_checks_fit_in_their_ttl() -> None:
    mean, second = residual._moments()
    assert 0 < mean < 900 and second > mean**2


def test_results_compare_without_their_time() -> None:
    found = judged(Evidence(5.0, np.array([5.0]), resolution=1.0))
    assert dataclasses.replace(found, seconds=9.0) == found
