"""JSON Schema of scenario files as people write them: tags anywhere, presets, and other files to extend."""

from __future__ import annotations

from typing import Any, Final

from nhilab.base.quantities import NEVER, format_duration, parse_duration
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.keys import LENGTH_SCHEMA
from nhilab.scenario.presets import Section, names_of
from nhilab.scenario.provenance import TAGS

_NOT_A_TAG: Final = f"^(?!(?:{'|'.join(TAGS)})$)"
_WORDS: Final = ("title", "description", "default", "examples")
_SOURCE: Final = {
    "type": "string",
    "description": "Source or reason of this number.",
    "examples": ["RFC 7519, section 4.1.4"],
}
_TAG: Final = {
    "description": "Where the numbers beside it come from: a source or reason; or a mapping that is merged into the "
    "one around it and tagged, `source` being the text.",
    "examples": ["round numbers", {"source": "RFC 7519", "leeway": "60s"}],
    "anyOf": [{"type": "string"}, {"type": "object"}],
}  # fmt: skip
_TAGGED: Final = {
    "title": "Number with its origin",
    "type": "object",
    "required": ["value"],
    "properties": {
        "value": {"description": "The number.", "examples": ["15m", 0.3]},
        **dict.fromkeys(TAGS, _SOURCE),
    },
    "additionalProperties": False,
    "description": "One number with its origin.",
}
_OTHERWISE: Final = {
    "description": "A number with its origin; or null, which removes the key from what lies under this file.",
    "anyOf": [{"$ref": "#/$defs/TaggedValue"}, {"type": "null"}],
}
_EXTENDS: Final = {
    "title": "Extends",
    "type": "string",
    "description": "Scenario file whose content lies under this one's, relative to it.",
    "examples": ["base.yaml"],
}
_PRESET_HOLDERS: Final[dict[str, Section]] = {"Issuer": "issuers", "Verifier": "verifiers", "Stage": "stages"}


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) that accepts every scenario file the loader accepts.

    Returns
    -------
    dict
        Looser than the loader in two respects: no key is required, since a tagged section, a preset or an extended
        file may hold it instead; and any value may be null, which removes a key of those.
        Checked by ``tests/unit/scenario/test_schema.py``.
    """
    schema = _with_tags(ScenarioFile.model_json_schema())
    definitions = schema.setdefault("$defs", {})
    definitions |= {"TaggedValue": _TAGGED, "Tag": _TAG, "Otherwise": _OTHERWISE, "Length": LENGTH_SCHEMA}
    schema["properties"]["extends"] = _EXTENDS
    for holder, section in _PRESET_HOLDERS.items():
        names = list(names_of(section))
        told = {"title": "Preset", "description": "A real system; its keys lie under these.", "examples": names}
        definitions[holder]["properties"]["preset"] = told | _or_tagged({"enum": names})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _with_tags(node: Any) -> Any:
    """The same schema, in which mappings may hold tags and values may be tagged or short for a constant."""
    if isinstance(node, list):
        return [_with_tags(part) for part in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_tags(part) for key, part in node.items() if key not in ("properties", "required", *_WORDS)}
    if plain.get("anyOf") == LENGTH_SCHEMA["anyOf"]:  # a limit in microseconds means nothing to a text
        plain = {"$ref": "#/$defs/Length"}
    if "oneOf" in plain and "discriminator" not in plain:
        plain["anyOf"] = [*plain.pop("oneOf"), {"type": ["string", "integer"]}]
    if "properties" in node:
        own = {name: _property(name, part) for name, part in node["properties"].items()}
        plain["properties"] = own | {tag: {"$ref": "#/$defs/Tag"} for tag in TAGS}
    elif "patternProperties" in plain or isinstance(plain.get("additionalProperties"), dict):
        plain["properties"] = {tag: {"$ref": "#/$defs/Tag"} for tag in TAGS}
        if isinstance(plain.get("additionalProperties"), dict):
            plain["additionalProperties"] = _or_tagged(plain["additionalProperties"])
        named = plain.get("patternProperties", {}).items()
        plain |= {"patternProperties": {_NOT_A_TAG + key.removeprefix("^"): _or_tagged(part) for key, part in named}}
    if isinstance(plain.get("items"), dict):
        plain["items"] = _or_tagged(plain["items"])
    words = {key: node[key] for key in ("title", "description") if key in node and "properties" in node}
    return words | plain


def _property(name: str, part: dict[str, Any]) -> dict[str, Any]:
    """A property with its words once, values that can be listed as examples, and its default as files write it."""
    words = {key: part[key] for key in _WORDS if key in part} | {"title": name.replace("_", " ").capitalize()}
    plain = _with_tags(part)
    if "examples" not in words:
        words["examples"] = _listed(plain)
    if "default" in words:
        words["default"] = _written(words["default"], plain)
    return words | _or_tagged(plain)


def _listed(plain: dict[str, Any]) -> list[Any]:
    """All values there are, where they can be listed."""
    return list(plain.get("enum", [True, False] if plain.get("type") == "boolean" else []))


def _written(default: Any, plain: dict[str, Any]) -> Any:
    """A default, in which lengths are written with their unit."""
    lengths = {"$ref": "#/$defs/Length"}
    if isinstance(default, int) and (plain == lengths or lengths in plain.get("anyOf", ())):
        text = format_duration(default)
        return text if default >= NEVER or parse_duration(text) == default else default
    return default


def _or_tagged(part: Any) -> dict[str, Any]:
    return {"anyOf": [part, {"$ref": "#/$defs/Otherwise"}]}
