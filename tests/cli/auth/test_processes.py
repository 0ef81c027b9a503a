"""Logins as real processes see them: at a terminal, renewed by two at once, killed in the middle."""

from __future__ import annotations

import codecs
import io
import os
import pty
import select
import signal
import termios
import time
import urllib.request
import webbrowser
from datetime import timedelta

import pytest

from cli.logging_in import KEY, consent, open_world

KILLED = -signal.SIGKILL
DIE_BEFORE_SAVING = """
import os, signal
from vtxero.xero.tokens import TextTokenKeeper
TextTokenKeeper.save = lambda self, token: os.kill(os.getpid(), signal.SIGKILL)
"""
REFRESH = "POST /connect/token"


@pytest.fixture
def world(tmp_path):
    with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def logged_in(world, monkeypatch, vtxero):
    """Everything is logged in, by a command in this process, which is quicker."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    monkeypatch.setattr(webbrowser, "open", lambda url: urllib.request.urlopen(url).close())
    assert vtxero("auth").code == 0
    world.apps["xero"].journal.clear()
    return world


class Typist:
    """A person at a terminal: sees what is shown there, types when asked. Data goes to stdout, a pipe."""

    def __init__(self, world, *words):
        self.master, terminal = pty.openpty()
        self.seen = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.process = world.start(*words, stdin=terminal, stderr=terminal, TERM="dumb")
        os.close(terminal)

    def wait_for(self, text):
        end = time.monotonic() + 20
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += self._decoder.decode(os.read(self.master, 65536))
        assert text in self.seen
        return self.seen

    def type_unseen(self, text):
        """Type once the terminal has stopped echoing: what comes before is thrown away."""
        end = time.monotonic() + 20
        while termios.tcgetattr(self.master)[3] & termios.ECHO and time.monotonic() < end:
            time.sleep(0.01)
        self.type(text)

    def type(self, text):
        os.write(self.master, f"{text}\n".encode())

    def end(self):
        """Give the exit code and what came on stdout."""
        out, _ = self.process.communicate(timeout=30)
        return self.process.returncode, out


@pytest.fixture
def typist(world):
    begun = []

    def begin(*words):
        begun.append(Typist(world, *words))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.communicate()
        os.close(one.master)


# at a terminal


def test_key_when_typed_at_a_terminal_is_not_echoed(world, typist):
    person = typist("auth", "vtiger")
    person.wait_for("Access key of admin")
    person.type_unseen(KEY)

    code, out = person.end()

    assert code == 0
    assert "logged in as admin" in out
    assert KEY not in person.seen + out
    assert world.stored("vtiger.access_key") == KEY


def test_tenant_when_there_are_several_is_asked_for_at_a_terminal(world, typist):
    world.xero.add_organisation("Second Ltd")
    person = typist("auth", "xero", "--no-browser")
    shown = person.wait_for("Paste that address here")
    person.type(consent(next(line for line in shown.splitlines() if line.startswith("http"))))
    shown = person.wait_for("Which organisation (1 to 2)")
    person.type("7")
    own = world.xero.organisation["Name"]
    person.type(next(line.split()[0] for line in shown.splitlines() if own in line))

    code, out = person.end()

    assert code == 0
    assert own in out
    assert world.token()["tenant_id"] == world.xero.organisation["OrganisationID"]


def test_tenant_when_it_was_left_open_is_asked_for_without_another_login(world, typist):
    world.xero.add_organisation("Second Ltd")
    world.write(vtiger=f"access_key: {KEY}")
    assert world.run("auth", "xero")[0] == 4
    exchanges = len(world.asked(REFRESH))

    person = typist("auth")
    person.wait_for("Which organisation")
    person.type("1")

    assert person.end()[0] == 0
    assert len(world.asked(REFRESH)) == exchanges


def test_nobody_is_asked_at_a_terminal_when_no_input_is_allowed(world, typist):
    person = typist("auth", "vtiger", "--no-input")

    assert person.end()[0] == 4
    assert not world.secrets.exists()


# two at once, and killed


def test_login_when_two_processes_renew_at_once_is_one_that_serves(logged_in):
    logged_in.run_out()
    logged_in.apps["xero"].faults.add({"path": "/connect/token", "do": "slow", "seconds": 1.5, "nth": "every"})

    both = [logged_in.start("auth", "status") for _ in range(2)]
    ended = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], ended
    assert len(logged_in.asked(REFRESH)) == 1, "the second took what the first had saved"
    logged_in.apps["xero"].faults.clear()
    logged_in.run_out()
    assert logged_in.run("auth", "status")[0] == 0


@pytest.mark.parametrize("words", [("sync",), ("auth", "status")])
def test_login_when_killed_between_renewal_and_saving_still_works(logged_in, words):
    logged_in.run_out()
    before = logged_in.token()["refresh"]

    assert logged_in.run(*words, code=DIE_BEFORE_SAVING)[0] == KILLED
    assert len(logged_in.asked(REFRESH)) == 1
    assert logged_in.token()["refresh"] == before, "what was spent is all there is"

    code, out, err = logged_in.run(*words)
    assert code == 0, out + err
    assert logged_in.token()["refresh"] != before


def test_login_when_killed_before_the_answer_came_still_works(logged_in):
    logged_in.run_out()
    logged_in.apps["xero"].faults.add({"path": "/connect/token", "do": "slow", "seconds": 30})

    with logged_in.start("auth", "status") as process:
        end = time.monotonic() + 20
        while len(logged_in.xero.identity._refresh) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        process.kill()

    assert logged_in.run("auth", "status")[0] == 0


def test_login_when_killed_and_left_for_longer_than_xero_waits_asks_for_a_login(logged_in):
    logged_in.run_out()
    assert logged_in.run("sync", code=DIE_BEFORE_SAVING)[0] == KILLED
    logged_in.clock.ahead = timedelta(minutes=31)

    code, _, err = logged_in.run("sync")

    assert code == 4
    assert "auth xero`" in err
