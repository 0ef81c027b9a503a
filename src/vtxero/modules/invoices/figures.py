"""A Vtiger line's quantity, price and discount, fitted to the decimals that Xero keeps."""

from __future__ import annotations

from dataclasses import replace

from vtxero.domain.codes import Code
from vtxero.domain.money import HUNDRED, ONE, canon, cents, places
from vtxero.modules.invoices import xero_math
from vtxero.modules.invoices.record import InvoiceLine
from vtxero.modules.invoices.remarks import Remarks
from vtxero.modules.invoices.vtiger_math import net


def fit_figures(line: InvoiceLine, place: str, remarks: Remarks) -> InvoiceLine:
    """Fit quantity, price and discount to what Xero holds; where they do not fit, 1 x the line's amount.

    A negative quantity becomes a negative price; Xero takes no discount on one, so it is folded in.
    """
    exact = net(line)
    amount, gross = cents(exact), line.quantity * line.unit_price
    if gross >= 0 and exact < 0:
        text = f"the discount of {canon(gross - exact)} is more than the line's {canon(gross)}."
        remarks.stop(Code.INV_DISCOUNT, place, text)
    if abs(amount) > xero_math.MAX_AMOUNT:
        text = f"its amount of {amount} is more than Xero's {xero_math.MAX_AMOUNT}."
        remarks.stop(Code.INV_TOO_BIG, place, text)
    folded = InvoiceLine(quantity=ONE, unit_price=canon(amount))
    price = -line.unit_price if line.quantity < 0 else line.unit_price
    discount = line.discount_amount or line.discount_percent
    if places(price) > xero_math.UNIT_PLACES or discount < 0 or (discount and price < 0):
        return folded
    plain = InvoiceLine(quantity=abs(line.quantity), unit_price=price)
    fitted = _discounted(plain, line) if discount else plain
    fits = fitted.discount_amount <= fitted.quantity * fitted.unit_price or not discount
    return fitted if fits and xero_math.line_amount(fitted) == amount else folded


def told_quantity(line: InvoiceLine, figures: InvoiceLine) -> str:
    """Name in the text what the fitted figures no longer say."""
    if line.quantity in {figures.quantity, -figures.quantity} and abs(line.unit_price) == abs(figures.unit_price):
        return ""
    text = f" ({canon(line.quantity)} x {canon(line.unit_price)}"
    if line.discount_amount:
        return f"{text} less {canon(line.discount_amount)})"
    return f"{text} less {canon(line.discount_percent)} %)" if line.discount_percent else f"{text})"


def _discounted(plain: InvoiceLine, line: InvoiceLine) -> InvoiceLine:
    """Carry the discount as a rate, or as an amount where Xero's two decimals of a rate do not hold it."""
    if line.discount_amount:
        return replace(plain, discount_amount=canon(cents(line.discount_amount)))
    if places(line.discount_percent) <= xero_math.DISCOUNT_PLACES:
        return replace(plain, discount_percent=line.discount_percent)
    amount = plain.quantity * plain.unit_price * line.discount_percent / HUNDRED
    return replace(plain, discount_amount=canon(cents(amount)))
