"""What the services' own refusals mean.

A case-insensitive part of the message leads to a reason; unknown words are shown as they came. The texts are Xero's and
Vtiger's, as recorded, documented, or reported by their users.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side

_PARTIES = ("organizations", "contacts")
_PRODUCTS = ("products",)
_PAYMENTS = ("payments",)
_ANY: tuple[str, ...] = ()
_Row: TypeAlias = tuple[str, tuple[str, ...], Code]
"""A part of a message in small letters, the modules it is about (none: all), and what it means. The first row wins."""

_XERO: tuple[_Row, ...] = (
    # contacts
    ("is already assigned to another contact", _ANY, Code.AMBIGUOUS),
    ("contact name already exists", _ANY, Code.AMBIGUOUS),
    ("another contact has this contact number", _ANY, Code.AMBIGUOUS),
    ("archived contact", _ANY, Code.ORG_ARCHIVED),
    ("contact details has been archived", _ANY, Code.ORG_ARCHIVED),
    ("'archived' is not valid for contacts", _ANY, Code.ORG_ARCHIVED),
    ("contact name cannot be empty", _ANY, Code.ORG_NAME),
    ("to identify the contact", _PARTIES, Code.ORG_NAME),
    ("contact name field is required", _PARTIES, Code.ORG_NAME),
    ("existing contact could not be found", _ANY, Code.DEPENDENCY),
    ("email address must be valid", _ANY, Code.TEXT_UNSUPPORTED),
    ("website must be valid", _ANY, Code.TEXT_UNSUPPORTED),
    ("additional people cannot be added", _ANY, Code.ORG_PRIMARY_EMAIL),
    # items
    ("price list item with code", _ANY, Code.PRD_CODE_TAKEN),
    ("provided are already in use", _ANY, Code.PRD_CODE_TAKEN),
    ("price list item code must be supplied", _ANY, Code.PRD_CODE),
    ("field 'code' is required", _ANY, Code.PRD_CODE),
    ("item code is invalid", _PRODUCTS, Code.PRD_CODE),
    ("cannot be applied to items", _ANY, Code.PRD_ACCOUNT),
    ("cannot be used with account code", _PRODUCTS, Code.PRD_ACCOUNT),
    ("taxtype", _PRODUCTS, Code.PRD_TAX),
    ("tax rate must be valid", _PRODUCTS, Code.PRD_TAX),
    ("account", _PRODUCTS, Code.PRD_ACCOUNT),
    # payments
    ("payments can only be made against", _ANY, Code.PAY_INVOICE_STATUS),
    ("account type is invalid for making a payment", _ANY, Code.PAY_ACCOUNT),
    ("exceeds the amount outstanding", _ANY, Code.PAY_AMOUNT),
    ("payments within a batch cannot be deleted", _ANY, Code.PAY_CHANGED),
    ("account could not be found", _PAYMENTS, Code.PAY_ACCOUNT),
    ("account code", _PAYMENTS, Code.PAY_ACCOUNT),
    ("document could not be found", _ANY, Code.GONE),
    # invoices
    ("contact must be specified", _ANY, Code.INV_PARTY),
    ("to identify the contact", _ANY, Code.INV_PARTY),
    ("contact cannot be empty", _ANY, Code.INV_PARTY),
    ("paid to name cannot be empty", _ANY, Code.INV_PARTY),
    ("line items must be specified", _ANY, Code.INV_LINES),
    ("date cannot be empty", _ANY, Code.INV_DATE),
    ("lock date", _ANY, Code.INV_LOCK_DATE),
    ("not of valid status for creation", _ANY, Code.INV_STATUS),
    ("not of valid status for modification", _ANY, Code.INV_CLOSED),
    ("not valid for modification", _ANY, Code.INV_CLOSED),
    ("payment or credit note allocated", _ANY, Code.INV_CLOSED),
    ("invoice # must be unique", _ANY, Code.INV_NUMBER_TAKEN),
    ("not subscribed to currency", _ANY, Code.INV_CURRENCY),
    ("available to sell", _ANY, Code.INV_STOCK),
    ("limit of invoices you can approve", _ANY, Code.INV_LIMIT),
    ("must be greater than or equal to zero", _ANY, Code.INV_NEGATIVE),
    ("discount must not be greater than the line total", _ANY, Code.INV_DISCOUNT),
    ("when specifying a discount", _ANY, Code.INV_DISCOUNT),
    ("tax amount cannot be greater than the line amount", _ANY, Code.INV_TOTAL),
    ("does not equal the sub total of the lines", _ANY, Code.INV_TOTAL),
    ("does not match the expected line total", _ANY, Code.INV_TOTAL),
    ("with the specified id could not be found", _ANY, Code.GONE),
    ("with the specified creditnoteid could not be found", _ANY, Code.GONE),
    ("supplied id was not found", _ANY, Code.GONE),
    # lines
    ("item code", _ANY, Code.INV_PRODUCT),
    ("cannot be used with account code", _ANY, Code.INV_TAX_ACCOUNT),
    ("taxtype", _ANY, Code.INV_TAX_UNKNOWN),
    ("tax rate must be valid", _ANY, Code.INV_TAX_UNKNOWN),
    ("account code", _ANY, Code.INV_ACCOUNT),
    ("account must be valid", _ANY, Code.INV_ACCOUNT),
)
_VTIGER: tuple[_Row, ...] = (
    ("duplicate(s) detected", _ANY, Code.AMBIGUOUS),
    ("does not have a value", _ANY, Code.MANDATORY_FIELD),
    ("mandatory fields missing", _ANY, Code.MANDATORY_FIELD),
    ("invalid reference specified", _ANY, Code.DEPENDENCY),
    ("permission to write is denied", ("taxes",), Code.TAX_DENIED),
)
_REMEDIES: Mapping[tuple[Side, Code], str] = {
    (Side.XERO, Code.AMBIGUOUS): (
        "Another contact in Xero has this name or number. Rename one of the two, or merge them in Xero."
    ),
    (Side.XERO, Code.TEXT_UNSUPPORTED): "Correct the address in Vtiger, or clear it.",
    (Side.XERO, Code.INV_PRODUCT): (
        "Run again: vtxero then looks whether the item is still in Xero. "
        "If Xero says it again, choose another product on the line in Vtiger."
    ),
    (Side.XERO, Code.INV_PARTY): (
        "Give the invoice an organization in Vtiger. If it has one, Xero no longer knows its contact: run again."
    ),
    (Side.XERO, Code.PRD_TAX): (
        "Give the product one tax in Vtiger that is active in Xero and fits its account, or none."
    ),
    (Side.VTIGER, Code.AMBIGUOUS): (
        "Vtiger has a record of this name that vtxero was not shown, or one that is spelt with other accents. "
        "Let the API user see it, or rename one of the two."
    ),
}
"""Where the reason's own remedy does not fit: it is about a record that crossed, or about what vtxero found itself."""


def translate_refusal(side: Side, module: str, messages: tuple[str, ...]) -> tuple[Finding, ...]:
    """Turn a service's sentences, said of a record of `module`, into findings; each keeps the service's own words."""
    table, unknown = (_XERO, Code.XERO_REFUSED) if side is Side.XERO else (_VTIGER, Code.VTIGER_REFUSED)
    service = side.label
    found = []
    for message in messages:
        folded = message.casefold()
        code = next((c for part, only, c in table if part in folded and (not only or module in only)), unknown)
        found.append(finding(code, f"{service} says: {message}", remedy=_REMEDIES.get((side, code), "")))
    return tuple(found)
