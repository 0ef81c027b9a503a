"""The services' own words lead to the reason that they mean; what nobody knows is shown as it came.

The messages are Xero's, as recorded, documented, or reported by users of other programs, and Vtiger's as measured.
"""

from __future__ import annotations

import pytest

from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.rules.refusals import translate_refusal

PARTIES, PRODUCTS, INVOICES, PAYMENTS, TAXES = "organizations", "products", "invoices", "payments", "taxes"

XERO = {
    (PARTIES, Code.AMBIGUOUS): [
        (
            "The contact name Acme is already assigned to another contact. The contact name must be unique "
            "across all active contacts."
        ),
        "The contact name already exists. Please enter a different contact name.",
    ],
    ("contacts", Code.AMBIGUOUS): [
        "Another contact has this contact number. Please enter a different contact number.",
    ],
    (PARTIES, Code.ORG_ARCHIVED): [
        (
            "The specified contact details matched an archived contact. Archived contacts cannot currently be "
            "edited via the API."
        ),
        "The status 'ARCHIVED' is not valid for contacts",
    ],
    (INVOICES, Code.ORG_ARCHIVED): [
        (
            "The contact with the specified contact details has been archived. The contact must be un-archived "
            "before creating new invoices or credit notes"
        ),
    ],
    (PARTIES, Code.ORG_NAME): [
        (
            "The Contact must contain at least 1 of the following elements to identify the contact: Name, "
            "ContactID, ContactNumber"
        ),
        "Contact name cannot be empty",
        (
            "An existing contact could not be found using the specified contact details. The contact name field "
            "is required to create a new contact."
        ),
    ],
    (INVOICES, Code.DEPENDENCY): [
        (
            "An existing contact could not be found using the specified contact details. The contact name field "
            "is required to create a new contact."
        ),
    ],
    (PARTIES, Code.TEXT_UNSUPPORTED): [
        "Email address must be valid.",
        "Website must be valid",
    ],
    (PARTIES, Code.ORG_PRIMARY_EMAIL): [
        "Additional people cannot be added when the primary person has no email address set.",
    ],
    (PRODUCTS, Code.PRD_CODE_TAKEN): [
        "Price List Item with Code 'W-1' already exists",
        "Inventory Items with the 'Code' provided are already in use",
    ],
    (PRODUCTS, Code.PRD_CODE): [
        "Price List Item Code must be supplied",
        "The field 'Code' is required, but no value was sent",
        "Item Code is invalid.",
    ],
    (PRODUCTS, Code.PRD_ACCOUNT): [
        "Account code '960' does not exist or cannot be applied to Items",
        "Account code '960' is not a valid code for this document.",
        "Account code or ID must be specified",
        "The TaxType code 'INPUT2' cannot be used with account code '200'.",
    ],
    (PRODUCTS, Code.PRD_TAX): [
        "The TaxType code 'GST on Income' is not valid",
        "Tax rate must be valid.",
    ],
    (INVOICES, Code.INV_PARTY): [
        (
            "The Contact must contain at least 1 of the following elements to identify the contact: Name, "
            "ContactID, ContactNumber"
        ),
        "A Contact must be specified for this type of transaction",
        "Contact cannot be empty.",
        "Paid to name cannot be empty.",
    ],
    (INVOICES, Code.INV_LINES): [
        "One or more line items must be specified",
    ],
    (INVOICES, Code.INV_STATUS): [
        "Invoice not of valid status for creation",
    ],
    (INVOICES, Code.INV_CLOSED): [
        "Invoice not of valid status for modification",
        "The Invoice is not valid for modification.",
        "This document cannot be edited as it has a payment or credit note allocated to it.",
    ],
    (INVOICES, Code.INV_NUMBER_TAKEN): [
        "Invoice # must be unique.",
    ],
    (INVOICES, Code.INV_DATE): [
        "Due date cannot be empty.",
    ],
    (INVOICES, Code.INV_LOCK_DATE): [
        "The document date cannot be before the period lock date, currently set at 30-09-2026",
        "The document date cannot be before the end of year lock date, currently set at 30-Sep-2026",
        "The document cannot be edited as it is currently dated before the end of year lock date",
    ],
    (INVOICES, Code.INV_NEGATIVE): [
        "The Total for this document must be greater than or equal to zero.",
    ],
    (INVOICES, Code.INV_TOTAL): [
        "The tax amount cannot be greater than the line amount",
        "The document sub total does not equal the sub total of the lines",
        "The line total 1.00 does not match the expected line total 0.00",
    ],
    (INVOICES, Code.INV_DISCOUNT): [
        "The UnitAmount should be used when specifying a discount for a line item.",
        "The discount rate '27.83' is invalid. Discount must not be greater than the line total.",
    ],
    (INVOICES, Code.INV_LIMIT): [
        "You have reached the limit of invoices you can approve",
    ],
    (INVOICES, Code.GONE): [
        "An existing invoice with the specified ID could not be found",
        "An existing Credit Note with the specified CreditNoteID could not be found",
        "The document with the supplied id was not found for this endpoint.",
    ],
    (INVOICES, Code.INV_CURRENCY): [
        "Organisation is not subscribed to currency EUR",
        "The current organisation is not subscribed to currency 'EUR'.",
    ],
    (INVOICES, Code.INV_STOCK): [
        "No items available to sell",
        "Only 1 item available to sell",
    ],
    (INVOICES, Code.INV_PRODUCT): [
        "Item code 'W-1' is not valid",
    ],
    (INVOICES, Code.INV_ACCOUNT): [
        "Account code must be specified",
        "Account code or ID must be specified",
        "Account code '200' is not a valid code for this document.",
        "Account code '200' has been archived, or has been deleted. Each line item must reference a valid account.",
        "Account must be valid.",
    ],
    (INVOICES, Code.INV_TAX_UNKNOWN): [
        "The TaxType field is mandatory",
        "The TaxType code X does not exist or cannot be used with this type of transaction.",
        "The TaxType code 'GST on Income' is not valid",
        "Tax rate must be valid.",
    ],
    (INVOICES, Code.INV_TAX_ACCOUNT): [
        "The TaxType code 'OUTPUT' cannot be used with account code '312'.",
        "The tax code output cannot be used with account code '312'.",
    ],
    (PAYMENTS, Code.PAY_AMOUNT): [
        "Payment amount exceeds the amount outstanding on this document",
    ],
    (PAYMENTS, Code.PAY_INVOICE_STATUS): [
        "Payments can only be made against Authorised documents",
        "Payments can only be made against Authorized documents",
    ],
    (PAYMENTS, Code.PAY_ACCOUNT): [
        "Account type is invalid for making a payment to/from",
        "Account could not be found",
        "Account code or ID must be specified",
    ],
    (PAYMENTS, Code.GONE): [
        "Document could not be found",
    ],
    (PAYMENTS, Code.PAY_CHANGED): [
        "Payments within a batch cannot be deleted.",
    ],
}
VTIGER = {
    (PARTIES, Code.AMBIGUOUS): [
        "Duplicate(s) detected!",
    ],
    (PARTIES, Code.MANDATORY_FIELD): [
        "lastname does not have a value",
    ],
    (INVOICES, Code.MANDATORY_FIELD): [
        "Mandatory Fields Missing..",
    ],
    (INVOICES, Code.DEPENDENCY): [
        "Invalid reference specified for account_id",
    ],
    (TAXES, Code.TAX_DENIED): [
        "Permission to write is denied",
    ],
}
UNKNOWN = [
    (Side.XERO, "Invoice not of valid type for creation", INVOICES),
    (Side.XERO, "Only AUTHORISED invoices may have SentToContact updated.", INVOICES),
    (Side.XERO, "The description field is mandatory for each line item.", INVOICES),
    (Side.XERO, "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.", INVOICES),
    (Side.XERO, "Please enter a unique Name.", PARTIES),
    (Side.XERO, "PurchaseOrder status change is invalid", INVOICES),
    (Side.XERO, "Words that nobody has heard before", PRODUCTS),
    (Side.VTIGER, "Permission to write is denied", PARTIES),
    (Side.VTIGER, "Permission to perform the operation is denied", INVOICES),
    (Side.VTIGER, "Unknown Error while processing request", INVOICES),
]


