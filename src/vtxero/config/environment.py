"""Settings from `VTXERO_*` variables: one for each option, `..._FILE` for a secret that lies in a file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vtxero.config.leaves import PREFIX, Leaf, leaves
from vtxero.config.yaml_source import Layer, read_text
from vtxero.errors import ConfigError

OF_THE_COMMAND_LINE = frozenset(
    PREFIX + name for name in ("CONFIG", "OUTPUT", "QUIET", "NO_INPUT", "NO_COLOR", "VERBOSE", "COMPLETE")
)
"""Variables that stand for global flags, or belong to shell completion; read by `cli`."""


def read_environment(environ: Mapping[str, str]) -> tuple[Layer, tuple[str, ...]]:
    """Give the settings that the environment makes, and warnings about variables that mean nothing.

    A blank variable counts as not set.

    Raises:
        ConfigError: a variable that should hold YAML holds none, or the file of a secret cannot be read.
    """
    layer = Layer()
    for leaf in leaves():
        text = environ.get(leaf.variable, "")
        if leaf.is_secret:
            text = text or _from_file(leaf, environ)
        if text.strip():
            layer.put(leaf.key, _value(leaf, text), leaf.variable)
    return layer, unknown_variables(environ)


def _value(leaf: Leaf, text: str) -> Any:
    if leaf.is_structured:
        return read_text(f"value: {text}", name=leaf.variable).values["value"]
    return absolute_path(text) if leaf.is_path else text


def absolute_path(text: str) -> str:
    """Take a relative path from the working directory; words such as `true` stay words."""
    if text.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return text
    return str(Path(text).expanduser().absolute())


def _from_file(leaf: Leaf, environ: Mapping[str, str]) -> str:
    variable = leaf.variable + "_FILE"
    path = environ.get(variable, "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigError(
            f"{variable} names {path}, which cannot be read: {reason}.", remedy="Correct the variable."
        ) from error


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Warn of variables that mean nothing, most of them misspelt: what fails for want of them does not say so."""
    known = set(OF_THE_COMMAND_LINE)
    for leaf in leaves():
        known |= {leaf.variable, leaf.variable + "_FILE"} if leaf.is_secret else {leaf.variable}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    texts = []
    for name in unknown:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        texts.append(f"The variable {name} means nothing to vtxero" + (f"; did you mean {near[0]}?" if near else "."))
    return tuple(texts)
