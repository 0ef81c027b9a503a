"""Who stands for whom where names and codes change: a duplicate has the name of its holder in Vtiger, now."""

from __future__ import annotations

import pytest

from chain.company import line
from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def namesake(company, name="Acme", **fields):
    """Make an organization of a name that another one has: an import does not look for duplicates."""
    made = company.vtiger.add("Accounts", {"accountname": "tmp", "assigned_user_id": "19x1", **fields})
    company.vtiger.find(made).fields["accountname"] = name
    return made


def synced(company):
    company.time.pass_by(600)
    return company.sync()


def reasons(report):
    return {record.label: [reason.code for reason in record.reasons] for record in report.records if record.reasons}


def parties(company):
    """Give the name of Xero's contact of each invoice, by number."""
    names = {contact["ContactID"]: contact["Name"] for contact in company.xero.contacts.values()}
    return {number: names[invoice["ContactID"]] for number, invoice in company.invoices().items()}


def quiet(company):
    before = len(company.writes())
    company.time.pass_by(600)
    report = company.sync()
    assert company.writes()[before:] == []
    return report


def test_organization_whose_name_another_ones_contact_got_in_xero_is_no_duplicate_and_its_invoices_wait(company):
    acme = company.organization("Acme")
    company.rest()
    [contact] = company.xero.contacts
    company.xero.edit_contact(contact, Name="Beta")
    beta = company.organization("Beta")
    company.invoice(beta, line(company.product()))

    report = synced(company)

    assert reasons(report) == {"Acme": [Code.AMBIGUOUS], "Beta": [Code.AMBIGUOUS], "INV1": [Code.DEPENDENCY]}
    assert all(acme in record.reasons[0].message for record in report.records if record.label == "Beta")
    assert company.invoices() == {}
    quiet(company)

    company.vtiger.edit(beta, accountname="Beta NZ")
    synced(company)

    assert parties(company) == {"INV1": "Beta NZ"}
    assert company.row(acme)["accountname"] == "Beta"
    assert quiet(company).records == ()


def test_product_whose_code_another_ones_item_got_in_xero_is_no_duplicate(company):
    widget = company.product("Widget", "W-1")
    company.rest()
    [item] = company.xero.items
    company.xero.edit_item(item, Code="G-1")
    gadget = company.product("Gadget", "G-1", "99")
    company.invoice(company.organization(), line(gadget, price="99"))

    report = synced(company)

    assert reasons(report) == {"Widget": [Code.PRD_CODE_TAKEN], "Gadget": [Code.PRD_CODE_TAKEN]}
    assert [sold.get("ItemCode") for sold in company.invoices()["INV1"]["LineItems"]] == [None]
    assert company.row(widget)["productcode"] == "W-1"
    quiet(company)


def test_duplicate_stands_for_itself_in_the_run_in_which_its_holder_gets_another_name(company):
    acme = company.organization("Acme")
    namesake(company)
    company.rest()

    company.vtiger.edit(acme, accountname="Acme North")
    report = synced(company)

    assert [(record.label, record.outcome) for record in report.records] == [
        ("Acme North", Outcome.UPDATED),
        ("Acme", Outcome.CREATED),
    ]
    assert quiet(company).records == ()


def test_new_invoice_of_a_former_duplicate_goes_to_its_own_contact(company):
    company.organization("Acme")
    other = namesake(company)
    company.rest()

    company.vtiger.edit(other, accountname="Beta")
    company.invoice(other, line(company.product()))
    synced(company)

    assert parties(company) == {"INV1": "Beta"}
