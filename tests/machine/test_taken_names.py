"""A name or code that another record keeps in Xero is foreseen, and not sent to be refused in run after run."""

from __future__ import annotations

import pytest

from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def skipped(report):
    found = [record for record in report.records if record.outcome is Outcome.SKIPPED]
    assert len(found) == len(report.records)
    return sorted((record.label, [reason.code for reason in record.reasons]) for record in found)


def renamed_as_an_import_does(company, record, name):
    """Vtiger refuses a second record of one name to people, and takes it from an import."""
    company.vtiger.edit(record, accountname=f"{name} for now")
    company.vtiger.find(record).fields["accountname"] = name


def test_organization_that_gets_the_name_of_another_linked_one_waits_until_that_gives_it_up(company):
    acme, beta = company.organization("Acme"), company.organization("Beta")
    company.rest()
    renamed_as_an_import_does(company, beta, "Acme")
    for _ in range(2):
        before = len(company.writes())
        assert skipped(company.sync()) == [("Acme", [Code.AMBIGUOUS])]
        assert company.writes()[before:] == []
        company.time.pass_by(600)

    company.vtiger.edit(acme, accountname="Ajax")
    company.time.pass_by(600)
    company.sync()
    company.time.pass_by(600)

    assert company.sync().exit_code == 0
    assert sorted(company.contacts()) == ["Acme", "Ajax"]


@pytest.mark.parametrize("ring", [("W-1", "W-0"), ("W-1", "W-2", "W-0")])
def test_products_that_exchange_their_codes_in_a_ring_wait_until_one_of_them_gets_another(company, ring):
    products = [company.product(f"Widget {number}", f"W-{number}") for number in range(len(ring))]
    company.rest()
    for product, code in zip(products, ring, strict=True):
        company.vtiger.edit(product, productcode=f"{code} for now")
        company.vtiger.find(product).fields["productcode"] = code
    company.time.pass_by(600)
    for _ in range(2):
        before = len(company.writes())
        assert skipped(company.sync()) == [(f"Widget {number}", [Code.PRD_CODE_TAKEN]) for number in range(len(ring))]
        assert company.writes()[before:] == []
        company.time.pass_by(600)

    company.vtiger.edit(products[0], productcode="W-9")
    for _ in ring:
        company.time.pass_by(600)
        company.sync()

    assert company.sync().exit_code == 0
    assert sorted(row["Code"] for row in company.xero.items.values()) == sorted({*ring[1:], "W-9"})
