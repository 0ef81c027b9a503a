"""`sandbox` and `demo`, as processes, over real sockets."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import sysconfig
import urllib.request
from pathlib import Path

import pytest

from cli.logging_in import free_port
from sandbox.test_both import BOOKS
from vtxero.cli.stand_ins import FIRST_LINE
from vtxero.config.load import Sources, load
from vtxero.sandbox.samples import sample_organisation

VTXERO = Path(sysconfig.get_path("scripts")) / "vtxero"


@pytest.fixture
def serve(tmp_path):
    """Start `vtxero sandbox`; gives the process and what it announced."""
    running = []

    def start(*words):
        process = subprocess.Popen(
            [VTXERO, "sandbox", "-o", "json", *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        )  # fmt: skip
        running.append(process)
        lines = []
        while not lines or lines[-1] != "}\n":
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        return process, json.loads("".join(lines))

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def asked(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.headers, json.loads(answer.read())


def test_sandbox_serves_given_books_at_given_ports_in_the_version_asked_for(serve, tmp_path):
    (tmp_path / "xero.json").write_text(json.dumps({**sample_organisation(), "Invoices": []}))
    (tmp_path / "books.json").write_text(json.dumps(BOOKS))
    ports = free_port(), free_port()

    _, said = serve(
        *("--books", "books.json", "--xero-org", "xero.json", "--vtiger-version", "8.3.0", "--limits", "on"),
        *("--vtiger-port", ports[0], "--xero-port", ports[1], "--edition", "open-source"),
        *("--write-config", "box.yaml"),
    )

    assert [url.rpartition(":")[2] for url in (said["vtiger_url"], said["xero_url"])] == [str(port) for port in ports]
    ran = subprocess.run(
        [VTXERO, "--config", "box.yaml", "doctor", "-o", "json"], cwd=tmp_path, capture_output=True, check=False
    )
    told = " ".join(check["text"] for check in json.loads(ran.stdout)["checks"])
    assert "8.3.0" in told
    assert sample_organisation()["Organisation"]["Name"] in told
    assert "left today" in told  # the limits are on


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_sandbox_serves_both_until_it_is_told_to_stop(serve, number):
    process, said = serve()

    for url in (said["vtiger_url"], said["xero_url"]):
        with urllib.request.urlopen(f"{url}/_sandbox/journal", timeout=60) as answer:
            assert answer.status == 200
    process.send_signal(number)

    assert process.wait(100) == 0


STOPPED_AT_EVERY_LINE = """
import os, signal, sys
from vtxero.cli import stand_ins

stand_ins.POLL_SECONDS = 0
for place in range(1, 60):
    passed = 0

    def trace(frame, event, _):
        global passed
        passed += 1
        if passed == place:
            os.kill(os.getpid(), signal.SIGTERM)
        return trace

    ending = stand_ins.end_on_signals()
    sys.settrace(trace)
    stand_ins.serve_until(ending)
    sys.settrace(None)
    assert passed >= place
