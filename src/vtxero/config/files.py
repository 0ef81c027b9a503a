"""Files that only their owner can read, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from vtxero.errors import ConfigError

OWNER_ONLY = 0o700


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter; one that exists is closed to others.

    Raises:
        ConfigError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
        if folder.stat().st_mode & 0o077:
            folder.chmod(OWNER_ONLY)
    except OSError as error:
        raise ConfigError(
            f"The folder {folder} cannot be used: {error.strerror}{whose(folder)}.",
            remedy="Run vtxero as the user who owns it, make it writable for you, or choose another one with state_dir "
            "in the config.",
        ) from error
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace a file by one of mode 0600; after a crash there is the old one or the new one, whole.

    Raises:
        OSError: it cannot be written; the old one is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def may_enter(folder: Path) -> bool:
    """Tell whether a folder can be used, as far as it exists."""
    try:
        return not folder.exists() or os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except PermissionError:
        return False


def whose(path: Path) -> str:
    """Say, behind a name, who owns a file or folder of somebody else; blank for one's own."""
    try:
        owner = path.stat().st_uid
    except OSError:
        return ""
    if owner == os.geteuid():
        return ""
    try:
        import pwd  # noqa: PLC0415 - Unix alone has it

        return f" (it belongs to the user {pwd.getpwuid(owner).pw_name})"
    except (ImportError, KeyError):
        return f" (it belongs to the user number {owner})"
