"""JSON Schema of scenario files as people write them: tags anywhere, presets, and other files to extend."""

from __future__ import annotations

from typing import Any, Final

from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.presets import Section, names_of
from nhilab.scenario.provenance import TAGS

_TEXT = {"type": "string", "description": "Source or reason of the numbers beside it."}
_NOT_A_TAG = f"^(?!(?:{'|'.join(TAGS)})$)"
_MERGED = {"type": "object", "description": "Content merged into the mapping around it, tagged; `source` is the text."}
_TAGGED_VALUE = {
    "type": "object",
    "required": ["value"],
    "properties": {"value": {}, **dict.fromkeys(TAGS, _TEXT)},
    "additionalProperties": False,
    "description": "One number with its origin.",
}
_EXTENDS = {"type": "string", "description": "Scenario file whose content lies under this one's, relative to it."}
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
    definitions["TaggedValue"] = _TAGGED_VALUE
    schema["properties"]["extends"] = _EXTENDS
    for holder, section in _PRESET_HOLDERS.items():
        named = {"enum": list(names_of(section)), "description": "A real system; its keys lie under these."}
        definitions[holder]["properties"]["preset"] = _or_tagged(named)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _with_tags(node: Any) -> Any:
    """The same schema, in which mappings may hold tags and values may be tagged or short for a constant."""
    if isinstance(node, list):
        return [_with_tags(part) for part in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_tags(part) for key, part in node.items() if key not in ("properties", "required")}
    if "oneOf" in plain and "discriminator" not in plain:
        plain["anyOf"] = [*plain.pop("oneOf"), {"type": ["string", "integer"]}]
    if "properties" in node:
        own = {name: _or_tagged(_with_tags(part)) for name, part in node["properties"].items()}
        plain["properties"] = own | {tag: {"anyOf": [_TEXT, _MERGED]} for tag in TAGS}
    elif "patternProperties" in plain or isinstance(plain.get("additionalProperties"), dict):
        plain["properties"] = {tag: {"anyOf": [_TEXT, _MERGED]} for tag in TAGS}
        if isinstance(plain.get("additionalProperties"), dict):
            plain["additionalProperties"] = _or_tagged(plain["additionalProperties"])
        named = plain.get("patternProperties", {}).items()
        plain |= {"patternProperties": {_NOT_A_TAG + key.removeprefix("^"): _or_tagged(part) for key, part in named}}
    if isinstance(plain.get("items"), dict):
        plain["items"] = _or_tagged(plain["items"])
    return plain


def _or_tagged(part: Any) -> dict[str, Any]:
    words = {key: part[key] for key in ("description", "title", "default", "examples") if key in part}
    return {**words, "anyOf": [part, {"$ref": "#/$defs/TaggedValue"}, {"type": "null"}]}
