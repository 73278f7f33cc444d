"""Presets: what real systems do by their documentation, under names that scenarios use (presets.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import yaml

from nhilab.base.errors import InputError
from nhilab.scenario.extends import GONE, Content, over
from nhilab.scenario.known_keys import one_of
from nhilab.scenario.provenance import TAGS, Origin, Provenance, read_provenance

Section = Literal["issuers", "verifiers", "stages"]
SECTIONS: Final[tuple[Section, ...]] = ("issuers", "verifiers", "stages")


@dataclass(frozen=True)
class Statement:
    """One thing a preset says: a value, where it stands, and who says so."""

    key: str
    value: Any
    origin: Origin


@dataclass(frozen=True)
class Preset:
    """What a system does by its documentation, in the words of scenario files.

    Attributes
    ----------
    name, title, note : str
        Name that scenarios use, one line, and how the documentation was read where that took a decision.
    section : str
        Where it may be named: in an issuer, a verifier or a stage.
    says : mapping
        Its keys, tagged as in a scenario file.
    figures : tuple of mapping
        Which published figure stands behind a key: system, mechanism and parameter of the figure, and the words of it
        that give the value where it is not the figure's own.
    """

    name: str
    section: Section
    title: str
    says: Mapping[str, Any]
    note: str = ""
    figures: tuple[Mapping[str, str], ...] = ()

    def content(self, path: tuple[str, ...] = ()) -> Content:
        """Its keys without tags, and the origins of its numbers as if it lay at `path`."""
        plain, provenance = read_provenance(dict(self.says), self.name)
        return Content(plain, {".".join((*path, key)): origin for key, origin in provenance.origins.items()})

    def statements(self) -> tuple[Statement, ...]:
        """All it says, texts too, one by one."""
        return tuple(_statements(self.says, ()))


def _statements(says: Any, path: tuple[str, ...]) -> Iterator[Statement]:
    if isinstance(says, Mapping) and "value" in says:
        origin = next((Origin(tag, says[tag]) for tag in TAGS if tag in says), Origin("assumed", ""))
        yield Statement(".".join(path), says["value"], origin)
        return
    for key, part in says.items() if isinstance(says, Mapping) else enumerate(says):
        yield from _statements(part, (*path, str(key)))


@cache
def presets() -> Mapping[tuple[Section, str], Preset]:
    """The packaged presets, by section and name."""
    text = files(__package__).joinpath("presets.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {
        (section, name): Preset(name, section, **{**part, "figures": tuple(part.get("figures", ()))})
        for section in SECTIONS
        for name, part in content[section].items()
    }


def names_of(section: Section) -> tuple[str, ...]:
    """Names of a section's presets, in order."""
    return tuple(name for kind, name in presets() if kind == section)


def with_presets(raw: dict[Any, Any], provenance: Provenance, file: str) -> tuple[dict[Any, Any], Provenance]:
    """Content in which every issuer, verifier and stage that names a preset lies over what the preset says.

    Parameters
    ----------
    raw : dict
        Content without its tags.
    provenance : Provenance
        Origins of its numbers.
    file : str
        Named in errors.

    Returns
    -------
    tuple of dict and Provenance
        The content without the key ``preset``, and the origins, those of the presets' numbers among them.

    Raises
    ------
    InputError
        If a preset is not known.
    """
    origins = dict(provenance.origins)

    def filled(part: Any, section: Section, *path: str) -> Any:
        if not isinstance(part, dict) or part.get("preset", GONE) is GONE:
            return part
        own = {key: value for key, value in part.items() if key != "preset"}
        preset = _known(part["preset"], section, file, path)
        merged = over(preset.content(path), Content(own, origins), path)
        origins.pop(".".join((*path, "preset")), None)
        origins.update(merged.origins)
        return merged.plain

    def strategy(part: Any, name: str) -> Any:
        if not isinstance(part, dict) or not isinstance(part.get("stages"), list):
            return part
        way = ("strategies", name, "stages")
        return part | {"stages": [filled(stage, "stages", *way, str(i)) for i, stage in enumerate(part["stages"])]}

    whole = dict(raw)
    for section in ("issuers", "verifiers"):
        if isinstance(raw.get(section), dict):
            whole[section] = {name: filled(part, section, section, str(name)) for name, part in raw[section].items()}
    if isinstance(raw.get("strategies"), dict):
        whole["strategies"] = {name: strategy(part, str(name)) for name, part in raw["strategies"].items()}
    return whole, Provenance(origins)


def _known(name: object, section: Section, file: str, path: tuple[str, ...]) -> Preset:
    known = presets()
    if not isinstance(name, str) or (section, name) not in known:
        raise InputError(file, ".".join((*path, "preset")), name, one_of(str(name), names_of(section)))
    return known[section, name]
