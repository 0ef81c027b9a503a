"""The process: runs the app and turns every way it can end into one message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from vtxero.cli.app import app
from vtxero.cli.exitcodes import BUG, INTERRUPTED, NOBODY_NEEDED, USAGE
from vtxero.cli.session import Session
from vtxero.config.redact import Redactor
from vtxero.errors import StopError, VtxeroError

SECRET_WORDS = ("KEY", "SECRET", "TOKEN", "PASSWORD")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give the process's exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    session = Session(redactor=_redactor())
    _never_fail_on_characters()
    try:
        return _run(arguments, session)
    except VtxeroError as error:
        return _refuse(error, session)
    except (KeyboardInterrupt, typer.Abort):
        return _stop(session)
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the user gets a sentence
        return _usage_error(error, session) or _bug(error, session, arguments)


def _run(arguments: list[str], session: Session) -> int:
    command: Any = typer.main.get_command(app)
    result = command.main(args=arguments, prog_name="vtxero", standalone_mode=False, obj=session)
    return result if isinstance(result, int) else 0


def _stop(session: Session) -> int:
    """Say that it was stopped, on a line of its own: the cursor may stand behind a question."""
    session.say("\nStopped." if sys.stderr.isatty() else "Stopped.")
    return INTERRUPTED


def _refuse(error: VtxeroError, session: Session) -> int:
    message, remedy = (
        session.redactor.redact(error.message),
        session.redactor.redact(session.with_command(error.remedy)),
    )
    if isinstance(error, StopError):
        message = f"{error.code}: {message}"
    if not (session.options.quiet and error.exit_code in NOBODY_NEEDED):
        session.complain(f"Error: {message}")
        if remedy:
            session.complain(f"What to do: {remedy}")
    if session.wants_json:
        from vtxero.cli.document import error_document

        session.print_json(error_document(error, message, remedy))
    return error.exit_code


def _usage_error(error: Exception, session: Session) -> int | None:
    """Handle what the parser refuses. Typer brings its own copy of those classes: go by what they can do."""
    words = getattr(error, "format_message", None)
    if words is None or not hasattr(error, "exit_code"):
        return None
    context: Any = getattr(error, "ctx", None)
    session.complain(f"Error: {words()}")
    session.complain(f"See `{context.command_path if context else 'vtxero'} --help`.")
    return USAGE


def _bug(error: Exception, session: Session, arguments: list[str]) -> int:
    from vtxero.cli.bug import keep_traceback

    path = keep_traceback(error, session.redactor, arguments)
    said = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
    session.complain(f"Error: this is a bug in vtxero ({said}).")
    where = f" The details, without secrets, are in {path}." if path else ""
    session.complain(f"What to do: please report it.{where} What was done so far is saved; running again is safe.")
    return BUG


def _redactor() -> Redactor:
    """Know the secrets of the environment before anything else happens."""
    named = (text for name, text in os.environ.items() if any(word in name.upper() for word in SECRET_WORDS))
    return Redactor(named)


def _never_fail_on_characters() -> None:
    """Print names in any script even where the locale cannot: better a ? than no report."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
