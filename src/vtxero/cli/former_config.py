"""The config that `vtxero init` replaces: what it says is offered as answers, what is not asked for is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from vtxero.config.files import write_private
from vtxero.config.load import Sources, load
from vtxero.config.settings import ModulesSettings, Settings
from vtxero.config.starter import WRITTEN
from vtxero.config.yaml_source import read_file
from vtxero.errors import ConfigError

WHOLE = {("taxes", "map")}
"""Sections of the user's own names: they are kept or left as one."""


class SeveralProfilesError(ConfigError):
    """The config is one of several profiles, and is not to be replaced by one of a single one."""


@dataclass(frozen=True, slots=True)
class Former:
    """What the old config says; `kept` are the options that a first config does not ask for, by section."""

    settings: Settings | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, Any]:
        """What is written again as it was."""
        return _without(self.values, ())

    def said(self, *key: str) -> str | None:
        """Give what stands in the file under a key; None where nothing does."""
        value: Any = self.values
        for name in key:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) and value.strip() else None

    def enabled(self) -> tuple[str, ...]:
        """Name the modules that are switched on."""
        chosen = self.settings.modules if self.settings else None
        return tuple(name for name in ModulesSettings.model_fields if chosen and getattr(chosen, name).enabled)

    def direction(self) -> str | None:
        """Give the direction of the modules, where they have the same one."""
        chosen = self.settings.modules if self.settings else None
        found = {str(getattr(chosen, name).direction) for name in self.enabled() if name != "taxes"}
        return found.pop() if len(found) == 1 else None


def read_former(path: Path) -> Former:
    """Read the config that is there.

    Raises:
        SeveralProfilesError: a first config is of one.
        ConfigError: it cannot be read.
    """
    values = read_file(path).values
    if "profiles" in values:
        raise SeveralProfilesError(
            f"{path} holds several profiles, and this makes a config of one.",
            remedy="Edit it, or choose another file with --config.",
        )
    return Former(load(Sources(config=path, environ={})).settings, values)


def _without(values: Mapping[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
    """Leave out what a first config writes itself."""
    left: dict[str, Any] = {}
    for name, value in values.items():
        key = (*above, name)
        inner = _without(value, key) if isinstance(value, Mapping) and key not in WHOLE else value
        if ".".join(key) not in WRITTEN and inner is not None and inner != {}:
            left[name] = inner
    return left


def replace_config(path: Path, text: str) -> Path | None:
    """Write a config; one that was there is put aside first, and its new name given.

    Raises:
        OSError: it cannot be written; all is as it was.
    """
    aside = _free_name(path) if path.exists() else None
    try:
        if aside:
            write_private(aside, path.read_text(encoding="utf-8", errors="surrogateescape"))
        write_private(path, text)
    except BaseException:
        if aside:
            aside.unlink(missing_ok=True)
        raise
    return aside


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.old{number or ''}") for number in count())
    return next(name for name in names if not name.exists())
