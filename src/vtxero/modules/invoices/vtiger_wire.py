"""Vtiger's rows of an invoice: header and lines as the webservice gives them, read into a record.

A header comes from a header-only query or from `retrieve`; only the latter tells header discounts and charges.
Values are strings mostly, "" or null when blank; answers to writes also hold numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from vtxero.domain.money import HUNDRED, ZERO, canon, cents, parse_amount, round_places
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.domain.text import unescape
from vtxero.domain.words import quoted
from vtxero.modules.invoices import vtiger_reading
from vtxero.modules.invoices.record import GROUP, INDIVIDUAL, Charge, Invoice, InvoiceLine, LineTax
from vtxero.modules.invoices.statuses import Statuses
from vtxero.modules.invoices.tools import SUBJECT, Tools, compounds_of, deducted_of
from vtxero.modules.invoices.vtiger_math import line_net, simple_tax
from vtxero.modules.invoices.vtiger_reading import Sheet, SheetLine

Row: TypeAlias = Mapping[str, Any]

STREETS = ("bill_street", "ship_street")
SHIPPING_TAX = "_shtax"
CHARGE_RATE_PLACES = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading needs of the reference data."""

    tax_fields: tuple[str, ...]
    deducted: frozenset[str]
    compounds: Mapping[str, Sequence[str]]
    charge_taxes: tuple[str, ...]
    charge_tax_sum: str = ""


Attached: TypeAlias = Callable[[str], "tuple[str, ...] | None"]
"""Gives the tax fields attached to a product, None when it is unknown."""


def frame_of(reference: Reference) -> Frame:
    """Take from the reference data what reading needs."""
    vtiger = reference.vtiger
    return Frame(
        tuple(tax.field for tax in vtiger.taxes),
        deducted_of(reference),
        compounds_of(reference),
        tuple(vtiger.charge_taxes),
        vtiger.charge_tax_sum,
    )


def text_of(row: Row, name: str) -> str:
    """Give a value as text; null is blank."""
    value = row.get(name)
    return "" if value is None else str(value)


def amount_of(row: Row, name: str) -> Decimal:
    """Give a value as an amount; blank is zero.

    Raises:
        ValueError: it is no number.
    """
    try:
        return parse_amount(row.get(name))
    except ValueError as error:
        raise ValueError(f"its {name} cannot be read: {error}") from None


def date_of(row: Row, name: str) -> date | None:
    """Give a value as a date; blank and `0000-00-00` are none."""
    text = text_of(row, name)[:10]
    if not text or text.startswith("0000"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"its {name} {quoted(text)} is no date") from None


def needs_retrieve(header: Row, lines: Sequence[Row], reference: Reference) -> bool:
    """Tell whether header and lines do not say enough: there are charges, or the total is not explained."""
    try:
        if amount_of(header, "hdnS_H_Amount"):
            return True
        sheet = _sheet(frame_of(reference), header, lines, retrieved=False, attached=lambda _: None)
        return not vtiger_reading.read(sheet).explained
    except (ValueError, ArithmeticError):
        return True


def lacks_sums(header: Row, lines: Sequence[Row]) -> bool:
    """Tell whether PHP died before it computed the sums: lines that cost something make no subtotal.

    Raises:
        ValueError: a number cannot be read.
    """
    if not text_of(header, "hdnSubTotal") or cents(amount_of(header, "hdnSubTotal")):
        return False
    names = ("quantity", "listprice", "discount_percent", "discount_amount")
    nets = (line_net(*(amount_of(line, name) for name in names)) for line in lines)
    return bool(cents(sum(nets, ZERO)))


def read_invoice(tools: Tools, frame: Frame, header: Row, lines: Sequence[Row], *, retrieved: bool) -> Invoice:
    """Read one invoice.

    Raises:
        ValueError: a number or a date cannot be read.
    """

    def attached(product_id: str) -> tuple[str, ...] | None:
        view = tools.product(Side.VTIGER, product_id)
        return view.tax_fields if view else None

    sheet = _sheet(frame, header, lines, retrieved=retrieved, attached=attached)
    reading = vtiger_reading.read(sheet)
    adjustment = amount_of(header, "txtAdjustment")
    currency = tools.reference.vtiger.currency(text_of(header, "currency_id"))
    total, received, due = cents(sheet.grand), cents(amount_of(header, "received")), cents(amount_of(header, "balance"))
    status = text_of(header, "invoicestatus")
    return Invoice(
        party=text_of(header, "account_id") or text_of(header, "contact_id"),
        reference=text_of(header, tools.reference_field),
        invoice_on=date_of(header, "invoicedate"),
        due_on=date_of(header, "duedate"),
        currency=currency.code if currency else "",
        status=status,
        lines=tuple(
            _line(tools, row, figures, taxes, sheet.mode)
            for row, figures, taxes in zip(lines, sheet.lines, reading.taxes, strict=True)
        ),
        shipping=_shipping(frame, header) if sheet.charges else None,
        adjustment=Charge(adjustment) if adjustment else None,
        group_discount=canon(cents(reading.discount)),
        deducted=_deducted(frame, sheet),
        amount_paid=received,
        credited=_credited(tools, status, total - received, due),
        number=text_of(header, "invoice_no"),
        total=total,
        amount_due=due,
        tax_mode=sheet.mode,
        conversion_rate=amount_of(header, "conversion_rate"),
        owner=text_of(header, "assigned_user_id"),
        carried=tuple((name, text_of(header, name)) for name in carried_fields(tools) if name in header),
    )


