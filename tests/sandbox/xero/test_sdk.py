"""An unmodified program written with Xero's own Python library works against the stand-in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from vtxero.sandbox.serving import ServerThread


@pytest.fixture
def api(app, xero):
    from xero_python.accounting import AccountingApi
    from xero_python.api_client import ApiClient
    from xero_python.api_client.configuration import Configuration
    from xero_python.api_client.oauth2 import OAuth2Token

    with ServerThread(app) as server:
        settings = Configuration()  # the library hands out copies of the first one made, whatever it is given
        settings.oauth2_token = OAuth2Token()
        client = ApiClient(settings, pool_threads=1)
        token = {"access_token": xero.token, "scope": "", "expires_in": 1800, "token_type": "Bearer",
                 "expires_at": 4_000_000_000}  # fmt: skip
        client.oauth2_token_getter(lambda: token)
        client.oauth2_token_saver(lambda _token: None)
        accounting = AccountingApi(client)
        accounting.base_url = f"{server.url}/api.xro/2.0"
        yield accounting
        client.rest_client.pool_manager.clear()


def test_sdk_when_it_creates_and_reads_the_chain_gets_its_models_back(api, state):
    from xero_python.accounting import (
        Account,
        Contact,
        Contacts,
        Invoice,
        Invoices,
        Item,
        Items,
        LineItem,
        Payment,
        Payments,
        Purchase,
    )  # fmt: skip

    made = api.create_contacts(
        "", contacts=Contacts(contacts=[Contact(name="Totara Ltd", email_address="a@totara.test")])
    )
    contact_id = made.contacts[0].contact_id
    sales = Purchase(unit_price=12.3456, account_code="200", tax_type="OUTPUT2")
    api.create_items("", items=Items(items=[Item(code="OAK", name="Oak board", sales_details=sales)]), unitdp=4)
    line = LineItem(description="Boards", quantity=3.0, unit_amount=12.3456, item_code="OAK")
    invoice = Invoice(type="ACCREC", contact=Contact(contact_id=contact_id), line_items=[line], status="AUTHORISED",
                      date=date(2026, 9, 14), due_date=date(2026, 10, 14))  # fmt: skip
    invoices = api.create_invoices("", invoices=Invoices(invoices=[invoice]), unitdp=4, summarize_errors=False)
    invoice_id = invoices.invoices[0].invoice_id
    payment = Payment(invoice=Invoice(invoice_id=invoice_id), account=Account(code="090"), date=date(2026, 9, 20),
                      amount=42.6)  # fmt: skip
    api.create_payments("", payments=Payments(payments=[payment]))

    read = api.get_invoices("", page=1, unitdp=4).invoices[0]

    assert (read.total, read.amount_due, read.status) == (Decimal("42.60"), Decimal("0.00"), "PAID")
    assert read.line_items[0].unit_amount == Decimal("12.3456")
    assert read.due_date == date(2026, 10, 14)
    assert api.get_contacts("", page=1).contacts[0].name == "Totara Ltd"
    assert api.get_items("", unitdp=4).items[0].sales_details.unit_price == Decimal("12.3456")
    assert api.get_payments("", page=1).payments[0].amount == Decimal("42.60")
    assert list(state.invoices) == [invoice_id]


def test_sdk_when_it_reads_the_catalogues_understands_them(api):
    assert api.get_organisations("").organisations[0].base_currency.value == "NZD"
    assert len(api.get_accounts("", where='Type=="BANK"').accounts) == 1
    assert {rate.tax_type for rate in api.get_tax_rates("").tax_rates} >= {"OUTPUT2", "NONE"}
    assert {one.code.value for one in api.get_currencies("").currencies} == {"NZD", "USD", "AUD"}
    assert api.get_organisation_actions("").actions[0].status == "ALLOWED"


def test_sdk_when_it_deletes_a_payment_reopens_the_invoice(api, state, contact):
    from xero_python.accounting import PaymentDelete

    line = {"Description": "Oak", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    invoice_id = state.add_invoice(contact, [line], Status="AUTHORISED", DueDate="2026-10-14")
    payment_id = state.pay(invoice_id)

    api.delete_payment("", payment_id, payment_delete=PaymentDelete(status="DELETED"))

    assert state.invoices[invoice_id]["Status"] == "AUTHORISED"
    assert api.get_invoice("", invoice_id).invoices[0].amount_due == Decimal("115.00")


def test_sdk_when_an_element_is_refused_raises_with_xeros_words(api, contact):
    from xero_python.accounting import Contact, Contacts
    from xero_python.exceptions import AccountingBadRequestException

    assert contact
    with pytest.raises(AccountingBadRequestException, match="is already assigned to another contact"):
        api.create_contacts("", contacts=Contacts(contacts=[Contact(name="rimu  JOINERY ")]))
