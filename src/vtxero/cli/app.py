"""The Typer app: global options, and the commands by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vtxero import __version__
from vtxero.cli.commands import GlobalsAnywhere
from vtxero.cli.session import Globals, Output, Session

HELP = ["-h", "--help"]

app = typer.Typer(
    name="vtxero",
    cls=GlobalsAnywhere,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": HELP},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vtxero {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def options(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The config file; else VTXERO_CONFIG, ./vtxero.yaml, the user config folder.",
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="One pair of Vtiger and Xero of several.")
    ] = None,
    output: Annotated[
        Output, typer.Option("--output", "-o", envvar="VTXERO_OUTPUT", help="The form of what is printed.")
    ] = Output.TABLE,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", envvar="VTXERO_QUIET", help="Print nothing on success.")
    ] = False,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, show_default=False, help="Log to stderr; -vv: every request."),
    ] = 0,
    no_input: Annotated[bool, typer.Option("--no-input", envvar="VTXERO_NO_INPUT", help="Never ask anything.")] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", envvar="VTXERO_NO_COLOR", help="No colours, no links; as NO_COLOR does.")
    ] = False,
    log_file: Annotated[
        Path | None, typer.Option("--log-file", metavar="FILE", help="Also write a log there, without secrets.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep Vtiger CRM and Xero accounting in step.

    Global options may stand before or after the command.

    \b
    First steps, without any account:
      vtxero demo
    The daily run:
      vtxero sync --dry-run
      vtxero sync
      vtxero log --skipped
    """
    session = ctx.obj if isinstance(ctx.obj, Session) else Session()
    session.options = Globals(config, profile, output, quiet, verbose, no_input, no_color, log_file)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
