"""Forty records for one run in both directions: 28 to be made, 12 to be changed, half of them on each side."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from chain.company import line
from machine.nearby import Nearby
from vtxero.sandbox.xero.limits import IdempotencyKeys

SHARED = ("lock", "clock", "describes", "listtypes", "modules", "_random")


def begin(company: Nearby) -> None:
    """Twelve records in step, then what people do: 14 new records on each side, and edits of all twelve."""
    old = [organization_with_invoice(company, f"Old {place}") for place in range(4)]
    assert company.sync().exit_code == 0
    company.time.pass_by(3600)
    assert company.sync().exit_code == 0
    company.time.pass_by(3600)
    for place in range(4):
        organization_with_invoice(company, f"Crm {place}")
    company.organization("Crm lone", email1="lone@crm.example")
    company.product("Crm thing", "C-THING", "3.3333")
    for place in range(4):
        contact_with_invoice(company, f"Book {place}")
    company.xero.add_contact(Name="Book lone", EmailAddress="lone@book.example")
    company.xero.add_item(Code="B-THING", Name="Book thing", SalesDetails={"UnitPrice": "7.7"})
    for account, product, invoice in old[:2]:
        _edit_in_vtiger(company, account, product, invoice)
    for account, product, invoice in old[2:]:
        _edit_in_xero(company, account, product, invoice)
    company.time.pass_by(60)


def organization_with_invoice(company: Nearby, name: str) -> tuple[str, str, str]:
    slug = name.replace(" ", "-").lower()
    account = company.organization(name, email1=f"office@{slug}.example", bill_city="Napier", accounttype="Customer")
    company.person(account, f"Ann {name}", email=f"ann@{slug}.example")
    product = company.product(f"{name} widget", slug.upper(), "12.5")
    lines = [line(product, "3", "12.5", comment=f"for {name}"), line(product, "1", "99.99", comment="more")]
    return account, product, company.invoice(account, *lines, invoicestatus="Created", subject=f"{name} order")


def contact_with_invoice(company: Nearby, name: str) -> None:
    slug = name.replace(" ", "-").lower()
    person = {"FirstName": "Bea", "LastName": name, "EmailAddress": f"bea@{slug}.example"}
    other = {**person, "FirstName": "Cy", "EmailAddress": f"cy@{slug}.example", "IncludeInEmails": False}
    contact = company.xero.add_contact(Name=name, **person, ContactPersons=[other])
    rate = next(r["TaxType"] for r in company.xero.snapshot()["TaxRates"].values() if r["Name"] == "VAT")
    sales = {"UnitPrice": "5.55", "AccountCode": "200", "TaxType": rate}
    company.xero.add_item(Code=slug.upper(), Name=f"{name} nut", SalesDetails=sales)
    common = {"AccountCode": "200", "TaxType": rate}
    lines = [
        {"ItemCode": slug.upper(), "Description": "nuts", "Quantity": 7, "UnitAmount": "5.55", **common},
        {"Description": "advice", "Quantity": 1, "UnitAmount": "99.99", **common},
    ]
    fields = {"Status": "AUTHORISED", "Reference": f"{name} order", "InvoiceNumber": f"{slug}-1"}
    company.xero.add_invoice(contact, lines, Date="2026-11-02", DueDate="2026-11-30", **fields)


def _edit_in_vtiger(company: Nearby, account: str, product: str, invoice: str) -> None:
    name = company.row(account)["accountname"]
    company.vtiger.edit(account, bill_city="Nelson", phone="123")
    company.vtiger.edit(product, unit_price="15")
    company.rewrite(invoice, line(product, "4", "15", comment=f"now for {name}"), subject=f"{name} order, again")


def _edit_in_xero(company: Nearby, account: str, product: str, invoice: str) -> None:
    name = company.row(account)["accountname"]
    contact = company.contacts()[name]
    addresses = [{"AddressType": "POBOX", "AddressLine1": "9 New Street", "City": "Wellington"}]
    company.xero.edit_contact(contact["ContactID"], Addresses=addresses)
    item = company.items()[company.row(product)["productcode"]]
    company.xero.edit_item(item["ItemID"], Description="as the catalogue says")
    sent = company.invoices()[company.number_of(invoice)]
    company.xero.edit_invoice(sent["InvoiceID"], DueDate="2026-12-24")


@dataclass
class Checkpoint:
    """A company as it stood, to which it can be put back."""

    vtiger: dict[str, Any]
    xero: dict[str, Any]
    state: bytes
    passed: float


def save(company: Nearby) -> Checkpoint:
    return Checkpoint(
        {name: _copied(getattr(company.vtiger, name), company) for name in _fields(company.vtiger)},
        {name: _copied(value, company) for name, value in vars(company.xero).items() if name not in SHARED},
        company.read_state(),
        company.time.passed,
    )


def restore(company: Nearby, to: Checkpoint) -> None:
    for name, value in to.vtiger.items():
        setattr(company.vtiger, name, _copied(value, company))
    for name, value in to.xero.items():
        if name != "identity":
            setattr(company.xero, name, _copied(value, company))
    company.xero.versions = {name: number + 1_000_000 for name, number in company.xero.versions.items()}
    company.write_state(to.state)
    for app in company.apps.values():
        app.journal.clear()
        app.faults.clear()
    company.apps["xero"].app.keys = IdempotencyKeys(company.xero.clock)
    company.net.requests.clear()
    company.time.passed = to.passed


def _fields(state: Any) -> list[str]:
    return [name for name in state.__dataclass_fields__ if name not in SHARED]


def _copied(value: Any, company: Nearby) -> Any:
    shared = [company.vtiger, company.xero, company.xero.lock, company.vtiger.lock, company.xero.clock]
    return copy.deepcopy(value, {id(each): each for each in shared})
