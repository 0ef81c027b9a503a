from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

from vtxero.config.lock import FileLock, RunLock
from vtxero.errors import ConfigError, LockedError, TemporaryError

HOLD = """
import sys, time
from pathlib import Path
from vtxero.config.lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "state" / "run.lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_run_lock_when_another_process_holds_it_names_that_process(tmp_path, holder):
    with (
        pytest.raises(LockedError, match=f"process {holder.pid} on") as caught,
        RunLock(tmp_path / "state" / "run.lock"),
    ):
        pass

    assert caught.value.exit_code == 11
    assert "--lock-timeout" in caught.value.remedy


def test_run_lock_when_its_holder_is_killed_is_free_at_once(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    with RunLock(tmp_path / "state" / "run.lock"):
        pass


def test_run_lock_when_it_becomes_free_in_time_is_taken(tmp_path, holder):
    freed = threading.Event()

    def free():
        freed.set()
        holder.kill()

    timer = threading.Timer(0.3, free)
    timer.start()

    with RunLock(tmp_path / "state" / "run.lock", timeout=20):
        assert freed.is_set()
    timer.join()


def test_run_lock_when_time_is_up_says_how_long_it_waited(tmp_path):
    path = tmp_path / "run.lock"
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    with RunLock(path), pytest.raises(LockedError, match="even after 2 s:"):
        RunLock(path, timeout=2, sleep=sleep, monotonic=lambda: now[0]).__enter__()

    assert now[0] == pytest.approx(2)


def test_run_lock_when_freed_can_be_taken_again_and_its_file_stays(tmp_path):
    lock = RunLock(tmp_path / "run.lock")

    with lock:
        pass
    with lock:
        pass

    assert stat.S_IMODE((tmp_path / "run.lock").stat().st_mode) == 0o600


def test_file_lock_when_busy_is_a_passing_fault(tmp_path):
    with FileLock(tmp_path / "a"), pytest.raises(TemporaryError):
        FileLock(tmp_path / "a").__enter__()


def test_lock_when_its_folder_cannot_be_made_is_a_config_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="cannot be used"):
        RunLock(tmp_path / "file" / "run.lock").__enter__()
