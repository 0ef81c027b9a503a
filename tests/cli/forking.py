"""The installed command many times over: one process imports it, and forks for each command line.

A command line then costs what it does, not what importing costs. What runs is the installed script itself, in a process
of its own, in a terminal of its own or in pipes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from cli.terminal import VTXERO, environment

DRIVER = """
import fcntl, importlib, json, os, pty, runpy, select, signal, struct, sys, termios, time, traceback

for name in ("vtxero.cli", "vtxero.bootstrap", "vtxero.bootstrap.syncing", "vtxero.cli.render", "vtxero.cli.progress",
             "vtxero.cli.log_view", "vtxero.bootstrap.standing", "vtxero.bootstrap.verifying", "vtxero.sandbox"):
    importlib.import_module(name)


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


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
"""


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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def run(self, words, folder, *, columns=0, typed="", until="", **environ) -> Ended:
        """Run one; `typed` stands ready on stdin where that is a pipe, `until` is what it is to be stopped at."""
        env = environment(folder, **environ)
        if columns:
            env.pop("COLUMNS", None)
        job = {
            "words": [str(word) for word in words],
            "folder": str(folder),
            "columns": columns,
            "typed": typed,
            "until": until,
            "env": env,
            "script": str(VTXERO),
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return Ended(*json.loads(self._process.stdout.readline()))
