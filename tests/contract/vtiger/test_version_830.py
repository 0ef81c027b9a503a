"""The version whose web service cannot create invoices: what fails there, and how."""

from __future__ import annotations

from contract.vtiger.calling import line, refusal


def test_invoice_cannot_be_created_and_nothing_is_saved(faulty):
    element = faulty.element(line(faulty.plain))
    found = refusal(faulty.vtiger.post("create", elementType="Invoice", element=element))
    assert found == ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
    assert faulty.vtiger.query(f"select id from Invoice where subject = '{element['subject']}';") == []


def test_empty_references_are_null(faulty):
    assert faulty.account()["account_id"] is None


def test_service_loses_its_price_at_birth(faulty):
    made = faulty.create(
        "Services", servicename=faulty.name(), unit_price="10", currency_id=faulty.vtiger.base_currency
    )
    assert made[f"currency{faulty.vtiger.base_currency.rpartition('x')[2]}"] == 0
    assert float(made["unit_price"]) == 10
