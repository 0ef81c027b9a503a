"""What the parser refuses, told in our words: what is wrong, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vtxero.cli.commands import COMMANDS
from vtxero.domain.words import did_you_mean

_QUOTED = re.compile(r"'([^']*)'")
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)")
_MEANT = {"login": "auth", "logout": "auth logout", "setup": "init", "configure": "init", "check": "doctor"}
"""Words of other tools for commands of ours."""
UNITS = frozenset(
    {"s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hour", "hours"}
)


def sentence(error: Any, arguments: Sequence[str]) -> str:
    """Say what is wrong. Typer's classes have moved between its versions: they are known by name."""
    said = str(error.format_message())
    match type(error).__name__:
        case "NoSuchOption":
            told = _no_option(error)
        case "MissingParameter" if error.param is not None:
            told = f"{_name(error.param)} is missing: {getattr(error.param, 'help', '') or 'see the help'}"
        case "BadOptionUsage":
            told = _bad_option(error, arguments, said)
        case "BadParameter" if error.param is not None:
            told = _bad_value(error)
        case _ if said.startswith("No such command"):
            told = _no_command(error, said)
        case _:
            told = _too_much(error, found[1]) if (found := _EXTRA.search(said)) else said
    return told


def command_of(error: Any, arguments: Sequence[str]) -> str:
    """Name the command whose help tells more; some errors do not know it."""
    context = getattr(error, "ctx", None)
    if context is not None:
        return str(context.command_path)
    typed = [word for word in arguments if not word.startswith("-")]
    for start, word in enumerate(typed):
        if word in COMMANDS:
            inner = " ".join(typed[start : start + 2])
            return f"vtxero {inner if inner in _every_command() else word}"
    return "vtxero"


def _no_option(error: Any) -> str:
    option, own = str(error.option_name), error.ctx.command_path
    known = [name for name in _options(error.ctx) if name.startswith("--")]
    near = difflib.get_close_matches(option, known, n=1, cutoff=0.65)
    takers = [name for name, command in _every_command().items() if option in _names(command.params)]
    if takers and own == "vtxero":
        return f"{option} is an option of {_listed(f'`vtxero {name}`' for name in takers)}: write it after."
    if takers:
        return f"{option} is an option of {_listed(f'`vtxero {name}`' for name in takers)}, not of `{own}`."
    return f"There is no option {option}.{did_you_mean(near)}"


def _no_command(error: Any, said: str) -> str:
    word = found[1] if (found := _QUOTED.search(said)) else ""
    group = error.ctx.command_path.removeprefix("vtxero").strip()
    typed, known = f"{group} {word}".strip(), [*_every_command(), *COMMANDS]
    near = [_MEANT[typed]] if typed in _MEANT else difflib.get_close_matches(typed, known, n=1, cutoff=0.65)
    return f"There is no command {typed!r}.{did_you_mean(near)}"


def _bad_option(error: Any, arguments: Sequence[str], said: str) -> str:
    option = str(error.option_name)
    if "does not take a value" in said:
        return f"{option} takes no value: write {option} alone, or leave it out."
    command = _every_command().get(command_of(error, arguments).removeprefix("vtxero").strip())
    taken = next((param for param in getattr(command, "params", ()) if option in param.opts), None)
    value = "" if taken is None else getattr(taken, "metavar", None) or "|".join(_choices(taken))
    return f"{option} needs a value: write {option} {value or 'VALUE'}."


def _bad_value(error: Any) -> str:
    """Tell a value that is none of the choices, no number, or beyond its bounds."""
    param, problem = error.param, _problem(error)
    name, value = _name(param), problem.get("input")
    choices = _choices(param)
    if choices:
        shown = next(iter(_QUOTED.findall(str(error.message))), value)
        near = difflib.get_close_matches(str(shown).lower(), choices, n=1, cutoff=0.6)
        meant = f"; did you mean {near[0]}?" if near else "."
        return f"{name}: {shown!r} is not known{meant} It takes {_listed(choices)}."
    bounds: Mapping[str, Any] = problem.get("ctx", {})
    match problem.get("type"):
        case "int_parsing" | "int_type" | "int_from_float":
            return f"{name}: {value!r} is no whole number."
        case "int_parsing_size":
            return f"{name}: the number is too large."
        case "greater_than_equal":
            return f"{name}: {value} is too small: it takes {bounds.get('ge')} or more."
        case "less_than_equal":
            return f"{name}: {value} is too large: it takes {bounds.get('le')} at most."
        case _:
            return f"{name}: {error.message}".replace("Value error, ", "")


def _too_much(error: Any, extra: str) -> str:
    context = error.ctx
    taken = [param for param in context.command.params if param.param_type_name == "argument"]
    if not taken:
        return f"`{context.command_path}` takes no words: {extra!r} means nothing to it."
    only = _listed(str(param.metavar) for param in taken)
    if extra.partition(" ")[0].lower() in UNITS:
        advice = "A time span is one word, like 10m."
    elif only == "KIND:ID":
        advice = "Kind and id are one word, as in invoices:INV12."
    else:
        advice = "What holds blanks needs quotes."
    return f"`{context.command_path}` takes one {only}: {extra!r} is too much. {advice}"


def _problem(error: Exception) -> dict[str, Any]:
    """Give what pydantic says of a value, which newer versions of Typer ask."""
    cause: Any = error.__cause__
    return dict(cause.errors(include_url=False)[0]) if hasattr(cause, "errors") else {}


def _choices(param: Any) -> list[str]:
    """Give the words that an option takes, where these are given."""
    found = getattr(getattr(param, "type_descriptor", None), "choices", None)
    if found is None:
        found = getattr(getattr(param, "type", None), "choices", None)
    return [str(getattr(choice, "value", choice)) for choice in found or ()]


def _name(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name)
    variable = getattr(param, "envvar", None)
    return f"{param.opts[0]} (or {variable})" if variable else str(param.opts[0])


def _options(context: Any) -> Iterator[str]:
    """Name the options that may stand there; the global ones may stand anywhere."""
    for command in (context.command, context.find_root().command):
        yield from _names(command.params)


def _names(params: Iterable[Any]) -> list[str]:
    return [name for param in params for name in (*param.opts, *param.secondary_opts)]


def _every_command() -> dict[str, Any]:
    """Load all commands, those of groups under both words. Only after an error is there time for that."""
    found: dict[str, Any] = {}
    for name, command in COMMANDS.items():
        loaded = command.load(name)
        inner = getattr(loaded, "commands", None)
        found |= {f"{name} {each}": it for each, it in inner.items()} if inner else {name: loaded}
    return found


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
