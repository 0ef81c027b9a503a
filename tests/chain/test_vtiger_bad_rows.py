"""A record that Vtiger answers in no usable shape is reported by itself; the others cross."""

from __future__ import annotations

import pytest

from chain.company import line
from vtxero.sync.records import Outcome

HALF = "Half a \ud83d character"


def number_of(wire_id):
    return int(wire_id.partition("x")[2])


def fields(company, wire_id):
    return company.vtiger.entities[number_of(wire_id)].fields


def skipped(report, module):
    return {
        row.vtiger_id: " ".join(reason.message for reason in row.reasons)
        for row in report.records
        if row.module == module and row.outcome in {Outcome.SKIPPED, Outcome.FAILED}
    }


def test_organization_whose_name_holds_half_a_character_is_reported_and_the_others_cross(company):
    bad = company.organization("Broken Ltd", accounttype="Customer")
    company.organization("Whole Ltd", accounttype="Customer")
    fields(company, bad)["accountname"] = HALF

    report = company.sync()

    assert "accountname" in skipped(report, "organizations")[bad]
    assert "Whole Ltd" in company.contacts()
    assert report.exit_code == 0, report.messages
    company.quiet()


def test_person_whose_name_holds_half_a_character_stops_the_organization_alone(company):
    bad = company.organization("Broken Ltd", accounttype="Customer")
    person = company.person(bad, "Smith")
    fields(company, person)["lastname"] = HALF
    company.organization("Whole Ltd", accounttype="Customer")

    report = company.sync()

    assert "lastname" in skipped(report, "organizations")[bad]
    assert list(company.contacts()) == ["Whole Ltd"]


@pytest.mark.parametrize("field", ["productname", "description"])
def test_product_with_half_a_character_is_reported_and_the_others_cross(company, field):
    bad = company.product("Broken", "B-1")
    company.product("Whole", "W-2")
    fields(company, bad)[field] = HALF

    report = company.sync()

    assert field in skipped(report, "products")[bad]
    assert list(company.items()) == ["W-2"]


@pytest.mark.parametrize("amount", ["1" * 40, "0." + "7" * 40, "1e17", "NaN"])
@pytest.mark.parametrize("where", ["price", "listprice", "hdnGrandTotal"])
def test_amount_that_cannot_be_calculated_with_stops_its_record_alone(company, where, amount):
    account = company.organization(accounttype="Customer")
    good, bad = company.product(), company.product("Odd", "O-1")
    whole = company.invoice(account, line(good))
    broken = company.invoice(account, line(good))
    if where == "price":
        fields(company, bad)["unit_price"] = amount
    elif where == "hdnGrandTotal":
        fields(company, broken)[where] = amount
    else:
        next(each for each in company.vtiger.lines.values() if each.parent == broken).fields[where] = amount

    report = company.sync()

    module, record = ("products", bad) if where == "price" else ("invoices", broken)
    assert amount in skipped(report, module)[record]
    assert company.number_of(whole) in company.invoices()
    assert report.exit_code == 0, report.messages


@pytest.mark.parametrize("where", ["subject", "comment"])
def test_invoice_with_half_a_character_is_reported_and_the_others_cross(company, where):
    account, product = company.organization(accounttype="Customer"), company.product()
    whole, broken = company.invoice(account, line(product)), company.invoice(account, line(product))
    if where == "subject":
        fields(company, broken)[where] = HALF
    else:
        next(each for each in company.vtiger.lines.values() if each.parent == broken).fields[where] = HALF

    report = company.sync()

    assert where in skipped(report, "invoices")[broken]
    assert list(company.invoices()) == [company.number_of(whole)]
    company.quiet()


def test_label_with_half_a_character_does_not_stop_the_run(company):
    company.vtiger.actors["Tax"][3]["taxlabel"] = HALF
    company.organization(accounttype="Customer")

    assert company.sync().exit_code == 0
    assert "Acme Ltd" in company.contacts()
