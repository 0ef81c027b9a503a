"""Fields of Vtiger that are found by their label, for their names differ from one Vtiger to the next.

They are those of Vtiger's own Xero extension, and custom fields that people make by the same labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CONTACT_ID = "Xero Contact ID"
ITEM_ID = "Xero Item ID"
INVOICE_ID = "Xero Invoice ID"
INVOICE_NUMBER = "Xero Invoice Number"
SALES_ACCOUNT = "Xero Sales Account"
PURCHASE_ACCOUNT = "Xero Purchase Account"
PAYMENT_ACCOUNT = "Xero Account"

LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Accounts": (CONTACT_ID,),
        "Contacts": (CONTACT_ID,),
        "Products": (ITEM_ID, SALES_ACCOUNT, PURCHASE_ACCOUNT),
        "Services": (ITEM_ID, SALES_ACCOUNT, PURCHASE_ACCOUNT),
        "Invoice": (INVOICE_ID, INVOICE_NUMBER),
        "LineItem": (SALES_ACCOUNT,),
        "Payments": (PAYMENT_ACCOUNT,),
    }
)
"""By module of Vtiger (`docs/mapping.md`)."""
