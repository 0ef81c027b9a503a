"""What is kept of an unexpected error, so that it can be reported: a traceback without secrets."""

from __future__ import annotations

import platform
import secrets
import sys
import tempfile
import traceback
from pathlib import Path

import platformdirs

from vtxero import __version__
from vtxero.config.files import private_folder, write_private
from vtxero.config.redact import Redactor
from vtxero.config.settings import APP
from vtxero.errors import ConfigError


def keep_traceback(error: BaseException, redactor: Redactor, argv: list[str]) -> Path | None:
    """Write a traceback to a file of its own and give its path; None when there is no place for it.

    No local variables are written, they would hold customers' data.
    """
    lines = [
        f"vtxero {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
        "command: vtxero " + " ".join(argv),
        "",
        *traceback.format_exception(error),
    ]
    text = redactor.redact("\n".join(lines)).encode("utf-8", "backslashreplace").decode()
    for folder in (platformdirs.user_log_path(APP), Path(tempfile.gettempdir()) / f"{APP}-bugs"):
        path = folder / f"bug-{secrets.token_hex(4)}.txt"
        try:
            private_folder(folder)
            write_private(path, text)
        except (ConfigError, OSError):
            continue
        return path
    return None
