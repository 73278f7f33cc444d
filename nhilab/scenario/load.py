"""From a YAML file to a checked scenario."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.scenario.build import build_estate
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.folder import folder_rows
from nhilab.scenario.generate import generated_rows
from nhilab.scenario.listed import listed_rows
from nhilab.scenario.provenance import Provenance, read_provenance
from nhilab.scenario.rows import EstateRows
from nhilab.scenario.scenario import Scenario

_UNION_TAGS = {"constant", "exponential", "uniform", "lognormal", "quantiles", "geometric"}


def load_scenario(path: str | Path) -> Scenario:
    """Scenario of a YAML file.

    Parameters
    ----------
    path : str or Path
        The file; tables it names are looked for beside it.

    Raises
    ------
    InputError
        If the file cannot be read or says something that is not allowed.
    """
    file = str(path)
    content = _mapping(Path(path))
    try:
        raw, provenance = read_provenance(content, file)
    except RecursionError as error:
        raise InputError(file, "", "a part of the file that holds itself", "plain YAML") from error
    return assemble(raw, file=file, provenance=provenance)


def assemble(raw: dict[Any, Any], *, file: str, provenance: Provenance) -> Scenario:
    """Scenario of content that is already read; `file` is named in errors."""
    try:
        content = ScenarioFile.model_validate(raw)
    except ValidationError as error:
        raise _first_error(error, file) from error
    _check_names(content, file)
    rows = _rows(content, file)
    estate = build_estate(rows, content, file)
    _check_patterns(content, [w.name for w in rows.workloads], file)
    return Scenario(
        name=Path(file).parent.name if Path(file).stem == "scenario" else Path(file).stem,
        content=content,
        estate=estate,
        arrivals=tuple(w.arrivals for w in rows.workloads),
        profiles=tuple(content.profiles[w.profile] for w in rows.workloads),
        provenance=provenance,
    )


class _OnceLoader(yaml.SafeLoader):
    """Plain YAML in which no key is given twice: the first one would be lost without a word."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{key.value} twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return node


def _mapping(path: Path) -> dict[Any, Any]:
    text = read_text(path)
    try:
        raw = yaml.load(text, _OnceLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(path, where, error.problem or "", "plain YAML, each key once") from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(path, "", str(error), "plain YAML") from error
    if not isinstance(raw, dict):
        raise InputError(path, "", type(raw).__name__, "a mapping with question, estate, strategies, threat, …")
    return raw


def _first_error(error: ValidationError, file: str) -> InputError:
    first = error.errors()[0]
    parts = [str(p) for i, p in enumerate(first["loc"]) if not _is_tag(first["loc"], i)]
    found: object = first["input"]
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        found, message = parts[-1], "a known key"
    elif first["type"] == "missing":
        found, message = "nothing", "this key is required"
    elif first["type"].startswith("union_tag"):
        message = "one of " + str(first.get("ctx", {}).get("expected_tags", "")).replace("'", "")
    return InputError(file, ".".join(parts), found, message)


def _is_tag(location: tuple[int | str, ...], i: int) -> bool:
    return location[i] in _UNION_TAGS and i > 0 and i + 1 < len(location) and location[i + 1] == location[i]


def _check_names(content: ScenarioFile, file: str) -> None:
    for name, strategy in content.strategies.items():
        for i, stage in enumerate(strategy.stages):
            _known(stage.issuer, content.issuers, file, f"strategies.{name}.stages.{i}.issuer")
    for kind, verifier in content.estate.verifier_by_class.items():
        _known(verifier, content.verifiers, file, f"estate.verifier_by_class.{kind}")
    for name, entry in content.threat.entries.items():
        for i, place in enumerate(entry.places):
            _known(place, content.estate.places, file, f"threat.entries.{name}.places.{i}")


def _check_patterns(content: ScenarioFile, workloads: list[str], file: str) -> None:
    """An at-task entry that fits no workload would make every campaign of its class empty without a word."""
    for name, entry in content.threat.entries.items():
        for i, pattern in enumerate(entry.workloads):
            if not any(fnmatchcase(workload, pattern) for workload in workloads):
                some = ", ".join(workloads[:8]) + (", …" if len(workloads) > 8 else "")
                raise InputError(file, f"threat.entries.{name}.workloads.{i}", pattern, f"a pattern for one of {some}")


def _known(name: str, names: Iterable[str], file: str, key: str) -> None:
    if name not in names:
        raise InputError(file, key, name, "one of " + ", ".join(names))


def _rows(content: ScenarioFile, file: str) -> EstateRows:
    if content.estate.tables is not None:
        return folder_rows(content.estate, file)
    if content.estate.generated is not None:
        return generated_rows(content.estate, file)
    return listed_rows(content.estate, file)
