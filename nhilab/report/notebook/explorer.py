"""Sliders over one strategy in a notebook: what its lifetime, scope, revocation and the verifiers' cache change."""

from __future__ import annotations

from html import escape
from typing import Any, Final, NamedTuple

import polars as pl
from matplotlib.figure import Figure

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND, format_duration
from nhilab.lab import Trial, try_strategy
from nhilab.metrics.catalogue import METRICS
from nhilab.report.drawing.drawing import svg_element
from nhilab.report.figures.comparison import draw_survival
from nhilab.report.sentences.words import number, shown_unit
from nhilab.report.tables.sweep import heading
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Finding, thinned
from nhilab.study.comparisons.survival import METRIC, survival

CAMPAIGNS: Final = 60
TTLS: Final = ("1m", "5m", "15m", "1h", "4h", "12h", "1d", "7d", "never")
CACHES: Final = ("none", "10s", "1m", "5m", "15m", "1h")
SCOPES: Final[dict[str, list[str]]] = {
    "all grants": [],
    "environment": ["environment"],
    "class": ["class"],
    "resource": ["resource"],
    "resource and operation": ["resource", "operation"],
}
REVOCATIONS: Final[dict[str, list[str]]] = {"never": [], "at the task's end": ["task-end"]}
SHOWN: Final = (
    "access_window_s", "exposure_window_s", "unbounded_share", "reach", "issuances_per_task", "added_latency_s",
    "failed_task_share",
)  # fmt: skip
AS_WRITTEN: Final = "as written"
"""What a slider says where the file's own value stands."""


class Setting(NamedTuple):
    """Where the sliders stand."""

    ttl: str = AS_WRITTEN
    scope: str = AS_WRITTEN
    revoke: str = AS_WRITTEN
    cache: str = AS_WRITTEN


class Bench:
    """One strategy of a scenario tried at settings of the sliders; each once.

    Parameters
    ----------
    scenario : Scenario
        A small one: each setting is a whole run.
    strategy : str
        Its last stage is changed, and the layers of all verifiers.
    seed, campaigns : int
    """

    def __init__(self, scenario: Scenario, strategy: str, *, seed: int, campaigns: int = CAMPAIGNS) -> None:
        if strategy not in scenario.strategies:
            raise InputError(scenario.name, "strategies", strategy, "one of " + ", ".join(scenario.strategies))
        self.scenario, self.strategy, self.seed, self.campaigns = scenario, strategy, seed, campaigns
        self._tried: dict[Setting, Trial] = {}

    def changes(self, setting: Setting) -> dict[str, Any]:
        """What a setting changes, by key path of the scenario file."""
        stage = f"strategies.{self.strategy}.stages.{len(self.scenario.strategies[self.strategy].stages) - 1}"
        found: dict[str, Any] = {}
        if setting.ttl != AS_WRITTEN:
            found[f"{stage}.ttl"] = setting.ttl
        if setting.scope != AS_WRITTEN:
            found[f"{stage}.scope"] = SCOPES[setting.scope]
        if setting.revoke != AS_WRITTEN:
            found[f"{stage}.revoke"] = REVOCATIONS[setting.revoke]
        if setting.cache != AS_WRITTEN:
            layers = [] if setting.cache == "none" else [{"cache": {"ttl": setting.cache}}]
            found |= {f"verifiers.{name}": {"layers": layers} for name in self.scenario.content.verifiers}
        return found

    def tried(self, setting: Setting) -> Trial:
        """One replication under a setting.

        Raises
        ------
        InputError
            If the scenario file could not say so.
        """
        if setting not in self._tried:
            changes = self.changes(setting)
            here = edited(self.scenario, changes, within="explore") if changes else self.scenario
            self._tried[setting] = try_strategy(here, self.strategy, seed=self.seed, campaigns=self.campaigns)
        return self._tried[setting]

    def survival(self, setting: Setting) -> pl.DataFrame:
        """Share of stolen credentials still honoured, now and as written."""
        shown = {AS_WRITTEN: Setting()} | ({"now": setting} if setting != Setting() else {})
        found = {name: [{METRIC: _finding(self.tried(at))}] for name, at in shown.items()}
        return survival(found, cap_s=self.scenario.content.cap / SECOND)


def _finding(trial: Trial) -> Finding:
    observed = trial.observations[METRIC]
    return Finding(observed.numerator, observed.denominator, thinned(observed.sample))


