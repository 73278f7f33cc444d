"""JSON Schema of scenario files as people write them: tags anywhere, numbers tagged one by one."""

from __future__ import annotations

from typing import Any

from nhilab.scenario.file import ScenarioFile
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


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) that accepts every scenario file the loader accepts.

    Returns
    -------
    dict
        Looser than the loader in one respect: no key is required, since a tagged section may hold it instead.
        Checked by ``tests/unit/scenario/test_schema.py``.
    """
    schema = _with_tags(ScenarioFile.model_json_schema())
    schema.setdefault("$defs", {})["TaggedValue"] = _TAGGED_VALUE
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
    return {**words, "anyOf": [part, {"$ref": "#/$defs/TaggedValue"}]}
