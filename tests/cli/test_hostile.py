"""Wrong input, closed and full streams, odd terminals, a disk that takes nothing: one clear message, no traceback."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from chain.company import line
from cli.forking import SECONDS, VTXERO, environment
from cli.terminal import Terminal, plain
from vtxero.store import open_database
from vtxero.store.database import StateConnection

REPORTS = ["status", "explain", "config schema", "--help"]


def shell(folder, command, **environ):
    """Run a line of bash in which `vtxero` is the installed one."""
    env = {**environment(folder, **environ), "PATH": f"{VTXERO.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, env=env, capture_output=True, timeout=SECONDS, check=False
    )


def said(ran):
    return ran.stderr.decode("utf-8", "replace")


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("command", REPORTS)
def test_output_onto_a_full_disk_is_told_and_the_exit_code_is_2(tmp_path, command):
    ran = shell(tmp_path, f"vtxero {command} >/dev/full")

    assert ran.returncode == 2
    assert said(ran).startswith("Error: the output cannot be written: No space left on device.\nWhat to do: ")
    assert said(ran).count("\n") == 2


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("command", REPORTS)
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_command_whose_streams_are_closed_ends_as_it_would_with_open_ones(tmp_path, command, closed):
    ran = shell(tmp_path, f"vtxero {command} {closed}")

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("stream", ["2>/dev/full", "2>&-"])
def test_error_that_cannot_be_told_still_gives_its_exit_code(tmp_path, stream):
    assert shell(tmp_path, f"vtxero sync --nonsense {stream}").returncode == 2
    assert shell(tmp_path, f"vtxero status nope:1 -o json >/dev/full {stream}").returncode == 2


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("command", [*REPORTS, "--version"])
def test_reader_that_goes_away_at_once_is_no_failure(tmp_path, command):
    ran = shell(tmp_path, f'vtxero {command} | true; exit "${{PIPESTATUS[0]}}"')

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("init --vtiger-url https://crm.acme.test --config new.yaml", "and --xero-client-id are not given"),
        ("undo --origin xero", "nobody to ask"),
    ],
)
def test_question_with_stdin_closed_is_refused(tmp_path, command, expected):
    ran = shell(tmp_path, f"vtxero {command} <&-")

    assert ran.returncode == 2
    assert expected in said(ran)
    assert "Traceback" not in said(ran)


@pytest.mark.parametrize(
    "words",
    [
        ["status", "invoices:\udcff\udcfe"],
        ["--config", "\udcff.yaml", "status"],
        ["explain", "\udcff"],
        ["log", "\udcff"],
    ],
)
def test_argument_in_another_encoding_is_refused(vtxero, words):
    ran = vtxero(*words)

    assert ran.code == 2
    assert "is no text in this terminal's encoding" in ran.err


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(
    "words",
    [
        ["log", "--since", "0001-01-01T00:00:00+14:00"],
        ["log", "--since", "yesterday"],
        ["log", "--limit", "0"],
        ["log", "--reason", "nonsense"],
        ["log", "--module", "nonsense"],
        ["log", "x", "--last"],
        ["log", "no-such-run"],
        ["status", "nonsense"],
        ["status", "invoices:"],
        ["status", "invoices:" + "x" * 100_000],
        ["status", "invoices:'; DROP TABLE links;--"],
        ["explain", "nonsense"],
        ["explain", "x" * 100_000],
        ["undo"],
        ["undo", "--origin", "vtiger"],
        ["undo", "x", "--origin", "xero"],
        ["undo", "no-such-run", "--yes"],
        ["--profile", "nope", "status"],
        ["--profile", "../../etc", "status"],
        ["--profile", "x" * 5_000, "status"],
        ["--config", "/dev/null", "status"],
        ["--config", "/dev/zero", "status"],
        ["--config", "x" * 5_000, "status"],
        ["--log-file", "/", "status"],
        ["sync", "--max-duration", "soon"],
        ["sync", "--lock-timeout", "9999999999h"],
        ["sync", "--limit", "-1"],
        ["apply", "nothing.json"],
        ["apply", "/dev/zero"],
        ["sandbox", "--books", "/dev/null"],
        ["sandbox", "--books", "/dev/zero"],
        ["sandbox", "--xero-org", "/"],
        ["sandbox", "--vtiger-port", "70000"],
        ["sandbox", "--write-config", "/proc/nope/x.yaml"],
        ["demo", "--keep", "/proc/nope"],
        ["demo", "--keep", "vtxero.yaml"],
        ["x" * 10_000],
        ["-o", "x" * 10_000, "log"],
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_wrong_input_gives_one_message_of_bearable_length_and_exit_code_2(vtxero, words):
    ran = vtxero(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: ")
    assert ran.err.count("Error: ") == 1
    assert "bug in vtxero" not in ran.err
    assert len(ran.err) < 5_000


@pytest.mark.usefixtures("config")
def test_numbers_beyond_all_reason_are_taken_as_many(vtxero):
    assert vtxero("log", "--limit", "9" * 30).code == 0
    assert vtxero("log", "--since", "9999-12-31").out == "No runs since 9999-12-31. All of them: vtxero log\n"


@pytest.mark.usefixtures("config")
def test_advice_after_an_empty_log_names_the_config_once(vtxero):
    ran = vtxero("--config", "vtxero.yaml", "log", "--last")

    assert ran.code == 2
    assert "`vtxero --config vtxero.yaml sync --dry-run`" in ran.err


@pytest.fixture
def booked(shop, vtxero):
    """A customer with letters that few encodings have, synced."""
    shop.company.invoice(shop.company.organization("Kōwhai Ltd → Ѐ"), line(shop.company.product()))
    assert vtxero("sync").code == 0
    return shop


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    "environ",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii:strict"},
    ],
    ids=["C", "latin-1", "ascii"],
)
def test_terminal_without_utf_8_gets_tables_in_ascii_and_json_without_a_loss(tmp_path, environ):
    table = shell(tmp_path, "vtxero log --last", **environ)
    document = shell(tmp_path, "vtxero log --last -o json", **environ)

    assert (table.returncode, document.returncode) == (0, 0)
    assert b"Vtiger -> Xero" in table.stdout
    assert b"-------" in table.stdout
    assert {item["label"] for item in json.loads(document.stdout)["records"]} >= {"Kōwhai Ltd → Ѐ"}


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize("locale", ["C", "POSIX", "xx_YY"])
def test_locale_of_a_bare_machine_still_shows_every_letter(tmp_path, locale):
    ran = shell(tmp_path, "vtxero log --last", LC_ALL=locale)

    assert ran.returncode == 0
    assert "Kōwhai Ltd" in ran.stdout.decode()


@pytest.mark.parametrize("home", ["HOME=/nonexistent", "HOME=", "-u HOME"])
def test_home_that_is_not_there_is_no_traceback(tmp_path, config, home):
    assert shell(tmp_path, f"env -u XDG_CONFIG_HOME -u XDG_STATE_HOME {home} vtxero status").returncode == 0
    config.unlink()

    ran = shell(tmp_path, f"env -u XDG_CONFIG_HOME -u XDG_STATE_HOME {home} vtxero status")

    assert ran.returncode == 2
    assert "There is no config." in said(ran)
    assert "`vtxero init`" in said(ran)


@pytest.mark.parametrize("command", ["status", "log", "log --last", "status invoices:INV1", "undo x --yes", "sync"])
@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3", b""])
def test_state_that_is_damaged_is_named_with_what_to_do(vtxero, config, tmp_path, command, content):
    database = tmp_path / "state" / "default" / "state.sqlite3"
    if not content:
        open_database(database).close()
        content = database.read_bytes()[:6_000]
    database.parent.mkdir(parents=True, exist_ok=True)
    database.write_bytes(content)

    ran = vtxero("--config", config, *command.split())

    assert ran.code == 12, ran.err
    assert str(database) in ran.err
    assert "sync --resync" in ran.err


@pytest.mark.parametrize("command", ["status", "log", "sync"])
def test_state_on_a_disk_that_takes_nothing_is_never_said_to_be_damaged(vtxero, config, command):
    config.write_text(config.read_text().replace("state_dir: state", "state_dir: /proc/nope"))

    ran = vtxero(command)

    assert ran.code in {2, 12}
    assert "/proc/nope" in ran.err + ran.out
    assert "--resync" not in ran.err + ran.out


def test_doctor_says_where_no_state_can_be_made(shop, vtxero):
    shop.content["state_dir"] = "vtxero.yaml/state"
    shop.change()

    ran = vtxero("doctor")

    assert ran.code == 2
    assert "vtxero.yamltakesnofilesofyours" in "".join(ran.out.split())


def lacks_room(code, err):
    """Tell whether the fault was told as a disk without room, and nobody was sent to move the state away."""
    return code == 12 and "Make room on the disk" in err and "--resync" not in err and "Traceback" not in err


@pytest.mark.parametrize(("kilobytes", "command"), [(40, "sync --full"), (0, "sync --full"), (0, "log")])
def test_state_whose_disk_takes_no_more_is_kept_and_says_to_make_room(booked, vtxero, tmp_path, kilobytes, command):
    del booked

    ran = shell(tmp_path, f"ulimit -f {kilobytes}; vtxero {command}")

    assert lacks_room(ran.returncode, said(ran)), said(ran)
    assert vtxero("sync", "--full").code == 0
    assert "Nothing to do: both sides are in step." in vtxero("sync").out


class FullDisk(StateConnection):
    """A database that may not grow by a page: SQLite refuses with the words that it has for a full disk."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        pages = self.execute("PRAGMA page_count").fetchone()[0]
        self.execute(f"PRAGMA max_page_count = {pages}")


