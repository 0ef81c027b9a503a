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


def synced(company, **request):
    company.time.pass_by(600)
    return company.sync(**request)


def reasons(report):
    return {record.label: [reason.code for reason in record.reasons] for record in report.records if record.reasons}


def parties(company):
    """Give the name of Xero's contact of each invoice, by number."""
    names = {contact["ContactID"]: contact["Name"] for contact in company.xero.contacts.values()}
    return {number: names[invoice["ContactID"]] for number, invoice in company.invoices().items()}


def items(company):
    """Give the codes of Xero's items on each invoice's lines, by number."""
    return {number: [sold.get("ItemCode") for sold in row["LineItems"]] for number, row in company.invoices().items()}


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
    assert items(company) == {"INV1": [None]}
    assert company.row(widget)["productcode"] == "W-1"
    quiet(company)


def test_law_1_duplicate_stands_for_itself_in_the_run_in_which_its_holder_gets_another_name(company):
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


def with_invoices_of_a_duplicate(company):
    """Bring a draft and an approved invoice of the second Acme to the first one's contact."""
    company.acme = company.organization("Acme")
    company.other = namesake(company)
    sold = line(company.product())
    company.draft = company.invoice(company.other, sold, invoicestatus="Created")
    company.invoice(company.other, sold)
    company.rest()
    assert parties(company) == {"INV1": "Acme", "INV2": "Acme"}


@pytest.mark.parametrize("renamed", ["other", "acme"])
def test_invoices_of_a_former_duplicate_follow_it_or_say_why_not(company, renamed):
    with_invoices_of_a_duplicate(company)
    company.vtiger.edit(getattr(company, renamed), accountname="Beta")
    own, first = ("Beta", "Acme") if renamed == "other" else ("Acme", "Beta")

    report = synced(company)

    assert parties(company) == {"INV1": own, "INV2": first}
    assert reasons(report) == {"INV2": [Code.INV_CLOSED]}
    [told] = [reason.message for record in report.records for reason in record.reasons]
    assert told.endswith(f"customer ({own}, in Xero Acme).")
    assert reasons(quiet(company)) == {"INV2": [Code.INV_CLOSED]}


def test_invoices_of_a_former_duplicate_follow_it_in_a_later_run_where_this_one_is_not_about_them(company):
    with_invoices_of_a_duplicate(company)
    company.vtiger.edit(company.other, accountname="Beta")

    synced(company, modules=("organizations",))
    assert parties(company) == {"INV1": "Acme", "INV2": "Acme"}

    assert reasons(synced(company)) == {"INV2": [Code.INV_CLOSED]}
    assert parties(company) == {"INV1": "Beta", "INV2": "Acme"}


def test_invoice_that_names_a_person_of_a_former_duplicate_follows_it(company):
    company.organization("Acme")
    other = namesake(company)
    jane = company.vtiger.add("Contacts", {"lastname": "Doe", "account_id": other, "assigned_user_id": "19x1"})
    gone = company.organization("Short-lived")
    company.invoice(gone, line(company.product()), contact_id=jane, invoicestatus="Created")
    company.vtiger.delete(gone)
    company.rest()
    assert parties(company) == {"INV1": "Acme"}

    company.vtiger.edit(other, accountname="Beta")
    synced(company)

    assert parties(company) == {"INV1": "Beta"}


def test_invoice_of_a_former_duplicate_that_the_bookkeeper_moved_meanwhile_waits_for_a_person(company):
    with_invoices_of_a_duplicate(company)
    company.organization("Dee")
    company.rest()
    [draft] = [each["InvoiceID"] for each in company.xero.invoices.values() if each["InvoiceNumber"] == "INV1"]
    company.xero.edit_invoice(draft, Contact={"ContactID": company.contacts()["Dee"]["ContactID"]})
    company.vtiger.edit(company.other, accountname="Beta")

    report = synced(company)

    assert reasons(report) == {"INV1": [Code.CONFLICT], "INV2": [Code.INV_CLOSED]}
    assert parties(company) == {"INV1": "Dee", "INV2": "Acme"}


def test_draft_gets_the_item_of_its_product_that_is_no_duplicate_any_more(company):
    company.product("Widget", "W-1")
    other = company.product("tmp", "W-2", "12")
    company.vtiger.find(other).fields["productname"] = "Widget"
    company.invoice(company.organization(), line(other, price="12"), invoicestatus="Created")
    company.rest()
    assert items(company) == {"INV1": ["W-1"]}

    company.vtiger.edit(other, productname="Gadget")
    synced(company)

    assert items(company) == {"INV1": ["W-2"]}
    assert quiet(company).records == ()
