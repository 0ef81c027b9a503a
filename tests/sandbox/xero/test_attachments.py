"""Files attached to records, the address of an online invoice, and the settings of reminders."""

from __future__ import annotations

import pytest

PDF = b"%PDF-1.4 \x00\xff not text"


@pytest.fixture
def invoice(xero, sale):
    (made,) = xero.put("Invoices", sale(Status="AUTHORISED", InvoiceNumber="S-1"))
    return made["InvoiceID"]


def attach(xero, path, content=PDF, method="PUT", kind="application/pdf"):
    headers = {"Content-Type": kind} if kind else {}
    return xero.send(method, f"/api.xro/2.0/{path}", raw=content, headers=headers)


def test_attachment_when_put_is_listed_and_read_back_byte_by_byte(xero, invoice):
    answer = attach(xero, f"Invoices/{invoice}/Attachments/Order%208.pdf?IncludeOnline=true")

    (made,) = answer.json()["Attachments"]
    assert made == {
        "AttachmentID": made["AttachmentID"],
        "FileName": "Order 8.pdf",
        "Url": f"https://api.xero.com/api.xro/2.0/Invoices/{invoice}/Attachments/Order%208.pdf",
        "MimeType": "application/pdf",
        "ContentLength": len(PDF),
        "IncludeOnline": True,
    }
    assert xero.rows(f"Invoices/{invoice}/Attachments") == [made]
    for key in ("Order%208.pdf", made["AttachmentID"]):
        read = xero.api("GET", f"Invoices/S-1/Attachments/{key}")
        assert (read.content, read.headers["Content-Type"]) == (PDF, "application/pdf")
    assert xero.rows("Invoices?page=1")[0]["HasAttachments"] is True
    assert xero.rows(f"Invoices/{invoice}")[0]["HasAttachments"] is True


def test_attachment_does_not_move_the_modification_time(xero, clock, contact):
    before = xero.rows(f"Contacts/{contact}")[0]
    clock.forward(minutes=9)

    attach(xero, f"Contacts/{contact}/Attachments/card.png", kind="")

    after = xero.rows(f"Contacts/{contact}")[0]
    assert after == {**before, "HasAttachments": True}
    assert xero.rows(f"Contacts/{contact}/Attachments")[0]["MimeType"] == "image/png"


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "application/x-www-form-urlencoded"])
def test_attachment_when_no_type_is_said_has_that_of_its_name(xero, invoice, kind):
    made = attach(xero, f"Invoices/{invoice}/Attachments/order.pdf", kind=kind).json()["Attachments"][0]

    assert made["MimeType"] == "application/pdf"


def test_attachment_when_posted_over_its_name_replaces_the_file(xero, invoice):
    first = attach(xero, f"Invoices/{invoice}/Attachments/a.pdf").json()["Attachments"][0]
    second = attach(xero, f"Invoices/{invoice}/Attachments/A.pdf", b"new", "POST").json()["Attachments"][0]

    assert second["AttachmentID"] == first["AttachmentID"]
    assert xero.api("GET", f"Invoices/{invoice}/Attachments/a.pdf").content == b"new"
    assert attach(xero, f"Invoices/{invoice}/Attachments/a.pdf").status_code == 501


def test_attachments_when_there_are_ten_are_no_more(xero, invoice):
    answers = [attach(xero, f"Invoices/{invoice}/Attachments/{n}.pdf").status_code for n in range(11)]

    assert answers == [200] * 10 + [400]


@pytest.mark.parametrize("path", ["Invoices/{id}/Attachments/none.pdf", "Invoices/none/Attachments"])
def test_attachment_when_it_is_not_there_is_not_found(xero, invoice, path):
    assert xero.api("GET", path.format(id=invoice)).status_code == 404


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("Invoices/none/Attachments/a.pdf", PDF, 404),
        ("Invoices/{id}/Attachments/a.pdf", b"", 400),
        ("Items/OAK/Attachments/a.pdf", PDF, 501),
        ("Invoices/{id}/Attachments/a.pdf", b"x" * 3_500_001, 413),
    ],
)
def test_attachment_when_it_cannot_be_made_says_so(xero, invoice, path, content, status):
    answer = attach(xero, path.format(id=invoice), content)

    assert answer.status_code == status
    assert status != 501 or "Items" in answer.text


def test_attachments_need_a_scope_of_their_own(xero, invoice):
    xero.login("accounting.invoices accounting.contacts")

    assert xero.api("GET", f"Invoices/{invoice}").status_code == 200
    for path in (f"Invoices/{invoice}/Attachments", f"Invoices//{invoice}/Attachments/"):
        assert xero.api("GET", path).status_code == 401


def test_attachments_with_the_reading_scope_can_only_be_read(xero, invoice):
    xero.login("accounting.attachments.read")

    assert xero.api("GET", f"Invoices/{invoice}/Attachments").status_code == 200
    assert attach(xero, f"Invoices/{invoice}/Attachments/a.pdf").status_code == 401


def test_online_invoice_of_an_approved_sale_has_an_address(xero, sale, invoice):
    (shown,) = xero.rows(f"Invoices/{invoice}/OnlineInvoice")
    (draft,) = xero.put("Invoices", sale())

    assert shown["OnlineInvoiceUrl"].startswith("https://in.xero.com/")
    assert xero.api("GET", f"Invoices/{draft['InvoiceID']}/OnlineInvoice").status_code == 501


def test_invoice_as_a_pdf_is_not_modelled(xero, invoice):
    """An XML sent in its place would be stored as a PDF by whoever asked."""
    answer = xero.api("GET", f"Invoices/{invoice}", Accept="application/pdf")

    assert (answer.status_code, "as a PDF" in answer.text) == (501, True)


def test_reminders_are_off(xero):
    assert xero.rows("InvoiceReminders/Settings") == [{"Enabled": False}]
    assert xero.api("GET", "InvoiceReminders/Others").status_code == 404
