"""The options one by one: key, variable, and field, as the models declare them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from vtxero.config.settings import Settings
from vtxero.config.yaml_source import Key

PREFIX = "VTXERO_"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One option."""

    key: Key
    field: FieldInfo

    @property
    def name(self) -> str:
        """The key as shown: `vtiger.url`."""
        return ".".join(self.key)

    @property
    def variable(self) -> str:
        """The environment variable: `VTXERO_VTIGER_URL`."""
        return PREFIX + "_".join(self.key).upper()

    @property
    def is_secret(self) -> bool:
        """Whether its value is never shown."""
        return SecretStr in _parts(self.field.annotation)

    @property
    def is_structured(self) -> bool:
        """Whether it holds a map or a list."""
        return any(get_origin(part) in {dict, tuple} for part in _parts(self.field.annotation))

    @property
    def is_path(self) -> bool:
        """Whether it may hold a path on this machine."""
        return self.key in {("state_dir",), ("log", "file"), ("vtiger", "verify")}


def leaves(model: type[BaseModel] = Settings, above: Key = ()) -> Iterator[Leaf]:
    """List all options, in the order in which they are declared."""
    for name, field in model.model_fields.items():
        if section := section_model(field.annotation):
            yield from leaves(section, (*above, name))
        else:
            yield Leaf((*above, name), field)


def model_at(key: Key) -> type[BaseModel] | None:
    """Find the section that a key names, None when it names none."""
    model: type[BaseModel] = Settings
    for name in key:
        field = model.model_fields.get(name)
        inner = section_model(field.annotation) if field else None
        if inner is None:
            return None
        model = inner
    return model


def section_model(annotation: Any) -> type[BaseModel] | None:
    """Give the model of a section's annotation, None for an option."""
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _parts(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in {dict, tuple}:
        return (annotation,)
    inner = get_args(annotation)
    return tuple(part for item in inner for part in _parts(item)) if inner else (annotation,)
