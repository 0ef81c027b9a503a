"""`vtxero config`: what is set, from where, and whether it is right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from pydantic import SecretStr

from vtxero.cli.session import Output, Session
from vtxero.config.leaves import leaves
from vtxero.config.load import placeholders
from vtxero.errors import ConfigError

if TYPE_CHECKING:
    from vtxero.config.load import Loaded

HIDDEN = "********"

app = typer.Typer(help="Show, check and describe the config.", rich_markup_mode=None, no_args_is_help=False)


@app.callback(invoke_without_command=True)
def group(ctx: typer.Context) -> None:
    """Show, check and describe the config."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


@app.command("show")
def show(ctx: typer.Context) -> None:
    """Show every option with its value and where it comes from. Secrets are hidden.

    \b
    Example:
      vtxero config show
    """
    session: Session = ctx.obj
    loaded = session.load()
    rows = [_row(leaf.key, loaded) for leaf in leaves()]
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": 1, "file": _path(loaded), "settings": rows})
        case Output.JSONL:
            session.print_lines(rows)
        case Output.TABLE:
            from vtxero.cli.text import clean

            session.print_words(
                "\n".join(clean(f"{row['key']} = {_shown(row['value'])}  [{row['origin']}]") for row in rows)
            )


@app.command("check")
def check(ctx: typer.Context) -> None:
    """Check the config file with all its profiles; nothing is sent anywhere.

    \b
    Example:
      vtxero config check
    """
    session: Session = ctx.obj
    loaded = session.load()
    left = list(placeholders(loaded))
    for profile in () if session.options.profile else loaded.profiles:
        left += placeholders(session.load(profile=profile))
    if left:
        raise ConfigError("\n".join(dict.fromkeys(left)), remedy="Fill them in, or let `vtxero init` make a config.")
    document = {
        "version": 1,
        "ok": True,
        "file": _path(loaded),
        "profiles": list(loaded.profiles),
        "warnings": list(loaded.warnings),
    }
    if session.wants_json:
        session.print_json(document)
    elif not session.options.quiet:
        profiles = f", with the profiles {', '.join(loaded.profiles)}" if loaded.profiles else ""
        session.print_words(f"{document['file'] or 'The environment'} is right{profiles}.")


@app.command("schema")
def schema(ctx: typer.Context) -> None:
    """Print the JSON Schema of the config file, for editors.

    \b
    Example:
      vtxero config schema > vtxero.schema.json
    """
    from vtxero.config.schema import config_schema

    session: Session = ctx.obj
    session.print_json(config_schema())


def _row(key: tuple[str, ...], loaded: Loaded) -> dict[str, Any]:
    value: Any = loaded.settings
    for name in key:
        value = getattr(value, name)
    name = ".".join(key)
    return {"key": name, "value": _jsonable(value), "origin": loaded.origins[name]}


def _jsonable(value: Any) -> Any:
    match value:
        case SecretStr():
            return HIDDEN
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(name): _jsonable(item) for name, item in value.items()}
        case tuple():
            return [_jsonable(item) for item in value]
        case _:
            return str(value)


def _shown(value: Any) -> str:
    from vtxero.cli.document import to_json

    return to_json(value, lines=True)


def _path(loaded: Loaded) -> str | None:
    return str(Path(loaded.path)) if loaded.path else None
