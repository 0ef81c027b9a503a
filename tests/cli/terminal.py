"""The installed command in a pseudo-terminal: what a person types, and what they see."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sysconfig
import termios
import time
from pathlib import Path

VTXERO = Path(sysconfig.get_path("scripts")) / "vtxero"
SECONDS = 60.0


def environment(folder, **more):
    """Nothing of the user's, and Python's commands first."""
    others = ("VTXERO_", "XDG_", "NO_COLOR", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    homes = {name: str(folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    return {
        **kept,
        **homes,
        "TERM": "xterm-256color",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        **more,
    }


class Terminal:
    """A terminal with one command in it."""

    def __init__(self, words, folder, *, columns=80, **environ):
        self._own, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        env = environment(folder, **environ)
        env.pop("COLUMNS", None)
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec <{os.ttyname(theirs)}; exec "$@"', "sh", VTXERO, *words],
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a read may end inside a character
        self._told = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self._own)

    def answer(self, question, reply):
        """Wait until the question is there, then type."""
        self._read(lambda: question in self.seen[self._told :])
        self._told = len(self.seen)
        time.sleep(0.2)  # a question for a secret empties what was typed before its echo was off
        os.write(self._own, f"{reply}\n".encode())

    def press(self, key, *, at):
        """Wait until this is shown, then press a key."""
        self._read(lambda: at in self.seen[self._told :])
        time.sleep(0.2)
        os.write(self._own, key.encode())

    def end(self):
        """Wait for the end; gives the exit code."""
        self._read(lambda: False)
        return self.process.wait(SECONDS)

    def _read(self, is_enough):
        end = time.monotonic() + SECONDS
        while not is_enough():
            ready, _, _ = select.select([self._own], [], [], 0.2)
            try:
                part = os.read(self._own, 65536) if ready else b""
            except OSError:
                return
            self.seen += self._decoder.decode(part)
            assert time.monotonic() < end, self.seen
            if not ready and self.process.poll() is not None:
                return


def plain(text):
    """What is left of a terminal's text without colours, links and line ends of a terminal."""
    text = re.sub(r"\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)", "", text)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
