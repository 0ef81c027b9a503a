"""Law 3 where a person edits a record while a run is writing to it, after the run looked at it for the last time.

Neither service knows conditional writes: what the run sends wins in its own fields. Any other edit must cross later.
"""

from __future__ import annotations

import pytest

from chain.company import line, reasons
from vtxero.vtiger.source import VtigerSource
from vtxero.xero.source import XeroSource


@pytest.fixture
def meanwhile(monkeypatch):
    """Let a person act just before the next update reaches a service."""

    def once(source, act):
        real = source.update

        def update(self, module, payloads, key):
            monkeypatch.setattr(source, "update", real)
            act()
            return real(self, module, payloads, key)

        monkeypatch.setattr(source, "update", update)

    return once


def in_xero(company):
    [contact] = company.contacts().values()
    return contact


def phones(contact):
    return {kind: phone["PhoneNumber"] for kind, phone in contact["Phones"].items()}


def test_law_3_edit_in_vtiger_beside_what_a_run_writes_there_crosses_in_the_next(company, meanwhile):
    acme = company.organization()
    company.sync()
    company.xero.edit_contact(in_xero(company)["ContactID"], EmailAddress="office@acme.example")
    meanwhile(VtigerSource, lambda: company.vtiger.edit(acme, phone="0800 1"))

    assert reasons(company.sync()) == {}
    assert (company.row(acme)["email1"], company.row(acme)["phone"]) == ("office@acme.example", "0800 1")
    company.sync()

    assert phones(in_xero(company))["DEFAULT"] == "0800 1"
    company.quiet()


def test_law_3_edit_in_xero_beside_what_a_run_writes_there_crosses_in_the_next(company, meanwhile):
    acme = company.organization()
    company.sync()
    company.vtiger.edit(acme, phone="0800 1")
    contact_id = in_xero(company)["ContactID"]
    meanwhile(XeroSource, lambda: company.xero.edit_contact(contact_id, EmailAddress="office@acme.example"))

    assert reasons(company.sync()) == {}
    company.sync()

    assert company.row(acme)["email1"] == "office@acme.example"
    company.quiet()


def test_law_3_edit_of_an_invoice_beside_what_a_run_writes_crosses_in_the_next(company, meanwhile):
    sale = company.invoice(company.organization(), line(company.product()), invoicestatus="Created")
    company.sync()
    [draft] = company.invoices().values()
    company.xero.edit_invoice(draft["InvoiceID"], DueDate="2026-12-24")
    meanwhile(VtigerSource, lambda: company.vtiger.edit(sale, subject="Edited meanwhile"))

    company.sync()
    company.sync()

    row, [draft] = company.row(sale), company.invoices().values()
    assert (row["subject"], row["duedate"]) == ("Edited meanwhile", "2026-12-24")
    assert (draft["Reference"], draft["DueDate"].isoformat()) == ("Edited meanwhile", "2026-12-24")
    company.quiet()


def test_law_3_edit_on_both_sides_of_a_field_beside_what_a_run_writes_is_a_conflict(company, meanwhile):
    acme = company.organization(phone="1")
    company.sync()
    contact_id = in_xero(company)["ContactID"]
    company.xero.edit_contact(contact_id, EmailAddress="office@acme.example")
    meanwhile(VtigerSource, lambda: company.vtiger.edit(acme, phone="2"))
    company.sync()
    company.xero.edit_contact(contact_id, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "3"}])

    assert reasons(company.sync()) == {"Acme Ltd": ["CONFLICT"]}
    assert (company.row(acme)["phone"], phones(in_xero(company))["DEFAULT"]) == ("2", "3")