SPEAKS_OF = {
    (Side.XERO, Code.AMBIGUOUS): "Rename",
    (Side.XERO, Code.ORG_ARCHIVED): "Restore",
    (Side.XERO, Code.ORG_NAME): "name",
    (Side.XERO, Code.TEXT_UNSUPPORTED): "address",
    (Side.XERO, Code.ORG_PRIMARY_EMAIL): "email address",
    (Side.XERO, Code.PRD_CODE_TAKEN): "another code",
    (Side.XERO, Code.PRD_CODE): "Part Number",
    (Side.XERO, Code.PRD_ACCOUNT): "account",
    (Side.XERO, Code.PRD_TAX): "active in Xero",
    (Side.XERO, Code.INV_PARTY): "organization",
    (Side.XERO, Code.INV_LINES): "lines",
    (Side.XERO, Code.INV_STATUS): "status",
    (Side.XERO, Code.INV_CLOSED): "in Xero",
    (Side.XERO, Code.INV_NUMBER_TAKEN): "another number",
    (Side.XERO, Code.INV_DATE): "date",
    (Side.XERO, Code.INV_LOCK_DATE): "lock date",
    (Side.XERO, Code.INV_NEGATIVE): "credit note",
    (Side.XERO, Code.INV_TOTAL): "taxes and charges",
    (Side.XERO, Code.INV_DISCOUNT): "discount",
    (Side.XERO, Code.INV_LIMIT): "plan",
    (Side.XERO, Code.INV_CURRENCY): "currency",
    (Side.XERO, Code.INV_STOCK): "quantity",
    (Side.XERO, Code.INV_PRODUCT): "product",
    (Side.XERO, Code.INV_ACCOUNT): "account",
    (Side.XERO, Code.INV_TAX_UNKNOWN): "tax",
    (Side.XERO, Code.INV_TAX_ACCOUNT): "fits",
    (Side.XERO, Code.PAY_AMOUNT): "amount",
    (Side.XERO, Code.PAY_INVOICE_STATUS): "Approve the invoice",
    (Side.XERO, Code.PAY_ACCOUNT): "bank account",
    (Side.XERO, Code.PAY_CHANGED): "delete the payment",
    (Side.XERO, Code.GONE): "Restore",
    (Side.XERO, Code.DEPENDENCY): "record named",
    (Side.VTIGER, Code.AMBIGUOUS): "API user",
    (Side.VTIGER, Code.MANDATORY_FIELD): "default",
    (Side.VTIGER, Code.DEPENDENCY): "record named",
    (Side.VTIGER, Code.TAX_DENIED): "administrator",
}
"""What somebody must be told of who is to put right what a service complains of."""

