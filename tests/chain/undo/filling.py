"""Records for both sides of the invented company, made by a run that is then taken back."""

from __future__ import annotations

from chain.company import line, xero_line

GONE = {"DELETED", "VOIDED"}


def living(company):
    """Both sides as people see them: without what is deleted, voided, archived, or only a time or counter."""
    xero = company.xero.snapshot()
    crm = company.vtiger
    return {
        "contacts": {
            key: {n: v for n, v in row.items() if n not in {"UpdatedDateUTC", "IsCustomer"}}
            for key, row in xero["Contacts"].items()
            if row["ContactStatus"] == "ACTIVE"
        },
        "invoices": {
            key: {n: v for n, v in row.items() if n != "UpdatedDateUTC"}
            for key, row in xero["Invoices"].items()
            if row["Status"] not in GONE
        },
        **{
            module: {
                row["id"]: {n: v for n, v in row.items() if n not in {"modifiedtime", "modifiedby"}}
                for row in crm.records(module)
            }
            for module in ("Accounts", "Contacts", "Products", "Services", "Invoice")
        },
    }


def fill_vtiger(company):
    company.acme = company.organization(email1="office@acme.example", accounttype="Customer")
    company.ann = company.person(company.acme, "First", firstname="Ann", email="ann@acme.example")
    company.bob = company.person(company.acme, "Second", firstname="Bob", email="bob@acme.example")
    company.widget = company.product()
    company.draft = company.invoice(company.acme, line(company.widget), invoicestatus="Created")
    company.sent = company.invoice(company.acme, line(company.widget, "3"))


def fill_xero(company):
    company.beta = company.xero.add_contact(
        Name="Beta Ltd",
        EmailAddress="hello@beta.example",
        FirstName="Bea",
        LastName="Beta",
        ContactPersons=[{"FirstName": "Cy", "LastName": "Beta", "EmailAddress": "cy@beta.example"}],
    )
    company.gear = company.xero.add_item(Code="G-1", Name="Gear", SalesDetails={"UnitPrice": "7", "AccountCode": "200"})
    gear = xero_line("7", ItemCode="G-1", Description="Gear", Quantity=2)
    company.paper = company.xero_invoice(company.beta, gear, xero_line("50", Quantity=2), InvoiceNumber="X-1")


def contact_id(company):
    return company.contacts()["Acme Ltd"]["ContactID"]
