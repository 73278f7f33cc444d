"""Laws of every demand: it fits the scenario, and its chance is what the scenario says."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from nhilab.base.quantities import DAY, HOUR, MINUTE, NEVER, SECOND
from nhilab.demand.sample import sample
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, as_content, as_scenario, contents, demand_of, scenarios, share

DAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def only(**workload: Any) -> Scenario:
    """One workload with these keys, one call of one second each."""
    content = as_content(HOURLY)
    content["horizon"] = "24h"
    content["estate"]["workloads"] = {"agent": {"identity": "robot", "place": "runner"} | workload}
    return as_scenario(content)


@share(30)
@given(scenarios())
def test_calls_in_intent_are_for_targets_and_all_calls_for_grants(scenario: Scenario) -> None:
    demand, estate = demand_of(scenario), scenario.estate
    targets = set(zip(estate.targets.workload.tolist(), estate.targets.permission.tolist(), strict=True))
    caller, planned = demand.tasks.workload[demand.calls.task], demand.calls.in_intent
    asked = list(zip(caller.tolist(), demand.calls.permission.tolist(), strict=True))
    assert {pair for pair, meant in zip(asked, planned.tolist(), strict=True) if meant} <= targets
    for workload, permission in targets | set(asked):
        assert permission in estate.granted(int(estate.workloads.identity[workload]))


@share(30)
@given(scenarios())
def test_tasks_arrive_within_the_horizon_in_order_and_own_consecutive_calls(scenario: Scenario) -> None:
    tasks, calls = demand_of(scenario).tasks, demand_of(scenario).calls
    arriving = tasks.arrived_at[tasks.parent_call < 0]
    assert ((arriving >= 0) & (arriving < scenario.content.horizon)).all()
    order = np.lexsort((tasks.instance[: len(arriving)], arriving))
    np.testing.assert_array_equal(order, np.arange(len(arriving)))
    assert (tasks.parent_call[len(arriving) :] >= 0).all() and (tasks.arrived_at[len(arriving) :] == NEVER).all()
    np.testing.assert_array_equal(calls.task, np.repeat(np.arange(len(tasks)), tasks.n_calls))
    np.testing.assert_array_equal(tasks.first_call, np.cumsum(tasks.n_calls) - tasks.n_calls)
    assert (tasks.n_calls >= 1).all() and (calls.think_time >= 0).all() and (tasks.tail_time >= 0).all()


@share(30)
@given(scenarios())
def test_instances_belong_to_their_workload(scenario: Scenario) -> None:
    tasks, count = demand_of(scenario).tasks, scenario.estate.workloads.count
    np.testing.assert_array_equal(np.repeat(np.arange(len(count)), count)[tasks.instance], tasks.workload)


@share(30)
@given(st.integers(1, 5), st.integers(0, 400), st.integers(0, 90), st.integers(0, 9))
def test_pauses_and_calls_of_a_task_sum_to_its_length(n: int, length: int, call: int, seed: int) -> None:
    content = as_content(HOURLY)
    content["profiles"]["default"] = {"calls": n, "call_time": f"{call}s", "task_time": f"{length}s"}
    demand = sample(as_scenario(content), seed=seed)
    spent = np.bincount(demand.calls.task, demand.calls.think_time + demand.calls.call_time) + demand.tasks.tail_time
    wanted = max(length, n * call) * SECOND
    assert (np.abs(spent - wanted) <= n).all(), "each pause is rounded to whole µs"


@share(30)
@given(st.integers(1, 300), st.integers(0, 9))
def test_periodic_arrivals_are_evenly_spaced_and_never_skip_a_period(minutes: int, seed: int) -> None:
    tasks = sample(only(arrivals={"every": f"{minutes}m"}, count=3), seed=seed).tasks
    for instance in range(3):
        at = tasks.arrived_at[tasks.instance == instance]
        assert (np.diff(at) == minutes * MINUTE).all()
        assert at[0] < minutes * MINUTE
        assert at[-1] + minutes * MINUTE >= DAY


def test_phases_of_periodic_instances_are_uniform() -> None:
    tasks = sample(only(arrivals={"every": "24h"}, count=400), seed=0).tasks
    phase = np.sort(tasks.arrived_at) / DAY
    distance = np.abs(phase - (np.arange(400) + 0.5) / 400).max() + 0.5 / 400
    assert distance < 0.115, "Kolmogorov-Smirnov at 5e-5"


@share(20)
@given(st.integers(1, 3600), st.integers(0, 9))
def test_jitter_delays_by_less_than_it_says(jitter: int, seed: int) -> None:
    plain = sample(only(arrivals={"cron": "0 */2 * * *"}), seed=seed).tasks.arrived_at
    delayed = sample(only(arrivals={"cron": "0 */2 * * *", "jitter": f"{jitter}s"}), seed=seed).tasks.arrived_at
    delay = delayed - plain
    assert ((delay >= 0) & (delay <= jitter * SECOND)).all() and delay.max() > 0


def naive_firings(text: str, start: datetime.datetime, minutes: int) -> list[int]:
    """Minutes at which five plain fields match, looked at one by one."""
    fields = text.split()
    found = []
    for i in range(minutes):
        now = start + datetime.timedelta(minutes=i)
        values = (now.minute, now.hour, now.day, now.month, now.isoweekday() % 7)
        ok = [any(_matches(part, v, k) for part in fields[k].split(",")) for k, v in enumerate(values)]
        by_day = ok[2] or ok[4] if not (fields[2].startswith("*") or fields[4].startswith("*")) else ok[2] and ok[4]
        if ok[0] and ok[1] and ok[3] and by_day:
            found.append(i)
    return found


def _matches(part: str, value: int, field: int) -> bool:
    for names, first, where in ((MONTH_NAMES, 1, 3), (DAY_NAMES, 0, 4)):
        if field == where:
            for n, name in enumerate(names):
                part = part.upper().replace(name, str(n + first))
    low, high = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))[field]
    span, _, step = part.partition("/")
    if span == "*":
        begin, end = low, high
    elif "-" in span:
        begin, end = map(int, span.split("-"))
    else:
        begin, end = int(span), high if step else int(span)
    allowed = range(begin, end + 1, int(step or 1))
    return value in allowed or (field == 4 and value == 0 and 7 in allowed)


@st.composite
def crons(draw: Any) -> str:
    """Five valid fields, coarse in the days so that most of them fire."""

    def field(low: int, high: int, names: tuple[str, ...] = ()) -> str:
        def one() -> str:
            first = draw(st.integers(low, high))
            last = draw(st.integers(first, high))
            kind = draw(st.sampled_from(["*", "n", "range", "step", "from", "every", "name"]))
            if kind == "name" and names:
                return draw(st.sampled_from([str.upper, str.lower, str.title]))(draw(st.sampled_from(names)))
            stride = draw(st.integers(1, high))
            return {
                "*": "*", "range": f"{first}-{last}", "step": f"{first}-{last}/{stride}",
                "from": f"{first}/{stride}", "every": f"*/{stride}",
            }.get(kind, str(first))  # fmt: skip

        return ",".join(one() for _ in range(draw(st.integers(1, 2))))

    return " ".join([field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTH_NAMES), field(0, 7, DAY_NAMES)])


@share(30)
@given(crons(), st.dates(datetime.date(2024, 1, 1), datetime.date(2028, 12, 31)))
def test_cron_fires_at_the_minutes_a_naive_matcher_finds(text: str, day: datetime.date) -> None:
    start = datetime.datetime.combine(day, datetime.time(0))
    fired = parse_cron(text).firings(np.datetime64(day), DAY) // MINUTE
    assert fired.tolist() == naive_firings(text, start, 24 * 60)


@share(10)
@given(crons())
def test_cron_arrivals_are_those_of_the_schedule_on_the_days_after_starts_on(text: str) -> None:
    assume(naive_firings(text, datetime.datetime(2026, 1, 5), 24 * 60))
    tasks = sample(only(arrivals={"cron": text}), seed=0).tasks
    assert (tasks.arrived_at // MINUTE).tolist() == naive_firings(text, datetime.datetime(2026, 1, 5), 24 * 60)


def test_poisson_counts_have_the_mean_and_variance_of_their_rate() -> None:
    """60 a day on each of 2000 instances: z of the mean and of the variance, 1e-4 together."""
    tasks = sample(only(arrivals={"rate": "2.5/h"}, count=2000), seed=3).tasks
    counts, mean, n = np.bincount(tasks.instance, minlength=2000), 60.0, 2000
    z_mean = (counts.mean() - mean) / np.sqrt(mean / n)
    z_variance = (counts.var(ddof=1) - mean) / np.sqrt((mean + 2 * mean**2) / n)
    assert abs(z_mean) < 4.1 and abs(z_variance) < 4.1
    assert abs(counts.mean() - mean * 1.03) / np.sqrt(mean / n) > 4.1, "3 % off is seen"


def test_poisson_arrivals_are_spread_over_the_whole_horizon() -> None:
    at = sample(only(arrivals={"rate": "2.5/h"}, count=500), seed=4).tasks.arrived_at
    halves = np.bincount(at * 2 // DAY, minlength=2)
    assert abs(halves[0] - halves[1]) / np.sqrt(len(at)) < 4.1


def test_uniform_counts_include_both_ends_and_geometric_ones_have_their_mean() -> None:
    content = as_content(HOURLY)
    content["estate"]["workloads"]["agent"] |= {"count": 2000, "arrivals": {"every": "6h"}}
    content["profiles"]["default"]["calls"] = {"uniform": [2, 4]}
    counts = sample(as_scenario(content), seed=0).tasks.n_calls
    assert set(counts.tolist()) == {2, 3, 4}
    content["profiles"]["default"]["calls"] = {"geometric": 3}
    counts = sample(as_scenario(content), seed=0).tasks.n_calls
    assert counts.min() == 1 and abs(counts.mean() - 3) / np.sqrt(3 * 2 / 2000) < 4.1


def test_targets_are_called_as_often_as_their_weights_say() -> None:
    content = as_content(HOURLY)
    content["estate"]["resources"]["bucket"]["operations"] = {"list": {}, "read": {}, "write": {}}
    content["estate"]["workloads"]["agent"] |= {
        "count": 1500,
        "targets": [{"resources": ["*"], "operations": [o], "weight": w} for o, w in (("list", 5), ("write", 1))],
    }
    scenario = as_scenario(content)
    called = np.bincount(sample(scenario, seed=0).calls.permission, minlength=3)
    assert called[1] == 0
    n = called.sum()
    assert abs(called[2] - n / 6) / np.sqrt(n * 5 / 36) < 4.1


@share(20)
@given(contents())
def test_replications_and_seeds_differ_and_each_is_the_same_again(content: dict[str, Any]) -> None:
    scenario = as_scenario(content)
    demands = [sample(scenario, seed=1, replication=r) for r in (0, 1)] + [sample(scenario, seed=2)]
    assert len({d.digest() for d in demands}) == 3
    assert sample(scenario, seed=1, replication=1).digest() == demands[1].digest()


def test_replications_are_uncorrelated() -> None:
    scenario = only(arrivals={"rate": "2.5/h"}, count=2000)
    counts = [np.bincount(sample(scenario, seed=0, replication=r).tasks.instance, minlength=2000) for r in range(3)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.corrcoef(counts[a], counts[b])[0, 1]) * np.sqrt(2000) < 4.1


def test_an_hour_of_the_day_is_an_hour_after_midnight_of_starts_on() -> None:
    assert sample(only(arrivals={"cron": "0 6 * * MON"}), seed=0).tasks.arrived_at.tolist() == [6 * HOUR]
