"""What people do with payments on both sides of the invented company."""

from __future__ import annotations

from chain.company import line


def settle(company, **fields):
    """Bring an approved invoice of 104.50 to both sides."""
    company.acme = company.organization()
    company.widget = company.product()
    company.sale = company.invoice(company.acme, line(company.widget, "10"), **fields)
    report = company.sync()
    assert report.exit_code == 0, report.messages
    company.sale_id = company.invoices()[company.number_of(company.sale)]["InvoiceID"]
    return company


def pay(company, amount="104.50", *, invoice=None, **fields):
    """Enter a payment in Vtiger, as a person does."""
    element = {"related_to": invoice or company.sale, "amount": amount, "paymentsstatus": "Received"}
    return company.vtiger.add("Payments", element | {"datereceived": "2026-11-10", "paymentsmode": "Cash"} | fields)


def taken(company):
    """The payments in Xero that are not deleted."""
    return [row for row in company.xero.snapshot()["Payments"].values() if row["Status"] == "AUTHORISED"]


def received(company):
    """The payments in Vtiger."""
    return company.vtiger.records("Payments")


def number(company, payment):
    return company.row(payment)["paymentsno"]
