"""From a YAML file to a checked scenario."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nhilab.base.errors import InputError
from nhilab.scenario.build import build_estate
from nhilab.scenario.extends import read_extended, without_gone
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.folder import folder_rows
from nhilab.scenario.generate import generated_rows
from nhilab.scenario.keypath import find
from nhilab.scenario.known_keys import one_of
from nhilab.scenario.listed import listed_rows
from nhilab.scenario.marks import located
from nhilab.scenario.presets import with_presets
from nhilab.scenario.provenance import Provenance
from nhilab.scenario.refusal import refusal
from nhilab.scenario.rows import EstateRows
from nhilab.scenario.scenario import Scenario, Written


def load_scenario(path: str | Path) -> Scenario:
    """Scenario of a YAML file.

    Parameters
    ----------
    path : str or Path
        The file; tables it names are looked for beside it. It may extend another file and name presets.

    Raises
    ------
    InputError
        If the file, or one it extends, cannot be read or says something that is not allowed.
    """
    file = str(path)
    try:
        raw, provenance = with_presets(*read_extended(Path(path)), file)
        return assemble(without_gone(raw), file=file, provenance=provenance)
    except InputError as error:
        raise located(error) from error


def assemble(raw: dict[Any, Any], *, file: str, provenance: Provenance) -> Scenario:
    """Scenario of content that is already read; `file` is named in errors."""
    try:
        content = ScenarioFile.model_validate(raw)
    except ValidationError as error:
        raise refusal(error, file) from error
    _check_names(content, file)
    _check_paths(content, raw, file)
    rows = _rows(content, file)
    estate = build_estate(rows, content, file)
    _check_patterns(content, rows, file)
    return Scenario(
        name=Path(file).parent.name if Path(file).stem == "scenario" else Path(file).stem,
        content=content,
        estate=estate,
        arrivals=tuple(w.arrivals for w in rows.workloads),
        profiles=tuple(content.profiles[w.profile] for w in rows.workloads),
        queues=tuple(w.queue for w in rows.workloads),
        provenance=provenance,
        written=Written(file, raw),
    )


def _check_names(content: ScenarioFile, file: str) -> None:
    for name, strategy in content.strategies.items():
        for i, stage in enumerate(strategy.stages):
            _known(stage.issuer, content.issuers, file, f"strategies.{name}.stages.{i}.issuer")
        for i, mix in enumerate(strategy.mix):
            _known(mix.strategy, content.strategies, file, f"strategies.{name}.mix.{i}.strategy")
    for kind, verifier in content.estate.verifier_by_class.items():
        _known(verifier, content.verifiers, file, f"estate.verifier_by_class.{kind}")
    for name, entry in content.threat.entries.items():
        for i, place in enumerate(entry.places):
            _known(place, content.estate.places, file, f"threat.entries.{name}.places.{i}")
        if entry.issuer is not None:
            _known(entry.issuer, content.issuers, file, f"threat.entries.{name}.issuer")


def _check_paths(content: ScenarioFile, raw: dict[Any, Any], file: str) -> None:
    """A key path that leads nowhere is refused before a study is begun."""
    paths = [("space", path) for path in content.space] + [("uncertain", path) for path in content.uncertain]
    paths += [(f"controls.{name}", path) for name, changes in content.controls.items() for path in changes]
    paths += [(f"worlds.{name}", path) for name, changes in content.worlds.items() for path in changes]
    for section, path in paths:
        find(raw, path, file=file, within=section)


def _check_patterns(content: ScenarioFile, rows: EstateRows, file: str) -> None:
    """An entry that fits no workload or identity would make every campaign of its class empty without a word."""
    for name, entry in content.threat.entries.items():
        for key, patterns in (("workloads", entry.workloads), ("identities", entry.identities)):
            names = [row.name for row in getattr(rows, key)]
            for i, pattern in enumerate(patterns):
                if not any(fnmatchcase(one, pattern) for one in names):
                    some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
                    raise InputError(file, f"threat.entries.{name}.{key}.{i}", pattern, f"a pattern for one of {some}")


def _known(name: str, names: Iterable[str], file: str, key: str) -> None:
    if name not in names:
        raise InputError(file, key, name, one_of(name, names))


def _rows(content: ScenarioFile, file: str) -> EstateRows:
    if content.estate.tables is not None:
        return folder_rows(content.estate, file)
    if content.estate.generated is not None:
        return generated_rows(content.estate, file)
    return listed_rows(content.estate, file)
