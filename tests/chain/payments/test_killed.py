"""A real process that is killed while it carries payments both ways: the next run finishes, and none exists twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
import yaml

from chain.cloud_company import open_cloud
from chain.payments.paying import pay, received, settle, taken

TO_XERO, TO_VTIGER = 60, 6


@pytest.fixture
def company(tmp_path):
    with open_cloud(tmp_path) as running:
        yield settle(running)


def start(company, folder):
    settings = json.loads(company.settings.model_dump_json(exclude_unset=True))
    settings["vtiger"]["access_key"] = "sandbox-key"
    settings["xero"]["client_secret"] = "sandbox"
    path = folder / "vtxero.yaml"
    path.write_text(yaml.safe_dump(settings))
    path.chmod(0o600)
    command = [sys.executable, "-m", "vtxero", "--config", str(path), "sync", "-o", "json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def sent(company, side):
    return sum(entry.write for entry in company.apps[side].journal.entries)


@pytest.mark.parametrize(("side", "number"), [("xero", 1), ("xero", 2), ("vtiger", 1), ("vtiger", 4)])
def test_run_killed_among_payments_is_finished_by_the_next(company, tmp_path, side, number):
    for _ in range(TO_XERO):
        pay(company, "1")
    for _ in range(TO_VTIGER):
        company.xero.pay(company.sale_id, "1", day="2026-11-12")
    before = sent(company, side)
    process = start(company, tmp_path)
    while sent(company, side) < before + number and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode in {-signal.SIGKILL, 0}

    finish = start(company, tmp_path)
    output = json.loads(finish.communicate(timeout=100)[0])

    assert output["exit_code"] == 0, output["messages"]
    assert (len(taken(company)), len(received(company))) == (TO_XERO + TO_VTIGER, TO_XERO + TO_VTIGER)
    references = [each["Reference"] for each in taken(company) if each["Reference"]]
    assert len(references) == len(set(references)) == TO_XERO
    assert float(company.row(company.sale)["received"]) == TO_XERO + TO_VTIGER
    company.quiet()
