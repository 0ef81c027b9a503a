"""The services' own words lead to the reason that they mean; what nobody knows is shown as it came.

The messages are Xero's, as recorded, documented, or reported by users of other programs, and Vtiger's as measured.
"""

from __future__ import annotations

import pytest

from vtxero.domain.reasons import REASONS, Code
from vtxero.domain.sides import Side
from vtxero.rules.refusals import translate_refusal

PARTIES, PRODUCTS, INVOICES, PAYMENTS, TAXES = "organizations", "products", "invoices", "payments", "taxes"

XERO = [
    # contacts
    (
        (
            "The contact name Acme is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        ),
        PARTIES,
        Code.AMBIGUOUS,
    ),
    ("The contact name already exists. Please enter a different contact name.", PARTIES, Code.AMBIGUOUS),
    ("Another contact has this contact number. Please enter a different contact number.", "contacts", Code.AMBIGUOUS),
    (
        (
            "The specified contact details matched an archived contact. "
            "Archived contacts cannot currently be edited via the API."
        ),
        PARTIES,
        Code.ORG_ARCHIVED,
    ),
    (
        (
            "The contact with the specified contact details has been archived. "
            "The contact must be un-archived before creating new invoices or credit notes"
        ),
        INVOICES,
        Code.ORG_ARCHIVED,
    ),
    ("The status 'ARCHIVED' is not valid for contacts", PARTIES, Code.ORG_ARCHIVED),
    (
        (
            "The Contact must contain at least 1 of the following elements to identify the contact: "
            "Name, ContactID, ContactNumber"
        ),
        PARTIES,
        Code.ORG_NAME,
    ),
    ("Contact name cannot be empty", PARTIES, Code.ORG_NAME),
    (
        (
            "An existing contact could not be found using the specified contact details. "
            "The contact name field is required to create a new contact."
        ),
        PARTIES,
        Code.ORG_NAME,
    ),
    (
        (
            "An existing contact could not be found using the specified contact details. "
            "The contact name field is required to create a new contact."
        ),
        INVOICES,
        Code.DEPENDENCY,
    ),
    ("Email address must be valid.", PARTIES, Code.TEXT_UNSUPPORTED),
    ("Website must be valid", PARTIES, Code.TEXT_UNSUPPORTED),
    (
        "Additional people cannot be added when the primary person has no email address set.",
        PARTIES,
        Code.ORG_PRIMARY_EMAIL,
    ),
    # items
    ("Price List Item with Code 'W-1' already exists", PRODUCTS, Code.PRD_CODE_TAKEN),
    ("Inventory Items with the 'Code' provided are already in use", PRODUCTS, Code.PRD_CODE_TAKEN),
    ("Price List Item Code must be supplied", PRODUCTS, Code.PRD_CODE),
    ("The field 'Code' is required, but no value was sent", PRODUCTS, Code.PRD_CODE),
    ("Item Code is invalid.", PRODUCTS, Code.PRD_CODE),
    ("Account code '960' does not exist or cannot be applied to Items", PRODUCTS, Code.PRD_ACCOUNT),
    ("Account code '960' is not a valid code for this document.", PRODUCTS, Code.PRD_ACCOUNT),
    ("Account code or ID must be specified", PRODUCTS, Code.PRD_ACCOUNT),
    ("The TaxType code 'INPUT2' cannot be used with account code '200'.", PRODUCTS, Code.PRD_ACCOUNT),
    ("The TaxType code 'GST on Income' is not valid", PRODUCTS, Code.PRD_TAX),
    ("Tax rate must be valid.", PRODUCTS, Code.PRD_TAX),
    # invoices
    ("A Contact must be specified for this type of transaction", INVOICES, Code.INV_PARTY),
    ("Contact cannot be empty.", INVOICES, Code.INV_PARTY),
    ("Paid to name cannot be empty.", INVOICES, Code.INV_PARTY),
    ("One or more line items must be specified", INVOICES, Code.INV_LINES),
    ("Invoice not of valid status for creation", INVOICES, Code.INV_STATUS),
    ("Invoice not of valid status for modification", INVOICES, Code.INV_CLOSED),
    ("The Invoice is not valid for modification.", INVOICES, Code.INV_CLOSED),
    (
        "This document cannot be edited as it has a payment or credit note allocated to it.",
        INVOICES,
        Code.INV_CLOSED,
    ),
    ("Invoice # must be unique.", INVOICES, Code.INV_NUMBER_TAKEN),
    ("Due date cannot be empty.", INVOICES, Code.INV_DATE),
    (
        "The document date cannot be before the period lock date, currently set at 30-09-2026",
        INVOICES,
        Code.INV_LOCK_DATE,
    ),
    (
        "The document date cannot be before the end of year lock date, currently set at 30-Sep-2026",
        INVOICES,
        Code.INV_LOCK_DATE,
    ),
    (
        "The document cannot be edited as it is currently dated before the end of year lock date",
        INVOICES,
        Code.INV_LOCK_DATE,
    ),
    ("The Total for this document must be greater than or equal to zero.", INVOICES, Code.INV_NEGATIVE),
    ("The tax amount cannot be greater than the line amount", INVOICES, Code.INV_TOTAL),
    ("The document sub total does not equal the sub total of the lines", INVOICES, Code.INV_TOTAL),
    ("The line total 1.00 does not match the expected line total 0.00", INVOICES, Code.INV_TOTAL),
    ("The UnitAmount should be used when specifying a discount for a line item.", INVOICES, Code.INV_DISCOUNT),
    (
        "The discount rate '27.83' is invalid. Discount must not be greater than the line total.",
        INVOICES,
        Code.INV_DISCOUNT,
    ),
    ("You have reached the limit of invoices you can approve", INVOICES, Code.INV_LIMIT),
    ("An existing invoice with the specified ID could not be found", INVOICES, Code.GONE),
    ("An existing Credit Note with the specified CreditNoteID could not be found", INVOICES, Code.GONE),
    ("The document with the supplied id was not found for this endpoint.", INVOICES, Code.GONE),
    ("Organisation is not subscribed to currency EUR", INVOICES, Code.INV_CURRENCY),
    ("The current organisation is not subscribed to currency 'EUR'.", INVOICES, Code.INV_CURRENCY),
    ("No items available to sell", INVOICES, Code.INV_STOCK),
    ("Only 1 item available to sell", INVOICES, Code.INV_STOCK),
    ("Item code 'W-1' is not valid", INVOICES, Code.INV_PRODUCT),
    ("Account code must be specified", INVOICES, Code.INV_ACCOUNT),
    ("Account code or ID must be specified", INVOICES, Code.INV_ACCOUNT),
    ("Account code '200' is not a valid code for this document.", INVOICES, Code.INV_ACCOUNT),
    (
        "Account code '200' has been archived, or has been deleted. Each line item must reference a valid account.",
        INVOICES,
        Code.INV_ACCOUNT,
    ),
    ("Account must be valid.", INVOICES, Code.INV_ACCOUNT),
    ("The TaxType field is mandatory", INVOICES, Code.INV_TAX_UNKNOWN),
    (
        "The TaxType code X does not exist or cannot be used with this type of transaction.",
        INVOICES,
        Code.INV_TAX_UNKNOWN,
    ),
    ("The TaxType code 'GST on Income' is not valid", INVOICES, Code.INV_TAX_UNKNOWN),
    ("Tax rate must be valid.", INVOICES, Code.INV_TAX_UNKNOWN),
    ("The TaxType code 'OUTPUT' cannot be used with account code '312'.", INVOICES, Code.INV_TAX_ACCOUNT),
    ("The tax code output cannot be used with account code '312'.", INVOICES, Code.INV_TAX_ACCOUNT),
    # payments
    ("Payment amount exceeds the amount outstanding on this document", PAYMENTS, Code.PAY_AMOUNT),
    ("Payments can only be made against Authorised documents", PAYMENTS, Code.PAY_INVOICE_STATUS),
    ("Payments can only be made against Authorized documents", PAYMENTS, Code.PAY_INVOICE_STATUS),
    ("Account type is invalid for making a payment to/from", PAYMENTS, Code.PAY_ACCOUNT),
    ("Account could not be found", PAYMENTS, Code.PAY_ACCOUNT),
    ("Account code or ID must be specified", PAYMENTS, Code.PAY_ACCOUNT),
    ("Document could not be found", PAYMENTS, Code.GONE),
    ("Payments within a batch cannot be deleted.", PAYMENTS, Code.PAY_CHANGED),
]
VTIGER = [
    ("Duplicate(s) detected!", PARTIES, Code.AMBIGUOUS),
    ("lastname does not have a value", PARTIES, Code.MANDATORY_FIELD),
    ("Mandatory Fields Missing..", INVOICES, Code.MANDATORY_FIELD),
    ("Invalid reference specified for account_id", INVOICES, Code.DEPENDENCY),
    ("Permission to write is denied", TAXES, Code.TAX_DENIED),
]
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


CASES = [(Side.XERO, *row) for row in XERO] + [(Side.VTIGER, *row) for row in VTIGER]


@pytest.mark.parametrize(("side", "message", "module", "code"), CASES)
@pytest.mark.parametrize("spelling", [str, str.upper, str.lower])
def test_refusal_in_any_case_of_letters_leads_to_its_reason_and_keeps_its_words(side, message, module, code, spelling):
    (found,) = translate_refusal(side, module, (spelling(message),))

    assert found.code is code
    assert found.message == f"{side.value.capitalize()} says: {spelling(message)}"
    assert (found.remedy, found.is_note) == (REASONS[code].remedy, False)


@pytest.mark.parametrize(("side", "message", "module"), UNKNOWN)
def test_refusal_that_nobody_knows_is_shown_as_it_came(side, message, module):
    (found,) = translate_refusal(side, module, (message,))

    assert found.code is (Code.XERO_REFUSED if side is Side.XERO else Code.VTIGER_REFUSED)
    assert message in found.message


def test_several_messages_lead_to_a_reason_each():
    found = translate_refusal(Side.XERO, INVOICES, ("Due date cannot be empty.", "Account code must be specified", "?"))

    assert [item.code for item in found] == [Code.INV_DATE, Code.INV_ACCOUNT, Code.XERO_REFUSED]
