"""Which of the numbers that are not known decide the result: a sentence and tables that fit 80 columns."""

from __future__ import annotations

import math
import textwrap
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import SECOND, format_duration
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import NOTHING, interval, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.sensitivity import Response, Sensitivity
from nhilab.study.experiments.uncertain import NAMES, Method
from nhilab.study.intervals.means import Interval

HEADLINE: Final[dict[Method, str]] = {"morris": "mu_star", "sobol": "ST"}
"""The index by which inputs are ordered."""

NOISY: Final = 0.1
"""Where noise has more than this share of the variance, it is said."""

WIDE: Final = 0.2
"""Where half an interval of a share of variance is longer, it is said."""

NAME_WIDTH: Final = 34
_MEANING: Final[dict[Method, str]] = {
    "morris": "Elementary effects over the whole range of each input, {levels}: mu_star, mean of their sizes; mu, of"
    " themselves; sigma, their standard deviation, large where an effect bends or depends on other inputs.",
    "sobol": "Shares of the variance between points: S1 by the input alone, ST with all it does together with others.",
}


def print_sensitivity(console: Console, study: Sensitivity, scenario: Scenario) -> None:
    """Print which inputs decide each metric.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    study : Sensitivity
    scenario : Scenario
        The one studied.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(study), style="dim"))
    for metric, response in study.responses.items():
        console.print(Text("\n" + sentence(study, metric), style="bold"))
        console.print(_table(study.method, metric, response))
        for note in notes(study, metric):
            console.print(Text(note, style="yellow"))
    meaning = _MEANING[study.method].format(levels="at four levels")
    console.print(
        Text(f"{meaning} Intervals: bootstrap over the points tried, not over chance in the runs.", style="dim")
    )
    print_guards(
        console,
        scenario,
        (study.strategy, *([] if study.against is None else [study.against])),
        replications=study.replications,
    )


def sentence(study: Sensitivity, metric: str) -> str:
    """What decides a metric most, in words."""
    response, unit = study.responses[metric], shown_unit(metric, study.responses[metric].unit)
    ends = f"from {number(response.least, unit)} to {number(response.most, unit)} over {study.points} points"
    begin = f"{metric} of {_what(study)}: {ends}"
    index = HEADLINE[study.method]
    told = [(name, found[index]) for name, found in ordered(study.method, response) if found[index].low > 0]
    if not told:
        return f"{begin}; no input can be told to decide it."
    first, value = told[0]
    shown = f"{index} {_value(value.mean, study.method, unit)}"
    tied = [name for name, other in told[1:] if other.high >= value.low]
    rest = f"; {', '.join(tied)} perhaps as much" if tied else ""
    return f"{begin}; {first} decides it most ({shown}){rest}."


def notes(study: Sensitivity, metric: str) -> list[str]:
    """What limits the indices of a metric."""
    response, found = study.responses[metric], []
    if not (math.isfinite(response.least) and math.isfinite(response.most)):
        found.append("At some points there is no finite value, so there are no indices.")
    elif response.least == response.most:
        found.append(
            "It is the same at all points: nothing that is uncertain matters under this strategy; -s names another."
        )
    if response.cut_points and response.unit in ("s", "weighted resources·s"):
        cap = format_duration(study.cap_s * SECOND)
        found.append(
            f"At {response.cut_points} of {study.points} points some access never ends: windows are cut at the cap of"
            f" {cap}, and these are indices of the cut mean."
        )
    shares = [own["ST"] for own in response.indices.values() if "ST" in own]
    if any(share.high - share.mean > WIDE for share in shares):
        found.append("Some intervals are wide: more samples would help.")
    if response.noise_share > NOISY:
        share = number(response.noise_share, "%")
        found.append(f"Noise of the runs is {share} of the variance between points: more replications would help.")
    return found


def _what(study: Sensitivity) -> str:
    return study.strategy if study.against is None else f"{study.strategy} - {study.against}"


def settings_line(study: Sensitivity) -> str:
    """How the numbers were made."""
    several = "s" if study.replications > 1 else ""
    kind = "trajectories" if study.method == "morris" else "base points"
    return (
        f"{_what(study)}: {study.method} with {study.samples} {kind}, {study.points} points of"
        f" {study.replications} replication{several} of {format_duration(study.horizon_s * SECOND)},"
        f" {study.campaigns} campaigns each, seed {study.seed}"
    )


def ordered(method: Method, response: Response) -> list[tuple[str, dict[str, Interval]]]:
    """Inputs, the one that decides most first."""
    return sorted(response.indices.items(), key=lambda item: -_known(item[1][HEADLINE[method]].mean))


def _known(value: float) -> float:
    return value if math.isfinite(value) else -math.inf


def _value(value: float, method: Method, unit: str) -> str:
    """Elementary effects are in the metric's unit, shares of variance are plain."""
    if method == "morris":
        return number(value, unit)
    return f"{value:.2f}" if math.isfinite(value) else NOTHING


def _table(method: Method, metric: str, response: Response) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("input", overflow="fold", min_width=20)
    for heading in NAMES[method]:
        table.add_column(heading, justify="right", overflow="fold")
    unit = shown_unit(metric, response.unit)
    for name, found in ordered(method, response):
        table.add_row(_broken(name), *(_cell(found[index], method, unit) for index in NAMES[method]))
    return table


def _broken(name: str) -> str:
    """A key path in lines that end after dots."""
    spaced = name.replace(".", ". ").replace("-", "- ")
    return "\n".join(line.replace(". ", ".").replace("- ", "-") for line in textwrap.wrap(spaced, NAME_WIDTH))


def _cell(value: Interval, method: Method, unit: str) -> Text:
    text = Text(_value(value.mean, method, unit))
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return text
    shown = _value(value.low, method, unit), _value(value.high, method, unit)
    ends = interval(value.low, value.high, unit) if method == "morris" else " to ".join(shown)
    return text + Text(f"\n{ends}", style="dim") if ends else text
