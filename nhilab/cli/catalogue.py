"""Every command: where it is, what it does in one line, and examples that a test runs.

A command of a group is named with it: ``cells list``. Nothing here is imported until it is called.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Command(NamedTuple):
    """A command that is not imported yet.

    Attributes
    ----------
    function : str
        ``module:name``, inside ``nhilab.cli``.
    summary : str
        First line of its help.
    examples : tuple of str
        Command lines, without the program's name; those of one command run one after another.
    """

    function: str
    summary: str
    examples: tuple[str, ...]


GROUPS: Final = {
    "import": "Make a scenario of recorded data.",
    "cells": "Finished cells: list, merge and prune folders of them.",
}
COMMANDS: Final = {
    "new": Command("new:new_command", "Write a commented scenario to start from.",
        ("new my-scenario.yaml", "new mine.yaml --from scenarios/slow-revocation.yaml")),
    "explain": Command("explain:explain_command", "Say in words what a scenario says, and what is odd in it.",
        ("explain scenarios/slow-revocation.yaml", "explain scenarios/base.yaml -s hourly --json -")),
    "compare": Command("compare:compare_command", "Compare strategies: what each costs, and what it buys.",
        ("compare scenarios/base.yaml --replications 2 --campaigns 50",
         "compare scenarios/base.yaml --replications 2 --json numbers.json --report page.html")),
    "run": Command("run:run_command", "Run one strategy once and keep its ledger, with a manifest.",
        ("run scenarios/base.yaml -s hourly --seed 1 --out my-run",)),
    "factorial": Command("factorial:factorial_command",
        "Switch controls on and off: what each of them bought.",
        ("factorial scenarios/four-controls.yaml --replications 2 --campaigns 20",)),
    "sensitivity": Command("sensitivity:sensitivity_command",
        "Vary what is not known: which of it decides the result.",
        ("sensitivity scenarios/detectable-misuse.yaml --samples 2 --campaigns 20",)),
    "check": Command("check:check_command", "Hold strategies to limits; status 1 where one is broken.",
        ("check scenarios/base.yaml --limit failed_task_share=1%",
         "check scenarios/base.yaml --limit reach=13 --junit junit.xml")),
    "controls": Command("controls:controls_command", "Say what numbers speak to in OWASP's and NIST's lists.",
        ("controls", "controls NHI7:2025")),
    "cost": Command("cost:cost_command",
        "Put prices on strategies, and on what thieves take.",
        ("cost scenarios/one-off-call.yaml --replications 2 --csv money.csv",)),
    "audit": Command("audit:audit_command",
        "Say what a run's logs prove, and why not more.",
        ("run scenarios/base.yaml -s hourly --out my-run --quiet", "audit my-run",
         "audit my-run --credential 5", "audit my-run --json-lines events.jsonl")),
    "verify": Command("verify:verify_command",
        "Compare the lab with answers known from theory.", ("verify --seed 1",)),
    "paths": Command("paths:paths_command",
        "Follow thieves: frequent paths, choke points, endless cycles.",
        ("paths scenarios/base.yaml -s hourly --campaigns 50 --out my-paths",)),
    "schema": Command("schema:schema_command", "Print the JSON Schema of scenario files.",
        ("schema --json scenario-schema.json",)),
    "presets": Command("presets:presets_command",
        "List presets of real systems, or show one with its sources.",
        ("presets", "presets aws-sts", "presets aws-sts --json -")),
    "reproduce": Command("reproduce:reproduce_command",
        "Compute the published results again.",
        ("reproduce --scenario scenarios/base.yaml --results my-results",)),
    "sweep": Command("sweep:sweep_command", "Vary values: what strategies cost and buy at each.",
        ("sweep scenarios/base.yaml --vary strategy.hourly.ttl=15m,1h --campaigns 50",)),
    "break-even": Command("break_even:break_even_command",
        "Find the value at which two strategies are equal.",
        ("break-even scenarios/one-off-call.yaml --vary strategy.ttl-15m.ttl=1m..4h "
         "--against ttl-1h --metric exposure_window_s --replications 2 --tolerance 50%",)),
    "frontier": Command("frontier:frontier_command",
        "Find the designs that no other beats in everything.",
        ("frontier scenarios/one-off-call.yaml --replications 1 --campaigns 20",)),
    "recommend": Command("recommend:recommend_command",
        "Recommend the cheapest designs that meet the limits.",
        ("recommend scenarios/one-off-call.yaml --replications 2 --campaigns 20",)),
    "completion": Command("completion:completion_command", "Print a script that completes commands in a shell.",
        ("completion bash",)),
    "import gcp-iam": Command("gcp_iam:gcp_iam_command",
        "Read Google Cloud policies, job schedules and job timings.",
        ("import gcp-iam my-export --jobs jobs.csv --out my-estate",)),
    "import tables": Command("tables:tables_command",
        "Read four tables: identities, resources, grants and jobs.",
        ("import tables my-tables --out my-estate",)),
    "cells list": Command("cells:list_command", "Count cells by scenario, strategy, seed and campaigns.",
        ("cells list",)),
    "cells merge": Command("cells:merge_command",
        "Take the cells of other folders into one.",
        ("cells merge all-cells my-cells their-cells",)),
    "cells prune": Command("cells:prune_command",
        "Remove cells of other versions of the lab, and damaged files.",
        ("cells prune",)),
}  # fmt: skip
