"""The same scenario with other values at some key paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilab.base.errors import InputError
from nhilab.scenario.extends import without_gone
from nhilab.scenario.keypath import find, replaced
from nhilab.scenario.load import assemble
from nhilab.scenario.presets import with_presets
from nhilab.scenario.provenance import Origin, Provenance
from nhilab.scenario.scenario import Scenario


def edited(scenario: Scenario, changes: Mapping[str, Any], *, within: str = "") -> Scenario:
    """The scenario with other values; the one given is left as it is.

    Parameters
    ----------
    scenario : Scenario
    changes : dict of key path to value
        As they could stand in the file: ``{"strategy.jit.ttl": "5m"}``; None removes a key. Later ones are applied to
        what earlier ones made. `find` says how a path is read.
    within : str
        What holds the changes, named where a path leads nowhere; an option also where its value is refused.

    Raises
    ------
    InputError
        If a path leads nowhere, or the file could not say that there.

    Notes
    -----
    Checked by ``tests/unit/scenario/test_edit.py``.
    """
    content: Any = scenario.written.content
    origins = dict(scenario.provenance.origins)
    file, names = scenario.written.file, list[str]()
    for path, value in changes.items():
        way = find(content, path, file=file, within=within)
        content = replaced(content, way, value)
        name = ".".join(map(str, way))
        origins = {key: origin for key, origin in origins.items() if key != name and not key.startswith(f"{name}.")}
        if value is not None:
            origins[name] = Origin("chosen", "")
        names.append(name)
    try:
        filled, provenance = with_presets(content, Provenance(origins), file)
        return assemble(without_gone(filled), file=file, provenance=provenance)
    except InputError as error:
        if within.startswith("--") and any(error.key == name or error.key.startswith(f"{name}.") for name in names):
            raise InputError(within, error.key, error.found, error.allowed) from None  # the file says no such thing
        raise
