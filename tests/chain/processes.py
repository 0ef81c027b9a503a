"""Real vtxero processes over the invented company: their config file, and how they are killed among their writes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import yaml

SLOWLY = {"nth": "every", "do": "slow", "seconds": 0.1}
WRITING = {"xero": "PUT", "vtiger": "POST"}


def with_secrets(company):
    """The company's settings as a config that a process can read."""
    settings = json.loads(company.settings.model_dump_json(exclude_unset=True))
    settings["vtiger"]["access_key"] = "sandbox-key"
    settings["xero"]["client_secret"] = "sandbox"
    return settings


def config_file(company, folder):
    path = folder / "vtxero.yaml"
    path.write_text(yaml.safe_dump(with_secrets(company)))
    path.chmod(0o600)
    return path


def start(config):
    command = [sys.executable, "-m", "vtxero", "--config", str(config), "sync", "-o", "json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def sent(company, side):
    return sum(entry.write for entry in company.apps[side].journal.entries)


def wait_for_writes(company, process, side, number):
    """Wait until the process had so many writes of a side carried out."""
    before = sent(company, side)
    while sent(company, side) < before + number:
        assert process.poll() is None, "it ended before it had written so much"
        time.sleep(0.002)


def kill_among_writes(company, config, side, number):
    """Start a sync, kill it once so many writes of a side were carried out, and let the next one finish."""
    company.apps[side].faults.add(SLOWLY | {"method": WRITING[side]})
    process = start(config)
    wait_for_writes(company, process, side, number)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    company.apps[side].faults.clear()
    return json.loads(start(config).communicate(timeout=100)[0])
