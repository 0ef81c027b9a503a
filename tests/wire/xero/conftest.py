"""Fixtures of the tests that talk to a scripted Xero."""

from __future__ import annotations

import threading

import pytest

from vtxero.xero.source import XeroSource
from wire.xero.scripted import Handler, ManualClock, Script, Server, machine_access, opened


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def xero_url(script):
    server = Server(("127.0.0.1", 0), Handler)
    server.script = script
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(xero_url, clock):
    with opened(machine_access(xero_url), clock, clock.sleep) as client:
        yield client


@pytest.fixture
def source(client):
    return XeroSource(client)
