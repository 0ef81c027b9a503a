"""Locks between processes, held by an open file: the kernel frees them however a process ends."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from vtxero.config.files import private_folder, whose
from vtxero.errors import ConfigError, LockedError, TemporaryError, VtxeroError

POLL_SECONDS = 0.1
TOKEN_LOCK_SECONDS = 90.0


class FileLock:
    """An exclusive lock on a file, which stays there when the lock is freed (removing it would let two in).

    Excludes other processes and other threads alike; not reentrant.
    """

    def __init__(
        self,
        path: Path,
        *,
        timeout: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.timeout = timeout
        self._sleep = sleep
        self._monotonic = monotonic
        self._handle: int | None = None

    def __enter__(self) -> Self:
        """Take the lock, waiting for at most `timeout` seconds.

        Raises:
            VtxeroError: somebody else holds it (see `busy`).
            ConfigError: the file cannot be used.
        """
        private_folder(self.path.parent)
        handle = self._open()
        try:
            self._acquire(handle)
            self._sign(handle)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def busy(self, holder: str) -> VtxeroError:
        """The error for a lock that did not become free; `holder` is what the other process wrote into it."""
        return TemporaryError(f"The lock {self.path} is held by {holder}.", remedy="Try again in a minute.")

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigError(
                f"The lock file {self.path} cannot be used: {error.strerror}{whose(self.path)}.",
                remedy="Run vtxero as the user who owns it, or make the file and its folder writable for you.",
            ) from error

    def _acquire(self, handle: int) -> None:
        end = self._monotonic() + self.timeout
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in {errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN}:
                    raise ConfigError(
                        f"The lock file {self.path} cannot be locked: {error.strerror}.",
                        remedy="Choose a state_dir on a local disk.",
                    ) from error
            else:
                return
            left = end - self._monotonic()
            if left <= 0:
                raise self.busy(_holder(handle))
            self._sleep(min(POLL_SECONDS, left))

    def _sign(self, handle: int) -> None:
        """Say who holds it, for the message of those who wait; a full disk does not keep anybody from holding it."""
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)


class RunLock(FileLock):
    """One run of a profile at a time.

    Raises on entering:
        LockedError: another run is under way.
    """

    def busy(self, holder: str) -> VtxeroError:
        """The error that ends this run with exit code 11."""
        waited = f" even after {self.timeout:g} s" if self.timeout else ""
        return LockedError(
            f"Another run of this profile is under way{waited}: {holder}.",
            remedy="Let it end and try again; `vtxero sync`, `plan` and `apply` can wait for it: `--lock-timeout 10m`.",
        )


def token_lock(path: Path) -> FileLock:
    """The right to renew a token; held for one request, so a minute and a half of waiting is ample."""
    return FileLock(path, timeout=TOKEN_LOCK_SECONDS)


def held_since(path: Path) -> datetime | None:
    """Tell since when a lock is held by somebody, who signed it then; None: it is free."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return datetime.fromtimestamp(os.fstat(handle).st_mtime, UTC)
    finally:
        os.close(handle)
    return None


def _holder(handle: int) -> str:
    text = os.pread(handle, 200, 0).decode("utf-8", "replace").strip()
    return text if text.isprintable() and text else "another process"
