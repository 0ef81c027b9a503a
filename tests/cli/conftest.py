from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from chain.company import a_config, open_company
from vtxero.bootstrap import reading, syncing
from vtxero.cli import main

GOLDEN = Path(__file__).parent / "golden"
CONFIG = """\
state_dir: state
logins: file
vtiger: {url: https://crm.acme.test, username: admin, access_key: k3yk3y}
xero: {client_id: app}
"""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No setting of the machine may reach a test, and nothing of a test the machine."""
    for name in [name for name in os.environ if name.startswith("VTXERO_") or name == "NO_COLOR"]:
        monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("vtxero.config.redact._PASSED", set())
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "vtxero.yaml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


class Shop:
    """A company on both stand-ins, with the config file that a person would have; `change` rewrites a part of it."""

    def __init__(self, company, path):
        self.company, self.path = company, path
        chosen = company.settings
        self.content = {**a_config("state", chosen.vtiger.url, chosen.xero.identity_url), "logins": "file"}
        self.change()

    def change(self, **sections):
        for name, values in sections.items():
            self.content.setdefault(name, {}).update(values)
        self.path.write_text(yaml.safe_dump(self.content))
        self.path.chmod(0o600)


@pytest.fixture
def shop(tmp_path):
    with open_company(tmp_path) as company:
        yield Shop(company, tmp_path / "vtxero.yaml")


class Engine:
    """Stands in for the composition root: answers with the report or error it was given, notes what it was asked."""

    def __init__(self):
        self.answers = []
        self.requests = []
        self.settings = []

    def run_sync(self, settings, request, progress):
        self.requests.append(request)
        self.settings.append(settings)
        progress.phase("Reading invoices from Vtiger")
        progress.step("invoices", 1, None)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer(progress) if callable(answer) else answer


@pytest.fixture
def engine(monkeypatch):
    engine = Engine()
    monkeypatch.setattr(syncing, "run_sync", engine.run_sync)
    return engine


class Book:
    """Stands in for the log."""

    def __init__(self):
        self.summaries = []
        self.reports = {}
        self.waits = []
        self.forgotten = set()

    def runs(self, limit=20):
        return self.summaries[:limit]

    def report(self, run):
        if run == "last":
            return self.reports[self.summaries[0].run] if self.summaries else None
        return self.reports.get(run)

    def waiting(self):
        return self.waits

    def named_like(self, beginning):
        return [each.run for each in self.summaries if each.run.startswith(beginning)]

    def has_forgotten(self, run):
        return run in self.forgotten


@pytest.fixture
def book(monkeypatch):
    book = Book()

    @contextmanager
    def open_log(_settings):
        yield book

    monkeypatch.setattr(reading, "open_log", open_log)
    return book


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def vtxero(capsys):
    """Run a command line in this process; gives code, stdout and stderr."""

    def run(*argv):
        capsys.readouterr()
        code = main([str(word) for word in argv])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def golden():
    """Compare with a file of tests/cli/golden; `UPDATE_GOLDEN=1` writes it anew."""

    def compare(name, text):
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text + "\n", encoding="utf-8")
        assert text + "\n" == path.read_text(encoding="utf-8")

    return compare
