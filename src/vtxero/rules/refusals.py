"""What the services' own refusals mean.

A case-insensitive part of the message leads to a reason; unknown words are shown as they came. The texts are Xero's and
Vtiger's, as recorded, documented, or reported by their users.
"""

from __future__ import annotations

from vtxero.domain.findings import Finding, finding
from vtxero.domain.reasons import Code
from vtxero.domain.sides import Side

_ORGANIZATIONS = ("organizations", "contacts")
_XERO: tuple[tuple[str, tuple[str, ...], Code], ...] = (
    ("is already assigned to another contact", _ORGANIZATIONS, Code.AMBIGUOUS),
    ("contact name already exists", _ORGANIZATIONS, Code.AMBIGUOUS),
    ("another contact has this contact number", _ORGANIZATIONS, Code.AMBIGUOUS),
    ("archived contact", (), Code.ORG_ARCHIVED),
    ("contact details has been archived", (), Code.ORG_ARCHIVED),
    ("contact name cannot be empty", (), Code.ORG_NAME),
    ("contact name field is required", (), Code.ORG_NAME),
    ("additional people cannot be added", (), Code.ORG_PRIMARY_EMAIL),
    ("price list item with code", (), Code.PRD_CODE_TAKEN),
    ("already in use", ("products",), Code.PRD_CODE_TAKEN),
    ("price list item code must be supplied", (), Code.PRD_CODE),
    ("field 'code' is required", (), Code.PRD_CODE),
    ("does not exist or cannot be applied to items", ("products",), Code.PRD_ACCOUNT),
    ("not a valid code", ("products",), Code.PRD_ACCOUNT),
    ("has been archived, or has been deleted", ("products",), Code.PRD_ACCOUNT),
    ("cannot be used with account code", (), Code.INV_TAX_ACCOUNT),
    ("taxtype code", (), Code.INV_TAX_UNKNOWN),
    ("tax rate must be valid", (), Code.INV_TAX_UNKNOWN),
    ("account code must be specified", (), Code.INV_ACCOUNT),
    ("account code or id must be specified", (), Code.INV_ACCOUNT),
    ("is not a valid code for this document", (), Code.INV_ACCOUNT),
    ("has been archived, or has been deleted", (), Code.INV_ACCOUNT),
    ("account must be valid", (), Code.INV_ACCOUNT),
    ("invoice # must be unique", (), Code.INV_NUMBER_TAKEN),
    ("not of valid status for modification", (), Code.INV_CLOSED),
    ("not valid for modification", (), Code.INV_CLOSED),
    ("payment or credit note allocated", (), Code.INV_CLOSED),
    ("lock date", (), Code.INV_LOCK_DATE),
    ("end of year", (), Code.INV_LOCK_DATE),
    ("not subscribed to currency", (), Code.INV_CURRENCY),
    ("available to sell", (), Code.INV_STOCK),
    ("due date cannot be empty", (), Code.INV_DATE),
    ("must be greater than or equal to zero", (), Code.INV_NEGATIVE),
    ("discount must not be greater than the line total", (), Code.INV_DISCOUNT),
    ("contact must be specified", (), Code.INV_PARTY),
    ("can only be made against authorised", (), Code.PAY_INVOICE_STATUS),
    ("account type is invalid for making a payment", (), Code.PAY_ACCOUNT),
    ("exceeds the amount outstanding", (), Code.PAY_AMOUNT),
)
_VTIGER: tuple[tuple[str, tuple[str, ...], Code], ...] = (
    ("duplicate(s) detected", (), Code.AMBIGUOUS),
    ("does not have a value", (), Code.MANDATORY_FIELD),
    ("mandatory fields missing", (), Code.MANDATORY_FIELD),
    ("permission to write is denied", ("taxes",), Code.TAX_DENIED),
)


def translate_refusal(side: Side, module: str, messages: tuple[str, ...]) -> tuple[Finding, ...]:
    """Turn a service's sentences, said of a record of `module`, into findings; each keeps the service's own words."""
    table, unknown = (_XERO, Code.XERO_REFUSED) if side is Side.XERO else (_VTIGER, Code.VTIGER_REFUSED)
    service = side.value.capitalize()
    found = []
    for message in messages:
        folded = message.casefold()
        code = next((c for part, only, c in table if part in folded and (not only or module in only)), unknown)
        found.append(finding(code, f"{service} says: {message}"))
    return tuple(found)
