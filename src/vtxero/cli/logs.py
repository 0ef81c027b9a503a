"""Where log lines go: a file that only its owner reads, and stderr with -v. Secrets are blacked out in both."""

from __future__ import annotations

import logging
import os
import sys
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from vtxero.cli.session import for_terminal
from vtxero.config.redact import Redactor
from vtxero.config.settings import LogSettings
from vtxero.errors import ConfigError

NAME = "vtxero"
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


class _BlackedOut(logging.Formatter):
    """Formats a line, traceback included, and takes the secrets out."""

    converter = time.gmtime  # type: ignore[assignment]  # the stub forgets the optional argument

    def __init__(self, form: str, redactor: Redactor) -> None:
        super().__init__(form, "%Y-%m-%dT%H:%M:%S")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.redact(super().format(record))


class _Said(_BlackedOut):
    """Begins and breaks a warning as the command line does its own: `Warning:`."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        is_detail = record.levelno < logging.WARNING
        return line if is_detail else for_terminal(line.replace("WARNING:", "Warning:", 1), sys.stderr)


class _OnStderr(logging.Handler):
    """Writes to what stderr is at that moment: above a progress bar while there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)  # noqa: T201 - this is the command line's own voice


def start_logging(settings: LogSettings, *, verbose: int, quiet: bool, redactor: Redactor) -> None:
    """Send vtxero's log lines where they are wanted; calling it again replaces what was set up.

    Warnings always show on stderr unless --quiet; -v adds what is done, -vv each request.

    Raises:
        ConfigError: the log file cannot be written.
    """
    logger = logging.getLogger(NAME)
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    logger.propagate = False
    on_stderr = _OnStderr(_stderr_level(verbose=verbose, quiet=quiet))
    on_stderr.setFormatter(_Said("%(levelname)s: %(message)s", redactor))
    handlers: list[logging.Handler] = [on_stderr]
    if settings.file:
        in_file = _file_handler(settings.file, settings)
        in_file.setFormatter(_BlackedOut("%(asctime)sZ %(levelname)s %(name)s: %(message)s", redactor))
        handlers.append(in_file)
    for handler in handlers:
        logger.addHandler(handler)
    logger.setLevel(min(handler.level for handler in handlers))


def _stderr_level(*, verbose: int, quiet: bool) -> int:
    if verbose:
        return logging.DEBUG if verbose > 1 else logging.INFO
    return logging.ERROR if quiet else logging.WARNING


class _PrivateFile(RotatingFileHandler):
    """A log that is put aside when it is full; every file of it is its owner's only."""

    def _open(self) -> TextIOWrapper:
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()


def _file_handler(path: Path, settings: LogSettings) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        size = int(settings.max_mb * 1_000_000)
        handler = _PrivateFile(path, maxBytes=size, backupCount=settings.keep, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"The log file {path} cannot be written: {error.strerror}.", remedy="Name another one with --log-file."
        ) from error
    handler.setLevel(LEVELS[settings.level])
    return handler
