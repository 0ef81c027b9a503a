"""A scripted Xero, and the stand-in, with what talks to them."""

from __future__ import annotations

import threading

import pytest

from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import XeroState, create_app
from vtxero.xero.source import XeroSource
from wire.xero.rows import APPROVED, line
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


@pytest.fixture
def state(clock):
    return XeroState.new(clock=clock.now)


@pytest.fixture
def app(state):
    return create_app(state, keep_bodies=True)


@pytest.fixture
def xero(app, state, clock):
    """The source over the stand-in."""
    access_tenant = state.organisation["OrganisationID"]
    with (
        ServerThread(app) as server,
        opened(machine_access(server.url, tenant_id=access_tenant), clock, clock.sleep) as client,
    ):
        yield XeroSource(client)


@pytest.fixture
def sale(state):
    """An approved invoice of one line."""
    return state.add_invoice(state.add_contact(Name="Ada"), [line(UnitAmount=100)], **APPROVED)
