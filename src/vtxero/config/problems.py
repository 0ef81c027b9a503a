"""What pydantic found wrong, as sentences with file, line, key and remedy. Secrets are never quoted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from vtxero.config.leaves import leaves, model_at
from vtxero.config.yaml_source import Key, Layer

MAX_SHOWN = 20
_ABOUT = 0.07
"""How much less alike a second suggestion may be."""
_SHOULD_BE = {
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "path_type": "a path",
    "dict_type": "a section of `name: value` lines",
    "model_type": "a section of `name: value` lines",
    "model_attributes_type": "a section of `name: value` lines",
    "tuple_type": "a list",
}
_BOUNDS = {
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
}


def describe(error: ValidationError, layer: Layer, *, source: str) -> str:
    """Give all problems, one a line. `source` stands for the config as a whole."""
    by_key: dict[Key, list[Mapping[str, Any]]] = {}
    for item in error.errors(include_url=False):
        key = _key(tuple(str(part) for part in item["loc"]), layer, is_missing=item["type"] == "missing")
        by_key.setdefault(key, []).append(dict(item))
    order = {key: index for index, key in enumerate(layer.places)}
    in_order = sorted(by_key.items(), key=lambda pair: order.get(_placed(pair[0], layer), -1))
    lines = [_line(key, items, layer, source) for key, items in in_order]
    if len(lines) > MAX_SHOWN:
        lines = [*lines[:MAX_SHOWN], f"... and {len(lines) - MAX_SHOWN} more"]
    return "\n".join(lines)


def _key(location: Key, layer: Layer, *, is_missing: bool) -> Key:
    """Cut off what pydantic appends for the members of a union: keep what the config really holds."""
    value: Any = layer.values
    for depth, part in enumerate(location):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return location if is_missing else location[:depth]
    return location


def _line(key: Key, items: Sequence[Mapping[str, Any]], layer: Layer, source: str) -> str:
    name = ".".join(key) or "the config"
    text = _several(items) if len(items) > 1 else _text(key, items[0])
    return f"{layer.places.get(_placed(key, layer), source)}: {name}: {text}"


def _placed(key: Key, layer: Layer) -> Key:
    """The key itself where it was written, else the section around it."""
    while key and key not in layer.places:
        key = key[:-1]
    return key


def _several(items: Sequence[Mapping[str, Any]]) -> str:
    """One value that fits none of several forms."""
    choices = next((_choices(item) for item in items if item["type"] == "literal_error"), ())
    wanted = f"one of {', '.join(choices)}" if choices else "in another form"
    if any(item["type"] in {"dict_type", "string_type"} for item in items) and choices:
        wanted += ", or a section such as `{vtiger: field name}`"
    return f"is {_show(items[0]['input'])}, and should be {wanted}{_hint(items[0]['input'], choices)}"


def _text(key: Key, item: Mapping[str, Any]) -> str:
    kind, value = item["type"], item["input"]
    if kind == "extra_forbidden":
        return _unknown(key)
    if kind == "missing":
        return f"is missing; add it, or set {'VTXERO_' + '_'.join(key).upper()}"
    if value is None:
        return "has no value; write one, or remove the line"
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if kind == "string_too_short":
        return "is blank; write a value"
    return _wrong_value(key, item)


def _wrong_value(key: Key, item: Mapping[str, Any]) -> str:
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    shown = "" if _is_secret(key) else f"is {_show(value)}, and "
    if kind in {"literal_error", "enum"}:
        choices = _choices(item)
        return f"{shown}should be one of {', '.join(choices)}{_hint(value, choices)}"
    if kind in _BOUNDS:
        return f"{shown}should be {_BOUNDS[kind].format(**context)}"
    if kind in _SHOULD_BE:
        return f"{shown}should be {_SHOULD_BE[kind]}{_of_what(key, kind)}"
    return f"{shown}is wrong: {item['msg']}"


def _of_what(key: Key, kind: str) -> str:
    """Say what a number counts, where the option tells: who writes `10m` learns that seconds are wanted."""
    told = next((leaf.field.description for leaf in leaves() if leaf.key == key), None)
    return f": {told}" if told and "number" in _SHOULD_BE[kind] else ""


def _unknown(key: Key) -> str:
    if key == ("modules", "services"):
        return "services belong to products; set modules.products"
    model = model_at(key[:-1])
    known = list(model.model_fields) if model else []
    near = _nearest(key[-1].lower().replace("-", "_"), known)
    if near:
        return f"unknown key; did you mean {' or '.join(near)}?"
    elsewhere = [leaf.name for leaf in leaves() if leaf.key[-1] == key[-1]]
    if elsewhere:
        return f"unknown key here; did you mean {' or '.join(elsewhere)}?"
    return f"unknown key; this section knows {', '.join(known)}"


def _choices(item: Mapping[str, Any]) -> tuple[str, ...]:
    text = str(item.get("ctx", {}).get("expected", ""))
    return tuple(part.strip(" '") for part in text.replace(" or ", ", ").split(",") if part.strip())


def _hint(value: Any, choices: Sequence[str]) -> str:
    if not isinstance(value, str):
        return ""
    folded = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(value.lower().replace("_", "-"), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[near[0]]}?" if near else ""


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    """Give the known words most like this one: two when they are about equally like it."""
    near = difflib.get_close_matches(word, list(known), n=2, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(None, word, each).ratio() for each in near]
    return [each for each, like in zip(near, likeness, strict=True) if like >= likeness[0] - _ABOUT]


def _is_secret(key: Key) -> bool:
    return any(leaf.is_secret and leaf.key == key[: len(leaf.key)] for leaf in leaves())


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "without a value"
    text = str(value)
    return repr(text if len(text) <= 40 else text[:39] + "…")
