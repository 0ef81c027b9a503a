"""A program as xero-python's own documentation shows one; only the addresses are the stand-in's.

Takes the stand-in's address, and prints what it learned as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from xero_python.accounting import (
    Account,
    AccountingApi,
    BatchPayment,
    BatchPaymentDelete,
    BatchPayments,
    Contact,
    ContactPerson,
    Contacts,
    Invoice,
    Invoices,
    Item,
    Items,
    LineItem,
    Payment,
    PaymentDelete,
    Payments,
    Phone,
    Purchase,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException, NotFoundException
from xero_python.identity import IdentityApi

ADDRESS = sys.argv[1]
TokenApi.client_credentials_token_url = f"{ADDRESS}/connect/token"

api_client = ApiClient(Configuration(oauth2_token=OAuth2Token(client_id="sandbox", client_secret="sandbox")))
held = {}


@api_client.oauth2_token_getter
def obtain_xero_oauth2_token():
    return held.get("token")


@api_client.oauth2_token_saver
def store_xero_oauth2_token(token):
    held["token"] = token


def log_in():
    api_client.get_client_credentials_token()
    identity_api = IdentityApi(api_client)
    identity_api.base_url = ADDRESS
    for connection in identity_api.get_connections():
        if connection.tenant_type == "ORGANISATION":
            return connection.tenant_id
    raise SystemExit("no organisation")


def contacts(api, tenant):
    phone = Phone(phone_number="555-1212", phone_type="MOBILE")
    person = ContactPerson(first_name="Ann", last_name="Lee", email_address="ann@totara.test", include_in_emails=True)
    contact = Contact(
        name="Totara Ltd", email_address="a@totara.test", first_name="Jo", phones=[phone], contact_persons=[person]
    )
    both = Contacts(contacts=[contact, Contact(name="totara  LTD")])
    made = api.create_contacts(tenant, contacts=both, summarize_errors=False).contacts
    contact_id = made[0].contact_id
    update = Contacts(contacts=[Contact(last_name="Bloggs")])
    api.update_contact(tenant, contact_id, contacts=update)
    api.update_or_create_contacts(tenant, contacts=Contacts(contacts=[Contact(name="Miro Ltd", contact_number="7")]))
    read = api.get_contact(tenant, contact_id).contacts[0]
    found = api.get_contacts(tenant, where='ContactStatus=="ACTIVE"', order="Name ASC", page=1, include_archived=True)
    numbered = api.get_contact_by_contact_number(tenant, "7").contacts[0].name
    return contact_id, {
        "statuses": [one.status_attribute_string for one in made],
        "refused": made[1].validation_errors[0].message,
        "read": [read.name, read.last_name, read.contact_persons[0].first_name],
        "listed": [one.name for one in found.contacts],
        "numbered": numbered,
    }


def items(api, tenant):
    sales = Purchase(unit_price=12.3456, account_code="200", tax_type="OUTPUT2")
    oak = Item(code="OAK", name="Oak board", description="Oak", sales_details=sales, is_sold=True)
    made = api.create_items(tenant, items=Items(items=[oak]), unitdp=4).items[0]
    api.update_item(tenant, made.item_id, items=Items(items=[Item(code="OAK", description="Oak, planed")]))
    read = api.get_item(tenant, "OAK", unitdp=4).items[0]
    listed = api.get_items(tenant, where="IsSold==true", order="Code ASC", unitdp=4).items
    return {"read": [read.description, str(read.sales_details.unit_price)], "listed": [one.code for one in listed]}


def invoices(api, tenant, contact_id):
    line = LineItem(description="Boards", quantity=3.0, unit_amount=12.3456, item_code="OAK")
    invoice = Invoice(
        type="ACCREC", contact=Contact(contact_id=contact_id), line_items=[line], date=date(2026, 9, 14),
        due_date=date(2026, 10, 14), reference="Website Design", status="DRAFT",
    )  # fmt: skip
    made = api.create_invoices(tenant, invoices=Invoices(invoices=[invoice]), unitdp=4).invoices[0]
    update = Invoices(invoices=[Invoice(status="AUTHORISED", date=date(2026, 9, 14), due_date=date(2026, 10, 14))])
    approved = api.update_invoice(tenant, made.invoice_id, invoices=update, unitdp=4).invoices[0]
    pages = api.get_invoices(
        tenant, i_ds=[made.invoice_id], contact_i_ds=[contact_id], statuses=["AUTHORISED"], order="InvoiceNumber ASC",
        include_archived=True, summary_only=False, unitdp=4, page=1,
    )  # fmt: skip
    read = pages.invoices[0]
    return made.invoice_id, {
        "made": [made.invoice_number, made.status],
        "approved": approved.status,
        "read": [str(read.total), read.line_items[0].item.name, read.due_date.isoformat()],
        "pages": [pages.pagination.page_count, pages.pagination.item_count],
    }


def payments(api, tenant, invoice_id):
    payment = Payment(
        invoice=Invoice(invoice_id=invoice_id), account=Account(code="090"), date=date(2026, 9, 20), amount=42.6
    )
    made = api.create_payments(tenant, payments=Payments(payments=[payment])).payments[0]
    paid = api.get_invoice(tenant, invoice_id).invoices[0].status
    listed = api.get_payments(tenant, where='Status=="AUTHORISED"', order="Amount ASC", page=1).payments
    api.delete_payment(tenant, made.payment_id, payment_delete=PaymentDelete(status="DELETED"))
    reopened = api.get_invoice(tenant, invoice_id).invoices[0].status
    again = api.create_payment(tenant, payment=payment).payments[0]
    return {"paid": paid, "listed": len(listed), "reopened": reopened, "again": str(again.amount)}


def batches(api, tenant, contact_id):
    """Pay two invoices in one batch, and delete it."""
    line = LineItem(description="Boards", quantity=1.0, unit_amount=10.0, account_code="200", tax_type="NONE")
    sale = Invoice(
        type="ACCREC", contact=Contact(contact_id=contact_id), line_items=[line], date=date(2026, 9, 14),
        due_date=date(2026, 10, 14), status="AUTHORISED",
    )  # fmt: skip
    owed = api.create_invoices(tenant, invoices=Invoices(invoices=[sale, sale])).invoices
    rows = [Payment(invoice=Invoice(invoice_id=one.invoice_id), amount=10.0) for one in owed]
    batch = BatchPayment(account=Account(code="090"), date=date(2026, 9, 21), reference="Monday", payments=rows)
    made = api.create_batch_payment(tenant, BatchPayments(batch_payments=[batch])).batch_payments[0]
    paid = [api.get_invoice(tenant, one.invoice_id).invoices[0].status for one in owed]
    read = api.get_batch_payments(tenant, where='Status=="AUTHORISED"').batch_payments[0]
    gone = BatchPaymentDelete(batch_payment_id=made.batch_payment_id, status="DELETED")
    deleted = api.delete_batch_payment(tenant, gone).batch_payments[0].status
    return {"paid": paid, "read": [str(read.total_amount), read.date.isoformat(), read.type], "deleted": deleted}


def files(api, tenant, invoice_id):
    """Attach a file, list it and read it."""
    made = api.create_invoice_attachment_by_file_name(tenant, invoice_id, "a.pdf", b"%PDF\xff", include_online=True)
    listed = api.get_invoice_attachments(tenant, invoice_id).attachments
    place = api.get_invoice_attachment_by_file_name(tenant, invoice_id, "a.pdf", "application/pdf")
    return {
        "kind": made.attachments[0].mime_type,
        "listed": [one.file_name for one in listed],
        "same": Path(place).read_bytes() == b"%PDF\xff",
        "online": api.get_online_invoice(tenant, invoice_id).online_invoices[0].online_invoice_url[:20],
    }


def refusals(api, tenant):
    """Give the class of each kind of refusal, and what it says."""
    found = {}
    try:
        api.create_contacts(tenant, contacts=Contacts(contacts=[Contact(name="Totara Ltd")]))
    except AccountingBadRequestException as error:
        found["validation"] = [error.status, error.reason, error.error_data["Elements"][0]["Name"]]
    try:
        api.get_invoices(tenant, where="Status==")
    except AccountingBadRequestException as error:
        found["query"] = [error.status, error.error_data["Type"]]
    try:
        api.get_contact(tenant, "00000000-0000-4000-8000-000000000000")
    except NotFoundException as error:
        found["unknown"] = error.status
    try:
        api.get_contacts("00000000-0000-4000-8000-000000000000")
    except HTTPStatusException as error:
        found["tenant"] = [type(error).__name__, error.status]
    return found


def main():
    tenant = log_in()
    api = AccountingApi(api_client)
    api.base_url = f"{ADDRESS}/api.xro/2.0"
    told = {}
    contact_id, told["contacts"] = contacts(api, tenant)
    told["items"] = items(api, tenant)
    invoice_id, told["invoices"] = invoices(api, tenant, contact_id)
    told["payments"] = payments(api, tenant, invoice_id)
    told["batches"] = batches(api, tenant, contact_id)
    told["files"] = files(api, tenant, invoice_id)
    told["refusals"] = refusals(api, tenant)
    sys.stdout.write(json.dumps(told))


main()
