"""Invoices as people make them in Xero."""

from __future__ import annotations


def xero_line(company, **fields):
    return {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200", "TaxType": company.vat, **fields}


def xero_invoice(company, contact, *lines, **fields):
    dates = {"Date": "2026-11-02", "DueDate": "2026-11-30", "Status": "AUTHORISED"}
    return company.xero.add_invoice(contact, list(lines), **{**dates, **fields})
