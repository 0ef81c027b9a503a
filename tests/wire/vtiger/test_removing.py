"""Taking records away from Vtiger: who still uses them, what goes along, what is refused."""

from __future__ import annotations

import pytest

from vtxero.sandbox.vtiger import papers
from vtxero.sync.records import Accepted, Refused, Removal
from vtxero.vtiger.reference import read_reference
from vtxero.vtiger.removing import VtigerRemover


@pytest.fixture
def remover(rig):
    client = rig.client()
    return VtigerRemover(client, read_reference(client))


def test_users_of_an_organization_are_its_papers_of_every_kind(rig, remover):
    busy, free = rig.account("Busy"), rig.account("Free")
    made = [papers.add(rig.state, name, account_id=busy) for name in ("Quotes", "SalesOrder")]
    made.append(papers.add(rig.state, "Potentials", related_to=busy))

    assert remover.users("organizations", [free, busy]) == {busy: made}


def test_users_when_there_are_more_than_a_page_come_all(rig, remover):
    busy = rig.account("Busy")
    made = [papers.add(rig.state, "Quotes", account_id=busy) for _ in range(120)]

    assert remover.users("organizations", [busy]) == {busy: made}


def test_users_of_nothing_cost_no_call(rig, remover):
    rig.forget()

    assert remover.users("organizations", []) == {}
    assert remover.users("taxes", ["34x1"]) == {}
    assert rig.asked() == []


def test_organization_goes_with_the_parts_named_and_nobody_else(rig, remover):
    account = rig.account("Kiwi", "Ann", "Bob")
    ann, bob = (row["id"] for row in rig.state.records("Contacts"))

    answers = remover.remove("organizations", [Removal(account, "deleted", (ann,))], "key")

    assert answers == [Accepted(b"")]
    assert [row["id"] for row in rig.state.records("Contacts")] == [bob]
    assert rig.state.records("Accounts") == []


def test_record_that_is_gone_is_refused_and_the_next_one_goes(rig, remover):
    gone, here = rig.account("Gone"), rig.account("Here")
    rig.state.delete(gone)

    answers = remover.remove("organizations", [Removal(gone, "deleted"), Removal(here, "deleted")], "key")

    assert [type(answer) for answer in answers] == [Refused, Accepted]
    assert rig.state.records("Accounts") == []
