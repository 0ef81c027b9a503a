"""Every option of every command, through the installed entry point: what it does, and that it looks well everywhere.

The options are counted by asking the app, so that a new one without a case fails.
"""

from __future__ import annotations

import re
import shlex
from contextlib import nullcontext

import pytest
import typer

from cli.cases import CASES, Case
from cli.logging_in import free_port
from cli.office import open_office
from cli.terminal import plain
from cli.test_installed import too_wide
from vtxero.cli.app import app
from vtxero.cli.commands import COMMANDS
from vtxero.config.lock import RunLock

NEAT = re.compile(r"\x1b\[[\d;]*m")
EVERY = [(command, option) for command, cases in CASES.items() for option in cases]
WHOLE = {"auth", "config", "json", "jsonl", "-vv", "--verbose", "--install-completion", "--show-completion"}
"""Words of command lines whose output is for programs, or has long lines of its own where no terminal breaks them."""


def declared():
    """Every option of the app, by the command as typed (blank: the global ones)."""
    found = {"": typer.main.get_command(app)}
    for name, command in COMMANDS.items():
        loaded = command.load(name)
        inner = getattr(loaded, "commands", None)
        found |= {f"{name} {each}": it for each, it in inner.items()} if inner else {name: loaded}
    return {
        (command, param.opts[0])
        for command, it in found.items()
        for param in it.params
        if param.param_type_name == "option"
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with open_office(tmp_path_factory.mktemp("office") / "desk") as office:
        yield office


def carried_out(case: Case, office, **how):
    """Carry out a case in a folder of its own; gives how it ended, and the folder."""
    folder, office.port = office.copy(blank=case.blank), free_port()
    if case.before:
        assert office.run(_words(case.before, office), folder).code == 0
    lock = RunLock(folder / "state" / "default" / "run.lock") if case.locked else nullcontext()
    with lock:
        return office.run(_words(case.words, office), folder, until=case.until, **case.environ, **how), folder


def _words(text, office):
    return [word.format(**office.names) for word in shlex.split(text)]


def test_every_option_of_the_app_has_a_case_and_no_case_is_left_over():
    assert set(EVERY) == declared()


@pytest.mark.parametrize(("command", "option"), EVERY, ids=lambda part: part or "vtxero")
def test_option_does_what_it_says_in_a_pipe(office, command, option):
    case = CASES[command][option]

    ran, folder = carried_out(case, office, COLUMNS="80")

    assert option in case.words.split()
    assert ran.code == case.code, ran
    assert case.says.format(**office.names) in ran.words
    assert not case.lacks or case.lacks not in ran.words
    assert case.check is None or case.check(ran, office, folder)
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.out + ran.err or command == ""
    assert WHOLE & set(_words(case.words, office)) or too_wide(ran.out, 80) == []


@pytest.mark.parametrize(("command", "option"), [pair for pair in EVERY if not CASES[pair[0]][pair[1]].piped])
def test_option_looks_well_in_a_terminal_whatever_it_is(office, command, option):
    place = EVERY.index((command, option))
    columns, is_plain = (80, 200)[place % 2], bool(place // 2 % 2)
    case = CASES[command][option]

    ran, _ = carried_out(case, office, columns=columns, **({"NO_COLOR": "1"} if is_plain else {}))

    assert ran.code == case.code, ran
    assert "Traceback" not in ran.out
    assert (WHOLE - {"auth"}) & set(_words(case.words, office)) or too_wide(plain(ran.out), columns) == []
    assert not (is_plain and NEAT.search(ran.out))
