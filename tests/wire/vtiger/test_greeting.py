"""Knocking at an address: who answers is told without a login, and without a try of one."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from vtxero.errors import ConfigError, TemporaryError
from vtxero.sandbox import Sandbox
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.greeting import Greeting, greet


@pytest.fixture(scope="module")
def ours():
    with Sandbox(books={}, organisation={}) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def cloud():
    with Sandbox(books={}, organisation={}, edition="cloud") as sandbox:
        yield sandbox


def knock(url, user="admin", edition=Edition.AUTO):
    return greet(VtigerAccess(url, user, SecretStr(""), edition=edition))


@pytest.mark.parametrize("edition", [Edition.AUTO, Edition.OPEN_SOURCE])
@pytest.mark.parametrize(("user", "is_known"), [("admin", True), ("nobody", False)])
def test_open_source_vtiger_tells_whether_it_knows_a_user(ours, user, is_known, edition):
    assert knock(ours.vtiger_url, user, edition) == Greeting(Edition.OPEN_SOURCE, knows_user=is_known)


@pytest.mark.parametrize("edition", [Edition.AUTO, Edition.CLOUD])
def test_cloud_is_found_and_tells_nothing_of_users(cloud, edition):
    assert knock(cloud.vtiger_url, "nobody", edition) == Greeting(Edition.CLOUD, knows_user=None)


def test_knocking_is_no_try_of_a_login(ours, cloud):
    knock(ours.vtiger_url)
    knock(cloud.vtiger_url)

    assert {entry.operation for entry in ours.journal("vtiger").entries} == {"getchallenge"}
    assert not any("authorization" in str(entry).lower() for entry in cloud.journal("vtiger").entries)


@pytest.mark.parametrize("edition", list(Edition))
def test_address_where_something_else_answers_is_no_vtiger_whichever_edition_is_meant(ours, edition):
    with pytest.raises(ConfigError, match="No Vtiger answers at") as caught:
        knock(ours.xero_url, edition=edition)

    assert "login page" in caught.value.remedy


def test_edition_that_is_not_the_one_that_answers_is_no_vtiger(ours, cloud):
    with pytest.raises(ConfigError, match="No Vtiger answers at"):
        knock(ours.vtiger_url, edition=Edition.CLOUD)
    with pytest.raises(ConfigError, match="No Vtiger answers at"):
        knock(cloud.vtiger_url, edition=Edition.OPEN_SOURCE)


def test_address_where_nobody_answers_is_told_without_waiting():
    with pytest.raises(TemporaryError, match="cannot be reached"):
        knock("http://127.0.0.1:1")
