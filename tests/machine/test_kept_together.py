"""A tax is kept with the rates attached, people with Vtiger's contacts: what waits, or was undone, is not lost.

Beside the present ones of the other, an old value of either says what nobody ever saw.
"""

from __future__ import annotations

import pytest

from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction
from vtxero.vtiger.source import VtigerSource

VAT, SALES, NO_TAX = "TAX001", "TAX002", "NONE"


@pytest.fixture
def company():
    """A product with VAT, and an organization, on both sides."""
    with open_nearby() as company:
        company.xero.add_tax_rate("Sales", ("Sales", "10"))
        company.widget = company.product()
        company.acme = company.organization("Acme", email1="office@acme.example")
        company.rest()
        [company.item], [company.contact] = company.xero.items, company.xero.contacts
        yield company


def run(company, **request):
    report = company.sync(**request)
    company.time.pass_by(600)
    return report


def undone(company, run):
    report = company.undo(run)
    company.time.pass_by(600)
    assert report.exit_code == 0, report.messages


def taxes(company):
    """Vtiger's taxes of the product by column, and the tax type of the item in Xero."""
    [product] = company.vtiger.live("Products")
    return {name for name, rate in product.taxes.items() if rate}, company.xero.items[company.item]["SalesDetails"][
        "TaxType"
    ]


def set_tax_in_xero(company, tax_type):
    company.xero.edit_item(company.item, SalesDetails={"UnitPrice": "10", "TaxType": tax_type})


def persons_in_xero(company):
    contact = company.xero.snapshot()["Contacts"][company.contact]
    persons = [contact, *contact.get("ContactPersons", ())]
    return [each["LastName"] for each in persons if each.get("LastName")]


def test_tax_that_a_run_took_off_in_xero_is_taken_off_again_after_its_undo(company):
    company.vtiger.edit(company.widget, tax1=None)
    undone(company, run(company).run)
    assert taxes(company) == (set(), VAT)

    run(company)

    assert taxes(company) == (set(), NO_TAX)
    company.quiet()


def test_tax_that_a_run_took_off_in_vtiger_is_no_conflict_after_its_undo(company):
    set_tax_in_xero(company, NO_TAX)
    undone(company, run(company).run)
    assert taxes(company) == ({"tax1"}, NO_TAX)

    report = run(company)

    assert report.exit_code == 0
    assert taxes(company) == (set(), NO_TAX)
    company.quiet()


def test_person_whom_a_run_carried_to_xero_goes_there_again_after_its_undo(company):
    company.person(company.acme, "Doe", firstname="Jane")
    undone(company, run(company).run)
    assert persons_in_xero(company) == []

    run(company)

    assert persons_in_xero(company) == ["Doe"]
    company.quiet()


def test_law_3_conflict_over_a_tax_waits_for_a_person_in_every_run(company):
    company.vtiger.edit(company.widget, tax1=None)
    set_tax_in_xero(company, SALES)

    for _ in range(3):
        [record] = run(company).records
        assert [each.code for each in record.reasons] == [Code.CONFLICT]

    assert taxes(company) == (set(), SALES)


def test_law_3_person_entered_while_a_run_writes_the_organization_crosses_in_the_next(company, monkeypatch):
    company.xero.edit_contact(company.contact, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "1"}])
    real = VtigerSource.update

    def update(self, *args):
        monkeypatch.setattr(VtigerSource, "update", real)
        company.person(company.acme, "Doe", firstname="Jane")
        return real(self, *args)

    monkeypatch.setattr(VtigerSource, "update", update)
    company.time.pass_by(600)
    for _ in range(2):
        run(company)

    assert persons_in_xero(company) == ["Doe"]


def test_tax_that_was_not_read_crosses_once_the_direction_allows_it(company):
    company.configure("products", direction=Direction.TO_VTIGER)
    company.vtiger.edit(company.widget, tax1=None)
    run(company)
    company.configure("products", direction=Direction.BOTH)

    run(company)

    assert taxes(company) == (set(), NO_TAX)


def test_person_who_was_not_read_crosses_once_the_direction_allows_it(company):
    company.configure("organizations", direction=Direction.TO_VTIGER)
    company.person(company.acme, "Doe", firstname="Jane")
    for _ in range(2):
        [record] = run(company).records
        assert [each.code for each in record.reasons] == [Code.ONE_WAY]
    company.configure("organizations", direction=Direction.BOTH)

    run(company)

    assert persons_in_xero(company) == ["Doe"]
    company.quiet()
