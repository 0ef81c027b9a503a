"""Every command through the installed entry point: in a pipe and a terminal, narrow and wide, coloured and plain."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time

import pytest
import yaml

from cli.forking import SECONDS, VTXERO, environment, shared
from cli.terminal import Terminal, plain
from vtxero.cli.commands import COMMANDS

PROMISED = {
    "init": "",
    "sync": "--direction -n --dry-run --only --since --limit --conflict --full --resync --max-calls --max-duration"
    " --lock-timeout --allow -y --fail-on --ping-url",
    "plan": "--out --detailed-exitcode --direction --only --since --limit --conflict --full --max-calls"
    " --max-duration --lock-timeout --allow",
    "apply": "--max-calls --max-duration --lock-timeout",
    "log": "--last --skipped --failed --conflicts --created --updated --module --since --reason",
    "status": "",
    "verify": "",
    "undo": "--origin",
    "explain": "",
    "doctor": "",
    "demo": "--keep",
    "sandbox": "--books --xero-org --vtiger-port --xero-port --edition --vtiger-version --limits --write-config",
    "auth xero": "--no-browser --client-credentials",
    "auth vtiger": "",
    "auth status": "",
    "auth logout": "",
    "config show": "",
    "config check": "",
    "config schema": "",
}
"""The command-line contract: every command with its options."""
GLOBAL = "--config --profile -o --output -q --quiet -v --verbose --no-input --no-color --log-file --version"
LINK = "\x1b]8;"
READING = (
    *("sync --dry-run", "plan invoices", "log --skipped", "log RUN --updated", "status invoices:INV1", "verify"),
    *("log", "status", "doctor", "explain", "explain INV-DATE", "undo RUN --dry-run", "apply saved.json"),
    *("auth", "auth status", "auth vtiger", "auth xero --client-credentials", "auth logout"),
    *("config show", "config check", "init --no-input"),
)
LINKED = (*READING[2:6], "undo RUN --dry-run")
"""What names records whose pages a terminal can open."""
NEWS = (*READING[:2], "apply saved.json")
"""What names only records of which there is something new: after other command lines there may be none."""
COLOURLESS = ("auth", "config", "init")
"""What has nothing to colour, or ends with an error."""
ENDS = {"init --no-input": 2}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """`vtxero sandbox` as a process, with sample books, synced once."""
    folder = tmp_path_factory.mktemp("books")
    command = [VTXERO, "sandbox", "--write-config", "vtxero.yaml", "--limits", "off"]
    with subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE) as process:
        end = time.monotonic() + SECONDS
        while not (folder / "vtxero.yaml").exists() and time.monotonic() < end:
            time.sleep(0.05)
        try:
            synced = piped(folder, "sync", "-o", "json")
            assert synced.code == 0
            (folder / "run").write_text(json.loads(synced.out)["run"])
            assert piped(folder, "plan", "--out", "saved.json").code == 0
            yield folder
        finally:
            process.terminate()


def piped(folder, *words, **environ):
    return shared().run(words, folder, **environ)


@pytest.mark.parametrize("command", PROMISED)
def test_command_of_the_contract_has_its_options(command):
    name, _, inner = command.partition(" ")
    found = COMMANDS[name].load(name)
    found = found.commands[inner] if inner else found
    known = {flag for param in found.params for flag in (*param.opts, *param.secondary_opts)}

    assert set(PROMISED[command].split()) - known == set()


def test_global_options_of_the_contract_are_all_there(books):
    shown = piped(books, "--help").out

    assert [flag for flag in GLOBAL.split() if not re.search(rf"(^|[ ,]){flag}\b", shown, re.MULTILINE)] == []


@pytest.fixture(scope="module")
def forker():
    return shared()


def words_of(text, books):
    return text.replace("RUN", (books / "run").read_text()).split()


@pytest.mark.parametrize("colours", ["", "1"], ids=["colours", "NO_COLOR"])
@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("text", READING)
def test_command_in_a_pipe_is_plain_and_fits(books, forker, text, columns, colours):
    ran = forker.run(words_of(text, books), books, COLUMNS=str(columns), NO_COLOR=colours)

    assert ran.code == ENDS.get(text, 0), ran
    assert "\x1b" not in ran.out + ran.err
    assert bool(ran.err) == bool(ran.code)
    assert text.startswith(("auth", "config")) or too_wide(ran.out, columns) == []


@pytest.mark.parametrize("colours", ["", "1"], ids=["colours", "NO_COLOR"])
@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("text", READING)
def test_command_in_a_terminal_fits_and_has_colours_and_links_unless_they_are_not_wanted(
    books, forker, text, columns, colours
):
    ran = forker.run(words_of(text, books), books, columns=columns, **({"NO_COLOR": colours} if colours else {}))

    is_coloured = not (colours or text.startswith(COLOURLESS))
    assert ran.code == ENDS.get(text, 0), ran
    assert too_wide(plain(ran.out), columns) == []
    assert is_coloured == bool(re.search(r"\x1b\[[\d;]*m", ran.out))
    assert text in NEWS or (LINK in ran.out) == (is_coloured and text in LINKED)
    assert is_coloured or LINK not in ran.out


@pytest.mark.parametrize(("columns", "colours"), [(0, ""), (0, "1"), (80, ""), (200, "1")])
@pytest.mark.parametrize("text", ["demo", "sandbox"])
def test_command_that_serves_fits_as_well(forker, tmp_path, text, columns, colours):
    (tmp_path / "home").mkdir()
    until = "Serving until" if text == "sandbox" else ""

    ran = forker.run([text], tmp_path, columns=columns, until=until, **({"NO_COLOR": colours} if colours else {}))

    assert ran.code == 0, ran
    assert too_wide(plain(ran.out), columns or 80) == []
    assert (text == "demo" and bool(columns) and not colours) == bool(re.search(r"\x1b\[[\d;]*m", ran.out))


MUST_BE_WHOLE = re.compile(r" *(\w+: )?((https?://|/)\S+|`?vtxero .+)")
"""An address, a path or a command of its own line: broken, it could not be copied."""


def too_wide(text, columns):
    """Lines wider than the screen that need not be."""
    lines = [line for part in text.split("\n") for line in part.split("\r")]
    return [line for line in lines if len(line) > columns and not MUST_BE_WHOLE.fullmatch(line)]


@pytest.mark.parametrize(("level", "lines"), [("-v", 0), ("-vv", 8)])
def test_verbose_run_tells_each_step_on_stderr_and_every_request_only_when_asked_twice(books, level, lines):
    ran = piped(books, "sync", "--dry-run", level)

    requests = [text for text in ran.err.splitlines() if text.startswith("DEBUG: ")]
    assert ran.code == 0
    assert len(requests) >= lines
    assert bool(requests) == (level == "-vv")
    assert "INFO: Reading invoices from Vtiger." in ran.err.splitlines()
    assert ran.out.startswith("Plan ")


@pytest.mark.parametrize("off", [["--no-color"], []])
def test_terminal_that_is_dumb_or_not_to_be_coloured_gets_plain_text(books, off):
    term = {} if off else {"TERM": "dumb"}
    with Terminal([*off, "log", "--skipped"], books, **term) as terminal:
        assert terminal.end() == 0
        assert "\x1b" not in terminal.seen


OTHERS = [
    (("log",), 0), (("log", "--last", "--created", "--module", "invoices"), 0), (("explain",), 0), (("doctor",), 0),
    (("status", "invoices:INV1"), 0), (("config", "show"), 0), (("config", "check"), 0), (("config", "schema"), 0),
    (("auth", "status"), 0), (("plan", "invoices"), 0), (("sync", "--only", "invoices:INV1", "--dry-run"), 0),
    (("init",), 2), (("apply", "nothing.json"), 2), (("undo", "no-such-run", "--yes"), 2),
]  # fmt: skip


DRIVER = """
import contextlib, io, json, sys
from vtxero.cli import main
told = []
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    told.append([code, out.getvalue(), err.getvalue(), [m for m in ("xero_python", "urllib3") if m in sys.modules]])
json.dump(told, sys.stdout)
"""
"""Many command lines through the entry point's own function, in one process that is none of the tests'."""


def in_one_process(folder, lines):
    ran = subprocess.run(
        [sys.executable, "-c", DRIVER],
        cwd=folder,
        env=environment(folder, COLUMNS="80"),
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return list(zip(lines, json.loads(ran.stdout), strict=True))


def test_every_other_command_gives_data_on_stdout_and_talk_on_stderr(books):
    codes = [code for _, code in OTHERS]
    for (words, (code, out, err, _)), expected in zip(
        in_one_process(books, [w for w, _ in OTHERS]), codes, strict=True
    ):
        assert code == expected, (words, err)
        assert bool(out) == (code == 0), words
        assert err.startswith("Error: ") == bool(code), words
        assert "Traceback" not in err
        assert too_wide(out, 80) == [] or words[0] in {"config", "explain", "auth"}, words


def test_json_is_one_document_with_a_version_and_jsonl_a_line_each(books):
    asked = [["log"], ["status"], ["explain"], ["doctor"], ["sync", "--dry-run"], ["log", "--skipped"]]
    for words, (code, out, _, _) in in_one_process(books, [[*words, "-o", "json"] for words in asked]):
        assert (code, json.loads(out)["version"]) == (0, 1), words
    for words, (code, out, _, _) in in_one_process(books, [["-o", "jsonl", *words] for words in asked]):
        lines = [json.loads(line) for line in out.splitlines()]
        assert code == 0
        assert lines, words
        assert all(isinstance(line, dict) for line in lines), words


def test_commands_that_do_not_talk_to_xero_import_nothing_of_it(books):
    asked = [
        *(["--help"], ["log"], ["log", "--skipped"], ["status"], ["status", "invoices:INV1"]),
        *(["explain", "INV-DATE"], ["config", "show"], ["config", "check"], ["config", "schema"], ["sync", "--help"]),
    ]

    for words, (code, _, err, imported) in in_one_process(books, asked):
        assert (code, err, imported) == (0, "", []), words


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_a_run_with_its_code_and_the_next_run_goes_on(books, tmp_path, number, code):
    import httpx

    config = yaml.safe_load((books / "vtxero.yaml").read_text())
    config["state_dir"] = str(tmp_path / "state")
    (tmp_path / "vtxero.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "vtxero.yaml").chmod(0o600)
    faults = f"{config['vtiger']['url']}/_sandbox/faults"
    httpx.post(faults, json=[{"path": "operation=query", "nth": "every", "do": "slow", "seconds": 0.3}])
    try:
        with subprocess.Popen(
            [VTXERO, "sync"], cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            lock = tmp_path / "state" / "default" / "state.sqlite3"
            end = time.monotonic() + SECONDS
            while not lock.exists() and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(0.3)
            process.send_signal(number)
            shown, said = process.communicate(timeout=SECONDS)
    finally:
        httpx.delete(faults)

    assert process.returncode == code, said
    assert b"Traceback" not in said
    assert b"Error:" not in shown + said
    assert b"Warning: Finishing what is under way. Ctrl-C once more stops at once" in said
    assert {130: b"Stopped by Ctrl-C;", 143: b"Stopped by the system (SIGTERM);"}[code] in shown
    assert piped(tmp_path, "sync", "--dry-run").code == 0
