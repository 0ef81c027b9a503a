"""A person who leaves an organization in Vtiger: only the person's own row tells, and the next run names it."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest

from machine.nearby import open_nearby
from vtxero.domain.codes import Code


@pytest.fixture
def company():
    """Two organizations, one of them of two people, and long ago the last edit that any list would show."""
    with open_nearby() as company:
        company.acme = company.organization("Acme", email1="office@acme.example")
        company.beta = company.organization("Beta", email1="office@beta.example")
        company.jane = company.person(company.acme, "Doe", firstname="Jane", email="jane@x.example")
        company.rick = company.person(company.acme, "Roe", firstname="Rick", email="rick@x.example")
        company.rest()
        company.time.pass_by(7250)
        company.vtiger.edit(company.beta, phone="1")
        company.rest()
        yield company


def leave(company, person, account):
    """Give a person another organization, or none; tells who is named as removed in the next run."""
    company.vtiger.edit(person, account_id=account)
    company.time.pass_by(637)
    return removed(company.sync())


def removed(report):
    return [
        reason.message.partition(" was removed")[0]
        for record in report.records
        for reason in record.reasons
        if reason.code is Code.ORG_PEOPLE_REMOVED
    ]


@pytest.mark.parametrize("place", ["beta", "nowhere"])
def test_law_1_people_who_leave_one_after_the_other_are_each_named_by_the_next_run_and_no_later_one_writes(
    company, place
):
    account = company.beta if place == "beta" else ""

    assert leave(company, company.rick, account) == ["Rick Roe"]
    assert leave(company, company.jane, account) == ["Jane Doe", "Rick Roe"]

    before = company.writes()
    for _ in range(3):
        company.time.pass_by(637)
        assert removed(company.sync()) == ["Jane Doe", "Rick Roe"]
    assert company.writes() == before


def test_who_comes_back_is_named_no_more(company):
    leave(company, company.jane, "")

    assert leave(company, company.jane, company.acme) == []


def test_organization_that_was_left_is_read_once(company):
    journal = company.apps["vtiger"].journal
    read = []

    for account in ("", None, None):
        before = len(journal.entries)
        leave(company, company.jane, account) if account is not None else company.sync()
        asked = [unquote_plus(str(entry.query)) for entry in journal.entries[before:]]
        read.append(sum("accountname" in query and f"id in ('{company.acme}')" in query for query in asked))
        company.time.pass_by(637)

    assert read == [1, 0, 0]