def _credited(tools: Tools, status: str, left: Decimal, due: Decimal) -> Decimal:
    """Give what credits took off, where the balance says so: it is stale (mostly 0) on many an invoice."""
    says_so = due > ZERO or (not due and Statuses(tools.options).is_paid(status))
    return max(left - due, ZERO) if says_so and not tools.has_payments else ZERO


def carried_fields(tools: Tools) -> tuple[str, ...]:
    """Name the header fields that Vtiger wants back with new lines and that are nothing else in the record."""
    return STREETS if tools.reference_field == SUBJECT else (*STREETS, SUBJECT)


def _sheet(frame: Frame, header: Row, lines: Sequence[Row], *, retrieved: bool, attached: Attached) -> Sheet:
    tax_type = text_of(header, "hdnTaxType")
    charges = amount_of(header, "hdnS_H_Amount")
    charge_tax: Decimal | None = ZERO
    if charges:
        charge_tax = _charge_tax(frame, header) if retrieved else None
    return Sheet(
        lines=tuple(_figures(frame, row, attached) for row in lines),
        mode=INDIVIDUAL if tax_type.lower() == INDIVIDUAL else GROUP,
        grand=amount_of(header, "hdnGrandTotal"),
        pre_tax=amount_of(header, "pre_tax_total"),
        charges=charges,
        adjustment=amount_of(header, "txtAdjustment"),
        charge_tax=charge_tax,
        discount_amount=amount_of(header, "hdnDiscountAmount") if retrieved else None,
        discount_percent=amount_of(header, "hdnDiscountPercent") if retrieved else None,
        odd_case=tax_type.lower() == INDIVIDUAL and tax_type != INDIVIDUAL,
        deducted=frame.deducted,
        compounds=frame.compounds,
    )


def _figures(frame: Frame, row: Row, attached: Attached) -> SheetLine:
    product = text_of(row, "productid")
    return SheetLine(
        quantity=amount_of(row, "quantity"),
        unit_price=amount_of(row, "listprice"),
        discount_percent=amount_of(row, "discount_percent"),
        discount_amount=amount_of(row, "discount_amount"),
        stored=tuple((name, rate) for name in frame.tax_fields if (rate := amount_of(row, name))),
        attached=attached(product) if product else None,
    )


def _line(tools: Tools, row: Row, figures: SheetLine, taxes: Iterable[LineTax], mode: str) -> InvoiceLine:
    product = text_of(row, "productid")
    view = tools.product(Side.VTIGER, product)
    counted = tuple(tax for tax in taxes if tax[0] not in tools.deducted)
    if not counted and mode == INDIVIDUAL:
        counted = tools.zero_tax(product, view)
    return InvoiceLine(
        product=product,
        description=text_of(row, "comment"),
        quantity=figures.quantity,
        unit_price=figures.unit_price,
        discount_percent=ZERO if figures.discount_amount else figures.discount_percent,
        discount_amount=figures.discount_amount,
        taxes=counted,
        account=text_of(row, tools.line_account_field) if tools.line_account_field else "",
        name="" if view or text_of(row, "comment") else unescape(text_of(row, "product_name")),
    )


def _deducted(frame: Frame, sheet: Sheet) -> tuple[LineTax, ...]:
    """Give the deducted taxes that stand on any line, whether Vtiger counted them or not."""
    found = {name: rate for line in sheet.lines for name, rate in line.stored if name in frame.deducted}
    return tuple(found.items())


def _charge_prefixes(frame: Frame) -> tuple[str, ...]:
    """Give the field of each kind of charge (`shipping_&_handling`)."""
    return tuple(dict.fromkeys(name.rpartition(SHIPPING_TAX)[0] for name in frame.charge_taxes))


def _charged(frame: Frame, header: Row) -> list[tuple[str, Decimal, tuple[LineTax, ...]]]:
    """Give each kind of charge on the invoice: field, amount, taxes. One kind alone has the header's amount."""
    if frame.charge_tax_sum:
        return [_charged_together(frame, header)]
    found = []
    for prefix in _charge_prefixes(frame):
        text = text_of(header, prefix)
        if text in {"", "0"}:
            continue
        taxes = tuple(
            (name, rate)
            for name in frame.charge_taxes
            if name.startswith(f"{prefix}{SHIPPING_TAX}") and (rate := amount_of(header, name))
        )
        found.append((prefix, text, taxes))
    if len(found) == 1:
        return [(found[0][0], amount_of(header, "hdnS_H_Amount"), found[0][2])]
    return [(prefix, amount_of(header, prefix), taxes) for prefix, _, taxes in found]


def _charged_together(frame: Frame, header: Row) -> tuple[str, Decimal, tuple[LineTax, ...]]:
    """Give all charges as one, with the tax whose name Vtiger does not tell at the rate that it comes to."""
    amount, tax = amount_of(header, "hdnS_H_Amount"), amount_of(header, frame.charge_tax_sum)
    if not (amount and tax):
        return "", amount, ()
    return "", amount, ((frame.charge_tax_sum, canon(round_places(tax * HUNDRED / amount, CHARGE_RATE_PLACES))),)


def _charge_tax(frame: Frame, header: Row) -> Decimal:
    charged = _charged(frame, header)
    if not charged:
        return ZERO
    return sum((simple_tax(amount, taxes) for _, amount, taxes in charged), ZERO)


def _shipping(frame: Frame, header: Row) -> Charge:
    """Give all charges as one; where kinds have different taxes all of them show, and no one tax of Xero's will fit."""
    taxes: dict[tuple[LineTax, ...], None] = dict.fromkeys(taxes for _, _, taxes in _charged(frame, header))
    together = next(iter(taxes)) if len(taxes) == 1 else tuple(tax for each in taxes for tax in each)
    return Charge(amount_of(header, "hdnS_H_Amount"), taxes=together)
