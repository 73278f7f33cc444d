"""A process of one's own: the same rows as the engine's own telling, whoever tells it, and misuse refused."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import assume, given
from hypothesis import strategies as st
from unit.engine.hand import Call, Task, content, demand, filled, seconds, stage
from unit.engine.retold import comparable, retold, tied, untied, without

from nhilab.base.errors import InputError, NhilabError
from nhilab.base.quantities import MINUTE, NEVER, SECOND
from nhilab.base.streams import stream
from nhilab.campaign.replay import replay
from nhilab.demand.sample import sample
from nhilab.engine.own import Process
from nhilab.engine.run import run
from nhilab.ledger.events import events_of
from nhilab.ledger.invariants import violations
from nhilab.ledger.tables import Ledger, Status
from nhilab.metrics.measure import measure
from nhilab.scenario.scenario import Scenario
from scenarios import TWO_STAGES, as_scenario, demand_of, scenarios, share

Story = Callable[[Any], Generator[Any, Any, Any]]


def plain(**told: Any) -> Scenario:
    return as_scenario(filled(content(*told.pop("stages", []), **told)))


def told(story: Story, scenario: Scenario | None = None, **more: Any) -> Ledger:
    """The ledger of a story by the agent of the hand-made estate, beside one task of the batch."""
    process = Process(story, "agent", **{"seed": 1} | more)
    ledger = run(scenario or plain(), "tried", demand([Task(1000, [Call()], instance=2)]), processes=[process])
    assert violations(ledger) == []
    return ledger


def poll(me: Any) -> Generator[Any, Any, None]:
    for gap in me.columns["gap"]:
        yield me.wait(gap)
        with (yield from me.begin()) as task:
            yield from task.call("bucket", "read", call_time="1s")


GAPS = {"gap": stream(3, "poll", "gap").integers(10 * SECOND, 5 * MINUTE, 400)}


@pytest.mark.parametrize("strategy", ["exchange", "keys"])
@pytest.mark.parametrize("workload", [0, 1, 2])
def test_a_process_that_tells_a_workload_once_more_leaves_the_rows_the_engine_leaves(
    workload: int, strategy: str
) -> None:
    scenario = as_scenario(TWO_STAGES)
    whole = demand_of(scenario)
    processes = retold(scenario, whole, workload)
    own = run(scenario, strategy, without(whole, workload), processes=processes)
    assert violations(own) == []
    assert comparable(own) == comparable(run(scenario, strategy, whole))


@share(60)
@given(st.data())
def test_whatever_the_mechanisms_a_workload_told_once_more_leaves_the_same_rows(data: st.DataObject) -> None:
    scenario = data.draw(scenarios())
    workloads, whole = scenario.estate.workloads, untied(demand_of(scenario))
    apart = {
        *workloads.delegates_to.tolist(),
        int(whole.tasks.workload[0]),
    }  # its first call decides on standing secrets
    able = [
        row
        for row in range(len(workloads))
        if workloads.queue[row] < 0 and workloads.delegates_to[row] < 0 and row not in apart
    ]
    assume(able)
    row = data.draw(st.sampled_from(able))
    wanted = run(scenario, "a", whole)
    assume(not tied(wanted))
    own = run(scenario, "a", without(whole, row), processes=retold(scenario, whole, row))
    assert violations(own) == []
    assert comparable(own) == comparable(wanted)


def test_the_same_process_gives_the_same_bytes_and_the_order_of_processes_does_not_matter() -> None:
    pair = [Process(poll, "agent", seed=1, instance=i, columns=GAPS) for i in (0, 1)]
    tasks = demand([Task(5, [Call()])])
    first, again, swapped = (run(plain(), "tried", tasks, processes=these) for these in (pair, pair, pair[::-1]))
    assert first.digest() == again.digest() == swapped.digest()
    assert set(first.tasks.instance.tolist()) == {0, 1}


def test_what_was_sampled_keeps_its_rows_and_what_a_process_does_comes_after() -> None:
    ledger = told(poll, columns=GAPS)
    assert ledger.tasks.workload[0] == 1 and set(ledger.tasks.workload[1:].tolist()) == {0}
    assert (
        ledger.tasks.arrived_at[1:].tolist()
        == (np.cumsum(GAPS["gap"] + SECOND) - SECOND)[: len(ledger.tasks) - 1].tolist()
    )


def test_a_process_without_a_task_under_way_is_over_at_the_horizon() -> None:
    def restless(me: Any) -> Generator[Any, Any, None]:
        while True:
            yield me.wait("7m")
            with (yield from me.begin()) as task:
                yield from task.call("bucket", "read", call_time="1s")

    arrived = seconds(told(restless).tasks.arrived_at[1:])
    assert len(arrived) == 8 and max(a for a in arrived if a is not None) < 3600


def test_a_task_under_way_at_the_horizon_ends_when_its_process_says() -> None:
    def late(me: Any) -> Generator[Any, Any, None]:
        yield me.wait("59m")
        with (yield from me.begin()) as task:
            yield from task.call("bucket", "read", call_time="1s")
            yield me.wait("5m")
        yield from me.begin()

    ledger = told(late)
    assert seconds(ledger.tasks.ended_at[1:]) == [59 * 60 + 301.0]


def test_a_process_may_poll_until_something_is_there() -> None:
    def watch(me: Any) -> Generator[Any, Any, None]:
        looks = 0
        while me.now < 10 * MINUTE:
            yield me.wait("1m")
            looks += 1
        with (yield from me.begin()) as task:
            for _ in range(looks):
                yield from task.call("bucket", "read", call_time="1s")

    ledger = told(watch)
    assert seconds(ledger.tasks.arrived_at[1:]) == [600.0] and ledger.tasks.n_calls[1:].tolist() == [10]


def test_tasks_may_share_a_resource_of_ones_own() -> None:
    def one(me: Any, lock: simpy.Resource) -> Generator[Any, Any, None]:
        with (yield from me.begin()) as task, lock.request() as turn:
            yield turn
            yield from task.call("bucket", "read", call_time="10s")

    def crowd(me: Any) -> Generator[Any, Any, None]:
        lock = simpy.Resource(me.environment, capacity=1)
        yield me.environment.all_of([me.environment.process(one(me, lock)) for _ in range(3)])

    assert seconds(told(crowd).calls.ready_at[1:]) == [0.0, 10.0, 20.0]


def test_calls_of_tasks_that_run_at_once_lie_together_and_keep_their_credentials() -> None:
    def twice(me: Any) -> Generator[Any, Any, None]:
        with (yield from me.begin()) as task:
            for _ in range(3):
                yield from task.call("bucket", "read", call_time="1s")

    def crowd(me: Any) -> Generator[Any, Any, None]:
        yield me.environment.all_of([me.environment.process(twice(me)) for _ in range(3)])

    ledger = told(crowd, plain(stages=[stage(issue_per="call")]))
    assert ledger.calls.task.tolist() == [0, *[1] * 3, *[2] * 3, *[3] * 3]
    assert ledger.credentials.owner[ledger.calls.credential].tolist() == list(range(10))


def test_thieves_rob_a_process_and_metrics_count_what_it_does() -> None:
    scenario, tasks = plain(), demand([Task(3500, [Call()], instance=2)])
    with_own = run(scenario, "tried", tasks, processes=[Process(poll, "agent", seed=1, columns=GAPS)])
    thieves = replay(with_own, scenario.threat, campaigns=50, seed=1)
    robbed = with_own.credentials.owner[thieves.taken.credential]
    assert len(robbed) and (robbed > 0).any()
    found = measure(with_own, thieves)
    assert found["issuances_per_task"].denominator > 10
    assert found["issuances_per_task"].numerator == found["issuances_per_task"].denominator


def test_a_scenario_may_leave_all_work_to_processes_and_refuses_to_run_without() -> None:
    own = {"arrivals": None, "own_process": True}
    scenario = plain(
        agent=own | {"count": 1}, batch=own, stages=[stage(**{"from": "standing"}, ttl="never", issue_per="identity")]
    )
    nothing = sample(scenario, seed=1)
    pair = [Process(poll, name, seed=1, columns=GAPS) for name in ("agent", "batch")]
    ledger = run(scenario, "tried", nothing, processes=pair)
    assert violations(ledger) == [] and len(nothing.tasks) == 0 and len(ledger.tasks) > 20
    with pytest.raises(InputError, match=r"batch\.own_process"):
        run(scenario, "tried", nothing, processes=pair[:1])


def test_a_call_beyond_the_grants_is_denied_and_the_task_goes_on() -> None:
    answers = []

    def greedy(me: Any) -> Generator[Any, Any, None]:
        with (yield from me.begin()) as task:
            answers.append((yield from task.call("vault", "read", call_time="1s")))
            answers.append((yield from task.call("bucket", "read", call_time="1s")))

    told(greedy, plain(robot={"grants": [{"resources": ["bucket"]}]}))
    assert answers == ["denied", "done"]


def test_a_task_that_fails_makes_no_further_call() -> None:
    answers = []

    def stubborn(me: Any) -> Generator[Any, Any, None]:
        with (yield from me.begin()) as task:
            while not task.failed:
                answers.append((yield from task.call("bucket", "read", call_time="1s")))
        with (yield from me.begin()) as task:
            answers.append((yield from task.call("table", "read", call_time="1s")))

    scenario = plain(gateway={"accepts_from": "office"}, first={"network": "street"}, second={"network": "office"})
    ledger = told(stubborn, scenario)
    assert answers == ["refused", "done"]
    assert ledger.tasks.status[1:].tolist() == [Status.REFUSED, Status.DONE]


def test_a_crashed_task_leaves_its_credential_alive() -> None:
    def clumsy(me: Any) -> Generator[Any, Any, None]:
        for crashed in (True, False):
            task = yield from me.begin()
            yield from task.call("bucket", "read", call_time="1s")
            task.end(crashed=crashed)

    ledger = told(clumsy, plain(stages=[stage(revoke=["task-end"])]))
    assert [at is None for at in seconds(ledger.credentials.revoked_at)[:2]] == [True, False]


def one_call(me: Any, *arguments: Any, **named: Any) -> Generator[Any, Any, None]:
    with (yield from me.begin()) as task:
        yield from task.call(*arguments, **named)


def again(me: Any) -> Generator[Any, Any, None]:
    task = yield from me.begin()
    for _ in range(2):
        yield from task.call("bucket", "read", call_time="1s")
        task.end()


def idle(me: Any) -> Generator[Any, Any, None]:
    with (yield from me.begin()):
        pass


def endless(me: Any) -> Generator[Any, Any, None]:
    task = yield from me.begin()
    yield from task.call("bucket", "read", call_time="1s")


def hurried(me: Any) -> Generator[Any, Any, None]:
    with (yield from me.begin()) as task:
        me.environment.process(task.call("bucket", "read", call_time="1s"))
        yield from task.call("bucket", "read", call_time="1s")


def interrupted(me: Any) -> Generator[Any, Any, None]:
    working = me.environment.process(one_call(me, "bucket", "read", call_time="1m"))
    yield me.wait("1s")
    working.interrupt()


def waited(duration: Any) -> Story:
    def story(me: Any) -> Generator[Any, Any, None]:
        yield me.wait(duration)

    return story


MISUSE: dict[str, tuple[Story, str]] = {
    "a float": (waited(1.5), r"process of agent, wait: found 1.5; allowed: whole microseconds"),
    "the past": (waited(-1), "wait: found -1"),
    "no unit": (waited("5"), "wait: found '5'"),
    "SimPy's own time": (lambda me: (yield me.environment.timeout(5)), r"found SimPy's timeout\(5\); allowed: wait"),
    "a resource unknown": (
        lambda me: one_call(me, "bukket", "read", call_time="1s"),
        "found 'bukket read'; allowed: .*bucket read",
    ),
    "an operation unknown": (lambda me: one_call(me, "bucket", "red", call_time="1s"), "found 'bucket red'"),
    "a call time": (lambda me: one_call(me, "bucket", "read", call_time=0.5), "call_time: found 0.5"),
    "an end before": (again, "found 'a task that has ended'; allowed: another one"),
    "no call": (idle, "end of a task: found 'no call'; allowed: at least one call"),
    "no end": (endless, "process of agent: found a task begun at 0 s that never ends"),
    "two calls at once": (hurried, "two calls of one task at once"),
    "an interrupt": (interrupted, "call: found 'an interrupt'; allowed: one that meets a wait"),
    "no generator": (lambda me: None, "NoneType from the story; allowed: a generator function"),
}  # type: ignore[dict-item]


@pytest.mark.parametrize("story", MISUSE)
def test_misuse_of_what_a_process_is_given_is_one_clear_error(story: str) -> None:
    with pytest.raises(NhilabError, match=MISUSE[story][1]) as found:
        told(MISUSE[story][0])
    assert "\n" not in str(found.value)


def test_an_error_in_a_story_is_ones_own() -> None:
    def wrong(me: Any) -> Generator[Any, Any, None]:
        with (yield from me.begin()):
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        told(wrong)


@pytest.mark.parametrize(
    ("workload", "more", "estate", "message"),
    [
        ("agnt", {}, {}, "process of agnt, workload: found 'agnt'; allowed: one of agent, batch"),
        ("agent", {"instance": 2}, {}, "instance: found 2; allowed: 0 to 1"),
        ("agent", {}, {"agent": {"queue": {"place": "queue", "wait": "1s"}}}, "allowed: a workload that has no queue"),
    ],
)
def test_a_part_that_cannot_be_played_is_refused_before_the_run(
    workload: str, more: dict[str, Any], estate: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        run(plain(**estate), "tried", demand([Task(0, [Call()])]), processes=[Process(poll, workload, seed=1, **more)])


def test_an_instance_is_played_by_one_process() -> None:
    with pytest.raises(InputError, match="instance: found 0; allowed: one process for each"):
        run(plain(), "tried", demand([Task(0, [Call()])]), processes=[Process(poll, "agent", seed=1, columns=GAPS)] * 2)


def test_columns_can_be_read_and_not_written() -> None:
    given = {"gap": np.array([1])}

    def careless(me: Any) -> Generator[Any, Any, None]:
        yield me.wait(1)
        me.columns["gap"][0] = 2

    with pytest.raises(ValueError, match="read-only"):
        told(careless, columns=given)
    assert given["gap"].tolist() == [1] and given["gap"].flags.writeable


def test_calls_without_a_key_of_their_own_differ_by_seed_instance_and_replication() -> None:
    def keys(**more: Any) -> int:
        return Process(poll, "agent", **{"seed": 1} | more).key()

    assert len({keys(), keys(seed=2), keys(instance=1), keys(replication=1)}) == 4 and keys() == keys()


def test_the_service_times_of_a_process_follow_the_issuers_distribution() -> None:
    def many(me: Any) -> Generator[Any, Any, None]:
        with (yield from me.begin()) as task:
            for _ in range(2000):
                yield from task.call("bucket", "read", call_time=0)

    ledger = told(many, plain(stages=[stage(issue_per="call")], service={"exponential": "20ms"}))
    mean = ledger.credentials.service_time[1:].mean() / 1000
    assert abs(mean - 20) < 4 * 20 / np.sqrt(2000)


def test_never_is_a_wait_that_never_ends() -> None:
    assert len(told(waited("never")).tasks) == len(told(waited(NEVER)).tasks) == 1


def test_the_order_in_which_sampled_tasks_are_spawned_changes_no_byte_beside_a_process() -> None:
    scenario, tasks = plain(), demand([Task(at, [Call()], instance=i % 3) for i, at in enumerate((0, 0, 60, 60, 300))])
    beside = [Process(poll, "agent", seed=1, columns=GAPS)]
    backwards = np.arange(5)[::-1].astype(np.int64)
    shuffled = run(scenario, "tried", tasks, processes=beside, spawn_order=backwards)
    assert shuffled.digest() == run(scenario, "tried", tasks, processes=beside).digest()


def test_the_audit_sees_what_a_process_did() -> None:
    ledger = told(poll, columns=GAPS)
    events = events_of(ledger)
    assert set(range(len(ledger.tasks))) <= set(events.task.tolist())
