"""`vtxero demo`: a newcomer's first minute."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vtxero.cli.advice import typed
from vtxero.cli.exitcodes import BUG, gravest
from vtxero.cli.running import carry_out, print_report
from vtxero.cli.session import Output, Session
from vtxero.cli.stand_ins import Wanted, end_on_signals, make_stand_ins, serve_until, write_config
from vtxero.domain.sides import Direction
from vtxero.domain.words import counted
from vtxero.errors import ConfigError
from vtxero.sync.records import Outcome
from vtxero.sync.request import RunRequest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport

CONFIG = "vtxero.yaml"
WRITES = (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED)
PLAN = RunRequest(direction=Direction.BOTH, dry_run=True, command="demo --dry-run")
RUN = replace(PLAN, dry_run=False, command="demo")
STEPS = (
    ("1. The plan: what `vtxero sync --dry-run` shows", PLAN, False),
    ("2. The run: `vtxero sync`", RUN, True),
    ("3. The same again: a second run has nothing to do", RUN, False),
)
"""Title, what is asked for, and whether the reasons of records left alone are shown: once is enough."""


def demo(
    ctx: typer.Context,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the config and the log in this folder.")
    ] = None,
    stay: Annotated[
        bool, typer.Option("--stay", help="Serve on at the end, until Ctrl-C: links open, records can be changed.")
    ] = False,
) -> int:
    """Sync sample books between stand-ins of Vtiger and Xero on this machine. Needs no config, no account.

    \b
    Examples:
      vtxero demo
      vtxero demo --keep demo
      vtxero demo --stay
    """
    session: Session = ctx.obj
    with _folder(keep) as folder:
        session.say("Starting stand-ins for Vtiger and Xero on this machine, with sample books ...")
        with make_stand_ins(Wanted(limits=False)) as stand_ins:
            write_config(folder / CONFIG, stand_ins, folder / "state")
            code = _runs(session, _settings(folder / CONFIG), folder / CONFIG if keep else None)
            if stay:
                ending = end_on_signals()
                session.say(
                    "\nThe stand-ins go on until Ctrl-C. Open a link, change something, save it; then, elsewhere:"
                )
                session.say(f"  {typed(f'{_with_config(folder)} sync')}")
                serve_until(ending)
    if session.options.output is Output.TABLE and not session.options.quiet:
        session.show(_advice(keep))
    return code


def _runs(session: Session, settings: Settings, config: Path | None) -> int:
    """The plan, the run, and a second run that must have nothing to do."""
    session.learn(settings)
    tables = session.options.output is Output.TABLE
    shown = replace(session, options=replace(session.options, config=config))
    reports = []
    for title, request, reasons in STEPS:
        report = carry_out(session, settings, request)
        reports.append(report)
        if tables:
            _title(session, title)
            print_report(shown, report, reasons=reasons, advice=config is not None)
    if not tables:
        print_report(shown, reports[1])
    if tables and not _writes(reports[2]):
        left = _count(reports[2], (Outcome.SKIPPED,))
        why = f"; left alone, with the reasons above: {counted(left, 'record')}" if left else ""
        _title(session, f"Nothing was written: what can cross has crossed{why}.", style="bold")
    if _writes(reports[2]):
        session.complain("Error: the second run found something to do; it should not have. Please report it.")
    return gravest([report.exit_code for report in reports] + [BUG if _writes(reports[2]) else 0])


def _writes(report: RunReport) -> int:
    return _count(report, WRITES)


def _count(report: RunReport, outcomes: Sequence[Outcome]) -> int:
    return sum(count.counts.get(outcome, 0) for count in report.modules for outcome in outcomes)


def _title(session: Session, title: str, style: str = "bold underline") -> None:
    if not session.options.quiet:
        from rich.text import Text

        session.show([Text(""), Text(title, style=style)])


def _settings(path: Path) -> Settings:
    """Read the demo's own config and nothing else: no variable of the user's may point it to real books."""
    from vtxero.config.load import Sources, load

    return load(Sources(config=path, environ={})).settings


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="vtxero-demo-") as name:
            yield Path(name)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise ConfigError(f"{keep} is no empty folder.", remedy="Choose a new folder for --keep.")
    from vtxero.config.files import private_folder

    yield private_folder(keep.absolute())


def _with_config(folder: Path) -> str:
    """Give vtxero as it is called with the config in a folder."""
    return f"vtxero --config {shlex.quote(str(folder / CONFIG))}"


def _advice(keep: Path | None) -> Iterator[RenderableType]:
    """Give commands to try, each below what it is good for."""
    from rich.text import Text

    from vtxero.cli.naming import whole

    ways = [
        ("stand-ins to play with, until Ctrl-C", "vtxero sandbox --write-config sandbox.yaml"),
        ("a plan, in another terminal", "vtxero --config sandbox.yaml sync --dry-run"),
        ("what a reason means", "vtxero explain INV-GROUP-DISCOUNT"),
        ("a config for your own books", "vtxero init"),
    ]
    if keep:
        ways.insert(0, ("the records left alone, and why", f"{_with_config(keep)} log --skipped"))
    else:
        ways.insert(3, ("keep the log of this", "vtxero demo --keep demo"))
        ways.insert(0, ("the same, and links that open, until Ctrl-C", "vtxero demo --stay"))
    yield Text("\nThe stand-ins have stopped, and with them their records and links.\n\nWhat to try next", style="bold")
    for what, command in ways:
        yield whole(f"  {command}")
        yield Text(f"      {what}", style="dim")