"""


def test_serving_when_the_signal_comes_at_any_line_of_the_waiting_ends():
    ran = subprocess.run([sys.executable, "-c", STOPPED_AT_EVERY_LINE], timeout=100, capture_output=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, b"")


def test_sandbox_writes_a_private_config_that_points_to_both(serve, tmp_path):
    path = tmp_path / "box.yaml"
    _, said = serve("--write-config", path)

    settings = load(Sources(config=path, environ={})).settings

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert settings.vtiger.url == said["vtiger_url"]
    assert settings.vtiger.access_key.get_secret_value()
    assert settings.xero.api_url == f"{said['xero_url']}/api.xro/2.0"
    assert settings.xero.identity_url == said["xero_url"]
    assert (settings.xero.flow, settings.xero.client_id) == ("client_credentials", "sandbox")
    assert settings.xero.client_secret.get_secret_value() == "sandbox"
    assert settings.modules.invoices.sales_account == "200"
    assert settings.modules.invoices.shipping_account == "260"
    assert settings.modules.invoices.adjustment_account == ""
    assert settings.state_dir.parent == tmp_path
    assert settings.logins == "file"


def test_sandbox_with_a_second_organisation_names_both(serve):
    _, said = serve("--second-org")

    names = [one["name"] for one in said["xero_organisations"]]
    assert names == [sample_organisation()["Organisation"]["Name"], "Second Samples Ltd"]


def test_sandbox_of_the_cloud_edition_can_be_synced_with_the_config_it_writes(serve, tmp_path):
    path = tmp_path / "box.yaml"
    serve("--edition", "cloud", "--limits", "off", "--write-config", path)

    ran = subprocess.run(
        [VTXERO, "--config", path, "sync", "-o", "json"], capture_output=True, text=True, timeout=100, check=False
    )

    assert "edition: cloud" in path.read_text()
    assert ran.returncode in {0, 8}, ran.stderr
    assert sum(row["created"] for row in json.loads(ran.stdout)["modules"]) > 0


def test_sandbox_when_its_config_is_there_from_before_replaces_it_with_a_fresh_state(serve, tmp_path):
    path = tmp_path / "box.yaml"
    first, _ = serve("--write-config", path)
    before = load(Sources(config=path, environ={})).settings
    first.send_signal(signal.SIGINT)
    first.wait(100)

    serve("--write-config", path)
    after = load(Sources(config=path, environ={})).settings

    assert after.state_dir != before.state_dir


def sandbox_fails(*words):
    return subprocess.run(
        [VTXERO, "sandbox", *map(str, words)], capture_output=True, text=True, timeout=100, check=False
    )


def test_sandbox_never_overwrites_a_config_of_somebody(tmp_path):
    path = tmp_path / "vtxero.yaml"
    path.write_text("vtiger: {}\n")

    ran = sandbox_fails("--write-config", path)

    assert ran.returncode == 2
    assert "is no config of stand-ins" in ran.stderr
    assert path.read_text() == "vtiger: {}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--books", "/no/such/file.json"], "/no/such/file.json"),
        (["--xero-org", "/no/such/file.json"], "/no/such/file.json"),
        (["--edition", "hosted"], "hosted"),
        (["--vtiger-version", "7.0"], "7.0"),
        (["--edition", "cloud", "--vtiger-version", "8.3.0"], "belongs to the open-source edition"),
        (["--vtiger-port", "99999"], "65535"),
        (["--write-config", "/no/such/folder/box.yaml"], "is no folder"),
    ],
)
def test_sandbox_when_it_cannot_start_says_why(words, said):
    ran = sandbox_fails(*words)

    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_sandbox_when_a_file_is_no_books_says_which(tmp_path):
    path = tmp_path / "books.json"
    path.write_text("[1, 2]")

    ran = sandbox_fails("--books", path)

    assert ran.returncode == 2
    assert str(path) in ran.stderr


def test_sandbox_when_a_port_is_taken_says_so(serve):
    _, said = serve()

    ran = sandbox_fails("--vtiger-port", said["vtiger_url"].rpartition(":")[2])

    assert ran.returncode == 2
    assert "Choose other ports" in ran.stderr


def run_demo(tmp_path, *words):
    env = os.environ | {"VTXERO_VTIGER_URL": "https://books-of-somebody.example.com", "HOME": str(tmp_path / "home")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [VTXERO, "demo", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=env,
        timeout=100,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 60  # its first minute, whatever else the machine does meanwhile
    return ran


def test_demo_shows_plan_run_and_a_second_run_with_nothing_to_do(tmp_path):
    ran = run_demo(tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1. The plan" in ran.stdout
    assert "2. The run" in ran.stdout
    assert (
        "Nothing was written: what can cross has crossed; left alone, with the reasons above: 13 records."
        in " ".join(ran.stdout.split())
    )
    assert ran.stdout.count("INV-GROUP-DISCOUNT  1 invoice") == 1
    assert "What to do: Give the discount on the lines instead." in ran.stdout
    assert "What to try next" in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_demo_json_is_the_document_of_the_run(tmp_path):
    ran = run_demo(tmp_path, "-o", "json")

    document = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert document["dry_run"] is False
    assert sum(row["created"] for row in document["modules"]) > 0
    for row in document["modules"]:
        assert row["seen"] == sum(
            row[name] for name in ("created", "updated", "linked", "unchanged", "skipped", "conflict", "failed")
        )


def test_demo_keep_leaves_a_config_and_a_log_that_can_be_read(tmp_path):
    assert run_demo(tmp_path, "--keep", tmp_path / "kept").returncode == 0

    config = tmp_path / "kept" / "vtxero.yaml"
    assert config.read_text().startswith(FIRST_LINE)
    ran = subprocess.run(
        [VTXERO, "--config", config, "log", "-o", "json"], capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert len(json.loads(ran.stdout)["runs"]) >= 2


def test_demo_keep_never_writes_into_a_folder_that_holds_something(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine").write_text("")

    ran = run_demo(tmp_path, "--keep", tmp_path / "kept")

    assert ran.returncode == 2
    assert "is no empty folder" in ran.stderr
