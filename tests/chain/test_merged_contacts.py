"""A contact merged into another in Xero: whatever people edit of it, before or after, nothing is passed over."""

from __future__ import annotations

import pytest

from chain.company import line, reasons
from vtxero.domain.codes import Code

ALLOWED = ("emptied", "deletions")


@pytest.fixture
def two(company):
    """Two organizations, one with a draft, on both sides."""
    company.ann = company.organization("Ann Ltd", phone="1")
    company.bob = company.organization("Bob Ltd", phone="2")
    company.sale = company.invoice(company.ann, line(company.product()), invoicestatus="Created")
    assert company.sync().exit_code == 0
    company.ids = {name: row["ContactID"] for name, row in company.contacts().items()}
    return company


def merge(company):
    company.xero.merge_contacts(company.ids["Ann Ltd"], company.ids["Bob Ltd"])


def edit_in_vtiger(company):
    company.vtiger.edit(company.ann, phone="11")


def edit_in_xero(company):
    phones = [{"PhoneType": "DEFAULT", "PhoneNumber": "12"}]
    company.xero.edit_contact(company.ids["Ann Ltd"], Phones=phones)


def phones(company):
    """What both sides hold of the merged one."""
    there = company.contacts()["Ann Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"]
    return company.row(company.ann)["phone"], there


@pytest.mark.parametrize(
    ("deeds", "held"),
    [
        ((edit_in_vtiger, merge), ("11", "1")),
        ((merge, edit_in_vtiger), ("11", "1")),
        ((edit_in_xero, merge), ("1", "12")),
        ((edit_in_vtiger, merge, edit_in_xero), ("11", "12")),
    ],
)
@pytest.mark.parametrize("policy", ["report", "xero"])
def test_edit_of_an_organization_whose_contact_was_merged_is_told_in_every_run(two, deeds, held, policy):
    for deed in deeds:
        deed(two)

    reports = [two.sync(conflict=policy), two.sync(conflict=policy), two.sync(full=True, conflict=policy)]

    assert [reasons(report) for report in reports] == [{"Ann Ltd": [Code.ORG_MERGED]}] * 3
    assert phones(two) == held


def test_edit_of_an_organization_whose_contact_was_merged_is_told_though_the_state_was_lost(two):
    merge(two)
    edit_in_vtiger(two)
    two.settings.database.unlink()

    report = two.sync(resync=True)

    assert reasons(report)["Ann Ltd"] == [Code.ORG_MERGED]
    assert (phones(two), len(two.contacts())) == (("11", "1"), 2)


def test_edit_of_the_one_that_it_was_merged_into_is_carried_and_its_documents_follow(two):
    merge(two)
    two.vtiger.edit(two.bob, phone="22")

    two.sync()

    assert two.contacts()["Bob Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "22"
    assert two.row(two.sale)["account_id"] == two.bob
    two.quiet()


def test_organization_made_anew_after_its_contact_was_merged_is_told_so_and_not_called_a_duplicate(two):
    merge(two)
    two.sync()
    two.vtiger.delete(two.ann)
    two.sync(full=True, allow=ALLOWED)
    two.ann = two.organization("Ann Ltd", phone="111")

    report = two.sync()

    assert reasons(report)["Ann Ltd"] == [Code.ORG_MERGED]
    assert (phones(two), len(two.contacts())) == (("111", "1"), 2)


def test_contact_that_was_merged_and_restored_is_kept_in_step_again(two):
    edit_in_vtiger(two)
    merge(two)
    two.sync()
    two.xero.restore_contact(two.ids["Ann Ltd"])

    report = two.sync()

    assert (report.exit_code, phones(two)) == (0, ("11", "11"))
    two.quiet()
