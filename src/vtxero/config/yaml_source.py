"""Reads a YAML file into plain values, remembering the line of each key. Nothing in the file is ever executed.

Scalars stay as they were typed: an account code 0200 is no octal number, `off` is no boolean, 2026-11-01 no date. What
a value means is decided by the option it is for.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from vtxero.config.yaml_words import fault_of
from vtxero.errors import ConfigError

MAX_BYTES = 256 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 20
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")}

Key: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Layer:
    """One source of settings: values by key, and where each was written (`vtxero.yaml:12`, a variable, a flag)."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[Key, str] = field(default_factory=dict)

    def put(self, key: Key, value: Any, place: str) -> None:
        """Set one value."""
        section = self.values
        for name in key[:-1]:
            inner = section.get(name)
            if not isinstance(inner, dict):
                inner = section[name] = {}
            section = inner
        section[key[-1]] = value
        self.places[key] = place

    def lay_over(self, upper: Layer) -> Layer:
        """Give a layer in which the upper one wins, key by key."""
        return Layer(_merged(self.values, upper.values), self.places | upper.places)

    def take(self, key: str) -> Layer:
        """Cut out a section as a layer of its own; one that is not there gives an empty layer.

        Raises:
            ConfigError: what stands there is no section.
        """
        values = self.values.pop(key, None)
        if values is not None and not isinstance(values, dict):
            raise ConfigError(f"{self.places[key,]}: {key}: should be a section of `name: value` lines.")
        places = {path[1:]: place for path, place in self.places.items() if path[0] == key and len(path) > 1}
        self.places = {path: place for path, place in self.places.items() if path[0] != key}
        return Layer(values or {}, places)


def _merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    result = dict(lower)
    for name, value in upper.items():
        old = result.get(name)
        result[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def read_file(path: Path) -> Layer:
    """Read a config file.

    Raises:
        ConfigError: it cannot be read, or is no plain YAML; the message names file and line.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        make = ", or let `vtxero init` make one there" if isinstance(error, FileNotFoundError) else ""
        raise ConfigError(
            f"The config file {path} cannot be read: {error.strerror}.", remedy=f"Name another one with --config{make}."
        ) from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            f"{path} is larger than {MAX_BYTES // 1024} KB: that is no config of vtxero.",
            remedy="Name another file with --config.",
        )
    try:
        return read_text(_decode(raw, path), name=str(path))
    except ConfigError as error:
        if path.suffix.lower() not in {".yaml", ".yml"}:
            error.remedy = f"If {path.name} is no config, name another file with --config. {error.remedy}"
        raise


def read_text(text: str, *, name: str) -> Layer:
    """Read YAML text; `name` stands for the file in messages.

    Raises:
        ConfigError: it is no plain YAML of a section at the top.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        fault = fault_of(error, text)
        place = f"{name}:{fault.line}:{fault.column}" if fault.line else name
        raise ConfigError(f"{place}: {fault.said}.", remedy=fault.write) from None
    except (RecursionError, ValueError):
        raise ConfigError(f"{name} is nested too deeply.", remedy="Mend the YAML.") from None
    if node is None or _is_null(node):
        return Layer()
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(
            f"{name}:{node.start_mark.line + 1}: the file should hold lines like `vtiger:`, and holds {_kind(node)}.",
            remedy="`vtxero init` makes one of the right form.",
        )
    walker = _Walker(name)
    values = walker.walk(node, ())
    if walker.problems:
        raise ConfigError("\n".join(walker.problems))
    return Layer(values, walker.places)


class _Walker:
    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Key, str] = {}
        self.problems: list[str] = []
        self._nodes = 0

    def walk(self, node: yaml.Node, key: Key) -> Any:
        """Give a node's value; aliases are followed, but not without end."""
        self._nodes += 1
        if self._nodes > MAX_NODES or len(key) > MAX_DEPTH:
            raise ConfigError(f"{self._at(node)}: the file is too large or nested too deeply, maybe by `*` references.")
        match node:
            case yaml.MappingNode():
                return self._mapping(node, key)
            case yaml.SequenceNode():
                return self._sequence(node, key)
            case _:
                return self._scalar(node, key)

    def _scalar(self, node: yaml.Node, key: Key) -> str | None:
        if node.tag not in _PLAIN_TAGS:
            self._tag_problem(node, key)
        return None if _is_null(node) else str(node.value)

    def _sequence(self, node: yaml.SequenceNode, key: Key) -> list[Any]:
        if node.tag != _STANDARD + "seq":
            self._tag_problem(node, key)
        values = []
        for index, item in enumerate(node.value):
            inner = (*key, str(index))
            self.places[inner] = self._at(item)
            values.append(self.walk(item, inner))
        return values

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        if node.tag != _STANDARD + "map":
            self._tag_problem(node, key)
        values: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, yaml.ScalarNode) or name_node.tag == _STANDARD + "merge":
                self.problems.append(f"{self._at(name_node)}: a key should be a plain word, and is {_kind(name_node)}")
                continue
            name = str(name_node.value)
            inner = (*key, name)
            if name in values:
                first = self.places[inner].rpartition(":")[2]
                self.problems.append(
                    f"{self._at(name_node)}: {'.'.join(inner)}: given twice, first in line {first}; keep one of them"
                )
                continue
            self.places[inner] = self._at(name_node)
            values[name] = self.walk(value_node, inner)
        return values

    def _tag_problem(self, node: yaml.Node, key: Key) -> None:
        where = ".".join(key) or "the file"
        self.problems.append(
            f"{self._at(node)}: {where}: the YAML tag {node.tag!r} is not allowed; write a plain value"
        )

    def _at(self, node: yaml.Node) -> str:
        return f"{self.name}:{node.start_mark.line + 1}"


def _decode(raw: bytes, path: Path) -> str:
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: the file is no text in UTF-8.", remedy="Save it as YAML in UTF-8.") from None
    if "\0" in text:
        raise ConfigError(f"{path} is a binary file.", remedy="Name a YAML file with --config.")
    return text


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _STANDARD + "null"


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a section"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "the merge key `<<`" if node.tag == _STANDARD + "merge" else "a single value"
