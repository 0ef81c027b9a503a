"""A program written as xero-python's documentation shows runs against the stand-in, from its login to its errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vtxero.sandbox.serving import ServerThread

PROGRAM = Path(__file__).with_name("sdk_program.py")


@pytest.fixture
def told(app):
    """What the program printed, in a process of its own: the library keeps its configuration for a whole process."""
    with ServerThread(app) as server:
        ran = subprocess.run(
            [sys.executable, str(PROGRAM), server.url], capture_output=True, text=True, check=False, timeout=60
        )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_documented_program_when_run_creates_and_reads_everything_and_gets_its_own_errors(told, state):
    assert told["contacts"] == {
        "statuses": ["OK", "ERROR"],
        "refused": "The contact name totara LTD is already assigned to another contact. "
        "The contact name must be unique across all active contacts.",
        "read": ["Totara Ltd", "Bloggs", "Ann"],
        "listed": ["Miro Ltd", "Totara Ltd"],
        "numbered": "Miro Ltd",
    }
    assert told["items"] == {"read": ["Oak, planed", "12.3456"], "listed": ["OAK"]}
    assert told["invoices"] == {
        "made": ["INV-0001", "DRAFT"],
        "approved": "AUTHORISED",
        "read": ["42.60", "Oak board", "2026-10-14"],
        "pages": [1, 1],
    }
    assert told["payments"] == {"paid": "PAID", "listed": 1, "reopened": "AUTHORISED", "again": "42.60"}
    assert told["batches"] == {
        "paid": ["PAID", "PAID"], "read": ["20.00", "2026-09-21", "RECBATCH"], "deleted": "DELETED",
    }  # fmt: skip
    assert told["files"] == {
        "kind": "application/pdf", "listed": ["a.pdf"], "same": True, "online": "https://in.xero.com/",
    }  # fmt: skip
    assert told["refusals"] == {
        "validation": [400, told["contacts"]["refused"].replace("totara LTD", "Totara Ltd"), "Totara Ltd"],
        "query": [400, "QueryParseException"],
        "unknown": 404,
        "tenant": ["HTTPStatusException", 403],
    }
    assert [one["Status"] for one in state.payments.values()] == ["DELETED", "AUTHORISED", "DELETED", "DELETED"]
