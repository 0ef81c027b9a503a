"""Finds the config, lays environment and flags over it, and checks the whole."""

from __future__ import annotations

import difflib
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from pydantic import ValidationError

from vtxero.config.environment import absolute_path, read_environment
from vtxero.config.leaves import leaves
from vtxero.config.placed import placed
from vtxero.config.problems import describe
from vtxero.config.settings import APP, DEFAULT_PROFILE, PROFILE_NAME, Settings
from vtxero.config.yaml_source import Layer, read_file, read_text
from vtxero.domain.words import did_you_mean
from vtxero.errors import ConfigError

FILE_NAME = "vtxero.yaml"
EXAMPLE = "Make one with `vtxero init`, or try `vtxero demo`, which needs none."


@dataclass(frozen=True, slots=True)
class Sources:
    """What settings are made from. `flags` are dotted keys with (flag, text)."""

    config: Path | None = None
    profile: str | None = None
    flags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    working_folder: Path = field(default_factory=Path.cwd)
    user_folder: Path = field(default_factory=lambda: platformdirs.user_config_path(APP))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where they come from.

    `origins` has an entry for each option: file and line, variable, flag, or `default`. `profiles` are the file's.
    """

    settings: Settings
    path: Path | None
    origins: Mapping[str, str]
    warnings: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    """Where each line of the config, variable and flag stands, by key with dots: those within a map, too."""

    def place_of(self, option: str) -> str:
        """Tell where an option is written, or else the section around it; blank when neither is."""
        while option and option not in self.places:
            option = option.rpartition(".")[0]
        return self.places.get(option, "")


def load(sources: Sources) -> Loaded:
    """Make the settings: flag, then variable, then file, then default.

    Raises:
        ConfigError: nothing to read, or something wrong in it; all problems at once, each with its place.
    """
    from_environment, warnings = read_environment(sources.environ)
    path, file_layer = _read_config(sources, from_environment)
    warnings += _open_to_others(path, file_layer)
    profiles = file_layer.take("profiles")
    names = tuple(profiles.values)
    file_layer = _with_profile(file_layer, profiles, _profile(sources, from_environment, file_layer), sources, path)
    layer = file_layer.lay_over(from_environment).lay_over(_from_flags(sources))
    if path is None and not layer.values.get("vtiger"):
        raise ConfigError(f"There is no config. Looked for {_searched(sources)}.", remedy=_meant(sources) + EXAMPLE)
    origins = _origins(layer)
    settings = _with_places(_check(layer, path), origins)
    places = {".".join(key): place for key, place in layer.places.items()}
    return Loaded(settings, path, origins, warnings, names, places)


def load_draft(text: str, path: Path, sources: Sources) -> Loaded:
    """Make the settings of a config that is not written yet; `path` is where it will lie.

    Raises:
        ConfigError: something in it is wrong.
    """
    from_environment, warnings = read_environment(sources.environ)
    layer = read_text(text, name=str(path)).lay_over(from_environment).lay_over(_from_flags(sources))
    origins = _origins(layer)
    return Loaded(_with_places(_check(layer, path), origins), path, origins, warnings)


def _with_places(settings: Settings, origins: Mapping[str, str]) -> Settings:
    """Let the secrets know where they stand."""
    key = placed(settings.vtiger.access_key, origins.get("vtiger.access_key", ""))
    secret = placed(settings.xero.client_secret, origins.get("xero.client_secret", ""))
    vtiger = settings.vtiger.model_copy(update={"access_key": key})
    xero = settings.xero.model_copy(update={"client_secret": secret})
    return settings.model_copy(update={"vtiger": vtiger, "xero": xero})


def placeholders(loaded: Loaded) -> tuple[str, ...]:
    """Name the values of the example that nobody has replaced yet, each with its place."""
    host = urlsplit(loaded.settings.vtiger.url).hostname or ""
    left = {
        "vtiger.url": host == "example.com" or host.endswith(".example.com"),
        "xero.client_id": loaded.settings.xero.client_id == "your-client-id",
    }
    return tuple(
        f"{loaded.origins[name]}: {name}: still holds the example's value; write your own"
        for name, is_left in left.items()
        if is_left
    )


def _check(layer: Layer, path: Path | None) -> Settings:
    layer = Layer({"vtiger": {}, "xero": {}} | _without_empty_sections(layer.values), layer.places)
    folder = path.absolute().parent if path else Path.cwd()
    source = str(path) if path else "the environment"
    try:
        return Settings.model_validate(layer.values, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError(describe(error, layer, source=source), remedy="Correct what is named there.") from None


def _without_empty_sections(values: dict[str, object]) -> dict[str, object]:
    """Take `guards:` with nothing below it, or all of it commented out, as an empty section."""
    sections = {leaf.key[:depth] for leaf in leaves() for depth in range(1, len(leaf.key))}
    sections |= {leaf.key for leaf in leaves() if leaf.is_structured}

    def walk(part: dict[str, object], above: tuple[str, ...]) -> dict[str, object]:
        result: dict[str, object] = {}
        for name, value in part.items():
            key = (*above, name)
            if isinstance(value, dict):
                result[name] = walk(value, key)
            elif value is not None or key not in sections:
                result[name] = value
        return result

    return walk(values, ())


def _read_config(sources: Sources, from_environment: Layer) -> tuple[Path | None, Layer]:
    path = _find(sources, from_environment)
    return (path, read_file(path)) if path else (None, Layer())


def _find(sources: Sources, from_environment: Layer) -> Path | None:
    """--config, VTXERO_CONFIG, the profile's own file, ./vtxero.yaml, the user's config folder."""
    if sources.config:
        return sources.config
    if named := sources.environ.get("VTXERO_CONFIG", "").strip():
        return Path(named).expanduser()
    profile = _profile(sources, from_environment, Layer())
    if profile != DEFAULT_PROFILE and (own := sources.user_folder / f"{profile}.yaml").is_file():
        return own
    return next((path for path in _usual(sources) if path.exists()), None)


def _usual(sources: Sources) -> tuple[Path, ...]:
    return (sources.working_folder / FILE_NAME, sources.user_folder / FILE_NAME)


def _searched(sources: Sources) -> str:
    return f"--config, VTXERO_CONFIG, {' and '.join(map(str, _usual(sources)))}"


def _meant(sources: Sources) -> str:
    """Name the files of the working folder that look like configs, under other names; blank where there is none."""
    found = [path.name for path in sorted(sources.working_folder.glob("*.y*ml")) if _looks_like_one(path)]
    return (
        f"If {' or '.join(found[:3])} is meant, name it: `vtxero --config {shlex.quote(found[0])}`. " if found else ""
    )


def _looks_like_one(path: Path) -> bool:
    try:
        return {"vtiger", "xero"} <= read_file(path).values.keys()
    except ConfigError:
        return False


def _profile(sources: Sources, from_environment: Layer, file_layer: Layer) -> str:
    """Name the profile: flag, variable, file, default.

    Raises:
        ConfigError: it could not be a folder's name.
    """
    given = {
        "--profile": sources.profile,
        "VTXERO_PROFILE": from_environment.values.get("profile"),
        file_layer.places.get(("profile",), ""): file_layer.values.get("profile"),
    }
    place, name = next(((place, value) for place, value in given.items() if value), ("", DEFAULT_PROFILE))
    if not isinstance(name, str) or not PROFILE_NAME.fullmatch(name):
        shown = repr(name) if isinstance(name, str) else "what stands there"
        raise ConfigError(
            f"{place}: profile: {shown} is no profile name.",
            remedy="Use letters, digits, - and _, at most 64, a letter or digit first.",
        )
    return name


def _with_profile(layer: Layer, profiles: Layer, name: str, sources: Sources, path: Path | None) -> Layer:
    """Lay the section `profiles.NAME` over the rest of the file.

    A name that no file and no section bears is refused: a mistyped one would begin a second state for books that have
    one, or the books of one company would be taken for another's.
    """
    places = {"--profile": sources.profile, "VTXERO_PROFILE": sources.environ.get("VTXERO_PROFILE", "").strip()}
    place = next((source for source, given in places.items() if given), layer.places.get(("profile",), "default"))
    own = layer.values.get("profile")
    if path is not None and name not in {DEFAULT_PROFILE, path.stem, own, *profiles.values}:
        raise _unknown_profile(name, [*([own] if isinstance(own, str) else ()), *profiles.values], sources, path)
    layer = layer.lay_over(profiles.take(name))
    layer.put(("profile",), name, place)
    return layer


def _unknown_profile(name: str, known: Sequence[str], sources: Sources, path: Path) -> ConfigError:
    files = sorted(each.stem for each in sources.user_folder.glob("*.yaml") if each.name != FILE_NAME)
    known = list(dict.fromkeys((DEFAULT_PROFILE, *known, *files)))
    near = difflib.get_close_matches(name, known, n=1)
    looked = [f"{path} has no section profiles.{name}"]
    if not sources.config and not sources.environ.get("VTXERO_CONFIG", "").strip():
        looked.insert(0, f"{sources.user_folder / name}.yaml does not exist")
    return ConfigError(
        f"There is no profile {name!r}: {', and '.join(looked)}.{did_you_mean(near)}",
        remedy=f"Known profiles: {', '.join(known)}. To give {path} a profile of its own, write `profile: {name}` at "
        "its top.",
    )


def _from_flags(sources: Sources) -> Layer:
    layer = Layer()
    if sources.profile:
        layer.put(("profile",), sources.profile, "--profile")
    paths = {leaf.name for leaf in leaves() if leaf.is_path}
    for name, (flag, text) in sources.flags.items():
        layer.put(tuple(name.split(".")), absolute_path(text) if name in paths else text, flag)
    return layer


def _origins(layer: Layer) -> dict[str, str]:
    """Where each option comes from; a map that is set in part counts as set."""
    result = {}
    for leaf in leaves():
        size = len(leaf.key)
        inner = [place for key, place in layer.places.items() if key[:size] == leaf.key]
        result[leaf.name] = layer.places.get(leaf.key) or (inner[0] if inner else "default")
    return result


def _open_to_others(path: Path | None, layer: Layer) -> tuple[str, ...]:
    """Warn of secrets in a file that others can read."""
    if path is None or not path.stat().st_mode & 0o077:
        return ()
    profiles = layer.values.get("profiles")
    parts = [layer.values, *(profiles.values() if isinstance(profiles, dict) else ())]
    held = [leaf.name for leaf in leaves() if leaf.is_secret and any(_holds(part, leaf.key) for part in parts)]
    if not held:
        return ()
    return (f"{path} holds {' and '.join(held)}, and others on this machine can read it: run `chmod 600 {path}`.",)


def _holds(part: object, key: tuple[str, ...]) -> bool:
    for name in key:
        part = part.get(name) if isinstance(part, dict) else None
    return bool(part)
