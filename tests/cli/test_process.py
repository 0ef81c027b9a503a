"""The installed command as a process: codes, streams, imports, signals."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vtxero import __version__
from vtxero.bootstrap.signals import stop_on_signals
from vtxero.cli import app
from vtxero.cli.commands import COMMANDS

VTXERO = Path(sysconfig.get_path("scripts")) / "vtxero"
HEAVY = ["xero_python", "httpx", "starlette", "uvicorn", "keyring", "rich.progress", "vtxero.modules", "vtxero.sandbox"]


def process(*words, **environ):
    env = {name: value for name, value in os.environ.items() if not name.startswith("VTXERO_")}
    return subprocess.run([VTXERO, *words], capture_output=True, text=True, env=env | environ, timeout=60, check=False)


def test_command_when_asked_for_its_version_prints_it():
    ran = process("--version")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"vtxero {__version__}\n", "")


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_command_when_asked_for_help_lists_what_there_is_and_nothing_else(words):
    ran = process(*words)

    assert ran.returncode == 0
    listed = ran.stdout.partition("Commands:\n")[2].splitlines()
    known = {
        "init",
        "sync",
        "plan",
        "apply",
        "log",
        "status",
        "undo",
        "verify",
        "explain",
        "doctor",
        "demo",
        "sandbox",
        "auth",
        "config",
    }
    assert {line.split()[0] for line in listed if line[2:3].strip()} >= known


def every_command():
    """All commands as typed, those of groups included."""
    found = []
    for name, command in COMMANDS.items():
        loaded = command.load(name)
        inner = getattr(loaded, "commands", None)
        found += [] if inner and not loaded.callback else [name]
        found += [f"{name} {each}" for each in inner or ()]
    return [command for command in found if command != "config"]


@pytest.mark.parametrize("command", every_command())
def test_help_of_every_command_has_an_example(command):
    ran = CliRunner().invoke(app, [*command.split(), "--help"])

    assert ran.exit_code == 0
    assert f"vtxero {command}" in ran.output
    assert "Example" in ran.output


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("words", [["--help"], ["log"], ["log", "--skipped"], ["explain"], ["config", "show"]])
def test_command_that_asks_no_service_imports_nothing_heavy(tmp_path, words):
    code = (
        f"import sys; from vtxero.cli import main; main({words!r}); print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path
    )

    assert ran.stdout.splitlines()[-1] == "[]"


def completed(*words, shell="bash"):
    """What a shell is told when Tab is pressed after these words, and which modules of ours that took."""
    typed = " ".join(["vtxero", *words])
    asked = {
        "bash": {"COMP_WORDS": typed, "COMP_CWORD": str(len(words))},
        "zsh": {"_TYPER_COMPLETE_ARGS": typed},
        "fish": {"_TYPER_COMPLETE_ARGS": typed, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    code = (
        "import atexit, sys; from vtxero.cli import main; "
        "atexit.register(lambda: print([m for m in sys.modules if m.startswith('vtxero')], file=sys.stderr)); main([])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "_VTXERO_COMPLETE": f"complete_{shell}", **asked},
    )
    return ran.stdout, ran.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_after_the_name_alone_offers_every_command_and_imports_none(shell):
    offered, imported = completed("", shell=shell)

    assert [name for name in COMMANDS if name not in offered] == []
    if shell != "bash":
        assert [command.line for command in COMMANDS.values() if command.line[:12] not in offered] == []
    assert [
        place for place in ("sync", "demo", "undo", "first_config", "stand_ins") if f"cli.{place}'" in imported
    ] == []


def test_tab_after_a_command_offers_its_own_options_and_values():
    assert {"--direction", "--dry-run", "--conflict"} <= set(completed("sync", "--")[0].split())
    assert completed("sync", "--direction", "to-")[0].split() == ["to-xero", "to-vtiger"]
    assert completed("auth", "st")[0].split() == ["status"]
    assert completed("st")[0].split() == ["status"]
    assert {"--profile", "--output"} <= set(completed("--")[0].split())


def test_python_m_vtxero_is_the_same_command():
    ran = subprocess.run([sys.executable, "-m", "vtxero", "--version"], capture_output=True, text=True, check=True)

    assert ran.stdout == f"vtxero {__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["snyc"], "sync"),
        (["sync", "--nonsense"], "--nonsense"),
        (["-o", "xml", "sync"], "xml"),
        (["--config"], "--config"),
    ],
)
def test_command_when_mistyped_says_what_was_wrong_in_plain_text(words, said):
    ran = process(*words)

    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("Error: ")
    assert said in ran.stderr
    assert "--help`" in ran.stderr


def test_command_without_a_config_says_where_it_looked(tmp_path):
    ran = subprocess.run([VTXERO, "sync"], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)

    assert ran.returncode == 2
    assert "There is no config. Looked for --config, VTXERO_CONFIG, " in ran.stderr
    assert "Traceback" not in ran.stderr


def test_config_that_is_broken_is_one_message_in_the_process_too(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"\x00\x01\x02")

    ran = process("--config", str(path), "sync")

    assert ran.returncode == 2
    assert str(path) in ran.stderr
    assert "Traceback" not in ran.stderr


def test_output_when_its_reader_goes_away_is_no_failure():
    command = f"'{VTXERO}' explain -o json | head -c 10; echo \" ${{PIPESTATUS[0]}}\""
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)

    assert ran.stdout.split()[-1] == "0"
    assert ran.stderr == ""


def test_output_when_the_locale_knows_no_accents_still_comes():
    ran = process("sync", "--help", PYTHONIOENCODING="ascii")

    assert ran.returncode == 0


@pytest.mark.usefixtures("config")
def test_bug_gives_a_sentence_and_a_file_without_secrets(vtxero, engine):
    def broken(_progress):
        raise RuntimeError("lost with k3yk3y and Bearer abcdefghijk")

    engine.answers = [broken]

    ran = vtxero("sync")

    assert ran.code == 1
    assert "this is a bug in vtxero (RuntimeError: lost with [hidden]" in ran.err
    assert "Traceback" not in ran.err
    path = Path(ran.err.partition("are in ")[2].partition(". What was done")[0])
    text = path.read_text(encoding="utf-8")
    assert "RuntimeError" in text
    assert "command: vtxero sync" in text
    assert "k3yk3y" not in text
    assert "abcdefghijk" not in text
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("config")
def test_ctrl_c_is_exit_code_130(vtxero, engine):
    engine.answers = [KeyboardInterrupt()]

    ran = vtxero("sync")

    assert ran.code == 130
    assert ran.err.startswith("Stopped at once.")


@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.usefixtures("config")
def test_ctrl_c_in_a_dry_run_says_that_nothing_was_written(vtxero, engine, tmp_path, presses):
    def interrupted(_progress):
        with stop_on_signals("") as request:
            for _ in range(presses):
                os.kill(os.getpid(), signal.SIGINT)
            request.check()

    engine.answers = [interrupted]

    ran = vtxero("plan", "--out", str(tmp_path / "plan.json"))

    assert ran.code == 130
    assert "nothing was written." in ran.err
    assert "next run" not in ran.err
    assert not (tmp_path / "plan.json").exists()


def test_path_of_a_secret_file_is_shown_and_a_secret_in_its_place_is_not(config):
    config.write_text(config.read_text().replace(", access_key: k3yk3y", ""))
    variable = "VTXERO_VTIGER_ACCESS_KEY_FILE"

    path = process("--config", str(config), "doctor", **{variable: "/no/such/file"})
    secret = process("--config", str(config), "doctor", **{variable: "k3yk3yk3yk3y"})

    assert "names /no/such/file, which cannot be read" in path.stderr
    assert "k3yk3y" not in secret.stdout + secret.stderr
    assert f"{variable} names [hidden]" in secret.stderr


@pytest.mark.usefixtures("config")
def test_ctrl_c_while_stderr_is_in_the_middle_of_a_line_ends_as_any_other(vtxero, engine, monkeypatch):
    class Busy(io.StringIO):
        def write(self, text):
            if "Finishing" in text:
                raise RuntimeError("reentrant call inside <_io.BufferedWriter name='<stderr>'>")
            return super().write(text)

    def interrupted(_progress):
        with monkeypatch.context() as patch, stop_on_signals() as request:
            patch.setattr("sys.stderr", Busy())
            os.kill(os.getpid(), signal.SIGINT)
            request.check()

    engine.answers = [interrupted]

    ran = vtxero("sync")

    assert ran.code == 130
    assert ran.err.startswith("Stopped by Ctrl-C;")


@pytest.mark.usefixtures("config")
def test_warning_of_the_engine_is_seen_unless_quiet(vtxero, engine):
    import logging

    from cli.samples import quiet_report

    def warn(_progress):
        logging.getLogger("vtxero").warning("logins are kept in %s, with k3yk3y", "/x")
        return quiet_report()

    engine.answers = [warn]

    assert vtxero("sync").err == "Warning: logins are kept in /x, with [hidden]\n"
    assert vtxero("sync", "-q").err == ""


@pytest.mark.usefixtures("config")
def test_log_file_holds_what_was_done_without_secrets_and_for_its_owner_only(vtxero, engine, tmp_path):
    import logging

    from cli.samples import quiet_report

    def note(_progress):
        logging.getLogger("vtxero.xero").info("PUT /Invoices access_token=abcdefgh k3yk3y")
        return quiet_report()

    engine.answers = [note]
    path = tmp_path / "logs" / "a.log"

    assert vtxero("sync", "--log-file", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert "Z INFO vtxero.xero: PUT /Invoices access_token=[hidden] [hidden]" in text
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("config")
def test_log_file_when_it_is_full_is_put_aside_and_old_ones_go(vtxero, engine, tmp_path, monkeypatch):
    import logging

    from cli.samples import quiet_report

    def note(_progress):
        for number in range(400):
            logging.getLogger("vtxero").info("line %d %s", number, "x" * 40)
        return quiet_report()

    engine.answers = [note]
    monkeypatch.setenv("VTXERO_LOG_MAX_MB", "0.01")
    monkeypatch.setenv("VTXERO_LOG_KEEP", "2")

    assert vtxero("sync", "--log-file", tmp_path / "a.log").code == 0
    files = sorted(path.name for path in tmp_path.glob("a.log*"))
    assert files == ["a.log", "a.log.1", "a.log.2"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("a.log*"))
    assert all(path.stat().st_size <= 10_000 for path in tmp_path.glob("a.log*"))


@pytest.mark.usefixtures("engine", "config")
def test_log_file_that_cannot_be_written_is_a_config_error(vtxero, tmp_path):
    (tmp_path / "file").write_text("")

    ran = vtxero("sync", "--log-file", tmp_path / "file" / "a.log")

    assert ran.code == 2
    assert "--log-file" in ran.err


@pytest.mark.usefixtures("config")
def test_secrets_when_the_config_is_shown_or_checked_stay_hidden(vtxero):
    for words in (["config", "show"], ["config", "show", "-o", "json"], ["config", "check"]):
        ran = vtxero(*words)
        assert ran.code == 0
        assert "k3yk3y" not in ran.out + ran.err
