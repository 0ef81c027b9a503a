"""Sees in Vtiger's answers whether the API user's settings change amounts on the way in.

Vtiger passes money fields through the user's number format and currency (measured on 8.2.0: no decimals set means
whole units, a user in US dollars means a conversion). Only administrators may read those settings beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vtxero.domain.money import CENT, parse_amount
from vtxero.domain.reference import VtigerModule
from vtxero.vtiger.elements import INVOICE, PRICED

_MONEY = "currency"
_COMPUTED = frozenset({"hdnSubTotal", "hdnGrandTotal", "pre_tax_total", "hdnDiscountAmount", "hdnS_H_Amount"})
_ROUNDED = CENT / 2
"""Two decimals are the fewest that a fit user has, so this much is lost by rounding."""


def changed_amount(module: VtigerModule | None, sent: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """Name the first amount that Vtiger did not keep as sent, blank when it kept all of them to the cent.

    Sums that Vtiger computes are left out, and all of an invoice whose lines were sent: its answer holds stale ones.
    """
    if module is None or module.name not in {*PRICED, INVOICE} or sent.get("LineItems"):
        return ""
    for field in module.fields:
        if field.kind == _MONEY and field.name not in _COMPUTED and field.name in sent and field.name in answer:
            wanted, kept = _amount(sent[field.name]), _amount(answer[field.name])
            if wanted is not None and kept is not None and abs(wanted - kept) > _ROUNDED:
                return f"{field.label} was sent as {wanted:f}, and Vtiger keeps {kept:f}"
    return ""


def _amount(value: Any) -> Decimal | None:
    try:
        return parse_amount(value)
    except ValueError:
        return None
