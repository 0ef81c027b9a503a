"""`vtxero doctor`: everything that a run needs, one line each, with the remedy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

from vtxero.cli.advice import typed
from vtxero.cli.session import Session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vtxero.bootstrap.checks import Check

STYLES = {"ok": "green", "note": "cyan", "warning": "yellow", "problem": "red"}


def doctor(ctx: typer.Context) -> int:
    """Check all that a run needs: logins, scopes, tenant, currency, versions, taxes, accounts, fields, clock, state.

    Nothing is written anywhere. What is wrong comes with what to do. The exit code is the one that a run would end
    with: 0 when nothing stops it, 2 config, 4 login, 5 a service cannot be reached, 6 preflight, 12 state.

    \b
    Examples:
      vtxero doctor
      vtxero doctor -o json
    """
    from vtxero.bootstrap.clock import SystemClock
    from vtxero.bootstrap.doctor import examine
    from vtxero.bootstrap.vault import Vault
    from vtxero.cli.progress import RunProgress
    from vtxero.sync.severity import gravest

    session: Session = ctx.obj
    loaded = session.load()
    vault = Vault(loaded.settings, loaded.origins, session.warn, session.redactor.add)
    checks: list[Check] = []
    with RunProgress(sys.stderr, shown=not session.options.quiet, no_color=session.options.no_color) as progress:
        progress.phase("Checking both services")
        checks.extend(examine(loaded, vault, SystemClock()))
    code = gravest(check.exit_code for check in checks)
    _show(session, checks, code)
    return code


def _show(session: Session, checks: Sequence[Check], code: int) -> None:
    told = session.print_examined("checks", [_document(check) for check in checks], code)
    if not told and (code or not session.options.quiet):
        session.show(parts(checks, session))


def parts(checks: Sequence[Check], session: Session) -> Iterator[RenderableType]:
    """Give a line for each check, what to do below it, and a closing line."""
    from rich.text import Text

    from vtxero.cli.layout import Flow
    from vtxero.cli.naming import whole
    from vtxero.cli.text import clean

    widest = max((len(check.state.value) for check in checks), default=0) + 1
    for check in checks:
        state = check.state.value
        said = Text.assemble((f"{state:<{widest}}", STYLES[state]), (f"{check.topic}: ", "bold"), clean(check.text))
        if check.code:
            said.append(f" ({check.code})", style="dim")
        yield Flow(said, hang=widest)
        if check.remedy:
            remedy = clean(session.with_command(check.remedy))
            yield Flow(Text.assemble(("What to do: ", "bold"), remedy), indent=widest)
        for line in check.paste:
            yield whole(" " * (widest + 2) + clean(line))
    yield Text("")
    yield Text(_closing(checks, session), style="bold")


def _closing(checks: Sequence[Check], session: Session) -> str:
    problems = sum(1 for check in checks if check.state.value == "problem")
    warnings = sum(1 for check in checks if check.state.value == "warning")
    if problems:
        noun = "problem stops" if problems == 1 else "problems stop"
        return f"{problems} {noun} runs, or a part of them: see above."
    start = "Ready" if not warnings else f"Ready; {warnings} warning{'s' if warnings > 1 else ''} above"
    return f"{start}. Next: {typed(f'{session.command} sync --dry-run')}"


def _document(check: Check) -> dict[str, Any]:
    return {
        "topic": check.topic,
        "state": check.state.value,
        "text": check.text,
        "remedy": check.remedy or None,
        "paste": list(check.paste),
        "code": check.code or None,
        "exit_code": check.exit_code,
    }