def test_state_on_a_full_disk_is_kept_and_says_to_make_room(booked, vtxero, monkeypatch):
    for number in range(20):
        booked.company.organization(f"Customer {number}", description="x" * 2_000)
    with monkeypatch.context() as patch:
        patch.setattr("vtxero.store.database.StateConnection", FullDisk)

        ran = vtxero("sync")

    assert "database or disk is full" in ran.err
    assert lacks_room(ran.code, ran.err), ran.err
    assert vtxero("sync").code == 0
    assert "Nothing to do: both sides are in step." in vtxero("sync").out


@pytest.mark.parametrize(
    ("words", "question"),
    [(["sync", "--resync"], "rebuild the links?"), (["auth", "vtiger"], "Access key"), (["init"], "Vtiger's address")],
)
@pytest.mark.parametrize("end", ["Ctrl-C", "Ctrl-D"])
def test_question_that_is_left_by_its_asker_ends_with_130_and_a_word(tmp_path, config, words, question, end):
    config.write_text(config.read_text().replace(", access_key: k3yk3y", ""))
    if words == ["init"]:
        config.unlink()
    with Terminal(words, tmp_path) as terminal:
        terminal.press("\x03" if end == "Ctrl-C" else "\x04", at=question)
        code = terminal.end()
        seen = plain(terminal.seen)

    assert code == 130, seen
    nothing = " Nothing was written: neither a config nor a login." if words == ["init"] else ""
    assert seen.rstrip().endswith(f"\nStopped.{nothing}")
    assert "Traceback" not in seen


@pytest.mark.usefixtures("config")
def test_resync_that_a_person_declines_ends_as_any_no_does_and_does_nothing(tmp_path):
    with Terminal(["sync", "--resync"], tmp_path) as terminal:
        terminal.answer("rebuild the links?", "n")
        assert terminal.end() == 6

    assert plain(terminal.seen).splitlines()[-1] == "Nothing was read, and nothing was written."
    assert not (tmp_path / "state").exists()


def test_two_stand_ins_on_one_port_say_that_it_is_taken(tmp_path, shop):
    port = shop.company.settings.vtiger.url.rpartition(":")[2]

    ran = shell(tmp_path, f"vtxero sandbox --vtiger-port {port}")

    assert ran.returncode == 2
    assert said(ran).startswith("Error: The stand-ins cannot start: ")
