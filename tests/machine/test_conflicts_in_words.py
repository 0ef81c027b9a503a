"""What a conflict says, and what it advises."""

from __future__ import annotations

import pytest

from chain.company import line
from machine.nearby import open_nearby


@pytest.fixture
def company():
    with open_nearby() as company:
        company.acme = company.organization("Acme Ltd", phone="1")
        company.sale = company.invoice(company.acme, line(company.product()))
        company.come_to_rest(company.sale)
        yield company


def conflict_of(report, label):
    [record] = [each for each in report.records if each.label == label]
    return record.reasons[0]


def test_conflict_over_what_only_xero_sets_advises_no_winner_that_could_not_be_written(company):
    company.vtiger.edit(company.sale, received="2")
    company.xero.pay(company.invoice_id, "3")
    company.time.pass_by(600)

    found = conflict_of(company.sync(), company.number_of(company.sale))

    assert found.message == "Amount paid changed on both sides: Vtiger has 2, Xero 3."
    assert "--conflict xero`" in found.remedy
    assert "`vtiger`" not in found.remedy


def test_conflict_over_texts_with_commas_shows_where_each_ends(company):
    company.vtiger.edit(company.acme, phone="1, or 2")
    company.xero.edit_contact(company.contact_id, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "3, or 4"}])
    company.time.pass_by(600)

    found = conflict_of(company.sync(), "Acme Ltd")

    assert found.message == "Phone changed on both sides: Vtiger has '1, or 2', Xero '3, or 4'."
    assert "(or `vtiger`)" in found.remedy
