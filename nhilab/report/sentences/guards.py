"""What every study's summary says beside its own notes, so that nobody reads more into it than it says."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console
from rich.text import Text

from nhilab.report.sentences.delivered import delivery_notes
from nhilab.report.sentences.notes import infallible, issuer_attacked, provenance_line
from nhilab.report.sentences.thieves import thief_words
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.thieves import other_thief, thief_of

ISSUERS_LEFT_OUT = "No way in leads through an issuer or broker, so central issuance looks safer than it is."


def study_guards(
    scenario: Scenario, strategies: Sequence[str], *, replications: int, said: Collection[str] = ()
) -> list[str]:
    """Sentences that limit any study of a scenario.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str
        Those studied.
    replications : int
    said : collection of str
        Sentences already said, which are left out.

    Notes
    -----
    Definition: MODEL.md, guards. Checked by ``tests/unit/report/sentences/test_guards.py``.
    """
    own = thief_of(scenario)
    other = other_thief(own)
    notes = [
        f"Numbers are those of the {thief_words(own)}; the {other.kind} one was not replayed here, nhilab compare shows"
        " both."
    ]
    if any(origin.tag == "assumed" for origin in scenario.provenance.origins.values()):
        notes.append(
            "Whether numbers that are assumed move the answer was not examined here: nhilab compare"
            f" {scenario.written.file} --assumptions all."
        )
    notes += delivery_notes(scenario, strategies)
    if sure := infallible(scenario, strategies):
        notes.append(
            f"Under {', '.join(sure)} each call is judged and no judgement is ever wrong: without false allows and"
            " false denies per-request authorisation looks better than it is."
        )
    if not issuer_attacked(scenario):
        notes.append(ISSUERS_LEFT_OUT)
    if replications == 1:
        notes.append("One replication: there are no intervals.")
    return [note for note in notes if note not in said]


def print_guards(
    console: Console, scenario: Scenario, strategies: Sequence[str], *, replications: int, said: Collection[str] = ()
) -> None:
    """Print what limits any study, and where the scenario's numbers come from."""
    for note in study_guards(scenario, strategies, replications=replications, said=said):
        console.print(Text(note, style="yellow"))
    console.print(Text(f"Numbers written in the scenario file: {provenance_line(scenario)}."))
