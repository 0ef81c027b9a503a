"""The installed command in a pseudo-terminal: what a person types, and what they see."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from cli.forking import SECONDS, shared


class Terminal:
    """A terminal with one command in it."""

    def __init__(self, words, folder, *, columns=80, **environ):
        self._own, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.process = shared().start(words, folder, os.ttyname(theirs), columns=columns, **environ)
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
        self.read_until(lambda: question in self.seen[self._told :])
        self._told = len(self.seen)
        time.sleep(0.2)  # a question for a secret empties what was typed before its echo was off
        os.write(self._own, f"{reply}\n".encode())

    def press(self, key, *, at):
        """Wait until this is shown, then press a key."""
        self.read_until(lambda: at in self.seen[self._told :])
        time.sleep(0.2)
        os.write(self._own, key.encode())

    def end(self):
        """Wait for the end; gives the exit code."""
        self.read_until(lambda: False)
        return self.process.wait()

    def read_until(self, is_enough):
        """Read until it is enough, or the end."""
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
