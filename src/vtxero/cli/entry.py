"""The process: runs the app and turns every way it can end into one message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from vtxero.cli.app import app
from vtxero.cli.completion import OPTIONS, refused, with_shell
from vtxero.cli.exitcodes import BUG, DONE, INTERRUPTED, NOBODY_NEEDED, USAGE
from vtxero.cli.session import Session, discard_output
from vtxero.config.redact import Redactor
from vtxero.errors import ConfigError, DeclinedError, OptionError, SignalError, StopError, VtxeroError

SECRET_WORDS = ("KEY", "SECRET", "TOKEN", "PASSWORD")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a disk says that takes no more."""
LONGEST = 2_000
"""Characters of a message: what was typed is quoted in it, however long it is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give the process's exit code."""
    _open_what_is_closed()
    arguments = list(sys.argv[1:] if argv is None else argv)
    session = Session(redactor=_redactor())
    _never_fail_on_characters()
    try:
        _check_characters(arguments)
        return _run(with_shell(arguments), session)
    except VtxeroError as error:
        return _refuse(error, session)
    except (KeyboardInterrupt, typer.Abort):
        return _stop(session)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            return DONE  # Typer's own printing, and a reader that went away
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the user gets a sentence
        return _usage_error(error, session, arguments) or _no_room(error, session) or _bug(error, session, arguments)


def _run(arguments: list[str], session: Session) -> int:
    command: Any = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="vtxero", standalone_mode=False, obj=session)
    except OSError as error:
        if any(word in OPTIONS for word in arguments):
            raise refused(error) from error
        raise
    return result if isinstance(result, int) else 0


def _stop(session: Session) -> int:
    """Say that it was stopped, on a line of its own: the cursor may stand behind a question."""
    session.say(f"\n{session.if_stopped}" if sys.stderr.isatty() else session.if_stopped)
    return INTERRUPTED


def _refuse(error: VtxeroError, session: Session) -> int:
    said = error.message
    if isinstance(error, OptionError) and (place := session.place_of(error.option)):
        said = f"{place}: {said}"
    message, remedy = (_shortened(text) for text in (said, session.with_command(error.remedy)))
    message, remedy = session.redacted(message), session.redacted(remedy)
    if isinstance(error, StopError):
        message = f"{error.code}: {message}"
    if not (session.options.quiet and error.exit_code in NOBODY_NEEDED):
        session.complain(message if isinstance(error, DeclinedError | SignalError) else f"Error: {message}")
        if remedy:
            session.complain(f"What to do: {remedy}")
    if session.wants_json:
        from vtxero.cli.document import error_document

        try:
            session.print_json(error_document(error, message, remedy))
        except OSError:
            discard_output()
    return error.exit_code


def _usage_error(error: Exception, session: Session, arguments: Sequence[str]) -> int | None:
    """Handle what the parser refuses. Typer brings its own copy of those classes: go by what they can do."""
    if not (hasattr(error, "format_message") and hasattr(error, "exit_code")):
        return None
    from vtxero.cli.usage import command_of, sentence

    session.complain(f"Error: {_shortened(sentence(error, arguments))}")
    session.complain(f"See `{command_of(error, arguments)} --help`.")
    return USAGE


def _no_room(error: Exception, session: Session) -> int | None:
    """Handle an output that takes no more, such as a file on a full disk."""
    if not isinstance(error, OSError) or error.errno not in FULL or error.filename is not None:
        return None
    discard_output()
    session.complain(f"Error: the output cannot be written: {error.strerror}.")
    session.complain(
        f"What to do: send it elsewhere. What was done is saved: `{session.command} log --last` shows the last run."
    )
    return USAGE


def _bug(error: Exception, session: Session, arguments: list[str]) -> int:
    from vtxero.cli.bug import keep_traceback

    path = keep_traceback(error, session.redactor, arguments)
    said = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
    session.complain(f"Error: this is a bug in vtxero ({said}).")
    where = f" The details, without secrets, are in {path}." if path else ""
    session.complain(f"What to do: please report it.{where} What was done so far is saved; running again is safe.")
    return BUG


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def _check_characters(arguments: Sequence[str]) -> None:
    """Refuse what was typed in another encoding than the terminal's: it can neither be compared nor shown.

    Raises:
        ConfigError: an argument is no text.
    """
    for number, argument in enumerate(arguments, start=1):
        if not argument.isascii() and any("\ud800" <= char <= "\udfff" for char in argument):
            shown = argument.encode("ascii", "backslashreplace").decode()
            raise ConfigError(
                f"Argument {number} is no text in this terminal's encoding: {shown}.", remedy="Type it in UTF-8."
            )


def _open_what_is_closed() -> None:
    """Give a process that was started with closed streams empty ones.

    A file of ours that is opened later must not become file 1, where something may be printed to.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open until the end


def _redactor() -> Redactor:
    """Know the secrets of the environment before anything else happens."""
    named = ((name.upper(), text) for name, text in os.environ.items())
    return Redactor(
        text for name, text in named if any(word in name for word in SECRET_WORDS) and not _is_path(name, text)
    )


def _is_path(name: str, text: str) -> bool:
    """Tell whether a variable names the file of a secret, as it should; one that holds the secret itself does not."""
    return name.endswith("_FILE") and os.sep in text


def _never_fail_on_characters() -> None:
    """Print names in any script even where the locale cannot: better a ? than no report."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