CASES = [
    (side, message, module, code)
    for side, known in ((Side.XERO, XERO), (Side.VTIGER, VTIGER))
    for (module, code), messages in known.items()
    for message in messages
]


@pytest.mark.parametrize(("side", "message", "module", "code"), CASES)
@pytest.mark.parametrize("spelling", [str, str.upper, str.lower])
def test_refusal_in_any_case_of_letters_leads_to_its_reason_and_keeps_its_words(side, message, module, code, spelling):
    (found,) = translate_refusal(side, module, (spelling(message),))

    assert found.code is code
    assert found.message == f"{side.label} says: {spelling(message)}"
    assert not found.is_note


@pytest.mark.parametrize(("side", "message", "module", "code"), CASES)
def test_remedy_of_a_refusal_when_read_is_something_to_do_about_the_complaint(side, message, module, code):
    (found,) = translate_refusal(side, module, (message,))

    assert SPEAKS_OF[side, code] in found.remedy
    assert "Nothing needs to be done" not in found.remedy


@pytest.mark.parametrize(("side", "message", "module"), UNKNOWN)
def test_refusal_that_nobody_knows_is_shown_as_it_came(side, message, module):
    (found,) = translate_refusal(side, module, (message,))

    assert found.code is (Code.XERO_REFUSED if side is Side.XERO else Code.VTIGER_REFUSED)
    assert message in found.message


def test_several_messages_lead_to_a_reason_each():
    found = translate_refusal(Side.XERO, INVOICES, ("Due date cannot be empty.", "Account code must be specified", "?"))

    assert [item.code for item in found] == [Code.INV_DATE, Code.INV_ACCOUNT, Code.XERO_REFUSED]
