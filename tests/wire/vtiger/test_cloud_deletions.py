"""What the cloud edition tells of deletions: none is left out, whatever else was changed, and places lead on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from vtxero.errors import TemporaryError
from vtxero.sandbox.serving import ServerThread, instrumented
from vtxero.sandbox.vtiger import cloud_operations, create_app
from vtxero.sandbox.vtiger.cloud import create_cloud_app
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.sandbox.vtiger.state import DEFAULT_KEY, User, VtigerState
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.reference import read_reference
from vtxero.vtiger.source import VtigerSource

USERS = (User("admin", 1, DEFAULT_KEY, is_admin=True), User("clerk", 5, DEFAULT_KEY))
PATIENCE = 60.0
"""Seconds. No test here waits for it: a busy machine may be slow, and is not broken."""
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Cloud:
    def __init__(self, edition=Edition.CLOUD):
        self.now = NOON
        self.state = VtigerState.sample_empty(users=USERS, clock=lambda: self.now)
        app = (
            create_app(self.state)
            if edition is Edition.OPEN_SOURCE
            else create_cloud_app(self.state, limits=FloodControl(counts=False))
        )
        self.app = instrumented(app)
        self.edition = edition
        self.clients = []

    def source(self, url, user="admin"):
        access = VtigerAccess(url, user, SecretStr(DEFAULT_KEY), edition=self.edition)
        client = VtigerClient(access, timeout=PATIENCE, sleep=lambda _: None)
        self.clients.append(client)
        return VtigerSource(client, read_reference(client), needs_retrieve=lambda *_: False)

    def account(self, name, **fields):
        return self.state.add("Accounts", {"accountname": name, **fields})

    def close(self):
        for client in self.clients:
            client.close()

    def later(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def cloud():
    made = Cloud()
    yield made
    made.close()


@pytest.fixture
def url(cloud):
    with ServerThread(cloud.app) as server:
        yield server.url


def asked(source, do):
    before = source.calls
    found = do()
    return found, source.calls - before


def test_deleted_records_are_told_once_their_place_is_passed(cloud, url):
    source = cloud.source(url)
    first, second = cloud.account("A"), cloud.account("B")
    since = cloud.state.now()
    cloud.later(hours=1)
    cloud.state.delete(first)

    told, calls = asked(source, lambda: source.deleted("organizations", since, ""))
    assert (told.ids, calls) == ({first}, 1)

    cloud.later(hours=1)
    cloud.state.delete(second)
    told, calls = asked(source, lambda: source.deleted("organizations", since, told.place))
    assert second in told.ids
    cloud.later(hours=1)
    cloud.state.edit(cloud.account("C"), phone="1")
    told = source.deleted("organizations", since, told.place)
    assert source.deleted("organizations", since, told.place).ids == set()


def test_deletion_is_told_though_hundreds_of_records_changed_around_it(cloud, url):
    source = cloud.source(url)
    since = cloud.state.now()
    gone = []
    for n in range(330):
        cloud.later(seconds=n % 2)
        account = cloud.account(f"A{n}")
        if n % 50 == 7:
            cloud.state.delete(account)
            gone.append(account)

    told, calls = asked(source, lambda: source.deleted("organizations", since, ""))

    assert (told.ids, calls) == (set(gone), 4)


def test_deletion_that_was_committed_late_is_told_behind_a_later_change(cloud, url):
    source = cloud.source(url)
    since = cloud.state.now()
    late = cloud.account("Late")
    cloud.later(minutes=10)
    cloud.account("Sooner")
    told = source.deleted("organizations", since, "")
    cloud.later(minutes=-4)
    cloud.state.delete(late)

    assert source.deleted("organizations", since, told.place).ids == {late}


def test_deletion_of_products_and_services_is_told_together(cloud, url):
    source = cloud.source(url)
    since = cloud.state.now()
    product = cloud.state.add("Products", {"productname": "P", "unit_price": "1"})
    service = cloud.state.add("Services", {"servicename": "S", "unit_price": "1"})
    for each in (product, service):
        cloud.state.delete(each)

    told, calls = asked(source, lambda: source.deleted("products", since, ""))

    assert (told.ids, calls) == ({product, service}, 2)
    assert json.loads(told.place).keys() == {"Products", "Services"}


def test_record_that_was_fetched_back_from_the_bin_is_not_told(cloud, url):
    source = cloud.source(url)
    account = cloud.account("A")
    since = cloud.state.now()
    cloud.state.delete(account)
    cloud.later(minutes=1)
    cloud.state.restore(account)

    assert source.deleted("organizations", since, "").ids == set()


def test_user_who_is_no_administrator_is_not_asked_about(cloud, url):
    source = cloud.source(url, "clerk")
    told, calls = asked(source, lambda: source.deleted("organizations", cloud.state.now(), ""))
    assert (told, calls) == (None, 0)


def test_taxes_and_unknown_modules_are_not_asked_about(cloud, url):
    source = cloud.source(url)
    assert [source.deleted(name, cloud.state.now(), "") for name in ("taxes", "campaigns")] == [None, None]


def test_vtiger_that_has_no_such_operation_is_no_reason_to_stop(cloud, url, monkeypatch):
    source = cloud.source(url)
    monkeypatch.delitem(cloud_operations.OPERATIONS, "sync")
    assert source.deleted("organizations", cloud.state.now(), "") is None


def test_vtiger_that_breaks_while_it_tells_ends_the_module_as_any_read(cloud, url):
    source = cloud.source(url)
    cloud.app.faults.add({"path": "/sync", "nth": "every", "do": "503"})
    with pytest.raises(TemporaryError):
        source.deleted("organizations", cloud.state.now(), "")


def test_time_that_lies_ahead_of_the_server_does_not_lead_past_its_present(cloud, url):
    """A server that wrote another zone than UTC would be asked about the future, and tell nothing."""
    source = cloud.source(url)
    account = cloud.account("A")
    cloud.later(days=3650)
    cloud.state.delete(account)
    assert source.deleted("organizations", "2099-01-01 00:00:00", "").ids == {account}


def test_self_hosted_vtiger_is_never_asked():
    cloud = Cloud(Edition.OPEN_SOURCE)
    with ServerThread(cloud.app) as server:
        source = cloud.source(server.url)
        told, calls = asked(source, lambda: source.deleted("organizations", cloud.state.now(), ""))
        cloud.close()
    assert (told, calls) == (None, 0)
