"""The Typer app: global options, and the commands by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from vtxero import __version__
from vtxero.cli import auth as auth_commands
from vtxero.cli import config as config_commands
from vtxero.cli.arguments import hoist
from vtxero.cli.demo import demo
from vtxero.cli.doctor import doctor
from vtxero.cli.explain import explain
from vtxero.cli.init import init
from vtxero.cli.log import log
from vtxero.cli.plan import apply, plan
from vtxero.cli.sandbox import sandbox
from vtxero.cli.session import Globals, Output, Session
from vtxero.cli.status import status
from vtxero.cli.sync import sync
from vtxero.cli.undo import undo
from vtxero.cli.verify import verify

HELP = ["-h", "--help"]


class GlobalsAnywhere(TyperGroup):
    """Takes global options before and after the command alike."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move them to the front, then go on as usual."""
        return super().parse_args(ctx, hoist(args))


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
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Log to stderr; -vv: every request.")] = 0,
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


app.command("init")(init)
app.command("sync")(sync)
app.command("plan")(plan)
app.command("apply")(apply)
app.command("log")(log)
app.command("status")(status)
app.command("verify")(verify)
app.command("undo")(undo)
app.command("explain")(explain)
app.command("doctor")(doctor)
app.command("demo")(demo)
app.command("sandbox")(sandbox)
app.add_typer(auth_commands.app, name="auth")
app.add_typer(config_commands.app, name="config")
