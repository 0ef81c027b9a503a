"""What a watcher of cron jobs is told, over a real socket."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cli.samples import quiet_report
from vtxero import heartbeat
from vtxero.errors import AuthError, LockedError


class Watcher(ThreadingHTTPServer):
    """Notes what it is told, and answers with `status` while nobody holds its `answers` back."""

    daemon_threads = True

    def __init__(self):
        self.told, self.answers, self.status = [], threading.Event(), 200
        self.answers.set()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/5f0c-secret"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.told.append((self.path.removeprefix("/5f0c-secret"), body.strip()))
        self.server.answers.wait()
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_): ...


@pytest.fixture
def watcher():
    with Watcher() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.answers.set()
        server.shutdown()


@pytest.mark.parametrize(
    ("code", "place"), [(0, ""), (7, ""), (3, "/fail"), (8, "/fail"), (6, "/fail"), (5, "/log"), (130, "/log")]
)
@pytest.mark.usefixtures("config")
def test_watcher_is_told_of_the_start_and_of_the_end_with_its_exit_code(vtxero, engine, watcher, code, place):
    engine.answers = [quiet_report(exit_code=code)]

    ran = vtxero("sync", "--ping-url", watcher.url)

    assert ran.code == code
    assert watcher.told == [("/start", ""), (place, f"exit code {code}")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [(AuthError("x"), ("/fail", 4)), (LockedError("x"), ("/log", 11)), (RuntimeError("x"), ("/fail", 1))],
)
@pytest.mark.usefixtures("config")
def test_watcher_is_told_of_a_run_that_could_not_begin_and_of_a_bug(vtxero, engine, watcher, error, expected):
    def fail(_progress):
        raise error

    engine.answers = [fail]

    assert vtxero("sync", "--ping-url", watcher.url).code == expected[1]
    assert watcher.told[-1] == (expected[0], f"exit code {expected[1]}")


@pytest.mark.usefixtures("config")
def test_watcher_is_told_the_exit_code_that_the_process_ends_with(vtxero, engine, watcher):
    engine.answers = [quiet_report(exit_code=3)]

    vtxero("sync", "--ping-url", watcher.url, "--fail-on", "never")

    assert watcher.told[-1] == ("", "exit code 0")


@pytest.mark.usefixtures("config")
def test_watcher_of_the_config_is_not_told_of_dry_runs(vtxero, engine, watcher, monkeypatch):
    monkeypatch.setenv("VTXERO_PING_URL", watcher.url)
    engine.answers = [quiet_report(dry_run=True)]

    vtxero("sync", "--dry-run")
    assert watcher.told == []
    vtxero("sync")
    assert len(watcher.told) == 2


@pytest.mark.usefixtures("config")
def test_watcher_that_refuses_or_is_not_there_breaks_nothing_and_its_address_stays_secret(vtxero, engine, watcher):
    watcher.status = 500
    engine.answers = [quiet_report()]

    refused = vtxero("sync", "--ping-url", watcher.url)
    nobody = vtxero("sync", "--ping-url", "http://127.0.0.1:9/5f0c-secret")

    assert (refused.code, nobody.code) == (0, 0)
    assert "could not be delivered" in refused.err
    assert "5f0c-secret" not in refused.err + nobody.err + refused.out


@pytest.mark.usefixtures("config")
def test_run_begins_while_the_watcher_has_not_answered_yet(vtxero, engine, watcher, monkeypatch):
    """It answers only once the run is under way; a run that waited for it would wait for ten minutes."""
    monkeypatch.setattr(heartbeat, "SECONDS", 600)
    watcher.answers.clear()
    engine.answers = [lambda _: watcher.answers.set() or quiet_report()]

    assert vtxero("sync", "--ping-url", watcher.url).code == 0

    assert watcher.told == [("/start", ""), ("", "exit code 0")]


@pytest.mark.usefixtures("config")
def test_run_ends_though_the_watcher_never_answers(vtxero, engine, watcher, monkeypatch):
    monkeypatch.setattr(heartbeat, "SECONDS", 0.2)
    watcher.answers.clear()
    engine.answers = [quiet_report()]

    assert vtxero("sync", "--ping-url", watcher.url).code == 0


@pytest.mark.usefixtures("config", "engine")
def test_ping_address_that_is_none_is_refused(vtxero):
    assert vtxero("sync", "--ping-url", "nonsense").code == 2