class Explorer:
    """Sliders, a picture and numbers; a notebook shows it where it stands last in a cell.

    Attributes
    ----------
    ttl, scope, revoke, cache
        The sliders; setting their ``value`` moves them.
    picture, numbers
        HTML widgets with what was found.
    bench : Bench
    """

    def __init__(self, bench: Bench) -> None:
        import ipywidgets  # only here: pip install nhilab[notebooks]

        def slider(name: str, options: tuple[str, ...]) -> Any:
            return ipywidgets.SelectionSlider(
                description=name, options=(AS_WRITTEN, *options), value=AS_WRITTEN, continuous_update=False
            )

        self.bench = bench
        self.ttl, self.cache = slider("lifetime", TTLS), slider("cache", CACHES)
        self.scope, self.revoke = slider("scope", tuple(SCOPES)), slider("revoked", tuple(REVOCATIONS))
        self.picture, self.numbers = ipywidgets.HTML(), ipywidgets.HTML()
        sliders = ipywidgets.VBox([self.ttl, self.scope, self.revoke, self.cache])
        self.box = ipywidgets.VBox([ipywidgets.HBox([sliders, self.numbers]), self.picture])
        for each in (self.ttl, self.scope, self.revoke, self.cache):
            each.observe(lambda change: self.update(), names="value")
        self.update()

    @property
    def setting(self) -> Setting:
        """Where the sliders stand."""
        return Setting(self.ttl.value, self.scope.value, self.revoke.value, self.cache.value)

    def update(self) -> None:
        """Try what the sliders say, and show it."""
        try:
            self.numbers.value = _numbers(self.bench, self.setting)
            self.picture.value = _picture(self.bench.survival(self.setting))
        except InputError as error:
            self.numbers.value = f"<p>{escape(str(error))}</p>"
            self.picture.value = ""

    def _repr_mimebundle_(self, **wanted: Any) -> Any:
        return self.box._repr_mimebundle_(**wanted)


def explore(scenario: Scenario, strategy: str, *, seed: int, campaigns: int = CAMPAIGNS) -> Explorer:
    """Sliders over the lifetime, scope and revocation of a strategy, and the cache of all verifiers.

    Parameters
    ----------
    scenario : Scenario
        A small one, such as those of the library without ``ci-estate``: it is run anew at each new setting.
    strategy : str
        Its last stage is changed.
    seed : int
        Which chance; the same at all settings.
    campaigns : int
        Thieves.

    Returns
    -------
    Explorer
        To be shown in a notebook. One replication: a look, not a result; `nhilab.sweep` gives intervals.

    Raises
    ------
    InputError
        If the strategy is unknown.

    Notes
    -----
    Needs ipywidgets: ``pip install nhilab[notebooks]``. Checked by ``tests/unit/report/notebook/test_explorer.py``.
    """
    return Explorer(Bench(scenario, strategy, seed=seed, campaigns=campaigns))


def _picture(table: pl.DataFrame) -> str:
    """Survival of what was stolen, as an element of a page."""

    def draw() -> Figure:
        figure = Figure(figsize=(7, 3.2))  # a layout that measures every label would take as long as the drawing
        figure.subplots_adjust(left=0.09, right=0.97, bottom=0.17, top=0.9)
        draw_survival(figure.subplots(), table)
        return figure

    return svg_element(draw) if len(table) else "<p>Nothing was stolen.</p>"


def _numbers(bench: Bench, setting: Setting) -> str:
    """A table of the setting's metrics beside those of the file."""
    now, before = bench.tried(setting), bench.tried(Setting())
    rows = "".join(
        f"<tr><td style='text-align:left' title='{escape(METRICS[key].meaning)}'>{escape(heading(key))}</td>"
        f"<td>{_value(before, key)}</td><td><b>{_value(now, key)}</b></td></tr>"
        for key in SHOWN
    )
    cap = format_duration(bench.scenario.content.cap)
    notes = [f"one replication, {bench.campaigns} thieves: a look, without intervals; windows are cut at {cap}"]
    if now.ledger.stages.hypothetical.any():
        notes.append("hypothetical: an issuer cannot deliver what is asked")
    said = "<br>".join(map(escape, notes))
    return f"<table><tr><th></th><th>{AS_WRITTEN}</th><th>now</th></tr>{rows}</table><small>{said}</small>"


def _value(trial: Trial, key: str) -> str:
    """A metric of a trial; marked where access never ends and the mean is that of windows cut at the cap."""
    cut = key == "access_window_s" and trial.observations["unbounded_share"].value > 0
    return ("≥ " if cut else "") + number(trial.observations[key].value, shown_unit(key, METRICS[key].unit))
