"""The installed command many times over: one process imports it, and forks for each command line.

A command line then costs what it does, not what importing costs: a second each. What runs is the installed script
itself, in a process of its own, in a terminal of its own or in pipes.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VTXERO = Path(sysconfig.get_path("scripts")) / "vtxero"
SECONDS = 60.0

DRIVER = """
import fcntl, importlib, json, os, pty, runpy, select, signal, struct, sys, termios, time, traceback

for name in ("cli", "cli.render", "cli.progress", "cli.log_view", "cli.first_config", "bootstrap.syncing",
             "bootstrap.standing", "bootstrap.verifying", "bootstrap.undoing", "sandbox"):
    importlib.import_module(f"vtxero.{name}")


def become(job, stdin, stdout, stderr):
    os.setsid()
    if job["columns"]:
        fcntl.ioctl(stdin, termios.TIOCSCTTY, 0)
    for place, handle in enumerate((stdin, stdout, stderr)):
        os.dup2(handle, place)
    os.closerange(3, 256)
    sys.stdin = open(0, closefd=False)
    sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["folder"])
    sys.argv = [job["script"], *job["words"]]
    code = 0
    try:
        runpy.run_path(job["script"], run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(job):
    if job["columns"]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, job["columns"], 0, 0))
        ends, given = {ours: ""}, (theirs, theirs, theirs)
    else:
        (out, out_in), (err, err_in) = os.pipe(), os.pipe()
        (stdin, stdin_in) = os.pipe()
        os.write(stdin_in, job["typed"].encode())
        os.close(stdin_in)
        ends, given = {out: "", err: ""}, (stdin, out_in, err_in)
    child = os.fork()
    if not child:
        become(job, *given)
    for handle in set(given):
        os.close(handle)
    seen = {handle: b"" for handle in ends}
    open_ends, until, told = set(ends), time.monotonic() + 60, False
    while open_ends:
        ready, _, _ = select.select(list(open_ends), [], [], 0.5)
        for handle in ready:
            try:
                part = os.read(handle, 65536)
            except OSError:
                part = b""
            seen[handle] += part
            if not part:
                open_ends.discard(handle)
        if job["until"] and not told and any(job["until"].encode() in text for text in seen.values()):
            os.kill(child, signal.SIGTERM)
            told = True
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
    for handle in ends:
        os.close(handle)
    _, status = os.waitpid(child, 0)
    texts = [text.decode("utf-8", "replace") for text in seen.values()]
    return [os.waitstatus_to_exitcode(status), texts[0], texts[1] if len(texts) > 1 else ""]


def start(job):
    tty = os.open(job["tty"], os.O_RDWR | os.O_NOCTTY)
    child = os.fork()
    if not child:
        become(job, tty, tty, tty)
    os.close(tty)
    return child


def poll(job):
    found, status = os.waitpid(job["pid"], os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"run": run, "start": start, "poll": poll}[job["do"]](job)), flush=True)
"""


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


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command line ended. In a terminal all is in `out`."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """All that was printed, with single blanks, as if it were one line."""
        return " ".join(f"{self.out} {self.err}".split())

    @property
    def json(self):
        """The document that was printed."""
        return json.loads(self.out)


class Forker:
    """Runs command lines in a folder: in a terminal of so many columns, else in pipes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def run(self, words, folder, *, columns=0, typed="", until="", **environ) -> Ended:
        """Run one; `typed` stands ready on stdin where that is a pipe, `until` is what it is to be stopped at."""
        return Ended(*self._ask("run", **_job(words, folder, columns, environ), typed=typed, until=until))

    def start(self, words, folder, tty, *, columns, **environ) -> Started:
        """Start one in a terminal that is there already, by the name of its device."""
        return Started(self, self._ask("start", **_job(words, folder, columns, environ), tty=tty))

    def poll(self, pid):
        """Tell how one ended that was started; None while it runs."""
        return self._ask("poll", pid=pid)

    def _ask(self, do, **job):
        self._process.stdin.write(json.dumps({"do": do, **job}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class Started:
    """A command line under way; as much of `subprocess.Popen` as a terminal needs."""

    def __init__(self, forker, pid) -> None:
        self._forker = forker
        self._pid = pid
        self.returncode = None

    def poll(self):
        if self.returncode is None:
            self.returncode = self._forker.poll(self._pid)
        return self.returncode

    def wait(self, timeout=SECONDS):
        end = time.monotonic() + timeout
        while self.poll() is None:
            assert time.monotonic() < end, "it has not ended"
            time.sleep(0.01)
        return self.returncode

    def kill(self):
        if self.poll() is None:
            os.kill(self._pid, signal.SIGKILL)


def _job(words, folder, columns, environ):
    env = environment(folder, **environ)
    if columns:
        env.pop("COLUMNS", None)
    script, words = str(VTXERO), [str(word) for word in words]
    return {"words": words, "folder": str(folder), "columns": columns, "env": env, "script": script}


@cache
def shared() -> Forker:
    """The one forker of this process, as long as it lives."""
    forker = Forker()
    atexit.register(forker.close)
    return forker
