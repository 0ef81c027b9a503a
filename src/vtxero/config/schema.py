"""The JSON Schema of the config file, for editors."""

from __future__ import annotations

from typing import Any

from vtxero.config.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Give the schema of a config file.

    It is as forgiving as the loader: numbers may stand for texts (account codes), a section may be empty, and what the
    environment can supply is not required.
    """
    schema: dict[str, Any] = _forgiving(Settings.model_json_schema())
    overrides = {name: part for name, part in schema["properties"].items() if name != "profile"}
    schema["properties"]["profiles"] = {
        "description": "what differs per profile, chosen by --profile",
        "type": ["object", "null"],
        "additionalProperties": {"type": ["object", "null"], "properties": overrides, "additionalProperties": False},
    }
    schema["$schema"] = DIALECT
    schema["title"] = "vtxero"
    return schema


def _forgiving(part: Any) -> Any:
    if isinstance(part, list):
        return [_forgiving(item) for item in part]
    if not isinstance(part, dict):
        return part
    result = {name: _forgiving(value) for name, value in part.items() if name != "title" or isinstance(value, dict)}
    kind = result.get("type")
    if kind == "object":
        result["type"] = ["object", "null"]
        result.pop("required", None)
    elif kind == "string" and "enum" not in result and "const" not in result:
        result["type"] = ["string", "number"]
    elif kind == "boolean":
        result["type"] = ["boolean", "string"]
    if "enum" in result and "off" in result["enum"]:
        result["enum"] = [*result["enum"], False]
        result.pop("type", None)
    return result
